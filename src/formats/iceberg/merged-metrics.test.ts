import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContentFile } from './manifest.ts'
import { mergedMetrics } from './merged-metrics.ts'
import type { Schema } from './schema.ts'
import { encodeValue, type IcebergValue } from './values.ts'

const TYPES = ['long', 'string', 'double', 'decimal(9, 2)'] as const
const SCHEMA: Schema = {
  type: 'struct',
  fields: TYPES.map((type, i) => ({ id: i + 1, name: `c${i}`, required: false, type })),
}

/** Of ten rows. */
function file(
  bounds: Readonly<Record<number, readonly [IcebergValue, IcebergValue]>>,
  nulls: Record<number, number>,
): ContentFile {
  const side = (place: 0 | 1) =>
    new Map(Object.entries(bounds).map(([id, both]) => [Number(id), encodeValue(TYPES[Number(id) - 1]!, both[place])]))
  return {
    content: 'data',
    path: '',
    format: 'parquet',
    specId: 0,
    partition: [],
    recordCount: 10,
    sizeBytes: 100,
    columnSizes: new Map([[1, 40]]),
    valueCounts: new Map(TYPES.map((_, i) => [i + 1, 10])),
    nullValueCounts: new Map(Object.entries(nulls).map(([id, count]) => [Number(id), count])),
    lowerBounds: side(0),
    upperBounds: side(1),
  }
}
const none = { 1: 0, 2: 0, 3: 0, 4: 0 }

test('counts add up, bounds are the least and the greatest', () => {
  const merged = mergedMetrics(
    [
      file({ 1: [-3n, 8n], 2: ['b', 'c'], 3: [0, 0], 4: [-5n, 300n] }, none),
      file({ 1: [-300n, 2n], 2: ['\u{1f600}', '\u{1f600}'], 3: [-0, -0], 4: [-129n, 7n] }, { ...none, 2: 3 }),
      file({ 1: [5n, 6n], 2: ['\uffee', '\uffee'], 3: [0, 0], 4: [1n, 1n] }, none),
    ],
    SCHEMA,
  )
  assert.deepEqual([...merged.columnSizes!], [[1, 120]])
  assert.deepEqual(merged.valueCounts!.get(2), 30)
  assert.deepEqual(merged.nullValueCounts!.get(2), 3)
  assert.equal(merged.nanValueCounts!.get(1), undefined)
  const both = (id: number) => [merged.lowerBounds!.get(id), merged.upperBounds!.get(id)]
  assert.deepEqual(both(1), [encodeValue('long', -300n), encodeValue('long', 8n)])
  // By code points: what takes two units of UTF-16 is the greater.
  assert.deepEqual(both(2), [encodeValue('string', 'b'), encodeValue('string', '\u{1f600}')])
  assert.deepEqual(both(3), [encodeValue('double', -0), encodeValue('double', 0)])
  assert.deepEqual(both(4), [encodeValue('decimal(9, 2)', -129n), encodeValue('decimal(9, 2)', 300n)])
})

test('a file whose column is all NULL has no bounds and needs none; where another lacks them nothing is known', () => {
  const some = file({ 1: [1n, 2n], 2: ['a', 'b'] }, none)
  const empty = file({ 2: ['c', 'c'] }, { ...none, 1: 10 })
  const merged = mergedMetrics([some, empty], SCHEMA)
  assert.deepEqual(merged.upperBounds!.get(1), encodeValue('long', 2n))
  const untold = file({ 2: ['c', 'c'] }, none)
  const less = mergedMetrics([some, untold], SCHEMA)
  assert.equal(less.lowerBounds!.get(1), undefined)
  assert.deepEqual(less.upperBounds!.get(2), encodeValue('string', 'c'))
  const uncounted = mergedMetrics([some, { ...empty, nullValueCounts: undefined }], SCHEMA)
  assert.equal(uncounted.lowerBounds!.get(1), undefined)
  assert.equal(uncounted.nullValueCounts!.get(1), undefined)
})
