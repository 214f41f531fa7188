import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { dice } from '../seeded.fixture.ts'
import { type Expression, ExpressionError, expressionJson, expressionOf, type Predicate } from './expressions.ts'
import { type FieldFacts, judgeBy, manifestFacts, partitionFacts, residualOf, shareOf } from './judgments.ts'
import type { ContentFile } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'
import type { Schema } from './schema.ts'
import { boundFields } from './specs.ts'
import { transformed } from './transforms.ts'
import { compareValues, encodeValue, type IcebergValue } from './values.ts'

const SCHEMA: Schema = {
  type: 'struct',
  fields: [
    { id: 1, name: 'n', required: false, type: 'int' },
    { id: 2, name: 'l', required: false, type: 'long' },
    { id: 3, name: 's', required: false, type: 'string' },
    { id: 4, name: 'd', required: false, type: 'date' },
    { id: 5, name: 'at', required: false, type: 'timestamptz' },
    { id: 6, name: 'price', required: false, type: 'decimal(9, 2)' },
    { id: 7, name: 'x', required: false, type: 'double' },
    {
      id: 8,
      name: 'p',
      required: false,
      type: { type: 'struct', fields: [{ id: 9, name: 'In', required: false, type: 'int' }] },
    },
    {
      id: 10,
      name: 'list',
      required: false,
      type: { type: 'list', 'element-id': 11, element: 'int', 'element-required': false },
    },
    { id: 12, name: 'b', required: false, type: 'binary' },
  ],
}

const bound = (json: unknown, caseSensitive = true) => expressionOf(json, SCHEMA, caseSensitive)

/** The row-wise meaning of a condition, written out beside the rules that are tested. */
function passes(expression: Expression, value: IcebergValue | null): boolean {
  if (expression.kind === 'constant') return expression.value
  if (expression.kind !== 'predicate') {
    const sides = [passes(expression.left, value), passes(expression.right, value)]
    return expression.kind === 'and' ? sides.every(Boolean) : sides.some(Boolean)
  }
  const { operator, values } = expression
  const equal = value !== null && values.some((one) => compareValues(value, one) === 0)
  const against = value === null || values[0] === undefined ? Number.NaN : compareValues(value, values[0])
  const begins = value !== null && String(value).startsWith(String(values[0]))
  const meanings: Record<Predicate['operator'], boolean> = {
    'is-null': value === null,
    'not-null': value !== null,
    'is-nan': Number.isNaN(value),
    'not-nan': !Number.isNaN(value),
    lt: against < 0,
    'lt-eq': against <= 0,
    gt: against > 0,
    'gt-eq': against >= 0,
    eq: equal,
    'not-eq': !equal,
    in: equal,
    'not-in': !equal,
    'starts-with': begins,
    'not-starts-with': !begins,
  }
  return meanings[operator]
}

const LEAST = -(2n ** 63n)
const KINDS: Readonly<
  Record<string, { id: number; transforms: readonly string[]; value: (roll: (n: number) => number) => IcebergValue }>
> = {
  n: {
    id: 1,
    transforms: ['identity', 'bucket[3]', 'truncate[7]', 'void'],
    value: (roll) => [-(2 ** 31), 2 ** 31 - 1, roll(40) - 20][Math.min(2, roll(12))]!,
  },
  l: {
    id: 2,
    transforms: ['identity', 'bucket[5]', 'truncate[10]'],
    value: (roll) => [LEAST, LEAST + 3n, -LEAST - 1n, BigInt(roll(60) - 30)][Math.min(3, roll(12))]!,
  },
  s: {
    id: 3,
    transforms: ['identity', 'bucket[4]', 'truncate[2]'],
    value: (roll) => ['', 'a', 'ab', 'abc', 'abd', 'b', 'ü', 'üb', '\u{1f600}x'][roll(9)]!,
  },
  d: { id: 4, transforms: ['identity', 'year', 'month', 'day', 'bucket[2]'], value: (roll) => roll(800) - 400 },
  at: {
    id: 5,
    transforms: ['identity', 'year', 'month', 'day', 'hour'],
    value: (roll) => BigInt(roll(96) - 48) * 1_800_000_000n + BigInt(roll(2)),
  },
  price: { id: 6, transforms: ['identity', 'truncate[50]', 'bucket[3]'], value: (roll) => BigInt(roll(300) - 150) },
}

