/** https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tableMetadata } from './metadata.ts'
import type { Schema } from './schema.ts'
import type { PartitionSpec } from './specs.ts'
import { type TableRequirement, unmetRequirement } from './table-requirements.ts'
import { NO_TABLE, type TableUpdate, updated } from './table-updates.ts'

const SCHEMA = { type: 'struct', fields: [{ id: 1, name: 'x', required: false, type: 'long' }] } as const
const CREATE: readonly TableUpdate[] = [
  { action: 'assign-uuid', uuid: '9c12d441-03fe-4693-9a96-a0705ddf69c1' },
  { action: 'set-location', location: 's3://b/t' },
  { action: 'add-schema', schema: SCHEMA },
  { action: 'set-current-schema', 'schema-id': -1 },
  {
    action: 'add-spec',
    spec: { 'spec-id': 9, fields: [{ name: 'x_bucket', transform: 'bucket[4]', 'source-id': 1, 'field-id': 1000 }] },
  },
  { action: 'set-default-spec', 'spec-id': -1 },
  { action: 'add-sort-order', 'sort-order': { 'order-id': 0, fields: [] } },
  { action: 'set-default-sort-order', 'sort-order-id': -1 },
  { action: 'set-properties', updates: { a: '1' } },
]
const snapshot = (id: number, sequence: number, at: number, parent?: number): TableUpdate => ({
  action: 'add-snapshot',
  snapshot: {
    'snapshot-id': id,
    ...(parent !== undefined && { 'parent-snapshot-id': parent }),
    'sequence-number': sequence,
    'timestamp-ms': at,
    'manifest-list': 's3://b/l',
  },
})
const ref = (name: string, id: number, type: 'branch' | 'tag' = 'branch'): TableUpdate => ({
  action: 'set-snapshot-ref',
  'ref-name': name,
  type,
  'snapshot-id': id,
})

test('a table is made by updates, and what comes out is metadata', () => {
  const made = updated(NO_TABLE, CREATE, 100)
  assert.deepEqual(tableMetadata(structuredClone(made)), made)
  assert.equal(made['last-column-id'], 1)
  assert.equal(made['last-partition-id'], 1000)
  assert.equal(made['default-spec-id'], 0)
  assert.equal(made['last-updated-ms'], 100)
})

test('schemas and specs are numbered on, whatever they were called', () => {
  const wider = { ...SCHEMA, 'schema-id': 0, fields: [...SCHEMA.fields, { ...SCHEMA.fields[0], id: 2, name: 'y' }] }
  const changed = updated(
    updated(NO_TABLE, CREATE, 100),
    [
      { action: 'add-schema', schema: wider },
      { action: 'set-current-schema', 'schema-id': -1 },
    ],
    50,
  )
  assert.deepEqual([changed['current-schema-id'], changed['last-column-id']], [1, 2])
  assert.equal(changed['last-updated-ms'], 100)
})

test('a snapshot is the table once the main branch points to it; tags are no history', () => {
  const made = updated(NO_TABLE, CREATE, 100)
  const one = updated(made, [snapshot(11, 1, 200), ref('main', 11), ref('first', 11, 'tag')], 200)
  const two = updated(one, [snapshot(12, 2, 300), ref('main', 12)], 300)
  assert.equal(two['current-snapshot-id'], 12)
  assert.equal(two['last-sequence-number'], 2)
  assert.deepEqual(two['snapshot-log'], [
    { 'timestamp-ms': 200, 'snapshot-id': 11 },
    { 'timestamp-ms': 300, 'snapshot-id': 12 },
  ])
  assert.deepEqual(two.refs?.first, { type: 'tag', 'snapshot-id': 11 })
  assert.equal(one['current-snapshot-id'], 11)
})

test('what does not fit is refused', () => {
  const made = updated(NO_TABLE, CREATE, 100)
  const refused = (updates: readonly TableUpdate[], reason: RegExp) =>
    assert.throws(() => updated(made, updates, 100), reason)
  refused([{ action: 'set-current-schema', 'schema-id': 4 }], /nothing has the id 4/)
  refused([ref('main', 3)], /Cannot set main to unknown snapshot: 3/)
  refused([snapshot(1, 1, 5), snapshot(2, 1, 6, 1)], /sequence number 1 older than last sequence number 1/)
  refused([snapshot(1, 1, 5), snapshot(1, 2, 6)], /Snapshot already exists for id: 1/)
  refused([snapshot(1, 1, 5), ref('main', 1, 'tag')], /Cannot set main to a tag/)
  refused([{ action: 'upgrade-format-version', 'format-version': 1 }], /Cannot downgrade v2 table to v1/)
  refused([{ action: 'upgrade-format-version', 'format-version': 9 }], /unsupported format version: v9/)
  refused([{ action: 'remove-schemas', 'schema-ids': [0] }], /Cannot remove the current schema/)
  refused([{ action: 'remove-partition-specs', 'spec-ids': [0] }], /Cannot remove the default partition spec/)
  const other = { ...SCHEMA, fields: [{ ...SCHEMA.fields[0], id: 2 }] }
  const replaced: TableUpdate[] = [
    { action: 'add-schema', schema: other },
    { action: 'set-current-schema', 'schema-id': -1 },
  ]
  refused(replaced, /Cannot find source column for partition field: x_bucket/)
  assert.throws(() => updated(NO_TABLE, [{ action: 'set-default-spec', 'spec-id': -1 }], 1), /nothing has been added/)
})

/** TableMetadata.Builder of the Java library: what is known already is not added again. */
test('what a table has had comes back under its number', () => {
  const made = updated(NO_TABLE, CREATE, 100)
  const again = updated(made, CREATE, 100)
  assert.deepEqual(again, made)
  const wider = { ...SCHEMA, fields: [...SCHEMA.fields, { ...SCHEMA.fields[0], id: 2, name: 'y' }] }
  const changed = updated(
    made,
    [
      { action: 'add-schema', schema: wider },
      { action: 'set-current-schema', 'schema-id': -1 },
      {
        action: 'add-spec',
        // Without ids: one field that the table has had, and a new one.
        spec: {
          'spec-id': 0,
          fields: [
            { name: 'y', transform: 'identity', 'source-id': 2 },
            { name: 'x_bucket', transform: 'bucket[4]', 'source-id': 1 },
          ],
        } as unknown as PartitionSpec,
      },
      { action: 'set-default-spec', 'spec-id': -1 },
    ],
    100,
  )
  assert.deepEqual(
    changed['partition-specs'][1]?.fields.map((field) => field['field-id']),
    [1001, 1000],
  )
  const back = updated(
    changed,
    [
      { action: 'set-default-spec', 'spec-id': 0 },
      { action: 'add-schema', schema: { ...SCHEMA, 'schema-id': 7 } as Schema },
      { action: 'set-current-schema', 'schema-id': -1 },
    ],
    100,
  )
  assert.deepEqual([back['current-schema-id'], back['default-spec-id'], back['last-partition-id']], [0, 0, 1001])
})

