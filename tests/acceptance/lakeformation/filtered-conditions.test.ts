/** Conditions of somebody who sees a part of a table: answered as a predicate by hand is, and without leaving anything out. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetQueryExecutionCommand } from '@aws-sdk/client-athena'
import { CreateDataCellsFilterCommand } from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from './governed-lake.ts'

/** By column: the type and value of row `i`, and a value beyond all. */
const COLUMNS: Readonly<Record<string, readonly [value: string, beyond: string]>> = {
  yes: ['i % 5 = 0', 'NULL'],
  whole: ['i', '1000000'],
  small: ['CAST(i % 100 AS smallint)', "SMALLINT '1000'"],
  ratio: ["IF(i % 9 = 0, nan(), i / DOUBLE '8')", 'infinity()'],
  price: ['CAST(i % 97 AS decimal(12, 2))', "DECIMAL '1000000.00'"],
  name: ["'name ' || CAST(i % 500 AS varchar)", "'zzz'"],
  bytes: ["to_utf8('b' || CAST(i % 300 AS varchar))", "to_utf8('zzz')"],
  day: ["date_add('day', i % 400, DATE '2020-01-01')", "DATE '2999-01-01'"],
  moment: ["date_add('second', i, TIMESTAMP '2020-01-01 00:00:00')", "TIMESTAMP '2999-01-01 00:00:00'"],
  list: ['ARRAY[i % 5, i % 3]', 'ARRAY[1000000, 1]'],
}
const ROWS = 3000
let house: GovernedLake
let reader: Person

before(async () => {
  house = await governedLake()
  const items = Object.entries(COLUMNS).map(([name, [value]], n) => `IF(i % 13 = ${n}, NULL, ${value}) AS "${name}"`)
  await house.root.table(
    `CREATE TABLE seen WITH (format = 'PARQUET', external_location = 's3://data/seen/') AS
     SELECT i AS id, IF(i % 3 = 0, 'EU', 'US') AS region, ${items.join(', ')}
     FROM UNNEST(sequence(1, ${ROWS / 2})) AS t (j) CROSS JOIN UNNEST(ARRAY[j, j + ${ROWS / 2}]) AS u (i)`,
  )
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: 'seen', Name: 'eu' }
  const RowFilter = { FilterExpression: "region = 'EU'" }
  await house.root.lakeFormation.send(
    new CreateDataCellsFilterCommand({ TableData: { ...key, RowFilter, ColumnWildcard: {} } }),
  )
  await house.grant('reader', { DataCellsFilter: key }, ['SELECT'])
  reader = house.as('reader')
})
after(() => house.close())

const SHAPES = (column: string, beyond: string): string[] => [
  `SELECT count(*), sum(id) FROM seen WHERE ${column} IS NULL`,
  `SELECT count(*), sum(id) FROM seen WHERE ${column} IS NOT NULL`,
  `SELECT count(*), sum(id) FROM seen WHERE ${column} < ${beyond}`,
  `SELECT count(*), sum(id) FROM seen WHERE ${column} IN (SELECT ${column} FROM seen WHERE id < 300)`,
  `SELECT count(*), sum(b.id) FROM seen a JOIN seen b ON a.${column} = b.${column} WHERE a.id < 50 AND b.id < 900`,
  `SELECT count(*), sum(b.id) FROM seen a LEFT JOIN seen b ON a.${column} = b.${column} AND b.id < 700 WHERE a.id < 60`,
  `SELECT ${column}, count(*) FROM seen WHERE ${column} < ${beyond} GROUP BY 1 ORDER BY 1 LIMIT 20`,
  `SELECT id, ${column} FROM seen ORDER BY ${column} DESC NULLS LAST, id LIMIT 20`,
  `SELECT sum(r * id) FROM (SELECT id, rank() OVER (PARTITION BY id % 7 ORDER BY ${column}, id) r FROM seen)`,
]

/** The same of everything, with the filter by hand. */
const byHand = (sql: string): string =>
  sql.replaceAll(/\bseen\b( [ab]\b)?/g, "(SELECT * FROM seen WHERE region = 'EU')$1")

for (const [column, [, beyond]] of Object.entries(COLUMNS))
  test(`what is asked of ${column} is answered as by hand`, async () => {
    for (const sql of SHAPES(column, beyond))
      assert.deepEqual(await reader.rows(sql), await house.root.rows(byHand(sql)), sql)
  })

const scannedBytes = async (person: Person, sql: string): Promise<number> => {
  const QueryExecutionId = await person.start(sql)
  assert.equal((await person.ended(QueryExecutionId)).state, 'SUCCEEDED', sql)
  const { QueryExecution } = await person.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
  return QueryExecution!.Statistics!.DataScannedInBytes!
}

test('a condition beyond all values reads what one of them does', async () => {
  for (const [column, [, beyond]] of Object.entries(COLUMNS)) {
    const bytes = (operator: string) =>
      scannedBytes(reader, `SELECT count(*) FROM seen WHERE ${column} ${operator} ${beyond}`)
    assert.equal(await bytes('>'), await bytes('<'), column)
  }
  const pruned = await scannedBytes(house.root, "SELECT count(*) FROM seen WHERE name > 'zzz'")
  assert.ok(pruned < (await scannedBytes(reader, "SELECT count(*) FROM seen WHERE name > 'zzz'")))
})
