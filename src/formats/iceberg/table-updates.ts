/**
 * Changes to a table's metadata, as the REST catalog's protocol names them: every writer says what it changes in these words.
 * https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml
 */
import { invalidMetadata, unsupported } from './iceberg-error.ts'
import { checkNewOrder, checkNewPartitions, checkNewSchema } from './layout-checks.ts'
import type { EncryptedKey, Id, Snapshot, SnapshotRef, StatisticsFile, TableMetadata } from './metadata.ts'
import { withoutProperties } from './properties.ts'
import { fieldsById, type Schema } from './schema.ts'
import { addSnapshot, removeRef, removeSnapshots, setRef, withoutPassingEntries } from './snapshot-updates.ts'
import { type PartitionField, type PartitionSpec, type SortOrder, sameOrder, sameSchema, sameSpec } from './specs.ts'

/** An id of -1 means the one that was added last. */
export type TableUpdate =
  | { readonly action: 'assign-uuid'; readonly uuid: string }
  | { readonly action: 'upgrade-format-version'; readonly 'format-version': number }
  | { readonly action: 'add-schema'; readonly schema: Schema }
  | { readonly action: 'set-current-schema'; readonly 'schema-id': number }
  | { readonly action: 'remove-schemas'; readonly 'schema-ids': readonly number[] }
  | { readonly action: 'add-spec'; readonly spec: PartitionSpec }
  | { readonly action: 'set-default-spec'; readonly 'spec-id': number }
  | { readonly action: 'remove-partition-specs'; readonly 'spec-ids': readonly number[] }
  | { readonly action: 'add-sort-order'; readonly 'sort-order': SortOrder }
  | { readonly action: 'set-default-sort-order'; readonly 'sort-order-id': number }
  | { readonly action: 'set-location'; readonly location: string }
  | { readonly action: 'set-properties'; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: 'remove-properties'; readonly removals: readonly string[] }
  | { readonly action: 'add-snapshot'; readonly snapshot: Snapshot }
  | { readonly action: 'remove-snapshots'; readonly 'snapshot-ids': readonly Id[] }
  | ({ readonly action: 'set-snapshot-ref'; readonly 'ref-name': string } & SnapshotRef)
  | { readonly action: 'remove-snapshot-ref'; readonly 'ref-name': string }
  | { readonly action: 'set-statistics'; readonly statistics: StatisticsFile }
  | { readonly action: 'remove-statistics'; readonly 'snapshot-id': Id }
  | { readonly action: 'set-partition-statistics'; readonly 'partition-statistics': StatisticsFile }
  | { readonly action: 'remove-partition-statistics'; readonly 'snapshot-id': Id }
  | { readonly action: 'add-encryption-key'; readonly 'encryption-key': EncryptedKey }
  | { readonly action: 'remove-encryption-key'; readonly 'key-id': string }

const LAST = -1

/** Of a table that is not there yet. */
export const NO_TABLE: TableMetadata = {
  'format-version': 2,
  location: '',
  'last-sequence-number': 0,
  'last-updated-ms': 0,
  'last-column-id': 0,
  schemas: [],
  'current-schema-id': LAST,
  'partition-specs': [],
  'default-spec-id': LAST,
  'last-partition-id': 999,
  'sort-orders': [],
  'default-sort-order-id': LAST,
  properties: {},
  'current-snapshot-id': null,
  snapshots: [],
  'snapshot-log': [],
  'metadata-log': [],
  refs: {},
}

/** What has been added by the updates so far, which later ones may call the last. */
interface Added {
  schema?: number
  spec?: number
  order?: number
  readonly snapshots: Set<Id>
}

/** `nowMs` is when they are made. Throws IcebergError where one does not fit. */
export function updated(metadata: TableMetadata, updates: readonly TableUpdate[], nowMs: number): TableMetadata {
  // Clocks of two writers may differ; the log of a table only goes forward.
  const at = Math.max(nowMs, metadata['last-updated-ms'])
  const added: Added = { snapshots: new Set() }
  let changed = metadata
  for (const update of updates) changed = { ...changed, ...changes(changed, update, added, at) }
  if (added.schema !== undefined || added.spec !== undefined || added.order !== undefined) {
    requireSources(changed)
    requireSense(changed, added)
  }
  const logged = withoutPassingEntries(metadata, changed, added.snapshots)
  return { ...ofVersion(logged), 'last-updated-ms': at }
}

/** The schema, the partitions and the order that a table has now. */
const layoutOf = (metadata: TableMetadata) => ({
  schema: metadata.schemas.find((one) => schemaId(one) === metadata['current-schema-id']),
  spec: metadata['partition-specs'].find((one) => specId(one) === metadata['default-spec-id']),
  order: metadata['sort-orders'].find((one) => orderId(one) === metadata['default-sort-order-id']),
})

