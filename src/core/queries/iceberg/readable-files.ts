/** Data files as an engine reads them: where they lie, in which format, which of their rows are deleted, and what partitions say of all rows. */
import { vectorBitmap } from '../../../formats/iceberg/deletion-vector.ts'
import { badData, unsupported } from '../../../formats/iceberg/iceberg-error.ts'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import { partitionPath, valueText } from '../../../formats/iceberg/partition-path.ts'
import { holdsNanos, type IcebergType, type Schema } from '../../../formats/iceberg/schema.ts'
import type { BoundField } from '../../../formats/iceberg/specs.ts'
import type { IcebergValue } from '../../../formats/iceberg/values.ts'
import { SqlError } from '../../../sql/position.ts'
import { isLakeUri, lakeUri } from '../../objects/addresses.ts'
import type { LakeFile } from '../../objects/files.ts'
import { wholeFile } from '../../objects/whole-file.ts'
import type { QueryContext } from '../context.ts'
import type { FoundFiles, Planning } from '../described-table.ts'
import type { DataFile, DeletedRows, DeleteFile, IdentifiedFormat } from '../relation.ts'
import { bytesText, picosText } from './field-identities.ts'
import type { LiveFile, SnapshotView } from './iceberg-files.ts'
import { naming } from './metadata-file.ts'
import { ValueDeletes } from './value-deletes.ts'

export async function readableFiles(
  view: SnapshotView,
  files: readonly LiveFile[],
  context: QueryContext,
  planning: Planning,
): Promise<Pick<FoundFiles, 'files' | 'layouts' | 'columns'>> {
  const found: DataFile[] = []
  const values = new ValueDeletes(view)
  const deletes = deleteFiles(view.name, context, planning)
  for (const file of files) {
    found.push(await dataFile(view, file, values, deletes, context, planning))
    if (planning.step()) await planning.rest()
  }
  const { columns } = values
  const layouts = found.some(({ layout }) => layout !== undefined)
  return { files: found, ...(columns && { columns }), ...(layouts && { layouts: LAYOUTS }) }
}

async function dataFile(
  view: SnapshotView,
  { entry: { file }, fields, deletes }: LiveFile,
  values: ValueDeletes,
  storedDeletes: StoredDeletes,
  context: QueryContext,
  planning: Planning,
): Promise<DataFile> {
  const fieldValues = partitionValues(file, fields, view.schema)
  const layout = layoutOf(file)
  if (layout !== undefined && view.schema.fields.some(({ type }) => holdsNanos(type)))
    throw unsupported(`Nanoseconds of ${file.format} files are not supported: ${file.path} of table ${view.name}`)
  const object = stored(file.path, view.name, context, planning)
  const deleted = deletes.vector
    ? await vectorRows(deletes.vector, view.name, context)
    : positionRows(storedDeletes(deletes.positions), file.path)
  return {
    ...object,
    uri: file.path,
    partition: [],
    partitionName: partitionPath(fields, file.partition),
    ...(layout !== undefined && { layout }),
    ...(fieldValues && { fieldValues }),
    ...(deleted && { deleted }),
    ...(deletes.equalities.length > 0 && {
      deletedValues: values.of(deletes.equalities, storedDeletes),
    }),
  }
}

/** Columns whose values partitions tell. */
export function identityColumns(fields: readonly BoundField[], { fields: columns }: Schema) {
  return fields.flatMap(({ field, transform, source, type }, place) => {
    const column = columns.find((one) => one.id === field['source-id'] && one.type === source)
    return transform.kind === 'identity' && column
      ? [{ id: column.id, name: column.name.toLowerCase(), type, place }]
      : []
  })
}

