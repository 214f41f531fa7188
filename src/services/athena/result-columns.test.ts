import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metadataFile, ROWS_COLUMN } from './result-columns.ts'

test('the metadata of a MERGE, byte by byte as recorded', () => {
  const bytes = metadataFile({ queryId: 'x'.repeat(27), update: 'MERGE', updateCount: 1, columns: [ROWS_COLUMN] })
  assert.equal(bytes.length, 74)
  const column =
    '0a0468697665' + '2204726f7773' + '2a04726f7773' + '3206626967696e74' + '3813' + '4000' + '4803' + '5000'
  assert.equal(bytes.subarray(29).toString('hex'), `12054d45524745180122${(column.length / 2).toString(16)}${column}`)
})

test('lengths beyond a byte are written in base 128', () => {
  const bytes = metadataFile({ queryId: '', columns: [{ name: 'v', type: { kind: 'varchar' } }] })
  assert.ok(bytes.toString('hex').includes('38ffffffff07'))
})
