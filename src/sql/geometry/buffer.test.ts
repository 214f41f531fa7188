/** Expected areas and numbers of corners are those of the Esri geometry library 2.2.4, which Trino 422 calls. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buffer } from './buffer.ts'
import { positionsOf } from './geometry.ts'
import { area } from './measures.ts'
import { invalidReason } from './validity.ts'
import { parseWkt } from './wkt.ts'

const BUFFERS: readonly (readonly [wkt: string, distance: number, kind: string, corners: number, area: number])[] = [
  ['POINT (0 0)', 0.5, 'Polygon', 97, 0.7848375507617162],
  ['POINT (0 0)', 5000, 'Polygon', 97, 78483755.07617164],
  ['LINESTRING (0 0, 10 0)', 1, 'Polygon', 99, 23.13935020304687],
  ['LINESTRING (0 0, 1 1, 2 0.5)', 0.2, 'Polygon', 122, 1.134606037614986],
  ['LINESTRING (0 0, 3 1, 1 2, 4 4, 0 5, 0 0)', 0.7, 'Polygon', 145, 23.134196879148067],
  ['LINESTRING (0 0, 1 0, 1 1, 0 1, 0 0.5, 0.5 0.5)', 0.1, 'Polygon', 203, 0.8227870040609385],
  ['POLYGON ((0 0, 0 5, 5 0, 0 0))', 1.2, 'Polygon', 100, 37.505945666626076],
  ['POLYGON ((0 0, 4 0.5, 3 3, 1.5 1.2, -1 4, 0 0))', 0.25, 'Polygon', 132, 12.813299858356277],
  ['POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0), (4 4, 4 6, 6 6, 6 4, 4 4))', 0.5, 'Polygon', 106, 119.78483755076172],
  ['POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0), (4 4, 4 6, 6 6, 6 4, 4 4))', 1, 'Polygon', 101, 143.13935020304683],
  ['MULTIPOINT (0 0, 10 0)', 1, 'MultiPolygon', 194, 6.278700406093731],
  ['MULTIPOINT (0 0, 1 0)', 1, 'Polygon', 129, 5.051825674513592],
  ['MULTILINESTRING ((0 0, 10 0, 10 10), (0 10, 5 5, 10 0))', 3, 'Polygon', 175, 210.84173531765816],
  ['GEOMETRYCOLLECTION (POINT (0 0), LINESTRING (5 5, 6 5))', 0.1, 'MultiPolygon', 196, 0.2627870040609364],
]

for (const [wkt, distance, kind, corners, expected] of BUFFERS)
  test(`${distance} around ${wkt}`, () => {
    const around = buffer(parseWkt(wkt), distance)!
    assert.equal(around.kind, kind)
    assert.equal(invalidReason(around), undefined)
    assert.equal(positionsOf(around).length, corners)
    assert.ok(Math.abs(area(around) - expected) <= expected * 1e-12, `${area(around)} is not ${expected}`)
  })

test('around nothing is nothing', () => {
  assert.equal(buffer(parseWkt('POINT EMPTY'), 1), undefined)
})
