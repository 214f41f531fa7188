/**
 * A table's metadata file, as the JSON it is: what is not known here is carried along untouched, so that a table of a later
 * version loses nothing. Ids of 64 bits are bigints where they are too large for numbers, as the caller's parser made them.
 * https://iceberg.apache.org/spec/#table-metadata-and-snapshots
 */
import { invalidMetadata, unsupported } from './iceberg-error.ts'
import { checkShape } from './metadata-shape.ts'
import { checkSchema, type Schema } from './schema.ts'
import { checkFields, type PartitionField, type PartitionSpec, type SortOrder } from './specs.ts'

/** Of snapshots; equal ids are equal by `===`, for whether one is a bigint depends on nothing but its size. */
export type Id = number | bigint

export interface Snapshot {
  readonly 'snapshot-id': Id
  readonly 'parent-snapshot-id'?: Id
  readonly 'sequence-number'?: number
  readonly 'timestamp-ms': number
  readonly 'manifest-list'?: string
  /** Of tables of the first version that have no list. */
  readonly manifests?: readonly string[]
  readonly summary?: Readonly<Record<string, string>>
  readonly 'schema-id'?: number
  /** Of the key with which its list of manifests is encrypted. */
  readonly 'key-id'?: string
  /** Of the third version: the first of the ids that the snapshot gives its rows, and how many it gives. */
  readonly 'first-row-id'?: number | null
  readonly 'added-rows'?: number
}

export interface SnapshotRef {
  readonly 'snapshot-id': Id
  readonly type: 'branch' | 'tag'
  readonly 'min-snapshots-to-keep'?: number
  readonly 'max-snapshot-age-ms'?: number
  readonly 'max-ref-age-ms'?: number
}

export interface SnapshotLogEntry {
  readonly 'timestamp-ms': number
  readonly 'snapshot-id': Id
}

export interface MetadataLogEntry {
  readonly 'timestamp-ms': number
  readonly 'metadata-file': string
}

/** Of statistics, and of those of partitions: where they lie, and of which snapshot they are. */
export interface StatisticsFile {
  readonly 'snapshot-id': Id
  readonly 'statistics-path': string
}

/** What else is known of one is carried along. */
export interface EncryptedKey {
  readonly 'key-id': string
}

export interface TableMetadata {
  readonly 'format-version': 1 | 2 | 3
  readonly 'table-uuid'?: string
  readonly location: string
  readonly 'last-sequence-number': number
  readonly 'last-updated-ms': number
  readonly 'last-column-id': number
  readonly schemas: readonly Schema[]
  readonly 'current-schema-id': number
  readonly 'partition-specs': readonly PartitionSpec[]
  readonly 'default-spec-id': number
  readonly 'last-partition-id': number
  readonly properties?: Readonly<Record<string, string>>
  readonly 'current-snapshot-id'?: Id | null
  readonly snapshots?: readonly Snapshot[]
  readonly 'snapshot-log'?: readonly SnapshotLogEntry[]
  readonly 'metadata-log'?: readonly MetadataLogEntry[]
  readonly 'sort-orders': readonly SortOrder[]
  readonly 'default-sort-order-id': number
  readonly refs?: Readonly<Record<string, SnapshotRef>>
  readonly statistics?: readonly StatisticsFile[]
  readonly 'partition-statistics'?: readonly StatisticsFile[]
  readonly 'encryption-keys'?: readonly EncryptedKey[]
  /** Of the third version: the id that the next row gets. */
  readonly 'next-row-id'?: number
}

export const MAIN_BRANCH = 'main'

type Json = Readonly<Record<string, unknown>>