test('snapshots go with their branches, tags, statistics and the history before them', () => {
  const statistics = { 'snapshot-id': 11, 'statistics-path': 's3://b/s.puffin' }
  const made = updated(NO_TABLE, CREATE, 100)
  const all = updated(
    updated(updated(made, [snapshot(11, 1, 200), ref('main', 11)], 200), [snapshot(12, 2, 300), ref('main', 12)], 300),
    [snapshot(13, 3, 400), ref('main', 13), ref('old', 12, 'tag'), { action: 'set-statistics', statistics }],
    400,
  )
  const kept = updated(all, [{ action: 'remove-snapshots', 'snapshot-ids': [11, 12] }], 500)
  assert.deepEqual(Object.keys(kept.refs ?? {}), ['main'])
  assert.deepEqual(kept['snapshot-log'], [{ 'timestamp-ms': 400, 'snapshot-id': 13 }])
  assert.deepEqual(kept.statistics, [])
  const none = updated(kept, [{ action: 'remove-snapshot-ref', 'ref-name': 'main' }], 600)
  assert.equal(none['current-snapshot-id'], null)
})

test('a snapshot that was passed over at once is no history, and a way back is one', () => {
  const made = updated(NO_TABLE, CREATE, 100)
  const both = updated(made, [snapshot(11, 1, 200), ref('main', 11), snapshot(12, 2, 210, 11), ref('main', 12)], 220)
  assert.deepEqual(both['snapshot-log'], [{ 'timestamp-ms': 210, 'snapshot-id': 12 }])
  const back = updated(both, [ref('main', 11)], 900)
  assert.deepEqual(back['snapshot-log']?.at(-1), { 'timestamp-ms': 900, 'snapshot-id': 11 })
})

