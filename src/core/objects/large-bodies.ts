/** Bodies that are long enough to be hashed elsewhere while they are written. */
import type { StagedBlob } from '../ports.ts'
import type { Digest, Digests } from './digests.ts'

/** From here on the hand-over costs less than the hashing. */
export const LARGE_BODY_BYTES = 1024 * 1024
/** As long as a disk likes it; a body uses no more than so many, however long it is. */
const SEGMENT_BYTES = 512 * 1024
const SEGMENTS = 4

/**
 * Takes a body into `staged` and its MD5, the answer, at the same time; `admit` sees every piece first. What the network brings in small pieces is gathered into
 * segments, the only copy that is made: the disk and the thread that hashes read the segment itself, while the next
 * fills. Waits for both when all segments are full. Rejects with what the body, the disk or the thread failed with, and
 * nothing of it is under way any more.
 */
export async function takeLarge(
  body: Body,
  staged: StagedBlob,
  digests: Digests,
  admit: (chunk: Uint8Array) => void,
): Promise<Buffer> {
  const digest = digests.open()
  const segments = Array.from({ length: SEGMENTS }, () => new Segment(staged, digest))
  try {
    await fill(segments, body, admit)
    await Promise.all(segments.map(({ free }) => free))
    return await digest.digest()
  } catch (error) {
    digest.drop()
    await Promise.allSettled(segments.map(({ free }) => free))
    throw error
  }
}

type Body = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

async function fill(segments: readonly Segment[], body: Body, admit: (chunk: Uint8Array) => void): Promise<void> {
  let current = 0
  let written = Promise.resolve()
  for await (const chunk of body) {
    admit(chunk)
    for (let at = 0; at < chunk.length; ) {
      const segment = segments[current]!
      await segment.free
      at += segment.fill(chunk, at)
      if (!segment.full) continue
      written = segment.hand(written)
      current = (current + 1) % segments.length
    }
  }
  segments[current]!.hand(written)
}

class Segment {
  readonly #staged: StagedBlob
  readonly #digest: Digest
  #bytes: Uint8Array<SharedArrayBuffer> | undefined
  #filled = 0
  /** What it held has been taken. */
  free: Promise<void> = Promise.resolve()

  constructor(staged: StagedBlob, digest: Digest) {
    this.#staged = staged
    this.#digest = digest
  }

  get full(): boolean {
    return this.#filled === SEGMENT_BYTES
  }

  /** How much of the chunk it has taken. */
  fill(chunk: Uint8Array, at: number): number {
    this.#bytes ??= new Uint8Array(new SharedArrayBuffer(SEGMENT_BYTES))
    const part = chunk.subarray(at, at + SEGMENT_BYTES - this.#filled)
    this.#bytes.set(part, this.#filled)
    this.#filled += part.length
    return part.length
  }

  /** Written after what was before it; resolves when it has been. */
  hand(before: Promise<void>): Promise<void> {
    if (!this.#bytes || this.#filled === 0) return before
    const bytes = this.#bytes.subarray(0, this.#filled)
    this.#filled = 0
    const written = before.then(() => this.#staged.write(bytes))
    this.free = both(written, this.#digest.update(bytes))
    // Who comes to fill it again hears of a failure, or who waits for the end.
    this.free.catch(() => {})
    return written
  }
}

/** Waits for the other also where one fails: it is reading still. */
async function both(...work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason
}
