/** One process of connectors seen from the server: what it was asked and what it answered. */
import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type SourceDefinition, SourceError, type Split } from '../../core/federation/connector.ts'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { ConnectorSettings } from './kinds.ts'
import type { FromConnectors, SourceCall, ToConnectors } from './messages.ts'

/** In the published package the sources are `.js`. */
const MODULE = fileURLToPath(new URL(`./connector-process${extname(import.meta.url)}`, import.meta.url))
/** Fails the calls of a process that is gone, though the source is not to blame: another process may be asked again. */
export class ProcessEnded extends EngineError {
  constructor() {
    super('GENERIC_INTERNAL_ERROR', 'The process that reads data sources ended unexpectedly')
  }
}

/** A call that has been cancelled and does not end by then never will. */
const GRACE_MS = 2000

export type ReadObject = (uri: string, signal: AbortSignal) => Promise<Uint8Array>

export interface CallListener {
  readonly onSplit?: (split: Split) => void
  readonly onReceived?: (bytes: number) => void
}

interface Waiting extends CallListener {
  readonly reads: boolean
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

export class Connectors {
  readonly #child: ChildProcess
  readonly #readObject: ReadObject
  readonly #waiting = new Map<number, Waiting>()
  readonly #ended = new AbortController()
  #calls = 0

  constructor(settings: ConnectorSettings, readObject: ReadObject) {
    this.#readObject = readObject
    this.#child = spawnProcess(settings)
    this.#child.on('message', (message: FromConnectors) => this.#heard(message))
    const over = () => {
      this.#ended.abort()
      for (const waiting of this.#waiting.values()) waiting.reject(new ProcessEnded())
      this.#waiting.clear()
    }
    this.#child.once('exit', over)
    this.#child.once('error', over)
  }

  get alive(): boolean {
    return !this.#ended.signal.aborted
  }

  /** How many calls it works on. */
  get busy(): number {
    return this.#waiting.size
  }

  /** How many of them read rows, which may take all of its time. */
  get reading(): number {
    return this.#waiting.values().reduce((sum, { reads }) => sum + (reads ? 1 : 0), 0)
  }

  async call(
    source: SourceDefinition,
    call: SourceCall,
    signal: AbortSignal,
    listener: CallListener,
  ): Promise<unknown> {
    signal.throwIfAborted()
    const id = ++this.#calls
    const answer = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject, reads: call.kind === 'read', ...listener }),
    )
    this.#send({ kind: 'call', id, source, call })
    let grace: NodeJS.Timeout | undefined
    const cancel = () => {
      this.#send({ kind: 'cancel', id })
      grace = setTimeout(() => this.kill(), GRACE_MS)
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await answer
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      clearTimeout(grace)
      signal.removeEventListener('abort', cancel)
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #heard(message: FromConnectors): void {
    if (message.kind === 'read-object') {
      void this.#giveObject(message.request, message.uri)
      return
    }
    const waiting = this.#waiting.get(message.id)
    switch (message.kind) {
      case 'split':
        waiting?.onSplit?.(message.split)
        return
      case 'received':
        waiting?.onReceived?.(message.bytes)
        return
      case 'done':
        waiting?.resolve(message.value)
        break
      case 'failed':
        waiting?.reject(failureOf(message))
    }
    this.#waiting.delete(message.id)
  }

  async #giveObject(request: number, uri: string): Promise<void> {
    try {
      this.#send({ kind: 'object', request, bytes: await this.#readObject(uri, this.#ended.signal) })
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error)
      this.#send({ kind: 'object', request, failure: `${uri}: ${told}` })
    }
  }

  #send(message: ToConnectors): void {
    // A send fails only because the child is gone, and its exit has already been or will be heard.
    if (this.alive) this.#child.send(message, () => undefined)
  }
}

function failureOf({ blame, message }: FromConnectors & { readonly kind: 'failed' }): Error {
  if (blame === 'source') return new SourceError(message)
  if (blame === 'room')
    return new EngineError('EXCEEDED_MEMORY_LIMIT', 'Query exhausted resources at this scale factor')
  return new Error(message)
}

/** The environment is not inherited: connectors need none of the server's settings or secrets. */
function spawnProcess(settings: ConnectorSettings): ChildProcess {
  const compiled = getCompileCacheDir()
  return spawn(process.execPath, ['--no-warnings', MODULE, JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: compiled ? { NODE_COMPILE_CACHE: dirname(compiled) } : {},
  })
}