describe('how many rows a condition lets pass', () => {
  for (const [name, { id, transforms, value }] of Object.entries(KINDS))
    for (const transform of transforms)
      test(`of ${name} in partitions by ${transform}, as its rows have it`, () => {
        const roll = dice(id * 1000 + transform.length)
        const type = SCHEMA.fields.find((field) => field.id === id)!.type
        const [field] = boundFields(
          { 'spec-id': 0, fields: [{ 'source-id': id, 'field-id': 1000, name: 'p', transform }] },
          [SCHEMA],
        )
        const term = { fieldId: id, name, source: type, type, transform: { kind: 'identity' } } as const
        const operators: Predicate['operator'][] = [
          'is-null',
          'not-null',
          'lt',
          'lt-eq',
          'gt',
          'gt-eq',
          'eq',
          'not-eq',
          'in',
          'not-in',
        ]
        if (name === 's') operators.push('starts-with', 'not-starts-with')
        const predicate = (): Predicate => {
          const operator = operators[roll(operators.length)]!
          const count = /null$/.test(operator) ? 0 : /in$/.test(operator) ? 1 + roll(3) : 1
          return { kind: 'predicate', operator, term, values: Array.from({ length: count }, () => value(roll)) }
        }
        let decided = 0
        for (let round = 0; round < 400; round++) {
          const rows = Array.from({ length: 1 + roll(6) }, () => (roll(6) === 0 ? null : value(roll)))
          const expression: Expression =
            roll(2) === 0 ? predicate() : { kind: roll(2) === 0 ? 'and' : 'or', left: predicate(), right: predicate() }
          const inPartition = (row: IcebergValue | null) =>
            row === null ? null : transformed(field!.transform, type, row)
          const groups = [...Map.groupBy(rows, (row) => String(inPartition(row))).values()]
          for (const group of groups) {
            const facts = partitionFacts([field!], { partition: [inPartition(group[0]!)] } as unknown as ContentFile)
            const share = check(expression, group, facts)
            if (share !== 'some') decided++
          }
          const values = rows.map(inPartition)
          const there = values.filter((one) => one !== null).toSorted(compareValues)
          const partitions = [
            {
              containsNull: values.includes(null),
              ...(there.length > 0 && {
                lower: encodeValue(field!.type, there[0]!),
                upper: encodeValue(field!.type, there.at(-1)!),
              }),
            },
          ]
          check(expression, rows, manifestFacts([field!], { partitions } as unknown as ManifestFile))
        }
        assert.ok(transform === 'void' ? decided === 0 : decided > 100, String(decided))
      })

  function check(expression: Expression, rows: readonly (IcebergValue | null)[], facts: readonly FieldFacts[]) {
    const passing = rows.map((row) => passes(expression, row))
    const told = () => `${inspect(expressionJson(expression), { depth: 9 })} of ${rows.join()}`
    const judge = judgeBy(facts)
    const share = shareOf(expression, judge)
    if (share === 'all' && !passing.every(Boolean)) assert.fail(told())
    if (share === 'none' && passing.some(Boolean)) assert.fail(told())
    const residual = residualOf(expression, judge)
    if (rows.some((row, i) => passes(residual, row) !== passing[i])) assert.fail(told())
    return share
  }

  test('partitions of a day are decided at its edges', () => {
    const [field] = boundFields(
      { 'spec-id': 0, fields: [{ 'source-id': 5, 'field-id': 1000, name: 'p', transform: 'day' }] },
      [SCHEMA],
    )
    const of = (json: unknown, day: number) =>
      shareOf(bound(json), judgeBy(partitionFacts([field!], { partition: [day] } as unknown as ContentFile)))
    const [day, before] = [19_782, 19_781]
    const midnight = '2024-02-29T00:00:00+00:00'
    assert.deepEqual(
      [before, day].map((one) => of({ type: 'lt', term: 'at', value: midnight }, one)),
      ['all', 'none'],
    )
    assert.deepEqual(
      [before, day].map((one) => of({ type: 'gt-eq', term: 'at', value: midnight }, one)),
      ['none', 'all'],
    )
    assert.deepEqual(
      [before, day].map((one) => of({ type: 'lt-eq', term: 'at', value: midnight }, one)),
      ['all', 'some'],
    )
  })

  test('a condition on a transform is decided by the partitions that it makes', () => {
    const [field] = boundFields(
      { 'spec-id': 0, fields: [{ 'source-id': 1, 'field-id': 1000, name: 'p', transform: 'bucket[16]' }] },
      [SCHEMA],
    )
    const condition = bound({ type: 'eq', term: { type: 'transform', transform: 'bucket[16]', term: 'n' }, value: 3 })
    const shares = [3, 4].map((partition) =>
      shareOf(condition, judgeBy(partitionFacts([field!], { partition: [partition] } as unknown as ContentFile))),
    )
    assert.deepEqual(shares, ['all', 'none'])
  })
})

