/** Spatial relations, distances and areas of overlays against the answers of Esri's geometry library, which Trino uses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { area, separation } from './measures.ts'
import { overlay } from './overlay.ts'
import { holds } from './predicates.ts'
import { parseWkt } from './wkt.ts'

const RELATIONS = ['contains', 'within', 'intersects', 'disjoint', 'touches', 'crosses', 'overlaps', 'equals'] as const
const OPERATIONS = ['intersection', 'union', 'difference', 'sym-difference'] as const

/** Two geometries, the relations that hold, their distance, and the areas of what the operations make of them. */
type Pair = readonly [a: string, b: string, relations: string, distance: number, areas: readonly number[]]

const PAIRS: readonly Pair[] = [
  ['LINESTRING (0 0, 2 5, 5 3)', 'POLYGON ((4 1, 5 1, 3 4, 0 4, 4 1))', 'intersects crosses', 0, [0, 6, 0, 6]],
  ['LINESTRING (4 4, 3 3)', 'POLYGON ((4 0, 5 0, 5 2, 4 2, 4 0))', 'disjoint', Math.SQRT2, [0, 2, 0, 2]],
  ['POLYGON ((1 3, 5 3, 5 5, 1 5, 1 3))', 'LINESTRING (3 6, 4 0)', 'intersects crosses', 0, [0, 8, 8, 8]],
  ['POLYGON ((4 1, 5 1, 5 3, 4 3, 4 1))', 'POLYGON ((4 1, 5 1, 5 6, 4 6, 4 1))', 'within intersects', 0, [2, 5, 0, 3]],
  ['POLYGON ((2 0, 4 0, 4 1, 2 1, 2 0))', 'POINT (0 5)', 'disjoint', 4.472135955, [0, 2, 2, 2]],
  ['POLYGON ((4 2, 5 2, 5 3, 4 3, 4 2))', 'POLYGON ((1 4, 6 4, 6 5, 1 5, 1 4))', 'disjoint', 1, [0, 6, 1, 6]],
  ['LINESTRING (3 1, 4 3)', 'POINT (5 1)', 'disjoint', 1.788854382, [0, 0, 0, 0]],
  ['POLYGON ((0 4, 5 4, 5 5, 0 5, 0 4))', 'POLYGON ((1 2, 5 2, 5 3, 1 3, 1 2))', 'disjoint', 1, [0, 9, 5, 9]],
  ['POINT (0 0)', 'POLYGON ((5 1, 2 1, 3 6, 5 1))', 'disjoint', 2.236067977, [0, 7.5, 0, 7.5]],
  ['POINT (4 0)', 'POLYGON ((2 0, 6 0, 6 4, 2 4, 2 0))', 'intersects touches', 0, [0, 16, 0, 16]],
  ['POLYGON ((1 2, 5 2, 5 5, 1 5, 1 2))', 'LINESTRING (1 3, 2 4)', 'contains intersects', 0, [0, 12, 12, 12]],
  [
    'LINESTRING (1 2, 0 0)',
    'POLYGON ((0 2, 4 2, 4 6, 0 6, 0 2), (1 3, 3 3, 3 5, 1 5, 1 3))',
    'intersects touches',
    0,
    [0, 12, 0, 12],
  ],
  ['POINT (5 6)', 'POLYGON ((1 0, 2 4, 3 6, 4 3, 5 2, 1 0))', 'disjoint', 1.897366596, [0, 10, 0, 10]],
  [
    'POLYGON ((4 0, 5 0, 5 1, 4 1, 4 0))',
    'POLYGON ((5 1, 3 3, 6 4, 2 5, 3 0, 5 1))',
    'intersects overlaps',
    0,
    [0.25, 8.75, 0.75, 8.5],
  ],
  ['POINT (3 3)', 'POLYGON ((2 0, 6 0, 6 5, 2 5, 2 0))', 'within intersects', 0, [0, 20, 0, 20]],
  ['LINESTRING (0 5, 1 5)', 'POLYGON ((2 3, 5 3, 5 6, 2 6, 2 3))', 'disjoint', 1, [0, 9, 0, 9]],
  ['POLYGON ((2 3, 4 3, 4 5, 2 5, 2 3))', 'LINESTRING (6 1, 2 0)', 'disjoint', 2.42535625, [0, 4, 4, 4]],
  [
    'POLYGON ((3 3, 6 3, 6 5, 3 5, 3 3))',
    'POLYGON ((1 4, 5 4, 5 5, 1 5, 1 4))',
    'intersects overlaps',
    0,
    [2, 8, 4, 6],
  ],
  ['POLYGON ((2 1, 1 1, 2 0, 2 1))', 'LINESTRING (5 6, 1 2)', 'disjoint', 1, [0, 0.5, 0.5, 0.5]],
  ['LINESTRING (0 0, 1 4, 4 6)', 'LINESTRING (2 6, 4 6, 2 1)', 'intersects touches', 0, [0, 0, 0, 0]],
  [
    'POLYGON ((1 0, 6 0, 6 4, 1 4, 1 0), (2 1, 5 1, 5 3, 2 3, 2 1))',
    'LINESTRING (1 5, 4 1)',
    'intersects crosses',
    0,
    [0, 14, 14, 14],
  ],
  ['POLYGON ((3 2, 5 2, 5 3, 3 3, 3 2))', 'POLYGON ((3 3, 5 3, 5 4, 3 4, 3 3))', 'intersects touches', 0, [0, 4, 2, 4]],
  ['POINT (1 1)', 'LINESTRING (2 3, 1 6)', 'disjoint', 2.236067977, [0, 0, 0, 0]],
  ['LINESTRING (5 4, 1 3)', 'LINESTRING (6 1, 5 4, 5 2)', 'intersects touches', 0, [0, 0, 0, 0]],
  ['POINT (4 5)', 'LINESTRING (0 0, 4 2, 5 3)', 'disjoint', 2.236067977, [0, 0, 0, 0]],
  ['POLYGON ((1 0, 6 0, 6 5, 1 5, 1 0))', 'POINT (2 5)', 'intersects touches', 0, [0, 25, 25, 25]],
  ['LINESTRING (6 0, 1 6)', 'POLYGON ((5 5, 5 0, 0 5, 5 5))', 'intersects crosses', 0, [0, 12.5, 0, 12.5]],
  ['POINT (2 5)', 'POLYGON ((0 2, 6 2, 6 6, 0 6, 0 2))', 'within intersects', 0, [0, 24, 0, 24]],
  ['POLYGON ((4 0, 5 0, 5 1, 4 1, 4 0))', 'POINT (0 6)', 'disjoint', 6.403124237, [0, 1, 1, 1]],
  [
    'POLYGON ((4 2, 2 4, 1 2, 4 2))',
    'POLYGON ((4 5, 5 3, 6 1, 0 0, 0 6, 4 5))',
    'within intersects',
    0,
    [3, 25, 0, 22],
  ],
  ['LINESTRING (0 0, 3 0)', 'LINESTRING (4 1, 0 6, 4 0)', 'disjoint', 0.832050294, [0, 0, 0, 0]],
  ['POLYGON ((4 1, 5 1, 5 3, 4 3, 4 1))', 'POLYGON ((3 0, 5 0, 5 1, 3 1, 3 0))', 'intersects touches', 0, [0, 4, 2, 4]],
  ['POINT (3 1)', 'LINESTRING (5 1, 0 1)', 'within intersects', 0, [0, 0, 0, 0]],
  ['POLYGON ((0 0, 2 0, 2 1, 0 1, 0 0))', 'LINESTRING (3 5, 4 2, 2 1)', 'intersects touches', 0, [0, 2, 2, 2]],
  ['LINESTRING (5 2, 0 3)', 'POLYGON ((5 3, 6 4, 0 3, 6 0, 5 3))', 'within intersects', 0, [0, 10, 0, 10]],
  ['LINESTRING (1 2, 6 1, 5 2)', 'POINT (4 3)', 'disjoint', Math.SQRT2, [0, 0, 0, 0]],
  ['POLYGON ((1 4, 5 4, 5 5, 1 5, 1 4))', 'POINT (1 4)', 'intersects touches', 0, [0, 4, 4, 4]],
  ['POLYGON ((3 0, 6 0, 6 6, 3 6, 3 0))', 'POINT (4 1)', 'contains intersects', 0, [0, 18, 18, 18]],
  ['POINT (3 3)', 'POLYGON ((3 1, 6 1, 6 6, 3 6, 3 1))', 'intersects touches', 0, [0, 15, 0, 15]],
  ['POLYGON ((4 6, 3 3, 2 3, 4 6))', 'LINESTRING (2 3, 6 0)', 'intersects touches', 0, [0, 1.5, 1.5, 1.5]],
  ['LINESTRING (4 0, 4 3)', 'LINESTRING (2 6, 0 6, 2 1)', 'disjoint', 2, [0, 0, 0, 0]],
  ['POINT (5 1)', 'POINT (3 0)', 'disjoint', 2.236067977, [0, 0, 0, 0]],
  ['LINESTRING (0 1, 1 3)', 'POINT (0 1)', 'intersects touches', 0, [0, 0, 0, 0]],
  ['LINESTRING (6 6, 0 1)', 'LINESTRING (3 4, 4 0, 6 5)', 'intersects crosses', 0, [0, 0, 0, 0]],
  ['POINT (4 5)', 'POINT (6 2)', 'disjoint', 3.605551275, [0, 0, 0, 0]],
  ['LINESTRING (4 1, 0 1, 1 6)', 'POLYGON ((1 2, 3 2, 3 6, 1 6, 1 2))', 'intersects touches', 0, [0, 8, 0, 8]],
  ['POLYGON ((3 0, 5 0, 5 3, 3 3, 3 0))', 'POINT (4 2)', 'contains intersects', 0, [0, 6, 6, 6]],
  ['LINESTRING (5 1, 3 6, 3 1)', 'POINT (3 3)', 'contains intersects', 0, [0, 0, 0, 0]],
  [
    'POLYGON ((0 0, 6 0, 6 2, 0 2, 0 0))',
    'POLYGON ((4 1, 4 2, 1 2, 4 1))',
    'contains intersects',
    0,
    [1.5, 12, 10.5, 10.5],
  ],
  [
    'POLYGON ((3 3, 5 3, 5 6, 3 6, 3 3))',
    'POLYGON ((3 3, 5 3, 5 4, 3 4, 3 3))',
    'contains intersects',
    0,
    [2, 6, 4, 4],
  ],
  ['LINESTRING (6 3, 1 6)', 'LINESTRING (0 0, 6 5, 3 4)', 'intersects crosses', 0, [0, 0, 0, 0]],
]

const near = (found: number | undefined, expected: number): boolean => Math.abs((found ?? Number.NaN) - expected) < 1e-6

for (const [left, right, relations, distance, areas] of PAIRS)
  test(`${left} and ${right}`, () => {
    const [a, b] = [parseWkt(left), parseWkt(right)]
    assert.equal(RELATIONS.filter((relation) => holds(relation, a, b)).join(' '), relations)
    assert.ok(near(separation(a, b), distance), `distance ${separation(a, b)}`)
    for (const [i, operation] of OPERATIONS.entries())
      assert.ok(near(area(overlay(operation, a, b)), areas[i]!), `${operation}: ${area(overlay(operation, a, b))}`)
  })
