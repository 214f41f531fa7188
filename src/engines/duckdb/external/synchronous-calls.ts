/**
 * DuckDB calls functions on this process's main thread and waits for their values, so that thread has to wait too: another
 * one asks. What it waits for ends with the process, whose pool kills it when a cancelled plan does not stop.
 */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { FunctionEndpoints } from '../../lambda/invocation.ts'
import { startThread } from '../thread.ts'
import type { CallReply, CallRequest, CallThreadData } from './call-thread.ts'

const MODULE = fileURLToPath(new URL(`./call-thread${extname(import.meta.url)}`, import.meta.url))
/** How often it looks whether the server is still there. */
const LOOK_MS = 1000

export class SynchronousCalls {
  readonly #endpoints: FunctionEndpoints
  readonly #answered = new Int32Array(new SharedArrayBuffer(4))
  readonly #server = process.ppid
  #port: MessagePort | undefined

  constructor(endpoints: FunctionEndpoints) {
    this.#endpoints = endpoints
  }

  call(request: CallRequest): CallReply {
    this.#port ??= this.#start()
    Atomics.store(this.#answered, 0, 0)
    this.#port.postMessage(request)
    while (Atomics.wait(this.#answered, 0, 0, LOOK_MS) === 'timed-out')
      if (process.ppid !== this.#server) process.kill(process.pid, 'SIGKILL')
    return receiveMessageOnPort(this.#port)!.message as CallReply
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const workerData: CallThreadData = { port: port2, answered: this.#answered, endpoints: this.#endpoints }
    startThread(MODULE, { workerData, transferList: [port2] }).unref()
    port1.unref()
    return port1
  }
}
