/**
 * MD5 of large bodies, reckoned on a thread of its own: it is the slowest thing done to an upload, and the server's
 * thread has the network and the disk to see to. The thread begins with the first body that is large and lasts until
 * the store closes. It reads shared memory; no bytes are copied to it.
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FromDigestThread, ToDigestThread } from './digest-thread.ts'

/** In the published package the sources are `.js`. */
const THREAD = new URL(`./digest-thread${extname(import.meta.url)}`, import.meta.url)

export interface Digest {
  /** Resolves when the bytes have been taken in and may be overwritten; more may be given before that. */
  update(bytes: Uint8Array<SharedArrayBuffer>): Promise<void>
  /** Of all that was given. The last call, as `drop` is. */
  digest(): Promise<Buffer>
  /** The body has failed: nothing more is wanted. */
  drop(): void
}

export interface Digests {
  open(): Digest
  /** Digests that are not done fail. */
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (digest: Uint8Array | undefined) => void
  readonly reject: (error: Error) => void
}

export function openDigests(): Digests {
  let thread: DigestThread | undefined
  let digests = 0
  return {
    open() {
      thread = thread?.alive ? thread : new DigestThread()
      const [id, own] = [++digests, thread]
      return {
        update: async (bytes) => void (await own.ask({ kind: 'update', id, bytes })),
        digest: async () => Buffer.from((await own.ask({ kind: 'digest', id }))!),
        drop: () => own.drop(id),
      }
    },
    close: async () => await thread?.end(),
  }
}

class DigestThread {
  readonly #worker = new Worker(THREAD)
  /** Answers come in the order of the questions. */
  readonly #waiting: Waiting[] = []
  #failure: Error | undefined

  constructor() {
    // A server that has nothing else to do may end.
    this.#worker.unref()
    this.#worker.on('message', ({ digest }: FromDigestThread) => this.#waiting.shift()?.resolve(digest))
    this.#worker.on('error', (error) => this.#fail(new Error('The digest thread failed', { cause: error })))
    this.#worker.on('exit', () => this.#fail(new Error('The digest thread has ended')))
  }

  get alive(): boolean {
    return !this.#failure
  }

  ask(question: ToDigestThread): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(question)
    })
  }

  drop(id: number): void {
    this.#worker.postMessage({ kind: 'drop', id } satisfies ToDigestThread)
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
