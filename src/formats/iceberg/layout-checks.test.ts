/** What the Java library's Schema, PartitionSpec and SortOrder refuse (org.apache.iceberg, 1.9). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkNewOrder, checkNewPartitions, checkNewSchema } from './layout-checks.ts'
import type { IcebergType, NestedField, Schema } from './schema.ts'

const field = (id: number, name: string, type: IcebergType, required = false): NestedField => ({
  id,
  name,
  required,
  type,
})
const schema = (fields: readonly NestedField[], keys?: readonly number[]): Schema => ({
  type: 'struct',
  fields,
  ...(keys && { 'identifier-field-ids': keys }),
})
const place: IcebergType = { type: 'struct', fields: [field(4, 'x', 'int', true), field(5, 'at', 'timestamp')] }
const TABLE = schema([field(1, 'id', 'long', true), field(2, 's', 'string'), field(3, 'place', place)])

test('columns: names, identifiers and types of the version', () => {
  const refused = (one: Schema, reason: RegExp, version = 2) =>
    assert.throws(() => checkNewSchema(one, version), reason)
  checkNewSchema(TABLE, 2)
  checkNewSchema(schema([field(1, 'id', 'long'), field(2, 'ID', 'long')]), 2)
  refused(schema([field(1, 'a', 'int'), field(2, 'a', 'int')]), /multiple fields for name a: 1 and 2/)
  const inner: IcebergType = { type: 'struct', fields: [field(2, 'x', 'int'), field(3, 'x', 'int')] }
  refused(schema([field(1, 'p', inner)]), /multiple fields for name p.x: 2 and 3/)
  const nanos = schema([field(1, 'n', 'timestamp_ns')])
  refused(nanos, /Invalid schema for v2: Invalid type for n: timestamp_ns is not supported until v3/)
  checkNewSchema(nanos, 3)
  const filled = schema([{ ...field(1, 'n', 'int'), 'initial-default': 7 }])
  refused(filled, /non-null default \(7\) is not supported until v3/)
  checkNewSchema(filled, 3)
  checkNewSchema(schema(TABLE.fields, [1]), 2)
  refused(schema(TABLE.fields, [9]), /fieldId 9 as an identifier field: field does not exist/)
  refused(schema(TABLE.fields, [2]), /field s as an identifier field: not a required field/)
  refused(schema(TABLE.fields, [3]), /field place as an identifier field: not a primitive type field/)
  refused(schema([field(1, 'd', 'double', true)], [1]), /must not be float or double field/)
})

test('partitions and orders: transforms that their sources allow, and names of their own', () => {
  const part = (name: string, transform: string, source: number) => ({
    name,
    transform,
    'source-id': source,
    'field-id': 1000,
  })
  const refused = (parts: readonly ReturnType<typeof part>[], reason: RegExp) =>
    assert.throws(() => checkNewPartitions(parts, TABLE), reason)
  checkNewPartitions([part('id', 'bucket[4]', 1), part('at_day', 'day', 5), part('s', 'void', 2)], TABLE)
  // What a later version calls a transform is kept.
  checkNewPartitions([part('z', 'zorder', 1)], TABLE)
  refused([part('y', 'year', 2)], /Invalid source type string for transform: year/)
  refused([part('p', 'identity', 3)], /Invalid source type struct for transform: identity/)
  refused([part('b', 'bucket[0]', 1)], /Invalid transform: bucket\[0\]/)
  refused([part('p', 'identity', 1), part('p', 'identity', 2)], /Cannot use partition name more than once: p/)
  refused([part('s', 'bucket[4]', 1)], /sourced from different field in schema: s/)
  refused([part('', 'identity', 1)], /Cannot use empty partition name/)
  const order = (transform: string, source: number) => ({
    'order-id': 1,
    fields: [{ transform, 'source-id': source, direction: 'asc', 'null-order': 'nulls-first' } as const],
  })
  checkNewOrder(order('identity', 2), TABLE)
  assert.throws(() => checkNewOrder(order('identity', 3), TABLE), /Invalid source type struct/)
})