/** https://iceberg.apache.org/spec/#row-lineage */
test('rows of the third version are numbered on', () => {
  const made = updated(NO_TABLE, [{ action: 'upgrade-format-version', 'format-version': 3 }, ...CREATE], 100)
  const rows = (id: number, sequence: number, first: number | null, added: number): TableUpdate => {
    const { snapshot: one } = snapshot(id, sequence, 200) as Extract<TableUpdate, { action: 'add-snapshot' }>
    return { action: 'add-snapshot', snapshot: { ...one, 'first-row-id': first, 'added-rows': added } }
  }
  const one = updated(made, [rows(1, 1, 0, 10)], 200)
  assert.equal(one['next-row-id'], 10)
  assert.equal(updated(one, [rows(2, 2, 10, 5)], 200)['next-row-id'], 15)
  assert.throws(() => updated(one, [rows(2, 2, 9, 5)], 200), /first-row-id is behind table next-row-id: 9 < 10/)
  assert.throws(() => updated(one, [rows(2, 2, null, 5)], 200), /first-row-id is null/)
})

test('a table of the first version tells its schema and spec twice, until it is raised', () => {
  const first = updated({ ...NO_TABLE, 'format-version': 1 }, CREATE, 100) as unknown as Record<string, unknown>
  assert.deepEqual(first.schema, { ...SCHEMA, 'schema-id': 0 })
  const raised = updated(tableMetadata(first), [{ action: 'upgrade-format-version', 'format-version': 2 }], 100)
  assert.ok(!('schema' in raised) && !('partition-spec' in raised))
})

test('requirements are asked in the words of the protocol', () => {
  const made = updated(updated(NO_TABLE, CREATE, 100), [snapshot(11, 1, 200), ref('main', 11)], 200)
  const met: readonly TableRequirement[] = [
    { type: 'assert-table-uuid', uuid: '9C12D441-03FE-4693-9A96-A0705DDF69C1' },
    { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': 11 },
    { type: 'assert-ref-snapshot-id', ref: 'none', 'snapshot-id': null },
    { type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 1 },
    { type: 'assert-current-schema-id', 'current-schema-id': 0 },
    { type: 'assert-last-assigned-partition-id', 'last-assigned-partition-id': 1000 },
    { type: 'assert-default-spec-id', 'default-spec-id': 0 },
    { type: 'assert-default-sort-order-id', 'default-sort-order-id': 0 },
  ]
  assert.equal(unmetRequirement(met, made), undefined)
  const why = (requirement: TableRequirement) => unmetRequirement([requirement], made)
  assert.match(why({ type: 'assert-create' })!, /table already exists/)
  assert.match(why({ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': null })!, /branch main was created/)
  assert.match(why({ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': 5 })!, /expected id 5 != 11/)
  assert.match(why({ type: 'assert-ref-snapshot-id', ref: 'b', 'snapshot-id': 5 })!, /branch or tag b is missing/)
  assert.match(why({ type: 'assert-current-schema-id', 'current-schema-id': 1 })!, /current schema changed/)
})
