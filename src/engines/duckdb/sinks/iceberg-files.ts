/**
 * Parquet files of an Iceberg table: fields carry their ids, a file has rows of one partition, and what it holds is told for
 * each column. The folder is the engine's alone; when the plan fails it is left empty.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  EngineError,
  type Sink,
  type StoredField,
  type WrittenColumnStatistics,
} from '../../../core/queries/engine-plan.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import { scalarFunction } from '../functions.ts'
import { emptyDirectory } from './files.ts'
import { flushedAhead } from './flush-ahead.ts'
import { bucketFunctions, partitionText } from './iceberg-partitions.ts'
import type { SinkInput, SinkOutcome } from './sink.ts'

type IcebergSink = Sink & { readonly kind: 'iceberg-files' }
type WrittenFile = SinkOutcome['files'][number]

export async function writeIcebergFiles(sink: IcebergSink, input: SinkInput): Promise<SinkOutcome> {
  await mkdir(sink.directory, { recursive: true })
  for (const one of bucketFunctions(sink.partitionBy)) input.connection.registerScalarFunction(scalarFunction(one))
  try {
    const copied = () => input.connection.runAndReadAll(copyText(sink, input))
    const result = await flushedAhead(sink.directory, copied)
    const files: WrittenFile[] = []
    for (const row of result.getRowObjectsJson()) {
      const file = writtenFile(row, sink)
      if (file.rows === 0) await rm(file.path, { force: true })
      else files.push(file)
    }
    requireFew(sink, files)
    return { rows: files.reduce((sum, file) => sum + file.rows, 0), files, values: [] }
  } catch (error) {
    await emptyDirectory(sink.directory)
    throw error
  }
}

function copyText(sink: IcebergSink, { query }: SinkInput): string {
  const { fields, partitionBy, directory, compression, compressionLevel, targetBytes } = sink
  const columns = fields.map(({ name }, i) => `o${i} AS ${quotedName(name)}`)
  const partitions = partitionBy.map((one, i) => `${partitionText(one, `o${one.column}`)} AS ${partitionName(i)}`)
  const options = [
    'FORMAT parquet',
    `COMPRESSION ${compression}`,
    ...(compressionLevel !== undefined && compression === 'zstd' ? [`COMPRESSION_LEVEL ${compressionLevel}`] : []),
    `FIELD_IDS ${fieldIds(fields)}`,
    'RETURN_STATS',
    ...(partitions.length > 0
      ? [
          `PARTITION_BY (${partitions.map((_, i) => partitionName(i)).join(', ')})`,
          'HIVE_FILE_PATTERN false',
          `FILENAME_PATTERN '{uuid}'`,
          'OVERWRITE_OR_IGNORE true',
        ]
      : [`FILE_SIZE_BYTES ${Math.trunc(targetBytes)}`, `FILENAME_PATTERN '{uuid}'`]),
  ]
  const target = partitions.length > 0 ? directory : join(directory, randomUUID())
  return `COPY (SELECT ${[...columns, ...partitions].join(', ')} FROM (${query})) TO ${quote(target)} (${options.join(', ')})`
}

/** No column of a table is called so. */
const partitionName = (place: number): string => quotedName(`\u0001p${place}`)

function fieldIds(fields: readonly StoredField[]): string {
  const ids = fields.map(({ name, id, inner }) => {
    if (inner.length === 0) return `${quotedName(name)}: ${id}`
    return `${quotedName(name)}: {__duckdb_field_id: ${id}, ${fieldIds(inner).slice(1)}`
  })
  return `{${ids.join(', ')}}`
}

type Row = Readonly<Record<string, unknown>>
/** A map is a list of pairs. */
type Pairs = readonly { readonly key: string; readonly value: unknown }[]

function writtenFile(row: Row, { partitionBy }: IcebergSink): WrittenFile {
  const keys = new Map(((row.partition_keys ?? []) as Pairs).map(({ key, value }) => [key, value]))
  return {
    path: String(row.filename),
    rows: Number(row.count),
    sizeBytes: Number(row.file_size_bytes),
    partition: partitionBy.map((_, i) => (keys.get(`\u0001p${i}`) ?? null) as string | null),
    statistics: (row.column_statistics as Pairs).map(({ key, value }) => statisticsOf(key, value as Pairs)),
  }
}

function statisticsOf(path: string, pairs: Pairs): WrittenColumnStatistics {
  const told = new Map(pairs.map(({ key, value }) => [key, value as string]))
  const number = (member: string, name: string) => (told.has(name) ? { [member]: Number(told.get(name)) } : {})
  return {
    path: namesIn(path),
    ...number('sizeBytes', 'column_size_bytes'),
    ...number('values', 'num_values'),
    ...number('nulls', 'null_count'),
    ...(told.has('min') && { min: told.get('min') }),
    ...(told.has('max') && { max: told.get('max') }),
    ...(told.has('has_nan') && { hasNaN: told.get('has_nan') === 'true' }),
  }
}

/** `"a"."b"`: quoted names with dots between. */
const namesIn = (path: string): string[] =>
  [...path.matchAll(/"((?:[^"]|"")*)"|([^".]+)/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!)

/** Trino's text. */
function requireFew({ maxPartitions }: IcebergSink, files: readonly WrittenFile[]): void {
  if (new Set(files.map(({ partition }) => JSON.stringify(partition))).size <= maxPartitions) return
  throw new EngineError(
    'ICEBERG_TOO_MANY_OPEN_PARTITIONS',
    `Exceeded limit of ${maxPartitions} open writers for partitions`,
  )
}
