/**
 * Changes to a table's metadata, as the REST catalog's protocol names them: every writer says what it changes in these words.
 * https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml
 */
import { invalidMetadata } from './iceberg-error.ts'
import { type Id, type Snapshot, type SnapshotRef, snapshotById, type TableMetadata } from './metadata.ts'
import { fieldsById, type Schema } from './schema.ts'
import type { PartitionSpec, SortOrder } from './specs.ts'

/** An id of -1 means the one that was added last. */
export type TableUpdate =
  | { readonly action: 'assign-uuid'; readonly uuid: string }
  | { readonly action: 'add-schema'; readonly schema: Schema }
  | { readonly action: 'set-current-schema'; readonly 'schema-id': number }
  | { readonly action: 'add-spec'; readonly spec: PartitionSpec }
  | { readonly action: 'set-default-spec'; readonly 'spec-id': number }
  | { readonly action: 'add-sort-order'; readonly 'sort-order': SortOrder }
  | { readonly action: 'set-default-sort-order'; readonly 'sort-order-id': number }
  | { readonly action: 'set-location'; readonly location: string }
  | { readonly action: 'set-properties'; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: 'remove-properties'; readonly removals: readonly string[] }
  | { readonly action: 'add-snapshot'; readonly snapshot: Snapshot }
  | ({ readonly action: 'set-snapshot-ref'; readonly 'ref-name': string } & SnapshotRef)
  | { readonly action: 'remove-snapshots'; readonly 'snapshot-ids': readonly Id[] }
  | { readonly action: 'remove-snapshot-ref'; readonly 'ref-name': string }

const LAST = -1
const MAIN = 'main'

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

/** `nowMs` is when they are made. Throws IcebergError where one does not fit. */
export function updated(metadata: TableMetadata, updates: readonly TableUpdate[], nowMs: number): TableMetadata {
  let changed = metadata
  for (const update of updates) changed = { ...changed, ...changes(changed, update) }
  // Clocks of two writers may differ; the log of a table only goes forward.
  return { ...changed, 'last-updated-ms': Math.max(nowMs, changed['last-updated-ms']) }
}

function changes(metadata: TableMetadata, update: TableUpdate): Partial<TableMetadata> {
  switch (update.action) {
    case 'assign-uuid':
      return { 'table-uuid': update.uuid }
    case 'set-location':
      return { location: update.location }
    case 'set-properties':
      return { properties: { ...metadata.properties, ...update.updates } }
    case 'remove-properties': {
      const kept = Object.entries(metadata.properties ?? {}).filter(([name]) => !update.removals.includes(name))
      return { properties: Object.fromEntries(kept) }
    }
    case 'add-schema':
      return addSchema(metadata, update.schema)
    case 'set-current-schema':
      return { 'current-schema-id': chosen(update['schema-id'], metadata.schemas, (one) => one['schema-id'] ?? 0) }
    case 'add-spec':
      return addSpec(metadata, update.spec)
    case 'set-default-spec':
      return { 'default-spec-id': chosen(update['spec-id'], metadata['partition-specs'], (one) => one['spec-id']) }
    case 'add-sort-order':
      return { 'sort-orders': [...metadata['sort-orders'], update['sort-order']] }
    case 'set-default-sort-order': {
      const id = chosen(update['sort-order-id'], metadata['sort-orders'], (one) => one['order-id'])
      return { 'default-sort-order-id': id }
    }
    case 'add-snapshot':
      return addSnapshot(metadata, update.snapshot)
    case 'set-snapshot-ref': {
      const { action: _, 'ref-name': name, ...ref } = update
      return setRef(metadata, name, ref)
    }
    case 'remove-snapshots':
      return removeSnapshots(metadata, new Set(update['snapshot-ids']))
    case 'remove-snapshot-ref':
      return { refs: without(metadata.refs, (name) => name === update['ref-name']) }
  }
}

function chosen<T>(id: number, all: readonly T[], idOf: (one: T) => number): number {
  const found = id === LAST ? all.at(-1) : all.find((one) => idOf(one) === id)
  if (!found) throw invalidMetadata(id === LAST ? 'nothing has been added' : `nothing has the id ${id}`)
  return idOf(found)
}

function addSchema(metadata: TableMetadata, schema: Schema): Partial<TableMetadata> {
  const lastColumnId = Math.max(metadata['last-column-id'], ...fieldsById(schema).keys())
  const next = Math.max(-1, ...metadata.schemas.map((one) => one['schema-id'] ?? 0)) + 1
  return { schemas: [...metadata.schemas, { ...schema, 'schema-id': next }], 'last-column-id': lastColumnId }
}

function addSpec(metadata: TableMetadata, spec: PartitionSpec): Partial<TableMetadata> {
  const next = Math.max(-1, ...metadata['partition-specs'].map((one) => one['spec-id'])) + 1
  return {
    'partition-specs': [...metadata['partition-specs'], { ...spec, 'spec-id': next }],
    'last-partition-id': Math.max(metadata['last-partition-id'], ...spec.fields.map((field) => field['field-id'])),
  }
}

function addSnapshot(metadata: TableMetadata, snapshot: Snapshot): Partial<TableMetadata> {
  const sequenceNumber = snapshot['sequence-number'] ?? 0
  if (sequenceNumber <= metadata['last-sequence-number'])
    throw invalidMetadata(`a snapshot's sequence number ${sequenceNumber} is not after the last one`)
  return { snapshots: [...(metadata.snapshots ?? []), snapshot], 'last-sequence-number': sequenceNumber }
}

/** The main branch is the table, and what it was is its history. */
function setRef(metadata: TableMetadata, name: string, ref: SnapshotRef): Partial<TableMetadata> {
  const id: Id = ref['snapshot-id']
  const snapshot = snapshotById(metadata, id)
  if (!snapshot) throw invalidMetadata(`it has no snapshot ${id}`)
  const refs = { ...metadata.refs, [name]: ref }
  if (name !== MAIN) return { refs }
  const entry = { 'timestamp-ms': snapshot['timestamp-ms'], 'snapshot-id': id }
  return { refs, 'current-snapshot-id': id, 'snapshot-log': [...(metadata['snapshot-log'] ?? []), entry] }
}

/** What names a snapshot goes with it; of the history only what has no gaps stays, since it tells what counted when. */
function removeSnapshots(metadata: TableMetadata, ids: ReadonlySet<Id>): Partial<TableMetadata> {
  const current = metadata['current-snapshot-id']
  if (current !== null && current !== undefined && ids.has(current))
    throw invalidMetadata(`its current snapshot ${current} can not be removed`)
  const log = metadata['snapshot-log'] ?? []
  const gap = log.findLastIndex((entry) => ids.has(entry['snapshot-id']))
  const stays = (one: { readonly 'snapshot-id': Id }) => !ids.has(one['snapshot-id'])
  const { statistics, 'partition-statistics': ofPartitions } = metadata
  return {
    snapshots: (metadata.snapshots ?? []).filter(stays),
    'snapshot-log': log.slice(gap + 1),
    refs: without(metadata.refs, (_, ref) => !stays(ref)),
    ...(statistics && { statistics: statistics.filter(stays) }),
    ...(ofPartitions && { 'partition-statistics': ofPartitions.filter(stays) }),
  }
}

const without = (
  refs: TableMetadata['refs'] = {},
  goes: (name: string, ref: SnapshotRef) => boolean,
): NonNullable<TableMetadata['refs']> =>
  Object.fromEntries(Object.entries(refs).filter(([name, ref]) => !goes(name, ref)))
