/** https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tableMetadata } from './metadata.ts'
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
const snapshot = (id: number, sequence: number, at: number): TableUpdate => ({
  action: 'add-snapshot',
  snapshot: { 'snapshot-id': id, 'sequence-number': sequence, 'timestamp-ms': at, 'manifest-list': 's3://b/l' },
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
  refused([ref('main', 3)], /it has no snapshot 3/)
  refused([snapshot(1, 0, 5)], /sequence number 0 is not after the last one/)
  assert.throws(() => updated(NO_TABLE, [{ action: 'set-default-spec', 'spec-id': -1 }], 1), /nothing has been added/)
})
