/** The store of objects: its adapters, the blobs it names, and when one of them may leave the disk. */
import { randomBytes } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { BlobStore, Clock, StateReader, StateStore, StateTransaction } from '../ports.ts'
import { type Digests, openDigests } from './digests.ts'
import { spaces } from './object.ts'

export interface ObjectStore {
  readonly state: StateStore
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly digests: Digests
  /**
   * Counts the starts of a data directory; the blobs of one run lie under its number. Absent where the disk was too full
   * to count: such a run writes none.
   */
  readonly epoch: number | undefined
  /** Counts what this run keeps in the state. */
  readonly serial: () => number
  /** By `pinName`: how many readers hold the blob. */
  readonly pins: Map<string, number>
  readonly background: Set<Promise<void>>
}

interface Epoch {
  readonly current: number
  /** Runs whose orphans have not been looked for since they ended. */
  readonly unswept: readonly number[]
  /** The current run has ended in order, so it left no orphans. */
  readonly clean?: boolean
}

/** Opens the store and starts to sweep, in the background, the blobs that an earlier run left without a document. */
export async function openObjects(parts: {
  readonly state: StateStore
  readonly blobs: BlobStore
  readonly clock: Clock
}): Promise<ObjectStore> {
  const counted = parts.state.transaction((tx) => {
    const last = tx.get<Epoch>(spaces.epoch, 'epoch')?.doc
    const current = (last?.current ?? 0) + 1
    const crashed = last && !last.clean ? [last.current] : []
    const next: Epoch = { current, unswept: [...(last?.unswept ?? []), ...crashed] }
    tx.put(spaces.epoch, 'epoch', next)
    return next
  })
  const epoch = await counted.catch(unlessFull)
  const store = objectStore(parts, epoch?.current)
  inBackground(store, () => sweep(store, epoch?.unswept ?? []))
  return store
}

export function objectStore(
  parts: Pick<ObjectStore, 'state' | 'blobs' | 'clock'>,
  epoch: number | undefined,
): ObjectStore {
  let count = 0
  return {
    ...parts,
    digests: openDigests(),
    epoch,
    serial: () => ++count,
    pins: new Map(),
    background: new Set(),
  }
}

export interface Pinned {
  readonly ready: Promise<void>
  release(): void
}

/** Call when no request is under way. Waits for deletions; the adapters are closed by who opened them. */
export async function closeObjects(store: ObjectStore): Promise<void> {
  while (store.background.size > 0) await Promise.allSettled(store.background)
  await store.digests.close()
  const tidy = store.state.transaction((tx) => {
    const now = tx.get<Epoch>(spaces.epoch, 'epoch')?.doc
    if (now?.current === store.epoch) tx.put(spaces.epoch, 'epoch', { ...now, clean: true })
  })
  // On a full disk the end stays unwritten, and the next start looks for orphans as after a crash.
  await tidy.catch(unlessFull)
}

function unlessFull(error: unknown): undefined {
  if (!(error instanceof Fault && error.kind === 'storage-full')) throw error
}

export const newBlobKey = (store: ObjectStore): string =>
  `${epochPrefix(writableEpoch(store))}${randomBytes(16).toString('hex')}`

/** Of bytes that lie in the state. In the order of their writing, so that what is written together lies together. */
export const newInlineKey = (store: ObjectStore): string =>
  `${inlinePrefix}${inSixDigits(writableEpoch(store))}/${store.serial().toString(36).padStart(9, '0')}`

const inlinePrefix = 'inline/'
export const isInline = (blob: string): boolean => blob.startsWith(inlinePrefix)

const epochPrefix = (epoch: number): string => `objects/${inSixDigits(epoch)}/`
const inSixDigits = (epoch: number): string => epoch.toString(36).padStart(6, '0')

function writableEpoch({ epoch }: ObjectStore): number {
  if (epoch !== undefined) return epoch
  throw new Fault(
    'storage-full',
    'blob',
    'The disk was full when the server was started: start it again when there is room.',
  )
}

/** Within the transaction that writes a document naming the blob. */
export function reference(tx: StateTransaction, blob: string): void {
  const refs = tx.get<number>(spaces.blobs, blob)?.doc ?? 0
  tx.put(spaces.blobs, blob, refs + 1)
}

/** Within the transaction that removes a document naming the blob. Returns the blob if it was the last one. */
export function dereference(tx: StateTransaction, blob: string): string | undefined {
  const refs = tx.get<number>(spaces.blobs, blob)?.doc ?? 0
  if (refs > 1) {
    tx.put(spaces.blobs, blob, refs - 1)
    return undefined
  }
  tx.delete(spaces.blobs, blob)
  if (isInline(blob)) tx.deleteBytes(blob)
  else tx.put(spaces.trash, blob, 0)
  return blob
}