function requireSense(metadata: TableMetadata, added: Added): void {
  const { schema, spec, order } = layoutOf(metadata)
  if (!schema) return
  if (added.schema !== undefined) checkNewSchema(schema, metadata['format-version'])
  if (added.spec !== undefined && spec) checkNewPartitions(spec.fields, schema)
  if (added.order !== undefined && order) checkNewOrder(order, schema)
}

/** What the table is partitioned and sorted by now must be among its columns; what it once was need not. */
function requireSources(metadata: TableMetadata): void {
  const { schema, spec, order } = layoutOf(metadata)
  const known = schema && fieldsById(schema)
  for (const field of spec?.fields ?? [])
    if (!known?.has(field['source-id']) && field.transform !== 'void')
      throw invalidMetadata(`Cannot find source column for partition field: ${field.name}`)
  for (const field of order?.fields ?? [])
    if (!known?.has(field['source-id']))
      throw invalidMetadata(`Cannot find source column for sort field: ${field['source-id']}`)
}

function changes(metadata: TableMetadata, update: TableUpdate, added: Added, nowMs: number): Partial<TableMetadata> {
  switch (update.action) {
    case 'assign-uuid':
      return { 'table-uuid': update.uuid }
    case 'upgrade-format-version':
      return upgraded(metadata, update['format-version'])
    case 'set-location':
      return { location: update.location }
    case 'set-properties':
      return { properties: { ...metadata.properties, ...update.updates } }
    case 'remove-properties':
      return { properties: withoutProperties(metadata.properties, update.removals) }
    case 'add-snapshot':
      added.snapshots.add(update.snapshot['snapshot-id'])
      return addSnapshot(metadata, update.snapshot)
    case 'remove-snapshots':
      return removeSnapshots(metadata, new Set(update['snapshot-ids']))
    case 'set-snapshot-ref': {
      const { action: _, 'ref-name': name, ...ref } = update
      return setRef(metadata, name, ref, added.snapshots.has(ref['snapshot-id']) ? undefined : nowMs)
    }
    case 'remove-snapshot-ref':
      return removeRef(metadata, update['ref-name'])
    case 'set-statistics':
      return { statistics: instead(metadata.statistics, update.statistics) }
    case 'remove-statistics':
      return { statistics: without(metadata.statistics, update['snapshot-id']) }
    case 'set-partition-statistics':
      return { 'partition-statistics': instead(metadata['partition-statistics'], update['partition-statistics']) }
    case 'remove-partition-statistics':
      return { 'partition-statistics': without(metadata['partition-statistics'], update['snapshot-id']) }
    case 'add-encryption-key':
      return addKey(metadata, update['encryption-key'])
    case 'remove-encryption-key':
      return { 'encryption-keys': metadata['encryption-keys']?.filter((key) => key['key-id'] !== update['key-id']) }
    default:
      return layoutChanges(metadata, update, added)
  }
}

/** Schemas, partition specs and sort orders. */
function layoutChanges(
  metadata: TableMetadata,
  update: Extract<
    TableUpdate,
    { readonly action: `${string}-schema${string}` | `${string}-spec${string}` | `${string}-sort-order` }
  >,
  added: Added,
): Partial<TableMetadata> {
  switch (update.action) {
    case 'add-schema':
      return addSchema(metadata, update.schema, added)
    case 'set-current-schema':
      return { 'current-schema-id': chosen(update['schema-id'], added.schema, metadata.schemas, schemaId) }
    case 'remove-schemas':
      if (update['schema-ids'].includes(metadata['current-schema-id']))
        throw invalidMetadata('Cannot remove the current schema')
      return { schemas: metadata.schemas.filter((one) => !update['schema-ids'].includes(schemaId(one))) }
    case 'add-spec':
      return addSpec(metadata, update.spec, added)
    case 'set-default-spec':
      return { 'default-spec-id': chosen(update['spec-id'], added.spec, metadata['partition-specs'], specId) }
    case 'remove-partition-specs':
      if (update['spec-ids'].includes(metadata['default-spec-id']))
        throw invalidMetadata('Cannot remove the default partition spec')
      return {
        'partition-specs': metadata['partition-specs'].filter((one) => !update['spec-ids'].includes(specId(one))),
      }
    case 'add-sort-order':
      return addOrder(metadata, update['sort-order'], added)
    case 'set-default-sort-order':
      return { 'default-sort-order-id': chosen(update['sort-order-id'], added.order, metadata['sort-orders'], orderId) }
  }
}

const schemaId = (schema: Schema): number => schema['schema-id'] ?? 0
const specId = (spec: PartitionSpec): number => spec['spec-id']
const orderId = (order: SortOrder): number => order['order-id']

