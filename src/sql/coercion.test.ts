import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveType } from './analysis/type-resolution.ts'
import { canCast, canCoerce, commonType } from './coercion.ts'
import { parseExpression } from './trino/parser.ts'
import { type Type, typeName, UNKNOWN } from './types.ts'

function type(text: string): Type {
  if (text === 'unknown') return UNKNOWN
  const expr = parseExpression(`CAST(NULL AS ${text})`)
  assert.ok(expr.kind === 'cast')
  return resolveType(expr.type)
}

/** Two types and what they have in common, by Trino's rules of implicit conversion; the order does not matter. */
const COMMON: readonly (readonly [string, string, string | undefined])[] = [
  ['unknown', 'date', 'date'],
  ['tinyint', 'bigint', 'bigint'],
  ['integer', 'real', 'real'],
  ['bigint', 'double', 'double'],
  ['integer', 'decimal(5,2)', 'decimal(12,2)'],
  ['bigint', 'decimal(5,2)', 'decimal(21,2)'],
  ['tinyint', 'decimal(1,0)', 'decimal(3,0)'],
  ['decimal(5,2)', 'decimal(10,8)', 'decimal(11,8)'],
  ['decimal(38,0)', 'decimal(38,10)', 'decimal(38,10)'],
  ['decimal(5,2)', 'real', 'real'],
  ['real', 'double', 'double'],
  ['varchar(3)', 'varchar(5)', 'varchar(5)'],
  ['varchar(3)', 'varchar', 'varchar'],
  ['char(3)', 'varchar(5)', 'char(5)'],
  ['char(3)', 'char(5)', 'char(5)'],
  ['date', 'timestamp(6)', 'timestamp(6)'],
  ['date', 'timestamp(3) with time zone', 'timestamp(3) with time zone'],
  ['timestamp(0)', 'timestamp(9)', 'timestamp(9)'],
  ['timestamp(6)', 'timestamp(3) with time zone', 'timestamp(6) with time zone'],
  ['time(3)', 'time(6)', 'time(6)'],
  ['array(integer)', 'array(double)', 'array(double)'],
  ['map(integer, varchar(2))', 'map(bigint, varchar(3))', 'map(bigint, varchar(3))'],
  ['row(a integer, b date)', 'row(a bigint, c date)', 'row(a bigint, date)'],
  ['integer', 'varchar', undefined],
  ['date', 'varchar', undefined],
  ['boolean', 'integer', undefined],
  ['array(integer)', 'array(varchar)', undefined],
  ['row(a integer)', 'row(a integer, b integer)', undefined],
  ['json', 'varchar', undefined],
  ['date', 'time(3)', undefined],
  ['interval day to second', 'interval year to month', undefined],
  ['varbinary', 'varchar', undefined],
]

test('common types', () => {
  for (const [a, b, expected] of COMMON)
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const common = commonType(type(x), type(y))
      assert.equal(common && typeName(common), expected, `${x} and ${y}`)
    }
})

test('coercion goes one way', () => {
  assert.ok(canCoerce(type('integer'), type('bigint')))
  assert.ok(!canCoerce(type('bigint'), type('integer')))
  assert.ok(!canCoerce(type('integer'), type('decimal(9,0)')))
  assert.ok(canCoerce(type('integer'), type('decimal(10,0)')))
  assert.ok(!canCoerce(type('decimal(5,2)'), type('decimal(5,3)')))
  assert.ok(canCoerce(type('varchar(2)'), type('char(2)')))
  assert.ok(!canCoerce(type('char(2)'), type('varchar(2)')))
  assert.ok(canCoerce(type('unknown'), type('map(integer, array(row(x date)))')))
})

/** From, to, and whether Trino has the cast. */
const CASTS: readonly (readonly [string, string, boolean])[] = [
  ['varchar', 'integer', true],
  ['varchar', 'varbinary', true],
  ['varbinary', 'varchar', false],
  ['integer', 'varchar(2)', true],
  ['boolean', 'decimal(3,1)', true],
  ['double', 'integer', true],
  ['date', 'timestamp(3)', true],
  ['date', 'varchar', true],
  ['date', 'bigint', false],
  ['timestamp(3)', 'date', true],
  ['timestamp(3)', 'bigint', false],
  ['time(3)', 'date', false],
  ['json', 'array(map(varchar, row(a integer)))', true],
  ['json', 'map(date, integer)', false],
  ['array(date)', 'json', true],
  ['map(boolean, timestamp(3))', 'json', true],
  ['varbinary', 'json', false],
  ['array(integer)', 'array(varchar)', true],
  ['array(integer)', 'array(date)', false],
  ['row(a integer)', 'row(b varchar)', true],
  ['row(a integer)', 'row(a integer, b integer)', false],
  ['uuid', 'varchar', true],
  ['uuid', 'integer', false],
  ['interval day to second', 'varchar', true],
  ['varchar', 'interval day to second', false],
  ['unknown', 'tdigest', true],
]

test('explicit casts', () => {
  for (const [from, to, expected] of CASTS) assert.equal(canCast(type(from), type(to)), expected, `${from} to ${to}`)
})
