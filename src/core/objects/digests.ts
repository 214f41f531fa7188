/**
 * MD5 of large bodies, reckoned on a thread of its own: it is the slowest thing done to an upload, and the server's
 * thread has the network and the disk to see to. The thread begins with the first body that is large and lasts until
 * the store closes. It reads shared memory; no bytes are copied to it.
 */
import { extname } from 'node:path'
import { AskedThread } from '../asked-thread.ts'
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

type DigestThread = AskedThread<ToDigestThread, FromDigestThread>

export function openDigests(): Digests {
  let thread: DigestThread | undefined
  let digests = 0
  return {
    open() {
      thread = thread?.alive ? thread : new AskedThread(THREAD, 'digest')
      const [id, own] = [++digests, thread]
      return {
        update: async (bytes) => void (await own.ask({ kind: 'update', id, bytes })),
        digest: async () => Buffer.from((await own.ask({ kind: 'digest', id })).digest!),
        drop: () => own.tell({ kind: 'drop', id }),
      }
    },
    close: async () => await thread?.end(),
  }
}
