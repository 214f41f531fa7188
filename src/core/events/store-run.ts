/** Running a query of event data stores: what it wants of each becomes a file of lines, which the engine reads as a table. */
import { type FileHandle, open } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { AskedThread } from '../asked-thread.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { Lake } from '../lake.ts'
import type { EngineLimits, EngineOutcome } from '../queries/engine-plan.ts'
import type { Relation } from '../queries/relation.ts'
import { type BoundStoreQuery, STORE_RELATION, type StoreScan } from './store-query.ts'
import type { FromStoreThread, ToStoreThread } from './store-thread.ts'
import type { EventStore } from './stores.ts'

/** In the published package the sources are `.js`. */
const THREAD = new URL(`./store-thread${extname(import.meta.url)}`, import.meta.url)
/** What the thread is given in one go. */
const BATCHES_AT_ONCE = 64
const BYTES_AT_ONCE = 1 << 20
const DAY_MS = 86_400_000

export interface StoreTask {
  readonly query: BoundStoreQuery
  /** By their ids; all that the query names. */
  readonly stores: ReadonlyMap<string, EventStore>
  readonly limits: EngineLimits
  /** Where the result is written, as Athena writes its own. */
  readonly localPath: string
}

export interface StoreOutcome {
  readonly outcome: EngineOutcome
  /** Events of the stores that were looked at. */
  readonly scannedEvents: number
}

type Rooms = Pick<Lake, 'clock' | 'engine' | 'events' | 'files'>
type Thread = AskedThread<ToStoreThread, FromStoreThread>

export async function runStoreQuery(rooms: Rooms, task: StoreTask, signal: AbortSignal): Promise<StoreOutcome> {
  const { query, stores, limits, localPath } = task
  const { bound, scans } = query
  const started = rooms.clock.now().getTime()
  const read: ReadStore[] = []
  const workspace = await rooms.files.workspace()
  const thread: Thread = new AskedThread(THREAD, 'event data store')
  try {
    for (const [id, of] of Map.groupBy(scans, ({ store }) => store)) {
      const localPath = join(workspace.directory, id)
      const one: ReadStore = { id, localPath, file: await open(localPath, 'wx'), sizeBytes: 0, looked: 0 }
      read.push(one)
      await readStore(rooms, thread, stores.get(id)!, { scan: unionOf(of), into: one, signal })
    }
    const relations = scans.map((scan) => relationOf(scan, read.find(({ id }) => id === scan.store)!, rooms))
    const spentMs = rooms.clock.now().getTime() - started
    const plan = {
      query: bound,
      relations,
      sink: { kind: 'result-csv' as const, localPath },
      limits: { ...limits, spentMs },
    }
    const outcome = await rooms.engine.run(plan, signal)
    return { outcome, scannedEvents: read.reduce((sum, { looked }) => sum + looked, 0) }
  } finally {
    await thread.end()
    await Promise.all(read.map(({ file }) => file.close()))
    await workspace.remove()
  }
}

interface ReadStore {
  readonly id: string
  readonly localPath: string
  readonly file: FileHandle
  sizeBytes: number
  looked: number
}

/** A store that is named several times is read once. */
function unionOf(scans: readonly StoreScan[]): StoreScan {
  return {
    ...scans[0]!,
    columns: [...new Set(scans.flatMap(({ columns }) => columns))],
    fromMs: Math.min(...scans.map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...scans.map(({ untilMs }) => untilMs)),
  }
}

interface Reading {
  readonly scan: StoreScan
  readonly into: ReadStore
  readonly signal: AbortSignal
}

async function readStore(
  { events: { journal }, clock }: Rooms,
  thread: Thread,
  store: EventStore,
  { scan, into, signal }: Reading,
): Promise<void> {
  const keptFromMs = clock.now().getTime() - store.retentionDays * DAY_MS
  const { columns, untilMs } = scan
  const fromMs = Math.max(scan.fromMs, keptFromMs)
  // A region's first events may still wait to be written.
  await journal.flush()
  for (const scope of regionsOf(store, journal.scopes())) {
    const spans = store.spans.filter((span) => span.ofAllRegions || scope.region === store.region)
    const [first, last] = [spans[0], spans.at(-1)]
    if (!first || !last) continue
    const selection = { spans, fromMs, untilMs, columns }
    const ask = async (batches: readonly Uint8Array[]): Promise<void> => {
      signal.throwIfAborted()
      const { text, looked } = await thread.ask({ batches, selection })
      await into.file.appendFile(text)
      into.sizeBytes += text.length
      into.looked += looked
    }
    const between = [Math.max(fromMs, first.fromMs), Math.min(untilMs + 1000, last.untilMs ?? Infinity)] as const
    await inPieces(journal.batches(scope, ...between), ask)
  }
}

const regionsOf = (store: EventStore, scopes: readonly Scope[]): readonly Scope[] =>
  scopes.filter(
    ({ account, region }) =>
      account === store.account && (region === store.region || store.spans.some((span) => span.ofAllRegions)),
  )

async function inPieces(
  batches: AsyncIterable<Uint8Array>,
  take: (batches: readonly Uint8Array[]) => Promise<void>,
): Promise<void> {
  let piece: Uint8Array[] = []
  let bytes = 0
  for await (const batch of batches) {
    piece.push(batch)
    bytes += batch.length
    if (piece.length < BATCHES_AT_ONCE && bytes < BYTES_AT_ONCE) continue
    await take(piece)
    piece = []
    bytes = 0
  }
  if (piece.length > 0) await take(piece)
}

/** The name of a file of lines needs no ending: it is not compressed. */
function relationOf(
  { relation: id, store }: StoreScan,
  { localPath, sizeBytes }: ReadStore,
  { clock }: Rooms,
): Relation {
  const data = {
    localPath,
    uri: `cloudtrail:${store}`,
    sizeBytes,
    modifiedAt: clock.now(),
    partition: [],
    partitionName: '',
  }
  return {
    id,
    columns: STORE_RELATION,
    format: { kind: 'json', serde: 'hive', strict: true, caseSensitive: false, dotsInKeys: false, mapping: {} },
    files: sizeBytes === 0 ? [] : [data],
  }
}
