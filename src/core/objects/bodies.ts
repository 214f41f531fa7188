/**
 * The bytes of objects and parts. What is small lies in the state and is written by the transaction that writes its
 * document; what is larger is a blob, durable before a document names it. Either has a name, and one name reads both.
 */
import { createHash, hash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Fault } from '../faults.ts'
import type { ByteRange, StagedBlob, StateTransaction } from '../ports.ts'
import { LARGE_BODY_BYTES, takeLarge } from './large-bodies.ts'
import { abandon, isInline, newBlobKey, newInlineKey, type ObjectStore, pin, pinName, reclaim } from './store.ts'

/** Up to here a file of its own and its flushes cost many times what the bytes do. */
export const INLINE_BYTES = 16 * 1024

/** Bytes that have arrived and have no name yet. Either `keepReceived` takes them or `discard` must. */
export interface Received {
  /** All of them, or where they are staged. */
  readonly body: Uint8Array | StagedBlob
  readonly sizeBytes: number
  readonly md5: Buffer
}

type Body = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Throws `too-large` of the entity past `maxBytes`. What was staged is gone when it throws. `announcedBytes` is how many
 * there should be, where that is known before they come.
 */
export async function receive(
  store: ObjectStore,
  body: Body,
  { maxBytes = Number.POSITIVE_INFINITY, announcedBytes = 0 } = {},
): Promise<Received> {
  let sizeBytes = 0
  const admit = (chunk: Uint8Array) => {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw tooLarge(sizeBytes, maxBytes)
    return sizeBytes
  }
  if (announcedBytes < LARGE_BODY_BYTES) return await receiveHere(store, body, admit)
  const staged = await store.blobs.stage()
  try {
    const md5 = await takeLarge(body, staged, store.digests, admit)
    return { body: staged, sizeBytes, md5 }
  } catch (error) {
    await staged.discard()
    throw error
  }
}

/** On this thread. `admit` answers how many bytes there have been. */
async function receiveHere(store: ObjectStore, body: Body, admit: (chunk: Uint8Array) => number): Promise<Received> {
  const hash = createHash('md5')
  const small: Buffer[] = []
  let staged: StagedBlob | undefined
  let sizeBytes = 0
  try {
    for await (const chunk of body) {
      sizeBytes = admit(chunk)
      if (sizeBytes <= INLINE_BYTES) {
        small.push(Buffer.from(chunk))
        hash.update(chunk)
        continue
      }
      if (!staged) {
        staged = await store.blobs.stage()
        for (const gathered of small) await staged.write(gathered)
      }
      // The disk takes the chunk while it is hashed.
      const written = staged.write(chunk)
      hash.update(chunk)
      await written
    }
  } catch (error) {
    await staged?.discard()
    throw error
  }
  return { body: staged ?? (small.length === 1 ? small[0]! : Buffer.concat(small)), sizeBytes, md5: hash.digest() }
}

export async function discard({ body }: Received): Promise<void> {
  if (!(body instanceof Uint8Array)) await body.discard()
}

export const tooLarge = (sizeBytes: number, maxBytes: number): Fault =>
  new Fault('too-large', 'entity', 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: sizeBytes,
    MaxSizeAllowed: maxBytes,
  })

type Written = { readonly freed: readonly string[]; readonly version: unknown }

/** Bytes that lack nothing but the document that names them: durable, or `bytes` that are written with it. */
export interface Settled {
  readonly blob: string
  readonly bytes?: Uint8Array
  readonly sizeBytes: number
  readonly etag: string
}

/** What was staged is gone when it throws. */
export async function settle(store: ObjectStore, { body, sizeBytes, md5 }: Received): Promise<Settled> {
  const etag = md5.toString('hex')
  if (body instanceof Uint8Array) return { blob: newInlineKey(store), bytes: body, sizeBytes, etag }
  try {
    const blob = newBlobKey(store)
    await body.commit(blob)
    return { blob, sizeBytes, etag }
  } catch (error) {
    await body.discard()
    throw error
  }
}

/** Runs the transaction that names what was received; where it fails the bytes go too. */
export async function keepReceived<T extends Written>(
  store: ObjectStore,
  received: Received,
  work: (tx: StateTransaction, blob: string) => T,
): Promise<T['version']> {
  const settled = await settle(store, received)
  return await keepSettled(store, [settled], (tx) => work(tx, settled.blob))
}

