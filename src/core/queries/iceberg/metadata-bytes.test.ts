import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { NO_TABLE } from '../../../formats/iceberg/table-updates.ts'
import { metadataBytes } from './metadata-bytes.ts'

test('it is the JSON of the metadata, with exact ids, and what is not known of it', () => {
  const snapshot = (id: number | bigint) => ({ 'snapshot-id': id, 'timestamp-ms': 5, summary: { operation: 'append' } })
  const metadata = {
    ...NO_TABLE,
    location: 's3://b/ü "t"',
    snapshots: [snapshot(1), snapshot(3_051_729_675_574_597_004n)],
    'current-snapshot-id': 3_051_729_675_574_597_004n,
    'next-row-id': 7,
    statistics: [],
    refs: undefined,
  } as unknown as TableMetadata
  const text = Buffer.from(metadataBytes(metadata)).toString()
  assert.equal(text.match(/3051729675574597004/g)?.length, 2)
  const { refs: _, ...expected } = metadata
  assert.deepEqual(
    JSON.parse(text.replaceAll('3051729675574597004', '4')),
    JSON.parse(JSON.stringify(expected, (__, value) => (typeof value === 'bigint' ? 4 : value))),
  )
  assert.deepEqual(metadataBytes(metadata), metadataBytes({ ...metadata }))
})