/** `value`: the parsed file. Versions 1 and 2 become alike; throws IcebergError for what can not be a table's metadata. */
export function tableMetadata(value: unknown): TableMetadata {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidMetadata('it is no JSON object')
  const json = value as Json
  const version = json['format-version']
  if (!Number.isInteger(version) || Number(version) < 1) throw invalidMetadata('it has no format-version')
  if (Number(version) > 3) throw unsupported(`Iceberg format version ${version} is not supported`)
  if (typeof json.location !== 'string') throw invalidMetadata('it has no location')
  for (const member of requiredMembers(Number(version)))
    if ((json[member] ?? undefined) === undefined)
      throw invalidMetadata(`it has no ${member}, which format version ${version} requires`)
  const { schemas, currentId } = schemasOf(json)
  const specs = specsOf(json)
  const metadata = {
    ...json,
    schemas,
    'current-schema-id': currentId,
    'partition-specs': specs,
    'default-spec-id': json['default-spec-id'] ?? Math.max(...specs.map((spec) => spec['spec-id'])),
    'last-partition-id': json['last-partition-id'] ?? lastPartitionId(specs),
    'last-sequence-number': json['last-sequence-number'] ?? 0,
    'sort-orders': listOf<SortOrder>(json, 'sort-orders') ?? [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': json['default-sort-order-id'] ?? 0,
    snapshots: listOf<Snapshot>(json, 'snapshots') ?? [],
    refs: json.refs ?? mainBranch(json),
  } as unknown as TableMetadata
  checkShape(metadata as unknown as Json)
  if (!metadata.schemas.some((schema) => schema['schema-id'] === metadata['current-schema-id']))
    throw invalidMetadata(`it has no schema ${metadata['current-schema-id']}, which is said to be the current one`)
  specById(metadata, metadata['default-spec-id'])
  currentSnapshot(metadata)
  return metadata
}

/** What the first version could leave out. */
function requiredMembers(version: number): readonly string[] {
  if (version === 1) return []
  return [...REQUIRED_SINCE_2, ...(version >= 3 ? ['next-row-id'] : [])]
}

const REQUIRED_SINCE_2 = [
  'table-uuid',
  'last-sequence-number',
  'last-column-id',
  'schemas',
  'current-schema-id',
  'partition-specs',
  'default-spec-id',
  'last-partition-id',
  'sort-orders',
  'default-sort-order-id',
] as const

/** Of a table from before there were others. */
function mainBranch(json: Json): TableMetadata['refs'] {
  const id = (json['current-snapshot-id'] ?? -1) as Id
  return id === -1 ? {} : { main: { type: 'branch', 'snapshot-id': id } }
}

function listOf<T>(json: Json, member: string): readonly T[] | undefined {
  const value = json[member] ?? undefined
  if (value !== undefined && !Array.isArray(value)) throw invalidMetadata(`its ${member} are no list`)
  return value
}

/** In the first version a list without a word on which one counts stands beside the one that does. */
function schemasOf(json: Json): { readonly schemas: readonly Schema[]; readonly currentId: number } {
  const listed = (listOf<unknown>(json, 'schemas') ?? []).map(checkSchema)
  const current = json['current-schema-id'] as number | undefined
  if (listed.length > 0 && current !== undefined) return { schemas: listed, currentId: current }
  if (json.schema === undefined) throw invalidMetadata('it has no schema that is said to be the current one')
  const only = { 'schema-id': 0, ...checkSchema(json.schema) }
  const others = listed.filter((schema) => schema['schema-id'] !== only['schema-id'])
  return { schemas: [...others, only], currentId: only['schema-id'] }
}

/** Fields of the first version have no ids of their own: they are numbered from 1000 on. */
function specsOf(json: Json): readonly PartitionSpec[] {
  const listed = listOf<PartitionSpec>(json, 'partition-specs')
  const specs: readonly PartitionSpec[] =
    listed && listed.length > 0
      ? listed
      : [{ 'spec-id': 0, fields: (json['partition-spec'] ?? []) as readonly PartitionField[] }]
  return specs.map((spec) => ({ ...spec, fields: checkFields(spec?.fields) }))
}

const lastPartitionId = (specs: readonly PartitionSpec[]): number =>
  Math.max(999, ...specs.flatMap((spec) => spec.fields.map((field) => field['field-id'])))

/** The schema that counts now. */
export const currentSchema = (metadata: TableMetadata): Schema =>
  metadata.schemas.find((schema) => schema['schema-id'] === metadata['current-schema-id'])!

export function specById(metadata: TableMetadata, id: number): PartitionSpec {
  const spec = metadata['partition-specs'].find((one) => one['spec-id'] === id)
  if (!spec) throw invalidMetadata(`it has no partition spec ${id}`)
  return spec
}

export const snapshotById = (metadata: TableMetadata, id: Id): Snapshot | undefined =>
  metadata.snapshots?.find((snapshot) => snapshot['snapshot-id'] === id)

/** Undefined for a table into which nothing was ever written. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  const id = metadata['current-snapshot-id'] ?? undefined
  // The first version says so with a number.
  if (id === undefined || id === -1) return undefined
  const snapshot = snapshotById(metadata, id)
  if (!snapshot) throw invalidMetadata(`it has no snapshot ${id}, which is said to be the current one`)
  return snapshot
}

/** A branch or tag by its name. Tables of the first version do not list their main branch. */
export function refOf(metadata: TableMetadata, name: string): SnapshotRef | undefined {
  const listed = metadata.refs?.[name]
  if (listed || name !== MAIN_BRANCH) return listed
  const id = metadata['current-snapshot-id'] ?? -1
  return id === -1 ? undefined : { type: 'branch', 'snapshot-id': id }
}

/** The snapshot that was current at a time, as the log of the table tells; undefined before the first. */
export function snapshotAt(metadata: TableMetadata, timeMs: number): Snapshot | undefined {
  const before = (metadata['snapshot-log'] ?? []).filter((entry) => entry['timestamp-ms'] <= timeMs)
  const last = before.at(-1)
  return last && snapshotById(metadata, last['snapshot-id'])
}

/** The schema that a snapshot was written with, which a reader of old snapshots is shown. */
export function schemaOf(metadata: TableMetadata, snapshot: Snapshot): Schema {
  const id = snapshot['schema-id']
  return metadata.schemas.find((schema) => id !== undefined && schema['schema-id'] === id) ?? currentSchema(metadata)
}