export async function keepSettled<T extends Written>(
  store: ObjectStore,
  settled: readonly Settled[],
  work: (tx: StateTransaction) => T,
): Promise<T['version']> {
  const blobs = settled.filter(({ bytes }) => !bytes).map(({ blob }) => blob)
  return await keepOrAbandon(store, blobs, (tx) => {
    for (const { blob, bytes } of settled) if (bytes) tx.putBytes(blob, bytes)
    return work(tx)
  })
}

/** What is larger an engine would send in parts. At least `INLINE_BYTES`. */
const WHOLE_BYTES = 1024 * 1024

const wholeFile = async (path: string, sizeBytes: number): Promise<Uint8Array | undefined> =>
  sizeBytes > WHOLE_BYTES ? undefined : readFile(path)

/** What an engine has written to a staged file. Up to `smallBytes` it is read into memory, and the file is gone. */
export async function settleStaged(
  store: ObjectStore,
  staged: StagedBlob & { readonly localPath: string },
  smallBytes: number,
): Promise<Settled> {
  try {
    const { size: sizeBytes } = statSync(staged.localPath)
    // It has just been written: a little of it is here before anybody could be asked for it.
    const bytes =
      sizeBytes <= smallBytes ? readFileSync(staged.localPath) : await wholeFile(staged.localPath, sizeBytes)
    if (bytes && sizeBytes <= smallBytes) {
      await staged.discard()
      return { blob: newInlineKey(store), bytes, sizeBytes, etag: hash('md5', bytes) }
    }
    const blob = newBlobKey(store)
    await staged.commit(blob)
    return { blob, sizeBytes, etag: bytes ? hash('md5', bytes) : etagOfParts(blob) }
  } catch (error) {
    await staged.discard()
    throw error
  }
}

/**
 * As of an upload of one part, which is no digest of the bytes: it changes when they do, and nobody need read them. Blobs
 * never change, so their names will do.
 */
const etagOfParts = (blob: string): string => `${hash('md5', blob)}-1`

/** Runs a transaction that frees blobs, and lets go of those once it is durable. */
export async function keep<T extends Written>(
  store: ObjectStore,
  work: (tx: StateTransaction) => T,
): Promise<T['version']> {
  const { version, freed } = await store.state.transaction(work)
  reclaim(store, freed)
  return version
}

/** Runs the transaction that names new blobs; where it fails the blobs go too. */
export async function keepOrAbandon<T extends Written>(
  store: ObjectStore,
  blobs: readonly string[],
  work: (tx: StateTransaction) => T,
): Promise<T['version']> {
  try {
    return await keep(store, work)
  } catch (error) {
    await abandon(store, blobs)
    throw error
  }
}

/** For who holds the blob already. Throws `not-found` of it. */
export function readHeld(store: ObjectStore, blob: string, range?: ByteRange): AsyncIterable<Uint8Array> {
  return isInline(blob) ? once(inlineBytes(store, blob, range)) : store.blobs.read(blob, range)
}

/**
 * All at once where they are in memory. Others stay on disk until the reader is done, stops or `signal` aborts, whatever
 * happens to the object meanwhile. They are held from now on, not from the first read: a door answers headers first.
 */
export function openBlob(
  store: ObjectStore,
  blob: string,
  range?: ByteRange,
  signal?: AbortSignal,
): Uint8Array | AsyncIterable<Uint8Array> {
  if (isInline(blob)) return inlineBytes(store, blob, range)
  const held = pin(store, [pinName(store, blob)])
  signal?.addEventListener('abort', held.release, { once: true })
  return releasing(store.blobs.read(blob, range), held.release, signal)
}

/** As `openBlob`, for who takes them piece by piece. */
export function readBlob(store: ObjectStore, blob: string, range?: ByteRange): AsyncIterable<Uint8Array> {
  const bytes = openBlob(store, blob, range)
  return bytes instanceof Uint8Array ? once(bytes) : bytes
}

function inlineBytes(store: ObjectStore, blob: string, range?: ByteRange): Uint8Array {
  const bytes = store.state.bytes(blob)
  if (!bytes) throw new Fault('not-found', 'blob', `There is no blob ${blob}`)
  return range ? bytes.subarray(range.start, range.end + 1) : bytes
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

async function* releasing(bytes: AsyncIterable<Uint8Array>, release: () => void, signal: AbortSignal | undefined) {
  try {
    yield* bytes
  } finally {
    signal?.removeEventListener('abort', release)
    release()
  }
}
