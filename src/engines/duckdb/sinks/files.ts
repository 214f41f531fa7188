/**
 * A table's files, written by DuckDB's COPY: one file, or folders `p0=../p1=..` with files when partitioned. The folder
 * is the engine's alone; when the plan fails it is left empty.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { columnType } from '../../../core/queries/column-type.ts'
import { EngineError, type EngineOutcome, type Sink } from '../../../core/queries/engine-plan.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { scalarText } from '../hive-text.ts'
import { bucketNumber } from './buckets.ts'
import { flushedAhead } from './flush-ahead.ts'
import { countLines } from './line-count.ts'
import type { SinkInput, SinkOutcome } from './sink.ts'
import { type WrittenFormat, writtenFormat } from './written-formats.ts'

type FilesSink = Sink & { readonly kind: 'files' }
type WrittenFile = EngineOutcome['files'][number]

const PARTITION_CHECK_MS = 100
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__'

export async function writeFiles(sink: FilesSink, input: SinkInput): Promise<SinkOutcome> {
  const format = writtenFormat(sink)
  await mkdir(sink.directory, { recursive: true })
  let stopped: EngineError | undefined
  const guard = setInterval(async () => {
    if (!(await tooManyPartitions(sink))) return
    stopped = tooMany(sink)
    input.stop(stopped)
  }, PARTITION_CHECK_MS)
  try {
    const copied = () => copy(sink, format, input)
    // What is written again in another format need not last.
    const first = await (format.rewriting ? copied() : flushedAhead(sink.directory, copied))
    const written = await rewritten(sink, format, input, first)
    if (await tooManyPartitions(sink)) throw tooMany(sink)
    const files = await described(sink, format, written)
    return { rows: written.rows, files, values: [] }
  } catch (error) {
    clearInterval(guard)
    await emptyDirectory(sink.directory)
    throw stopped ?? error
  } finally {
    clearInterval(guard)
  }
}

interface Written {
  readonly rows: number
  /** Rows of each file; unknown to DuckDB for text in folders. */
  readonly files: readonly { readonly path: string; readonly rows: number | undefined }[]
}

async function copy(sink: FilesSink, format: WrittenFormat, input: SinkInput): Promise<Written> {
  const kept = input.output.length - sink.partitionBy.length
  const columns = input.output.map(({ name, column }, i) => ({ name, type: column.type, value: `o${i}` }))
  const partitions = columns.slice(kept).map(({ type, value }, i) => `${scalarText(type, value)} AS p${i}`)
  if (sink.bucketing) partitions.push(`${bucketNumber(sink.bucketing, columns, input.connection)} AS bucket`)
  const items = [...format.items(columns.slice(0, kept)), ...partitions]
  const folders = [...sink.partitionBy.map((_, i) => `p${i}`), ...(sink.bucketing ? ['bucket'] : [])]
  const target = partitions.length ? sink.directory : join(sink.directory, randomUUID() + format.extension)
  const options = [
    ...format.options,
    ...(partitions.length
      ? [
          `PARTITION_BY (${folders.join(', ')})`,
          `FILENAME_PATTERN '{uuid}'`,
          `FILE_EXTENSION ${quote(format.extension.slice(1))}`,
          'OVERWRITE_OR_IGNORE true',
        ]
      : ['USE_TMP_FILE false']),
    format.countsPerFile ? 'RETURN_STATS' : 'RETURN_FILES',
  ]
  const statement = `COPY (SELECT ${items.join(', ')} FROM (${input.query})) TO ${quote(target)} (${options.join(', ')})`
  await input.define(statement)
  const result = await input.connection.runAndReadAll(statement)
  const rows = result.getRowsJS() as unknown[][]
  if (format.countsPerFile) {
    const files = rows.map(([path, count]) => ({ path: String(path), rows: Number(count) }))
    return { rows: files.reduce((sum, file) => sum + file.rows, 0), files }
  }
  const [count, paths] = rows[0] as [bigint, string[]]
  const only = partitions.length ? undefined : Number(count)
  return { rows: Number(count), files: paths.map((path) => ({ path, rows: only })) }
}

async function rewritten(sink: FilesSink, format: WrittenFormat, input: SinkInput, written: Written): Promise<Written> {
  const { rewriting } = format
  if (!rewriting) return written
  const stored = input.output.slice(0, input.output.length - sink.partitionBy.length)
  const fields = stored.map(({ name, column }) => ({ name, type: columnType(column.type) }))
  const files: Written['files'][number][] = []
  const { connection, signal } = input
  for (const { path, rows = await countLines(path, '') } of written.files)
    files.push({ path: rows === 0 ? path : await rewriting({ path, fields, connection, signal }), rows })
  return { ...written, files }
}

/** Empty files say nothing and are taken away. */
async function described(sink: FilesSink, format: WrittenFormat, written: Written): Promise<WrittenFile[]> {
  const files: WrittenFile[] = []
  for (const { path, rows = await countLines(path, format.extension) } of written.files) {
    if (rows === 0) await rm(path, { force: true })
    else files.push({ path, rows, sizeBytes: (await stat(path)).size, ...placeOf(sink, path) })
  }
  return files
}

/** DuckDB percent-encodes the values in folder names. */
function placeOf(sink: FilesSink, path: string): Pick<WrittenFile, 'partition' | 'bucket'> {
  const folders = relative(sink.directory, path).split(sep).slice(0, -1)
  const values = folders.map((folder) => {
    const value = decodeURIComponent(folder.slice(folder.indexOf('=') + 1))
    return value === NULL_PARTITION ? null : value
  })
  const partition = values.slice(0, sink.partitionBy.length)
  return { partition, ...(sink.bucketing && { bucket: Number(values.at(-1)) }) }
}

/** DuckDB has no such limit; the folders that have come to be are counted while it writes, and at the end. */
async function tooManyPartitions(sink: FilesSink): Promise<boolean> {
  let folders = [sink.directory]
  for (const _ of sink.partitionBy) {
    const below = await Promise.all(folders.map(foldersIn))
    folders = below.flat()
    if (folders.length > sink.maxPartitions) return true
  }
  return false
}

/** None in a folder that is gone: a look may still be under way when a failure empties everything. */
async function foldersIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name))
}

/** Trino's text. */
const tooMany = (sink: FilesSink) =>
  new EngineError(
    'HIVE_TOO_MANY_OPEN_PARTITIONS',
    `Exceeded limit of ${sink.maxPartitions} open writers for partitions/buckets`,
  )

export async function emptyDirectory(directory: string): Promise<void> {
  for (const entry of await readdir(directory)) await rm(join(directory, entry), { recursive: true, force: true })
}