describe('conditions as they are sent', () => {
  const again = (json: unknown, caseSensitive = true) => expressionJson(bound(json, caseSensitive))

  test('negations are pushed down, and constants decide what they can', () => {
    const eq = { type: 'eq', term: 'n', value: 1 }
    const isNull = { type: 'is-null', term: 's' }
    assert.deepEqual(again({ type: 'not', child: { type: 'and', left: eq, right: isNull } }), {
      type: 'or',
      left: { type: 'not-eq', term: 'n', value: 1 },
      right: { type: 'not-null', term: 's' },
    })
    assert.equal(again({ type: 'or', left: eq, right: true }), true)
    assert.deepEqual(again({ type: 'and', left: { type: 'true' }, right: eq }), eq)
    assert.equal(again({ type: 'not', child: { type: 'in', term: 'n', values: [] } }), true)
  })

  test('every form of the specification', () => {
    const eq = { type: 'eq', term: 'n', value: 1 }
    assert.deepEqual(
      again({
        type: 'eq',
        left: { type: 'reference', id: 1 },
        right: { type: 'literal', value: 1, 'data-type': 'int' },
      }),
      eq,
    )
    assert.deepEqual(again({ type: 'eq', left: { type: 'reference', name: 'n' }, right: 1 }), eq)
    assert.deepEqual(again({ type: 'not_null', child: { type: 'reference', term: 'n' } }), {
      type: 'not-null',
      term: 'n',
    })
    assert.deepEqual(
      again({ type: 'in', child: 'n', values: { type: 'literals', values: [1, 2], 'data-type': 'int' } }),
      { type: 'in', term: 'n', values: [1, 2] },
    )
    assert.deepEqual(again({ type: 'eq', term: 'P.in', value: 1 }, false), { type: 'eq', term: 'p.In', value: 1 })
  })

  test('values are those of the JSON of the specification, and moments may be counted', () => {
    const value = (term: string, sent: unknown) =>
      (again({ type: 'eq', term, value: sent }) as { value: unknown }).value
    assert.equal(value('d', '2007-12-03'), '2007-12-03')
    assert.equal(value('d', 13_850), '2007-12-03')
    assert.equal(value('at', '2007-12-03T10:15:30.123456+01:00'), '2007-12-03T09:15:30.123456+00:00')
    assert.equal(value('at', -1), '1969-12-31T23:59:59.999999+00:00')
    assert.equal(value('price', '14.2'), '14.20')
    assert.equal(value('price', -0.05), '-0.05')
    assert.equal(value('l', 9_223_372_036_854_775_807n), 9_223_372_036_854_775_807n)
    assert.equal(value('b', '78797a'), '78797A')
  })

  test('numbers that no row can have decide, but of NULL', () => {
    assert.equal(again({ type: 'gt', term: 'n', value: 2 ** 31 }), false)
    assert.deepEqual(again({ type: 'lt', term: 'n', value: 2 ** 31 }), { type: 'not-null', term: 'n' })
    assert.equal(again({ type: 'not-eq', term: 'l', value: 2n ** 63n }), true)
  })

  const deep = Array.from({ length: 3000 }).reduce<unknown>((child) => ({ type: 'not', child }), true)
  for (const [why, json] of Object.entries({
    'no object': 'n = 1',
    'an unknown operator': { type: 'like', term: 'n', value: 1 },
    'an unknown field': { type: 'is-null', term: 'none' },
    'another case': { type: 'is-null', term: 'N' },
    'a field in a list': { type: 'is-null', term: 'list.element' },
    'no value': { type: 'eq', term: 'n' },
    'a value of another type': { type: 'eq', term: 'n', value: 'x' },
    'a fraction of an integer': { type: 'eq', term: 'n', value: 1.5 },
    'NaN of what has none': { type: 'is-nan', term: 'n' },
    'the start of a number': { type: 'starts-with', term: 'n', value: 'a' },
    'an unknown transform': { type: 'eq', term: { type: 'transform', transform: 'hash', term: 'n' }, value: 1 },
    'a function': { type: 'eq', left: { type: 'apply', function: 'f', arguments: [] }, right: 1 },
    'no end': deep,
  }))
    test(`${why} is refused`, () => assert.throws(() => bound(json), ExpressionError))

  test('what is no number is above all numbers for some', () => {
    const nans: FieldFacts = {
      fieldId: 7,
      source: 'double',
      transform: { kind: 'identity' },
      nulls: 'none',
      nans: 'all',
    }
    const share = (type: string) => shareOf(bound({ type, term: 'x', value: 1 }), judgeBy([nans]))
    assert.deepEqual(['gt', 'lt', 'eq', 'not-eq'].map(share), ['some', 'none', 'none', 'all'])
  })
})