/** After that transaction: deletes what is in the trash and not being read. What is pinned goes when it is released. */
export function reclaim(store: ObjectStore, blobs: readonly (string | undefined)[]): void {
  const unpinned = blobs.filter((blob) => blob !== undefined).filter((blob) => !store.pins.has(pinName(store, blob)))
  const free = unpinned.filter((blob) => !isInline(blob))
  for (const blob of unpinned) if (isInline(blob)) forget(store, blob)
  if (free.length > 0) inBackground(store, () => remove(store, free))
}

/** Blobs that were committed for documents that were then not written. */
export async function abandon(store: ObjectStore, blobs: readonly string[]): Promise<void> {
  await store.blobs.delete(blobs)
}

async function remove(store: ObjectStore, blobs: readonly string[]): Promise<void> {
  await store.blobs.delete(blobs)
  await store.state.transaction((tx) => {
    for (const blob of blobs) tx.delete(spaces.trash, blob)
  })
}

/** Blobs are pinned by where they lie, because a reader of tables knows no more of them. */
export const pinName = (store: ObjectStore, blob: string): string =>
  (isInline(blob) ? store.blobs.copies?.pathOf(blob) : store.blobs.localPath?.(blob)) ?? blob

/** `ready` settles when what lies in the state is a file too. */
export function pin(store: ObjectStore, names: readonly string[]): Pinned {
  for (const name of names) store.pins.set(name, (store.pins.get(name) ?? 0) + 1)
  const ready = provide(store, names)
  // Who waits for it is told.
  ready.catch(() => {})
  let held = true
  return {
    ready,
    release() {
      if (!held) return
      held = false
      const free = new Set<string>()
      for (const name of names) {
        const left = (store.pins.get(name) ?? 1) - 1
        if (left > 0) store.pins.set(name, left)
        else if (store.pins.delete(name)) free.add(name)
      }
      for (const name of free) outlive(store, name)
      if (free.size > 0)
        reclaim(
          store,
          trashed(store.state, (blob) => free.has(pinName(store, blob))),
        )
    },
  }
}

/** All bytes are taken from the state before anybody else has a turn. */
async function provide({ blobs: { copies }, state }: ObjectStore, names: readonly string[]): Promise<void> {
  if (!copies) return
  const begun: Promise<void>[] = []
  const missing = new Map<string, Uint8Array>()
  for (const name of names) {
    const blob = copies.keyAt(name)
    if (blob === undefined || missing.has(blob)) continue
    const copy = copies.begun(blob)
    if (copy) begun.push(copy)
    else {
      const bytes = state.bytes(blob)
      if (bytes) missing.set(blob, bytes)
    }
  }
  for (const [blob, bytes] of missing) begun.push(copies.write(blob, bytes))
  await Promise.all(begun)
}

/** A copy lasts, for the next reader, as long as what it is of. */
function outlive(store: ObjectStore, name: string): void {
  const { state } = store
  const { copies } = store.blobs
  const blob = copies?.keyAt(name)
  if (blob && !state.get(spaces.blobs, blob)) forget(store, blob)
}

function forget(store: ObjectStore, blob: string): void {
  const { copies } = store.blobs
  if (copies?.begun(blob)) inBackground(store, () => copies.delete(blob))
}

/** The trash holds only what is pinned or being deleted at this moment, so it is short. */
function trashed(state: StateReader, wanted: (blob: string) => boolean): string[] {
  return state
    .list(spaces.trash, { limit: 10_000 })
    .map((entry) => entry.key)
    .filter(wanted)
}

/**
 * A crash leaves two kinds of orphans: blobs that were committed before their document was (only the run that crashed
 * wrote such, so only its folder is read), and blobs in the trash. Costs nothing for all that older runs wrote.
 */
async function sweep(store: ObjectStore, epochs: readonly number[]): Promise<void> {
  await store.blobs.copies?.sweep()
  for (;;) {
    const left = store.state.list(spaces.trash, { limit: 1000 }).map((entry) => entry.key)
    const free = left.filter((blob) => !store.pins.has(pinName(store, blob)))
    if (free.length === 0) break
    await remove(store, free)
  }
  for (const epoch of epochs) {
    for await (const blob of store.blobs.list(epochPrefix(epoch))) {
      if (!store.state.get(spaces.blobs, blob.key) && !store.state.get(spaces.trash, blob.key)) {
        await store.blobs.delete([blob.key])
      }
    }
    await store.state.transaction((tx) => {
      const now = tx.get<Epoch>(spaces.epoch, 'epoch')?.doc
      if (now) tx.put(spaces.epoch, 'epoch', { ...now, unswept: now.unswept.filter((other) => other !== epoch) })
    })
  }
}

/** A deletion that fails costs disk, never data: its blob stays in the trash and the next start tries again. */
function inBackground(store: ObjectStore, work: () => Promise<void>): void {
  const task = work().then(
    () => void store.background.delete(task),
    (error) => {
      store.background.delete(task)
      console.error('objects: blobs could not be deleted; the next start tries again:', error)
    },
  )
  store.background.add(task)
}
