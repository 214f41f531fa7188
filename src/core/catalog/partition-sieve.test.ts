import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { partitionCondition } from './partition-expression.ts'
import { decodeValues, encodeValues, partitionSegment, pastValues } from './partition-key.ts'
import { sieveKeys } from './partition-sieve.ts'

suite('keys of partition values', () => {
  const ROWS = [
    ['a', 'b'],
    ['a\0', 'b'],
    ['a\0\0', '\0'],
    ['a\x01', ''],
    ['a\x01\x01', '\x01\x02'],
    ['a\x02', 'x'],
    ['', ''],
    ['ab', 'a'],
    ['grüße', '🦆'],
  ]

  test('are read back', () => {
    for (const row of ROWS) assert.deepEqual(decodeValues(encodeValues(row)), row)
    assert.deepEqual(decodeValues(''), [])
  })

  test('are in the order of the values, and begin with the keys of the first values', () => {
    const byValue = ROWS.toSorted((a, b) => (a[0]! < b[0]! ? -1 : a[0]! > b[0]! ? 1 : a[1]! < b[1]! ? -1 : 1))
    const keys = byValue.map(encodeValues)
    assert.deepEqual(
      keys,
      keys.toSorted((a, b) => (a < b ? -1 : 1)),
    )
    for (const row of ROWS)
      for (const other of ROWS)
        assert.equal(encodeValues(other).startsWith(encodeValues(row.slice(0, 1))), row[0] === other[0])
  })

  test('have a bound above all that begin alike and below all that follow', () => {
    for (const row of ROWS)
      for (const other of ROWS) {
        const beyond = encodeValues(other) > pastValues(row.slice(0, 1))
        assert.equal(beyond, other[0]! > row[0]!, JSON.stringify([row, other]))
      }
  })

  test('spread over segments evenly', () => {
    const sizes = [0, 0, 0, 0, 0]
    for (let i = 0; i < 10_000; i++) sizes[partitionSegment([`${i}`, 'x'], 5)]!++
    for (const size of sizes) assert.ok(size > 1800 && size < 2200, String(sizes))
  })
})

suite('the sieve', () => {
  const KEYS = [
    { Name: 'year', Type: 'int' },
    { Name: 'region', Type: 'string' },
    { Name: 'n', Type: 'int' },
  ]
  const ROWS = ['2023', '2024', '2025'].flatMap((year) =>
    ['ap', 'eu', 'us'].flatMap((region) =>
      Array.from({ length: 2000 }, (_, n) => [year, region, String(n).padStart(4, '0')]),
    ),
  )
  const STORED = ROWS.map((row) => `t\0${encodeValues(row)}`)

  /** Runs a filter over the rows, and counts how many keys were read. */
  function run(expression: string, limit = Number.POSITIVE_INFINITY, budget?: number) {
    const condition = partitionCondition(expression, KEYS)!
    const found: string[][] = []
    let read = 0
    let pages = 0
    let after: string | undefined
    do {
      const sieve = {
        ...condition,
        base: 't\0',
        keys: (from: string | undefined, count: number) => {
          const start = from === undefined ? 0 : STORED.findIndex((key) => key > from)
          const keys = start < 0 ? [] : STORED.slice(start, start + count)
          read += keys.length
          return keys
        },
      }
      const { kept, next } = sieveKeys(sieve, after, { limit, budget })
      assert.ok(kept.length <= limit)
      found.push(...kept.map((key) => decodeValues(key.slice(2))))
      after = next
      pages++
    } while (after !== undefined)
    return { found, read, pages }
  }

  // A stretch is read in portions that double, so up to as many keys again are read as are kept.
  const filters: readonly [string, (year: number, region: string, n: number) => boolean, mostRead: number][] = [
    ["region = 'eu'", (_, region) => region === 'eu', 13_000],
    ['year = 2025', (year) => year === 2025, 3000 + 6000],
    ["year >= 2024 and region in ('us')", (year, region) => year >= 2024 && region === 'us', 7000],
    ['year = 1999', () => false, 1000],
    ['n = 1999', (_, __, n) => n === 1999, 18_000],
    ["not (region = 'eu' or year < 2025)", (year, region) => region !== 'eu' && year >= 2025, 7000],
  ]
  for (const [expression, keep, mostRead] of filters)
    test(expression, () => {
      const expected = ROWS.filter(([year, region, n]) => keep(Number(year), region!, Number(n)))
      const { found, read } = run(expression)
      assert.deepEqual(found, expected)
      assert.ok(read <= mostRead, `${read} keys were read`)
      assert.deepEqual(run(expression, 7).found, expected)
      const hurried = run(expression, 1000, 500)
      assert.deepEqual(hurried.found, expected)
    })

  test('a budget ends a page early', () => {
    const { found, pages } = run('n = 1999', 1000, 1000)
    assert.equal(found.length, 9)
    assert.ok(pages > 5)
  })
})