/** Of columns that the file need not have, as migrated tables do not: the partition says it of all rows. */
function partitionValues(
  { partition }: ContentFile,
  fields: readonly BoundField[],
  schema: Schema,
): DataFile['fieldValues'] {
  const identities = identityColumns(fields, schema)
  if (identities.length === 0) return undefined
  const told = identities.flatMap(({ id, type, place }) => {
    const text = castableText(type, partition[place] ?? null)
    return text === undefined ? [] : [[id, text] as const]
  })
  return Object.fromEntries(told)
}

/** Undefined of moments in years that are not of four digits, which are not written alike everywhere. */
function castableText(type: IcebergType, value: IcebergValue | null): string | null | undefined {
  if (value === null) return null
  if (value instanceof Uint8Array && type !== 'uuid') return bytesText(value)
  if (type === 'timestamp_ns') return picosText(value as bigint)
  const text = valueText(type, value)
  return MOMENTS.has(String(type)) && !/^\d{4}-/.test(text) ? undefined : text
}

const MOMENTS: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamptz'])

const FORMATS: Readonly<Record<string, IdentifiedFormat>> = {
  orc: { kind: 'orc', byName: false, byId: true },
  avro: { kind: 'avro', byId: true },
}
const LAYOUTS = Object.values(FORMATS).map((format) => ({ format, readAs: {} }))

/** Undefined of Parquet. */
function layoutOf({ format, path }: ContentFile): number | undefined {
  if (format === 'parquet') return undefined
  const place = Object.keys(FORMATS).indexOf(format)
  if (place < 0) throw unsupported(`Reading ${format} files of Iceberg tables is not supported: ${path}`)
  return place
}

function stored(path: string, table: string, { rooms }: QueryContext, planning: Planning): LakeFile {
  const object = isLakeUri(path) ? rooms.files.stat(lakeUri(path)) : undefined
  if (!object)
    throw new SqlError(
      'ICEBERG_CANNOT_OPEN_SPLIT',
      `Error opening Iceberg split ${path}: no such object, of table ${table}`,
    )
  planning.found(object)
  return object
}

const positionRows = (files: readonly DeleteFile[], dataFilePath: string): DeletedRows | undefined =>
  files.length === 0 ? undefined : { kind: 'positions', files, dataFile: dataFilePath }

/** Each file, and each list of them, is one object, however many data files it applies to: an engine is sent it once. */
export type StoredDeletes = (files: readonly ContentFile[]) => readonly DeleteFile[]

function deleteFiles(table: string, context: QueryContext, planning: Planning): StoredDeletes {
  const known = new Map<string, DeleteFile>()
  const lists = new Map<readonly ContentFile[], readonly DeleteFile[]>()
  const one = (file: ContentFile): DeleteFile => {
    const layout = layoutOf(file)
    const { localPath, sizeBytes } = stored(file.path, table, context, planning)
    const format = layout === undefined ? undefined : LAYOUTS[layout]!.format
    const made = { localPath, sizeBytes, uri: file.path, ...(format && { format }) }
    known.set(file.path, made)
    return made
  }
  return (files) => {
    const found = lists.get(files) ?? files.map((file) => known.get(file.path) ?? one(file))
    lists.set(files, found)
    return found
  }
}

async function vectorRows(vector: ContentFile, table: string, context: QueryContext): Promise<DeletedRows> {
  const { path, contentOffset: start, contentSizeBytes: size, recordCount: cardinality } = vector
  const uri = lakeUri(path)
  return naming(uri, table, async () => {
    if (start === undefined || size === undefined)
      throw badData('the manifest does not say where its deletion vector is')
    const object = isLakeUri(path) ? context.rooms.files.stat(uri) : undefined
    if (!object) throw badData('no such object')
    if (start < 0 || size < 1 || start + size > object.sizeBytes)
      throw badData('the file ends before the deletion vector does')
    const bytes = await wholeFile(context.rooms.files, uri, { start, end: start + size - 1 })
    return { kind: 'bitmap', bitmap: vectorBitmap(bytes), cardinality, uri, badData: 'ICEBERG_BAD_DATA' }
  })
}
