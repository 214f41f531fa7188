/** A query's rows as files of an Iceberg table. */
import { randomUUID } from 'node:crypto'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import { specById, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { partitionPath } from '../../../formats/iceberg/partition-path.ts'
import { fieldsById, fixedLength, innerFields, type NestedField, type Schema } from '../../../formats/iceberg/schema.ts'
import { type BoundField, boundFields } from '../../../formats/iceberg/specs.ts'
import { SqlError } from '../../../sql/position.ts'
import { asFolder, withoutEndSlashes } from '../../catalog/folder-names.ts'
import { lakeUri } from '../../objects/addresses.ts'
import type { QueryContext } from '../context.ts'
import type { EngineOutcome, PartitionColumn, Sink, StoredField } from '../engine-plan.ts'
import { execute, type PlannedQuery } from '../statements/query.ts'
import { MOST_OPEN_PARTITIONS } from '../statements/table-writes.ts'
import { committed, type PlacedFile } from './committed-files.ts'
import { trinoType } from './iceberg-columns.ts'
import { fieldsOf } from './iceberg-files.ts'
import { dataFileOf } from './written-files.ts'

/** How a table's files are written. */
export interface WriteTarget {
  readonly metadata: TableMetadata
  readonly schema: Schema
  readonly spec: { readonly id: number; readonly fields: readonly BoundField[] }
}

/** By the newest schema and spec; tables of versions 1 and 3 are left to those who can write them. */
export function writeTarget(name: string, metadata: TableMetadata, schema: Schema): WriteTarget {
  const version = metadata['format-version']
  if (version !== 2)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Writing to Iceberg tables of format version ${version} is not supported: ${name}`,
    )
  const id = metadata['default-spec-id']
  return { metadata, schema, spec: { id, fields: boundFields(specById(metadata, id), metadata.schemas) } }
}

/**
 * A `fixed` is to be FIXED_LEN_BYTE_ARRAY in Parquet (spec, Appendix A), which the engine does not write: as BYTE_ARRAY other
 * readers refuse the file. Its rows can be read and deleted.
 */
export function requireStorable({ schema }: WriteTarget): void {
  for (const { field } of fieldsById(schema).values())
    if (fixedLength(field.type) !== undefined)
      throw new SqlError(
        'NOT_SUPPORTED',
        `Writing a column of Iceberg type ${field.type} is not supported: ${field.name}`,
      )
}

export interface WrittenRows {
  readonly outcome: EngineOutcome
  readonly files: readonly ContentFile[]
}

/** Runs the plan, whose output are the columns of the schema; the files are objects before `commit` names them. */
export async function writeRows<T>(
  planned: PlannedQuery,
  target: WriteTarget,
  context: QueryContext,
  commit: (written: WrittenRows) => Promise<T>,
): Promise<{ readonly written: WrittenRows; readonly committed: T }> {
  requireStorable(target)
  const workspace = await context.rooms.files.workspace()
  try {
    const outcome = await execute(planned, sinkFor(target, workspace.directory), context)
    const placed = dataFiles(outcome, target, context)
    const written = { outcome, files: placed.map(({ file }) => file) }
    return { written, committed: await committed(placed, context, () => commit(written)) }
  } finally {
    await workspace.remove()
  }
}

/** What was written, and where each file is to be. `partition`: of all of them, where the engine was not asked for it. */
export const dataFiles = (
  outcome: EngineOutcome,
  target: WriteTarget,
  context: QueryContext,
  partition?: ContentFile['partition'],
): PlacedFile[] =>
  outcome.files.map((file) => {
    const data = { ...dataFileOf(file, '', target.schema, target.spec), ...(partition && { partition }) }
    return placedFile(file, data, target, context)
  })

/** `file`: all but its address, which no other file has. */
export const placedFile = (
  written: EngineOutcome['files'][number],
  file: ContentFile,
  target: WriteTarget,
  context: QueryContext,
): PlacedFile => ({
  localPath: written.path,
  file: { ...file, path: dataUri(target, file, randomUUID(), context) },
})

const DEFAULT_TARGET_BYTES = 512 << 20

export function sinkFor({ metadata, schema, spec }: WriteTarget, directory: string): Sink {
  const properties = metadata.properties ?? {}
  const codec = (properties['write.parquet.compression-codec'] ?? 'zstd').toLowerCase()
  const level = properties['write.parquet.compression-level']
  return {
    kind: 'iceberg-files',
    directory,
    compression: codec === 'none' ? 'uncompressed' : codec,
    ...(level !== undefined && { compressionLevel: Number(level) }),
    targetBytes: Number(properties['write.target-file-size-bytes'] ?? DEFAULT_TARGET_BYTES),
    fields: schema.fields.map(storedField),
    partitionBy: spec.fields.map((field) => partitionColumn(field, schema)),
    maxPartitions: MOST_OPEN_PARTITIONS,
  }
}

const storedField = ({ id, name, type }: NestedField): StoredField => ({
  name: name.toLowerCase(),
  id,
  inner: innerFields(type).map(({ inner }) => storedField(inner)),
})

function partitionColumn({ field, transform, source }: BoundField, schema: Schema): PartitionColumn {
  const column = schema.fields.findIndex(({ id }) => id === field['source-id'])
  if (transform.kind === 'unknown' || column < 0 || source === undefined)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Writing to partition field ${field.name} (${field.transform}) is not supported`,
    )
  return { column, type: trinoType(source), transform }
}

/** `file`: of which partition; `name`: unlike that of any other file of the statement. */
export function dataUri(
  { metadata, schema }: WriteTarget,
  file: Pick<ContentFile, 'specId' | 'partition'>,
  name: string,
  context: QueryContext,
): string {
  const root = metadata.properties?.['write.data.path'] ?? `${asFolder(metadata.location)}data`
  const folders = fieldsOf({ metadata, schema }, file.specId).map((field, i) =>
    partitionPath([field], [file.partition[i]]).split('=').map(encodeURIComponent).join('='),
  )
  const stamp = context.now.toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15)
  return [withoutEndSlashes(lakeUri(root)), ...folders, `${stamp}_${context.queryId}-${name}.parquet`].join('/')
}
