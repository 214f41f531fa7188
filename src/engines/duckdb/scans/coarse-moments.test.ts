import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { INTEGER, row, TIMESTAMP, type Type, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, openShelf, PARQUET, relationOf, type Shelf } from './scan.fixture.ts'
import { scanText } from './scan.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const MICROS = [
  '2024-01-01 10:00:00.123456',
  '2024-01-01 10:00:00.123499',
  '2024-01-01 10:00:00.123500',
  '2024-01-01 10:00:00.999999',
  '1969-12-31 23:59:59.999500',
  '1969-12-31 23:59:59.999499',
  '1500-01-01 01:02:03.456501',
]
/** Half up, by hand. */
const MILLIS = [
  '2024-01-01 10:00:00.123',
  '2024-01-01 10:00:00.123',
  '2024-01-01 10:00:00.124',
  '2024-01-01 10:00:01',
  '1970-01-01 00:00:00',
  '1969-12-31 23:59:59.999',
  '1500-01-01 01:02:03.457',
]
const moments = (texts: readonly string[]) => texts.map((text) => `TIMESTAMP '${text}'`).join(', ')

test('a timestamp has milliseconds, wherever in a column it is, and a plan may ask for all of its digits', async () => {
  const file = await shelf.copy(
    'm',
    `SELECT t, [t, NULL] AS l, MAP {'k': t} AS m, CASE WHEN t > TIMESTAMP '1600-01-01' THEN {'t': t, 'n': 1} END AS s
     FROM (SELECT unnest([${moments(MICROS)}]) AS t)`,
  )
  const columns = dataColumns(
    ['t', TIMESTAMP],
    ['l', { kind: 'array', element: TIMESTAMP } as Type],
    ['m', { kind: 'map', key: VARCHAR, value: TIMESTAMP } as Type],
    [
      's',
      row([
        { name: 't', type: TIMESTAMP },
        { name: 'n', type: INTEGER },
      ]),
    ],
  )
  const relation = relationOf(PARQUET, columns, [file])
  for (const exact of [false, true]) {
    const text = scanText(relation, [0, 1, 2, 3], { exact })
    const wanted = `SELECT unnest([${moments(MILLIS)}]) AS t`
    const result = await shelf.connection.runAndReadAll(
      `SELECT count(*), bool_and(c0 = t AND c1[1] = t AND c1[2] IS NULL AND c2['k'] = t AND c3.t IS NOT DISTINCT FROM CASE WHEN t > TIMESTAMP '1600-01-01' THEN t END)
       FROM (SELECT *, row_number() OVER () AS i FROM (${text})) JOIN (SELECT t, row_number() OVER () AS i FROM (${wanted})) USING (i)`,
    )
    assert.deepEqual(result.getRowsJson(), [[String(MICROS.length), true]])
  }
})

test('what is asked of the rounded value leaves out row groups, and none that has such a value', async () => {
  const file = await shelf.copy('g', `SELECT unnest([${moments(MICROS)}]) AS t`)
  const relation = relationOf(PARQUET, dataColumns(['t', TIMESTAMP]), [file])
  const count = async (values: readonly string[]) => {
    const constraints = new Map([['t', { kind: 'values', values } as const]])
    const text = scanText(relation, [0], { constraints })
    const asked = `SELECT count(*) FROM (${text}) WHERE c0 IN (${moments(values)})`
    const plan = await shelf.connection.runAndReadAll(`EXPLAIN ${asked}`)
    assert.match(String(plan.getRows()[0]![1]), /Filters/)
    return (await shelf.connection.runAndReadAll(asked)).getRowsJson()[0]![0]
  }
  assert.equal(await count(['2024-01-01 10:00:00.123']), '2')
  assert.equal(await count(['1970-01-01 00:00:00.000', '2024-01-01 10:00:01.000', '1500-01-01 01:02:03.457']), '3')
  assert.equal(await count(['2024-01-01 10:00:00.123456']), '0')
})
