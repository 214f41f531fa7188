import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  currentSchema,
  currentSnapshot,
  schemaOf,
  snapshotAt,
  snapshotById,
  specById,
  tableMetadata,
} from './metadata.ts'
import { fieldsById } from './schema.ts'
import { boundFields } from './specs.ts'

const SCHEMA = {
  type: 'struct',
  fields: [
    { id: 1, name: 'x', required: true, type: 'long' },
    {
      id: 2,
      name: 'l',
      required: false,
      type: {
        type: 'list',
        'element-id': 3,
        'element-required': false,
        element: { type: 'struct', fields: [{ id: 4, name: 'z', required: false, type: 'decimal(9, 2)' }] },
      },
    },
    {
      id: 5,
      name: 'm',
      required: false,
      type: { type: 'map', 'key-id': 6, key: 'string', 'value-id': 7, value: 'fixed[16]', 'value-required': true },
    },
  ],
}
const SNAPSHOTS = [
  { 'snapshot-id': 3_051_729_675_574_597_004n, 'timestamp-ms': 100, 'schema-id': 0 },
  { 'snapshot-id': 7, 'timestamp-ms': 200, 'parent-snapshot-id': 3_051_729_675_574_597_004n, 'schema-id': 1 },
]
const V2 = {
  'format-version': 2,
  'table-uuid': '9c12d441-03fe-4693-9a96-a0705ddf69c1',
  location: 's3://bucket/test/location',
  'last-sequence-number': 34,
  'last-updated-ms': 200,
  'last-column-id': 7,
  'current-schema-id': 1,
  schemas: [
    { ...SCHEMA, 'schema-id': 0 },
    { ...SCHEMA, 'schema-id': 1 },
  ],
  'default-spec-id': 0,
  'partition-specs': [
    { 'spec-id': 0, fields: [{ name: 'x_b', transform: 'bucket[4]', 'source-id': 1, 'field-id': 1000 }] },
  ],
  'last-partition-id': 1000,
  'default-sort-order-id': 0,
  'sort-orders': [{ 'order-id': 0, fields: [] }],
  'current-snapshot-id': 7,
  snapshots: SNAPSHOTS,
  'snapshot-log': SNAPSHOTS.map(({ 'snapshot-id': id, 'timestamp-ms': at }) => ({
    'snapshot-id': id,
    'timestamp-ms': at,
  })),
  'some-new-member': { kept: true },
}

test('a table of the second version: current schema, snapshots by id and by time', () => {
  const metadata = tableMetadata(V2)
  assert.equal(currentSchema(metadata)['schema-id'], 1)
  assert.equal(currentSnapshot(metadata)?.['snapshot-id'], 7)
  const first = snapshotById(metadata, 3_051_729_675_574_597_004n)
  assert.equal(first?.['timestamp-ms'], 100)
  assert.equal(schemaOf(metadata, first!)['schema-id'], 0)
  assert.equal(snapshotAt(metadata, 99), undefined)
  assert.equal(snapshotAt(metadata, 100), first)
  assert.equal(snapshotAt(metadata, 1e12)?.['snapshot-id'], 7)
  assert.deepEqual((metadata as unknown as Record<string, unknown>)['some-new-member'], { kept: true })
})

test('a table of the first version has one schema and one spec, whose fields are numbered from 1000 on', () => {
  const metadata = tableMetadata({
    'format-version': 1,
    location: 's3://bucket/test/location',
    'last-updated-ms': 1,
    'last-column-id': 3,
    schema: SCHEMA,
    'partition-spec': [
      { name: 'x', transform: 'identity', 'source-id': 1 },
      { name: 'x_void', transform: 'void', 'source-id': 1 },
    ],
    'current-snapshot-id': -1,
    snapshots: [],
  })
  assert.equal(currentSnapshot(metadata), undefined)
  assert.equal(currentSchema(metadata).fields.length, 3)
  assert.equal(metadata['last-sequence-number'], 0)
  assert.equal(metadata['last-partition-id'], 1001)
  assert.deepEqual(
    specById(metadata, 0).fields.map((field) => field['field-id']),
    [1000, 1001],
  )
})

test('fields at any depth are found by their ids', () => {
  const fields = fieldsById(currentSchema(tableMetadata(V2)))
  assert.deepEqual(fields.get(4)?.path, ['l', 'element', 'z'])
  assert.equal(fields.get(4)?.repeated, true)
  assert.deepEqual(fields.get(7)?.path, ['m', 'value'])
  assert.deepEqual([...fields.keys()], [1, 2, 3, 4, 5, 6, 7])
})

test('a partition field of a column that is gone has the type that an older schema says', () => {
  const metadata = tableMetadata(V2)
  const without = { ...SCHEMA, type: 'struct' as const, fields: [] }
  const [field] = boundFields(specById(metadata, 0), [...metadata.schemas, without])
  assert.deepEqual([field?.source, field?.type, field?.transform], ['long', 'int', { kind: 'bucket', count: 4 }])
})

test('what can not be the metadata of a table is refused with a reason', () => {
  const wrong = (json: unknown, reason: RegExp) => assert.throws(() => tableMetadata(json), reason)
  wrong([], /it is no JSON object/)
  wrong({}, /it has no format-version/)
  wrong({ ...V2, 'format-version': 4 }, /Iceberg format version 4 is not supported/)
  wrong({ ...V2, location: undefined }, /it has no location/)
  wrong({ ...V2, 'current-schema-id': 9 }, /it has no schema 9/)
  wrong({ ...V2, 'default-spec-id': 9 }, /it has no partition spec 9/)
  wrong({ ...V2, snapshots: {} }, /its snapshots are no list/)
  wrong({ ...V2, snapshots: [{}] }, /its snapshots\[0\].snapshot-id is not a whole number/)
  const field = (type: unknown) => ({
    ...V2,
    schemas: [{ type: 'struct', 'schema-id': 1, fields: [{ id: 1, name: 'x', type }] }],
  })
  wrong(field('varchar(3)'), /Iceberg type varchar\(3\) of field 'x' is not supported/)
  wrong(field({ type: 'list', element: 'int' }), /field 'x' has no element-id/)
  wrong(field({ type: 'set' }), /field 'x' is of no type that Iceberg has/)
  let deep: unknown = 'int'
  for (let i = 0; i < 200; i++) deep = { type: 'list', 'element-id': i, element: deep }
  wrong(field(deep), /nested too deeply/)
})
