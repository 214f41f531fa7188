/**
 * Files that are made of others without DuckDB: their row groups one after the other, as the bytes that they are. What is
 * left of the relation is for the plan itself.
 */
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineOutcome, FileCopies, Sink } from '../../../core/queries/engine-plan.ts'
import type { DataFile } from '../../../core/queries/relation.ts'
import { joinedFile } from '../../../formats/parquet/joined-file.ts'
import type { PlanMessage } from '../messages.ts'
import { emptyDirectory } from '../sinks/files.ts'
import { flushedAhead } from '../sinks/flush-ahead.ts'
import { type CopyableFile, CopyableFiles, storedAs } from './copyable-files.ts'
import { writePieces } from './piece-writing.ts'

type Written = EngineOutcome['files'][number]

export interface Copied {
  /** What is left to do; undefined where nothing is. */
  readonly rest: PlanMessage | undefined
  /** Of what was copied. */
  readonly outcome: EngineOutcome
}

/** Undefined where nothing can be copied. On failure it leaves nothing behind. */
export async function copyFiles(plan: PlanMessage, signal: AbortSignal): Promise<Copied | undefined> {
  const { sink } = plan
  if (sink.kind !== 'iceberg-files' || !sink.copies) return undefined
  const started = performance.now()
  const { relation: id } = sink.copies
  const sets = await setsOf(plan, sink.copies, sink.compression, signal)
  if (sets.length === 0) return undefined
  const planned = performance.now()
  const files = await written(sets, sink, signal)
  const from = sets.flat()
  const readBytes =
    from.reduce((sum, file) => sum + file.readBytes, 0) + files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const rows = files.reduce((sum, file) => sum + file.rows, 0)
  return {
    rest: restOf(plan, id, new Set(from.map(({ uri }) => uri))),
    outcome: {
      rows,
      files,
      values: [],
      scannedBytes: readBytes,
      scannedByRelation: { [id]: readBytes },
      rowsByRelation: { [id]: rows },
      peakMemoryBytes: 0,
      timings: { planMs: planned - started, runMs: performance.now() - planned },
    },
  }
}

const LOOKS_AT_ONCE = 8
/** They are in memory until the files are written; what is beyond is read. */
const MOST_FOOTER_BYTES = 134_217_728

/** The files of each file that is to be. */
async function setsOf(
  { relations }: PlanMessage,
  { relation, schema, groups }: FileCopies,
  compression: string,
  signal: AbortSignal,
): Promise<readonly (readonly CopyableFile[])[]> {
  const files = new Map(relations.find(({ id }) => id === relation)?.files.map((file) => [file.uri, file]))
  const copyable = new CopyableFiles({ schema, compression })
  const sets: (readonly CopyableFile[])[] = []
  let footerBytes = 0
  for (const group of groups) {
    const asked = group.files.flatMap((uri) => files.get(uri) ?? [])
    const small = asked.filter((file) => isWhole(file) && file.sizeBytes <= group.targetBytes / FEWEST_OF_TARGET)
    const found: CopyableFile[] = []
    for (let at = 0; at < small.length && footerBytes < MOST_FOOTER_BYTES; at += LOOKS_AT_ONCE) {
      signal.throwIfAborted()
      const looked = await Promise.all(small.slice(at, at + LOOKS_AT_ONCE).map((file) => copyable.find(file)))
      found.push(...looked.flatMap((file) => file ?? []))
      footerBytes += looked.reduce((sum, file) => sum + (file?.footer.length ?? 0), 0)
    }
    for (const alike of Map.groupBy(found, (file) => file.joinsAs).values())
      if (isWorthCopying(alike, asked.length, group.targetBytes)) sets.push(...dealt(alike, group.targetBytes))
  }
  return sets
}

const isWhole = ({ deleted, deletedValues, layout, envelope }: DataFile): boolean =>
  !deleted && !deletedValues && layout === undefined && !envelope

/** Files that are larger would not fill others well: rows can be put anywhere, row groups stay whole. */
const FEWEST_OF_TARGET = 4

/** From this part of the size that is wanted on a file is as it should be. */
const FULL = 0.75

/** Less than a file of its own, they are better part of what the others become. */
function isWorthCopying(alike: readonly CopyableFile[], asked: number, targetBytes: number): boolean {
  return alike.length > 1 && (alike.length === asked || bytesOf(alike) >= targetBytes * FULL)
}

/** As few as there must be, of about the same size. */
function dealt(files: readonly CopyableFile[], targetBytes: number): readonly (readonly CopyableFile[])[] {
  const total = bytesOf(files)
  const most = Math.ceil(total / targetBytes)
  const share = total / (most > 1 && total / most < targetBytes * FULL ? most - 1 : most)
  let before = 0
  const places = new Map<CopyableFile, number>()
  for (const file of files) {
    places.set(file, Math.floor((before + file.sizeBytes / 2) / share))
    before += file.sizeBytes
  }
  return [...Map.groupBy(files, (file) => places.get(file)).values()]
}

const bytesOf = (files: readonly CopyableFile[]): number => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

async function written(
  sets: readonly (readonly CopyableFile[])[],
  { directory }: Sink & { readonly kind: 'iceberg-files' },
  signal: AbortSignal,
): Promise<Written[]> {
  await mkdir(directory, { recursive: true })
  try {
    return await flushedAhead(directory, async () => {
      const files: Written[] = []
      for (const set of sets) files.push(await joined(set, join(directory, `${randomUUID()}.parquet`), signal))
      return files
    })
  } catch (error) {
    await emptyDirectory(directory)
    throw error
  }
}

async function joined(set: readonly CopyableFile[], path: string, signal: AbortSignal): Promise<Written> {
  const { pieces, rows, splitOffsets } = joinedFile(Iterator.from(set).map(storedAs), (source, { start }) =>
    set[source]!.offsetIndexes.get(start),
  )
  const sizeBytes = await writePieces(path, pieces, set, signal)
  return { path, rows, sizeBytes, partition: [], copied: { from: set.map(({ uri }) => uri), splitOffsets } }
}

function restOf(plan: PlanMessage, id: string, copied: ReadonlySet<string>): PlanMessage | undefined {
  const relations = plan.relations.map((relation) =>
    relation.id === id ? { ...relation, files: relation.files.filter(({ uri }) => !copied.has(uri)) } : relation,
  )
  return relations.some(({ files }) => files.length > 0) ? { ...plan, relations } : undefined
}
