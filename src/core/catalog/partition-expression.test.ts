import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { likeMatcher } from '../../sql/like.ts'
import { Fault } from '../faults.ts'
import { partitionCondition } from './partition-expression.ts'

const KEYS = [
  { Name: 'Region', Type: 'string' },
  { Name: 'year', Type: 'int' },
  { Name: 'day', Type: 'date' },
  { Name: 'price', Type: 'decimal(10,2)' },
  { Name: 'at', Type: 'timestamp' },
]
const ROW = ['eu', '2024', '2024-02-29', '2.60', '2024-02-29 10:00:00']
const keeps = (expression: string, row: readonly string[] = ROW, keys = KEYS) =>
  partitionCondition(expression, keys)?.keep(row) ?? true
const refused = (expression: string, row: readonly string[] = ROW, keys = KEYS) => {
  try {
    keeps(expression, row, keys)
  } catch (error) {
    if (error instanceof Fault && error.kind === 'invalid') return `${error.noun}: ${error.message}`
    throw error
  }
  return 'nothing'
}

suite('expressions that keep and that do not', () => {
  // Operators and key types: GetPartitions, `Expression`, in the Glue API reference.
  const truths = [
    "region = 'eu'",
    "'eu' = REGION",
    '"region" = \'eu\' and `year` = 2024',
    'year = 2024',
    "year = '2024'",
    'year = 02024',
    'year <> 2023 AND year != 1',
    'year < > 2023 and year > = 2024 and year <\n= 2024 and year ! = 1',
    'year > 2023 and year >= 2024 and year < 2025 and year <= 2024',
    'year between 2024 and 2024',
    'year not between 2020 and 2023',
    "year in (1, '2', 2024)",
    'year not in (1, 2)',
    'year is not null',
    'not year is null',
    'not not year = 2024',
    "NOT (year = 2023 OR region = 'us')",
    "(year) = ((2024)) and ((region = 'us' or region = 'eu'))",
    "year = 1 and region = 'eu' or year = 2024",
    'year > -5',
    "region like 'e_' and region like '%' and region like '%u' and region not like 'u%'",
    "region > 'ea' and region < 'ev'",
    "day = '2024-02-29'",
    "day > date '2024-02-28' and day < {d '2024-03-01'}",
    'price = 2.6 and price in (1, 2.600) and price < 3e10 and price > -1.5',
    "at = '2024-02-29 10:00:00.000' and at < timestamp '2024-02-29 10:00:00.000000001'",
    "at between '2024-02-29 09:59:59.9' and {ts '2024-02-29 10:00:00'}",
    'year = year and 1 = 1',
    '  ',
  ]
  for (const expression of truths) test(expression, () => assert.equal(keeps(expression), true))
  const falsehoods = [
    "region = 'EU'",
    'year = 2023',
    'year is null',
    "not region = 'eu'",
    "year = 2024 and not (region in ('eu'))",
    "region like 'e'",
    "region like ''",
    'price <> 2.6',
    "region = ''",
  ]
  for (const expression of falsehoods) test(expression, () => assert.equal(keeps(expression), false))
})

test('a key that is not a string compares to nothing in the default partition', () => {
  const row = ['__HIVE_DEFAULT_PARTITION__', '__HIVE_DEFAULT_PARTITION__', '2024-01-01', '1', '2024-01-01 00:00:00']
  assert.equal(keeps("region = '__HIVE_DEFAULT_PARTITION__'", row), true)
  assert.equal(keeps('year = 1', row), false)
  assert.equal(keeps('year <> 1', row), false)
  assert.equal(keeps('not year = 1', row), false)
  assert.equal(keeps("year = 1 or day = '2024-01-01'", row), true)
  assert.equal(keeps('not (year = 1 and price = 2)', row), true)
})

test('a number without quotes is text to a string key', () => {
  const keys = [{ Name: 'y', Type: 'string' }]
  assert.equal(keeps('y = 2024', ['2024'], keys), true)
  assert.equal(keeps('y = 2024', ['02024'], keys), false)
})

