/** The other end of `digests`: what runs on the thread. */
import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'

export type ToDigestThread =
  | { readonly kind: 'update'; readonly id: number; readonly bytes: Uint8Array<SharedArrayBuffer> }
  | { readonly kind: 'digest'; readonly id: number }
  /** Not answered. */
  | { readonly kind: 'drop'; readonly id: number }

/** The answer to `digest`, or that an `update` has been done. */
export interface FromDigestThread {
  readonly digest?: Uint8Array
}

const hashes = new Map<number, Hash>()

function hashOf(id: number): Hash {
  const hash = hashes.get(id) ?? createHash('md5')
  hashes.set(id, hash)
  return hash
}

parentPort?.on('message', (message: ToDigestThread) => {
  const { id } = message
  if (message.kind === 'update') hashOf(id).update(message.bytes)
  const digest = message.kind === 'digest' ? hashOf(id).digest() : undefined
  if (message.kind !== 'update') hashes.delete(id)
  if (message.kind !== 'drop') parentPort?.postMessage({ digest } satisfies FromDigestThread)
})
