/** Expected geometries are those of the Esri geometry library 2.2.4, which Trino 422 calls, or equal to them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Operation, overlay } from './overlay.ts'
import { parseWkt, writeWkt } from './wkt.ts'

const SQUARE = 'POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))'
const DIAGONAL = 'LINESTRING (0 0, 2 2)'
const OVERLAYS: readonly (readonly [Operation, string, string, string])[] = [
  // The middle of a line is no end of it because a point lies there.
  ['intersection', DIAGONAL, 'POINT (1 1)', 'POINT (1 1)'],
  ['intersection', DIAGONAL, 'MULTIPOINT (0 0, 1 1, 5 5)', 'MULTIPOINT ((0 0), (1 1))'],
  ['difference', DIAGONAL, 'POINT (1 1)', DIAGONAL],
  ['union', 'POINT (1 1)', DIAGONAL, DIAGONAL],
  ['union', 'MULTIPOINT (0 0, 1 1, 5 5)', DIAGONAL, `GEOMETRYCOLLECTION (POINT (5 5), ${DIAGONAL})`],
  // What an area covers of a line is gone, and no more.
  [
    'union',
    DIAGONAL,
    'POLYGON ((1 1, 2 1, 2 2, 1 2, 1 1))',
    'GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1), POLYGON ((1 1, 2 1, 2 2, 1 2, 1 1)))',
  ],
  ['union', 'MULTIPOINT (0 0, 9 9)', 'MULTIPOINT (5 5, 9 9)', 'MULTIPOINT ((0 0), (9 9), (5 5))'],
  // Of both lines, and of the greater dimension alone.
  ['sym-difference', DIAGONAL, 'LINESTRING (1 1, 3 3)', 'MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))'],
  ['sym-difference', 'POINT (1 1)', 'LINESTRING (0 0, 4 0)', 'LINESTRING (0 0, 4 0)'],
  ['sym-difference', DIAGONAL, SQUARE, SQUARE],
  ['sym-difference', 'POINT (9 9)', SQUARE, SQUARE],
  // Nothing has a dimension.
  ['intersection', 'POINT (9 9)', SQUARE, 'MULTIPOLYGON EMPTY'],
  ['intersection', 'POINT (9 9)', 'POINT (8 8)', 'MULTIPOLYGON EMPTY'],
  ['difference', 'POINT (1 1)', SQUARE, 'POINT EMPTY'],
  ['difference', DIAGONAL, SQUARE, 'MULTILINESTRING EMPTY'],
  ['difference', SQUARE, SQUARE, 'MULTIPOLYGON EMPTY'],
  ['sym-difference', DIAGONAL, DIAGONAL, 'MULTILINESTRING EMPTY'],
  ['union', 'MULTIPOINT EMPTY', 'POINT EMPTY', 'POINT EMPTY'],
  ['union', 'LINESTRING EMPTY', 'LINESTRING EMPTY', 'MULTILINESTRING EMPTY'],
]

for (const [operation, a, b, expected] of OVERLAYS)
  test(`${operation} of ${a} and ${b}`, () => {
    assert.equal(writeWkt(overlay(operation, parseWkt(a), parseWkt(b))), expected)
  })
