import assert from 'node:assert/strict'
import { beforeEach, suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { openMemoryState } from '../../storage/state-memory.ts'
import { Fault } from '../faults.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { Catalog, Scope } from './catalog.ts'
import { openCatalog } from './catalog-state.ts'
import { partitionCondition } from './partition-expression.ts'
import { indexEntry } from './partition-index-entry.ts'

const SCOPE: Scope = { account: '000000000000', region: 'us-east-1' }
let ticks = 0
const clock: Clock = { now: () => new Date(ticks++), sleep: () => Promise.resolve() }
let state: StateStore
let catalog: Catalog

/** The guide's table, with its keys in an order in which none of its expressions fixes the first. */
const KEYS = [
  { Name: 'month', Type: 'int' },
  { Name: 'creationDate', Type: 'string' },
  { Name: 'Year', Type: 'int' },
  { Name: 'Category', Type: 'string' },
  { Name: 'Country', Type: 'string' },
]
const ROWS = ['US', 'UK', 'DE'].flatMap((country) =>
  ['Shoes', 'Books', 'Toys', 'Games'].flatMap((category) =>
    Array.from({ length: 10 }, (_, n) => [
      String(1 + (n % 5)),
      `2023-${8 + (n % 2)}-0${1 + (n % 9)}`,
      String(2010 + n),
      category,
      country,
    ]),
  ),
)

beforeEach(async () => {
  state = openMemoryState()
  catalog = openCatalog(state, clock)
  await catalog.databases.create(SCOPE, { Name: 'db' })
})

async function createTable(rows: readonly (readonly string[])[] = ROWS, keys = KEYS): Promise<void> {
  await catalog.tables.create(SCOPE, 'db', { Name: 't', PartitionKeys: keys }, 'me')
  const partitions = rows.map((Values) => ({ Values }))
  await catalog.partitions.create(SCOPE, 'db', 't', partitions)
}

const states = () => catalog.partitionIndexes.list(SCOPE, 'db', 't').map(({ name, state: status }) => [name, status])

async function settled(): Promise<void> {
  while (states().some(([, status]) => status === 'CREATING' || status === 'DELETING')) await setImmediate()
}

async function createIndex(name: string, ...keys: string[]): Promise<void> {
  await catalog.partitionIndexes.create(SCOPE, 'db', 't', { name, keys })
  await settled()
}

function find(expression: string, keys = KEYS, limit = 7) {
  const condition = partitionCondition(expression, keys)
  const found: string[][] = []
  let examined = 0
  let index: string | undefined
  let after: string | undefined
  do {
    const page = catalog.partitions.list(SCOPE, 'db', 't', { ...condition, after, limit, budget: 10 })
    found.push(...page.partitions.map((one) => [...one.descriptor.Values]))
    examined += page.examined
    index = page.index
    after = page.next
  } while (after !== undefined)
  return { found: found.sort(), examined, index }
}

suite('the truth table of the guide', () => {
  const shoes = (row: readonly string[]) => row[3] === 'Shoes'
  const us = (row: readonly string[]) => row[4] === 'US'
  // docs: glue dg, partition-indexes, "how indexes work". By [Country, Category, Year] but for the last.
  const rows: readonly [string, uses: boolean, touched: number, keep: (row: readonly string[]) => boolean][] = [
    ["Country = 'US'", true, 40, us],
    ["Country = 'US' and Category = 'Shoes'", true, 10, (row) => us(row) && shoes(row)],
    ["Category = 'Shoes'", false, 120, shoes],
    [
      "Country = 'US' and Category = 'Shoes' and Year > '2018'",
      true,
      // A bound is inclusive: 2018 is touched, and left out.
      2,
      (row) => us(row) && shoes(row) && Number(row[2]) > 2018,
    ],
    [
      "Country = 'US' and Category = 'Shoes' and Year > '2015' and month = 2",
      true,
      5,
      (row) => us(row) && shoes(row) && Number(row[2]) > 2015 && row[0] === '2',
    ],
    [
      "Country = 'US' AND Category = 'Shoes' OR Year > '2018'",
      false,
      120,
      (row) => (us(row) && shoes(row)) || Number(row[2]) > 2018,
    ],
    [
      "Country = 'US' AND Category = 'Shoes' AND (Year = 2017 OR Year = '2018')",
      true,
      10,
      (row) => us(row) && shoes(row) && ['2017', '2018'].includes(row[2]!),
    ],
    [
      "Country in ('US', 'UK') AND Category = 'Shoes'",
      false,
      120,
      (row) => ['US', 'UK'].includes(row[4]!) && shoes(row),
    ],
    [
      "Country = 'US' AND Category in ('Shoes', 'Books')",
      true,
      40,
      (row) => us(row) && ['Shoes', 'Books'].includes(row[3]!),
    ],
    [
      "Country = 'US' AND Category in ('Shoes', 'Books') AND (creationDate > '2023-9-01')",
      true,
      40,
      (row) => us(row) && ['Shoes', 'Books'].includes(row[3]!) && row[1]! > '2023-9-01',
    ],
  ]
  for (const [expression, uses, touched, keep] of rows)
    test(expression, async () => {
      await createTable()
      await createIndex('by_country', 'Country', 'Category', 'Year')
      const { found, examined, index } = find(expression)
      assert.deepEqual(found, ROWS.filter(keep).sort())
      assert.deepEqual([index, examined], [uses ? 'by_country' : undefined, touched])
    })

  test('the last, by an index that has the date', async () => {
    await createTable()
    await createIndex('by_date', 'Country', 'creationDate', 'Category')
    const { found, examined, index } = find(rows[9]![0])
    assert.deepEqual(found, ROWS.filter(rows[9]![3]).sort())
    assert.equal(index, 'by_date')
    assert.ok(examined < 40, `${examined} were touched`)
  })
})

test('an index is followed by what is added and deleted later, and gone when it is deleted', async () => {
  await createTable([['1', '2024-01-01', '2024', 'Toys', 'FR']])
  await createIndex('i', 'Country')
  const late = ['2', '2024-02-02', '2024', 'Toys', 'FR']
  await catalog.partitions.create(SCOPE, 'db', 't', [{ Values: late }])
  assert.equal(find("Country = 'FR'").found.length, 2)
  await catalog.partitions.delete(SCOPE, 'db', 't', [late])
  assert.deepEqual(find("Country = 'FR'"), {
    found: [['1', '2024-01-01', '2024', 'Toys', 'FR']],
    examined: 1,
    index: 'i',
  })
  await catalog.partitionIndexes.delete(SCOPE, 'db', 't', 'I')
  assert.deepEqual(states(), [['i', 'DELETING']])
  assert.equal(find("Country = 'FR'").index, undefined)
  await settled()
  assert.deepEqual(states(), [])
  assert.equal(state.count(`catalog/partition-index-entries/${SCOPE.account}/${SCOPE.region}`), 0)
})

test('the backfill of many partitions goes on where a stopped server left it', async () => {
  const rows = Array.from({ length: 5000 }, (_, n) => [String(n), '', '0', '', String(n % 100)])
  await createTable(rows)
  await catalog.partitionIndexes.create(SCOPE, 'db', 't', { name: 'i', keys: ['Country', 'month'] })
  await assert.rejects(catalog.partitionIndexes.delete(SCOPE, 'db', 't', 'i'), fault('conflict'))
  await catalog.partitionIndexes.close()
  assert.deepEqual(states(), [['i', 'CREATING']])
  catalog = openCatalog(state, clock)
  await catalog.partitions.create(SCOPE, 'db', 't', [{ Values: ['5000', '', '0', '', '7'] }])
  assert.equal(find("Country = '7'").index, undefined)
  catalog.partitionIndexes.resume((error) => assert.fail(error as Error))
  await settled()
  assert.deepEqual(states(), [['i', 'ACTIVE']])
  assert.deepEqual([find("Country = '7'").found.length, find("Country = '7'").examined], [51, 51])
  assert.equal(find("Country = '7' and month = 5000").examined, 1)
  await catalog.tables.delete(SCOPE, 'db', 't')
  assert.equal(state.count(`catalog/partition-index-entries/${SCOPE.account}/${SCOPE.region}`), 0)
})

suite('an index fails', () => {
  const failures: readonly [code: string, row: string[], keys: typeof KEYS][] = [
    ['INVALID_PARTITION_TYPE_DATA_ERROR', ['x'], [{ Name: 'k', Type: 'string' }]],
    ['UNSUPPORTED_PARTITION_CHARACTER_ERROR', ['a\x02b'], [{ Name: 'k', Type: 'string' }]],
    ['MISSING_PARTITION_VALUE_ERROR', ['x'], [{ Name: 'k', Type: 'string' }]],
  ]
  for (const [code, row, keys] of failures)
    test(code, async () => {
      await createTable([['ok'], row], keys)
      // Partitions are older than what is said of their keys now.
      const type = code.startsWith('INVALID') ? 'int' : 'string'
      const PartitionKeys = [
        { Name: 'k', Type: type },
        ...(code.startsWith('MISSING') ? [{ Name: 'later', Type: 'int' }] : []),
      ]
      await catalog.tables.update(SCOPE, 'db', { Name: 't', PartitionKeys }, { keepVersion: false })
      await createIndex('i', code.startsWith('MISSING') ? 'later' : 'k')
      const [index] = catalog.partitionIndexes.list(SCOPE, 'db', 't')
      assert.equal(index!.state, 'FAILED')
      assert.deepEqual(
        index!.failures!.map((one) => one.code),
        [code],
      )
      assert.ok(index!.failures![0]!.partitions.some((values) => values[0] === row[0]))
      while (state.count('catalog/partition-index-work') > 0) await setImmediate()
      assert.equal(state.count(`catalog/partition-index-entries/${SCOPE.account}/${SCOPE.region}`), 0)
    })

  test('and the last ten of them are remembered', async () => {
    await createTable([['x']], [{ Name: 'k', Type: 'int' }])
    for (let n = 0; n < 12; n++) await createIndex(`i${n}`, 'k')
    assert.deepEqual(
      states(),
      Array.from({ length: 10 }, (_, n) => [`i${n + 2}`, 'FAILED']),
    )
  })
})

const fault = (kind: string) => (error: unknown) => error instanceof Fault && error.kind === kind

test('what cannot be an index', async () => {
  await createTable([], [...KEYS, { Name: 'price', Type: 'decimal(5,2)' }])
  const create = (name: string, ...keys: string[]) => catalog.partitionIndexes.create(SCOPE, 'db', 't', { name, keys })
  await assert.rejects(create('i', 'nothing'), fault('invalid'))
  await assert.rejects(create('i', 'price'), fault('invalid'))
  await assert.rejects(create('i', 'month', 'MONTH'), fault('invalid'))
  await create('i', 'month')
  await assert.rejects(create('I', 'year'), fault('already-exists'))
  await assert.rejects(create('j', 'month'), fault('already-exists'))
  await create('j', 'month', 'year')
  await create('k', 'year')
  await assert.rejects(create('l', 'country'), fault('limit'))
  await assert.rejects(catalog.partitionIndexes.delete(SCOPE, 'db', 't', 'l'), fault('not-found'))
})

test('with an index values are checked, and keys stay as they are', async () => {
  await createTable([])
  await createIndex('i', 'Category', 'Year')
  const add = (Values: string[]) => catalog.partitions.create(SCOPE, 'db', 't', [{ Values }])
  await assert.rejects(add(['1', '', 'foo', 'Toys', 'FR']), fault('invalid'))
  await assert.rejects(add(['1', '', '2024', 'To\0ys', 'FR']), fault('invalid'))
  await add(['foo', '\x01', '2024', 'Toys', 'FR'])
  const update = (PartitionKeys: typeof KEYS) =>
    catalog.tables.update(SCOPE, 'db', { Name: 't', PartitionKeys }, { keepVersion: false })
  await assert.rejects(update(KEYS.toSpliced(2, 1, { Name: 'Year', Type: 'string' })), fault('invalid'))
  await assert.rejects(update(KEYS.toSpliced(0, 1, { Name: 'mois', Type: 'int' })), fault('invalid'))
  await update([...KEYS.toSpliced(0, 1, { Name: 'month', Type: 'string' }), { Name: 'more', Type: 'string' }])
})

test('entries lie in the order of numbers and dates', () => {
  const entry = (type: string, value: string) => indexEntry([{ name: 'k', at: 0, type }], [value])
  const sorted = ['-12345678901234567890', '-100', '-99', '-2', '-1', '0', '7', '10', '99', '12345678901234567890']
  for (const [type, values] of [
    ['bigint', sorted],
    ['date', ['0000-01-01', '1999-12-31', '2000-01-01', '9999-12-31']],
  ] as const) {
    const entries = values.map((value) => entry(type, value))
    assert.deepEqual(
      entries,
      entries.toSorted((a, b) => (a < b ? -1 : 1)),
    )
  }
})
