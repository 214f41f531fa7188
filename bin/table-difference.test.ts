import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GlueTable, tableDifference, tableInput } from './table-difference.ts'

const BEFORE: GlueTable = {
  Name: 'orders',
  DatabaseName: 'shop',
  VersionId: '1',
  PartitionKeys: [{ Name: 'day', Type: 'date' }],
  StorageDescriptor: {
    Columns: [
      { Name: 'id', Type: 'int' },
      { Name: 'note', Type: 'string' },
      { Name: 'price', Type: 'double', Comment: 'net' },
    ],
    Location: 's3://lake/orders/',
    SerdeInfo: { Parameters: { 'field.delim': ',' } },
  },
  Parameters: { EXTERNAL: 'TRUE', owner: 'ann' },
}

test('what was removed, added, changed and moved', () => {
  const after: GlueTable = {
    ...BEFORE,
    VersionId: '2',
    Description: 'All orders',
    StorageDescriptor: {
      Columns: [
        { Name: 'price', Type: 'double', Comment: 'gross' },
        { Name: 'id', Type: 'bigint' },
        { Name: 'currency', Type: 'string' },
      ],
      Location: 's3://lake/orders/',
      SerdeInfo: { Parameters: { 'field.delim': '|' } },
    },
    Parameters: { EXTERNAL: 'TRUE' },
  }
  assert.deepEqual(tableDifference(BEFORE, after), [
    '~ column id: int → bigint',
    '- column note: string',
    '~ column price: double (net) → double (gross)',
    '~ StorageDescriptor.SerdeInfo.Parameters.field.delim: , → |',
    '- Parameters.owner: ann',
    '+ column currency: string',
    '+ Description: All orders',
    '~ order of columns: id, note, price → price, id, currency',
  ])
})

test('what Glue tells of a table is no difference, and is not given back', () => {
  assert.deepEqual(tableDifference(BEFORE, { ...BEFORE, VersionId: '9', UpdateTime: 1 }), [])
  assert.deepEqual(Object.keys(tableInput(BEFORE)), ['Name', 'PartitionKeys', 'StorageDescriptor', 'Parameters'])
})
