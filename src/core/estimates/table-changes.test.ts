import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BIGINT, varchar } from '../../sql/types.ts'
import type { Relation } from '../queries/relation.ts'
import { type ChangedTable, changedForm, parseChange, placeBeside, rewritingStatement } from './table-changes.ts'

const CSV: Relation['format'] = {
  kind: 'csv-lazy',
  fieldDelimiter: '|',
  nullText: '\\N',
  collectionDelimiter: ',',
  mapKeyDelimiter: ':',
  headerLines: 0,
  footerLines: 0,
}
const file = (uri: string) => ({
  uri,
  localPath: uri,
  sizeBytes: 1,
  modifiedAt: new Date(0),
  partition: [],
  partitionName: '',
})

const table = (more: Partial<ChangedTable> = {}): ChangedTable => ({
  name: 'shop.orders',
  relation: {
    format: CSV,
    columns: [
      { kind: 'data', name: 'id', type: BIGINT, field: 'id', ordinal: 0 },
      { kind: 'data', name: 'day', type: varchar(), field: 'day', ordinal: 1 },
      { kind: 'partition', name: 'shop', type: varchar(), index: 0 },
    ],
    files: [file('s3://lake/orders/1.csv.gz')],
  },
  partitionKeys: ['shop'],
  parameters: {},
  ...more,
})
const form = (words: string, more: Partial<ChangedTable> = {}) =>
  changedForm(table(more), parseChange(words.split(',')))

test('what is not said stays as it is', () => {
  const kept = { format: 'TEXTFILE', codec: 'GZIP', fieldDelimiter: '|', partitionBy: ['shop'], sortBy: [] }
  assert.deepEqual(form('compact'), kept)
  assert.deepEqual(form('zstd'), { ...kept, codec: 'ZSTD' })
  const parquet = { relation: { ...table().relation, format: { kind: 'parquet' } as const } }
  assert.equal(form('compact', { ...parquet, parameters: { 'parquet.compression': 'gzip' } }).codec, 'GZIP')
})

test('several changes together', () => {
  assert.deepEqual(form('parquet, partition:Day, sort:id'), {
    format: 'PARQUET',
    codec: 'SNAPPY',
    partitionBy: ['shop', 'day'],
    sortBy: ['id'],
  })
  assert.deepEqual(form('orc,partition:shop').partitionBy, ['shop'])
})

test('what can not be is said', () => {
  assert.throws(() => form('faster'), /no change 'faster': parquet, orc/)
  assert.throws(() => form('sort:colour'), /has no column 'colour'/)
  assert.throws(() => form('orc,gzip'), /ORC is not written with GZIP/)
  const logs = { relation: { ...table().relation, format: { kind: 'cloudtrail' } as const } }
  assert.throws(() => form('gzip', logs), /say parquet or orc too/)
})

/** Keys last (docs: athena ug, ctas-considerations-limitations). */
test('the statement that makes the change', () => {
  const text = rewritingStatement({
    from: 'shop.orders',
    to: 'shop.orders_parquet',
    form: form('parquet,partition:day,sort:id'),
    location: "s3://lake/it's/",
    columns: ['id', 'day', 'shop'],
  })
  assert.equal(
    text,
    `CREATE TABLE "shop"."orders_parquet"
WITH (format = 'PARQUET', write_compression = 'SNAPPY', partitioned_by = ARRAY['shop', 'day'], external_location = 's3://lake/it''s/')
AS SELECT "id", "shop", "day" FROM "shop"."orders" ORDER BY "id"`,
  )
})

/** It writes text without quotes and escapes: docs, athena ug, create-table-as. */
test('text that is quoted or escaped is not written as text', () => {
  const { columns, files } = table().relation
  const quoted = { kind: 'csv-open', separator: ',', quote: '"', escape: '\\', headerLines: 0 } as const
  for (const format of [quoted, { ...CSV, escape: '\\' }, { ...CSV, lastTakesRest: true } as const]) {
    assert.throws(() => form('gzip', { relation: { format, columns, files } }), /say parquet or orc too/)
    assert.equal(form('parquet', { relation: { format, columns, files } }).format, 'PARQUET')
  }
})

test('what is written lies beside the table, and in no folder of another', () => {
  const folders = ['s3://lake/shop', 's3a://lake/shop/orders/', 's3://lake/shop/orders/x/']
  assert.equal(placeBeside('s3://lake/orders/', '_orc', folders), 's3://lake/orders_orc/')
  assert.equal(placeBeside('s3://lake/shop/orders', '_orc', folders), 's3://lake/shop_orders_orc/')
  assert.equal(placeBeside('s3://lake/shop/orders/x/y/', '_orc', folders), 's3://lake/shop_y_orc/')
  assert.equal(placeBeside('s3://lake/shop/', '_orc', ['s3://lake/']), undefined)
  assert.equal(placeBeside('s3://lake', '_orc', []), undefined)
})