test('what is refused, and how', () => {
  // The texts as other implementations have observed them.
  const cases: readonly (readonly [string, string])[] = [
    ["year = 'test'", 'expression: "test" is not an integer.'],
    ['year in (2.5)', 'expression: "2.5" is not an integer.'],
    ["year like '2'", "expression: Integral data type doesn't support operation 'LIKE'"],
    ["price like '2'", "expression: Decimal data type doesn't support operation 'LIKE'"],
    ["day like '2'", "expression: Date data type doesn't support operation 'LIKE'"],
    ["at like '2'", "expression: Timestamp data type doesn't support operation 'LIKE'"],
    ["price = 'test'", 'expression: test is not a decimal.'],
    ["day = '2023-02-29'", 'expression: 2023-02-29 is not a date.'],
    ['nothing is null', "expression: Unknown column 'nothing'"],
    ["year = '__HIVE_DEFAULT_PARTITION__'", 'expression: "__HIVE_DEFAULT_PARTITION__" is not an integer.'],
  ]
  for (const [expression, message] of cases) assert.equal(refused(expression), message)
  assert.equal(refused('f = 1', ['1'], [{ Name: 'f', Type: 'float' }]), "expression: Unknown type : 'float'")
  assert.equal(refused('year = 1', ['eu', 'x', '', '', '']), 'partition value: "x" is not an integer.')
})

test('what is no expression', () => {
  const texts = [
    'year',
    'year =',
    '= 1',
    'year = 1 and',
    'year = 1 2',
    "region = 'eu",
    'year = 1 or or year = 2',
    '(year = 1',
    'year = 1)',
    'year in ()',
    'year between 1',
    'year is',
    'year not = 1',
    'region like year',
    'a.b = 1',
    'f(year) = 1',
    'year = 1; drop',
    `${'('.repeat(1500)}year`,
    'and = 1',
    "region is test' AND not parsable",
  ]
  for (const text of texts) assert.equal(refused(text), `expression: Unsupported expression '${text}'`)
})

test('what is known of single keys', () => {
  const bounds = (expression: string, keys = KEYS) => {
    const found = partitionCondition(expression, keys)!.bounds
    return Object.fromEntries(
      keys.flatMap(({ Name }, i) => (found[i] ? [[Name.toLowerCase(), [found[i].low, found[i].high]]] : [])),
    )
  }
  assert.deepEqual(bounds("region = 'eu' and year = 2024"), { region: ['eu', 'eu'], year: [2024n, 2024n] })
  assert.deepEqual(bounds("region in ('eu')"), { region: ['eu', 'eu'] })
  assert.deepEqual(bounds("region in ('eu', 'us')"), {})
  assert.deepEqual(bounds("region = 'eu' or year = 2024"), {})
  assert.deepEqual(bounds("(region > 'eu' and 2024 >= year) and year > 2020"), {
    region: ['eu', undefined],
    year: [2020n, 2024n],
  })
  assert.deepEqual(bounds('year between 1 and 9 and year >= 3'), { year: [3n, 9n] })
  assert.deepEqual(bounds("not region = 'eu'"), {})
  assert.deepEqual(bounds("region <> 'eu' and region like 'e%'"), {})
})

test('first values that rule a partition out', () => {
  const skips = (expression: string, ...leading: string[]) => partitionCondition(expression, KEYS)?.skip(leading)
  assert.equal(skips("region = 'eu'", 'us'), true)
  assert.equal(skips("region = 'eu'", 'eu'), false)
  assert.equal(skips('year = 2024', 'us'), false)
  assert.equal(skips('year = 2024', 'us', '2023'), true)
  assert.equal(skips("region = 'eu' and year = 2024", 'us'), true)
  assert.equal(skips("region = 'eu' or year = 2024", 'us'), false)
  assert.equal(skips("region = 'eu' or year = 2024", 'us', '2023'), true)
  assert.equal(skips("not (region = 'eu' and year = 2024)", 'eu'), false)
  assert.equal(skips("not (region = 'eu' or year = 2024)", 'eu'), true)
  assert.equal(skips("region between 'a' and 'b'", 'c'), true)
})

suite('LIKE', () => {
  const cases: readonly [text: string, pattern: string, matches: boolean, escape?: string][] = [
    ['two', 't_o', true],
    ['two', 't__', true],
    ['two', '%wo', true],
    ['two', '%', true],
    ['', '%', true],
    ['', '_', false],
    ['two', 'T%', false],
    ['a.b', 'a_b', true],
    ['axb', 'a.b', false],
    ['a\nb', 'a%b', true],
    ['mississippi', 'm%iss%pi', true],
    ['mississippi', 'm%iss%sp', false],
    ['🦆', '_', true],
    ['50%', '50!%', true, '!'],
    ['500', '50!%', false, '!'],
    ['a_b', 'a!_b', true, '!'],
    ['a'.repeat(1000), `${'%a'.repeat(500)}b`, false],
  ]
  for (const [text, pattern, matches, escapeSign] of cases)
    test(`${text.slice(0, 20)} LIKE ${pattern.slice(0, 20)}`, () =>
      assert.equal(likeMatcher(pattern, escapeSign)(text), matches))
})