function chosen<T>(id: number, last: number | undefined, all: readonly T[], idOf: (one: T) => number): number {
  const wanted = id === LAST ? last : id
  if (wanted === undefined) throw invalidMetadata('nothing has been added')
  if (!all.some((one) => idOf(one) === wanted)) throw invalidMetadata(`nothing has the id ${wanted}`)
  return wanted
}

const nextId = (ids: readonly number[], first: number): number => Math.max(first - 1, ...ids) + 1

/** What the table has already keeps its number. */
function addSchema(metadata: TableMetadata, schema: Schema, added: Added): Partial<TableMetadata> {
  const known = metadata.schemas.find((one) => sameSchema(one, schema))
  added.schema = known ? schemaId(known) : nextId(metadata.schemas.map(schemaId), 0)
  const lastColumnId = Math.max(metadata['last-column-id'], ...fieldsById(schema).keys())
  const schemas = known ? metadata.schemas : [...metadata.schemas, { ...schema, 'schema-id': added.schema }]
  return { schemas, 'last-column-id': lastColumnId }
}

/** A field without an id has that of a field of the same source and transform, if there ever was one. */
function addSpec(metadata: TableMetadata, { fields }: PartitionSpec, added: Added): Partial<TableMetadata> {
  const specs = metadata['partition-specs']
  const had = specs.flatMap((spec) => spec.fields)
  let last = metadata['last-partition-id']
  const numbered = fields.map((field) => {
    if (metadata['format-version'] > 1) requireOwnId(field, had)
    const same = had.find((one) => one['source-id'] === field['source-id'] && one.transform === field.transform)
    return { ...field, 'field-id': field['field-id'] ?? same?.['field-id'] ?? ++last }
  })
  const known = specs.find((spec) => sameSpec(spec.fields, numbered))
  added.spec = known ? specId(known) : nextId(specs.map(specId), 0)
  if (known) return {}
  return {
    'partition-specs': [...specs, { 'spec-id': added.spec, fields: numbered }],
    'last-partition-id': Math.max(last, ...numbered.map((field) => field['field-id'])),
  }
}

/** From the second version on a field is known by its id, whichever spec has it. */
function requireOwnId(field: PartitionField, had: readonly PartitionField[]): void {
  const other = had.find((one) => one['field-id'] === field['field-id'])
  if (other && (other['source-id'] !== field['source-id'] || other.transform !== field.transform))
    throw invalidMetadata(
      `Partition field ${field.name} has the id ${field['field-id']}, which is that of ${other.name}: ${other.transform}`,
    )
}

/** 0 is no order at all. */
function addOrder(metadata: TableMetadata, order: SortOrder, added: Added): Partial<TableMetadata> {
  const orders = metadata['sort-orders']
  const known = orders.find((one) => sameOrder(one, order))
  added.order = known ? orderId(known) : order.fields.length === 0 ? 0 : nextId(orders.map(orderId), 1)
  return known ? {} : { 'sort-orders': [...orders, { ...order, 'order-id': added.order }] }
}

const without = (files: readonly StatisticsFile[] | undefined, id: Id): readonly StatisticsFile[] | undefined =>
  files?.filter((file) => file['snapshot-id'] !== id)

/** A snapshot has one file of a kind. */
const instead = (files: readonly StatisticsFile[] | undefined, file: StatisticsFile): readonly StatisticsFile[] => [
  ...(without(files, file['snapshot-id']) ?? []),
  file,
]

function addKey(metadata: TableMetadata, key: EncryptedKey): Partial<TableMetadata> {
  const keys = metadata['encryption-keys'] ?? []
  return keys.some((one) => one['key-id'] === key['key-id']) ? {} : { 'encryption-keys': [...keys, key] }
}

const NEWEST_VERSION = 3

function upgraded(metadata: TableMetadata, version: number): Partial<TableMetadata> {
  const current = metadata['format-version']
  if (version > NEWEST_VERSION)
    throw unsupported(`Cannot upgrade table to unsupported format version: v${version} (supported: v${NEWEST_VERSION})`)
  if (version < current) throw invalidMetadata(`Cannot downgrade v${current} table to v${version}`)
  return {
    'format-version': version as TableMetadata['format-version'],
    ...(version >= 3 && { 'next-row-id': metadata['next-row-id'] ?? 0 }),
  }
}

/** Tables of the first version tell their schema and spec a second time, for readers that know of one each. */
function ofVersion(metadata: TableMetadata): TableMetadata {
  const { schema: _, 'partition-spec': __, ...rest } = metadata as TableMetadata & Record<string, unknown>
  if (metadata['format-version'] > 1) return rest as TableMetadata
  const first = {
    schema: metadata.schemas.find((one) => schemaId(one) === metadata['current-schema-id']),
    'partition-spec': metadata['partition-specs'].find((one) => specId(one) === metadata['default-spec-id'])?.fields,
  }
  return { ...(rest as TableMetadata), ...first }
}
