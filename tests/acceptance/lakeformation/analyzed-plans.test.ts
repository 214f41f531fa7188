/**
 * What EXPLAIN ANALYZE tells whoever sees some of the rows. How the engine reads and orders goes by all of them: the plan
 * that is told must be the same whatever the others hold.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCellsFilterCommand } from '@aws-sdk/client-lakeformation'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from './governed-lake.ts'

let house: GovernedLake
let reader: Person

/** Of each pair of tables only hidden rows differ. */
const SHAPES = [
  'SELECT id FROM {table} WHERE amount > 10',
  'SELECT amount, count(*) FROM {table} GROUP BY amount ORDER BY amount',
  'SELECT a.id FROM {table} a JOIN {table} b ON a.amount = b.amount ORDER BY a.amount',
  'SELECT max(amount) FROM {table}',
]

before(async () => {
  house = await governedLake()
  reader = house.as('reader')
})
after(() => house.close())

const put = (Key: string, lines: readonly string[]) =>
  house.root.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body: lines.join('\n') }))

/** Rows of the EU, or all rows of the columns. */
async function filter(TableName: string, columns: string): Promise<void> {
  const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName, Name: 'eu' }
  const part = columns
    ? { RowFilter: { AllRowsWildcard: {} }, ColumnNames: columns.split(' ') }
    : { RowFilter: { FilterExpression: "region = 'EU'" }, ColumnWildcard: {} }
  const TableData = { ...key, ...part }
  await house.root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
  await house.grant('reader', { DataCellsFilter: key }, ['SELECT'])
}

/** Without times, and the table's own name. */
async function analyzed(sql: string, table: string, options = ''): Promise<string> {
  const rows = await reader.table(`EXPLAIN ANALYZE ${options} ${sql.replaceAll('{table}', table)}`)
  const text = rows.map(([line]) => line).join('\n')
  return text
    .replaceAll(table, 'table')
    .replaceAll(/[\d.]+(ns|us|ms|s)\b/g, 'time')
    .replaceAll(/\([\d.]+%\)/g, '')
}

const alike = async (tables: readonly [string, string], seen = ''): Promise<void> => {
  for (const table of tables) await filter(table, seen)
  for (const sql of SHAPES)
    for (const options of ['', '(FORMAT JSON)'])
      assert.equal(await analyzed(sql, tables[0], options), await analyzed(sql, tables[1], options), sql)
}

test('numbers of text that are none', async () => {
  for (const [table, hidden] of [
    ['text_a', '7'],
    ['text_b', 'x'],
  ] as const) {
    await put(`${table}/a.csv`, ['1,20,EU', `2,${hidden},US`, '3,5,EU'])
    await house.root.table(`CREATE EXTERNAL TABLE ${table} (id int, amount int, region string)
      ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/${table}/'`)
  }
  await alike(['text_a', 'text_b'])
})

test('members of JSON that are none', async () => {
  for (const [table, hidden] of [
    ['json_a', '"amount":7'],
    ['json_b', '"others":7'],
  ] as const) {
    await put(`${table}/a.json`, ['{"id":1,"amount":20,"region":"EU"}', `{"id":2,${hidden},"region":"US"}`])
    await house.root.table(`CREATE EXTERNAL TABLE ${table} (id int, amount int, region string)
      ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://data/${table}/'`)
  }
  await alike(['json_a', 'json_b'])
})

test('ranges of values, by which the engine sorts', async () => {
  for (const [table, hidden] of [
    ['range_a', '7'],
    ['range_b', '9000000000000000000'],
  ] as const)
    await house.root.table(`CREATE TABLE ${table} WITH (external_location = 's3://data/${table}/', write_compression = 'NONE') AS
      SELECT i AS id, IF(i % 3 = 0, ${hidden}, CAST(i AS bigint)) AS amount, IF(i % 3 = 0, 'US', 'EU') AS region FROM UNNEST(sequence(1, 5000)) AS t (i)`)
  await alike(['range_a', 'range_b'])
})

test('rows that have been deleted', async () => {
  for (const [table, last] of [
    ['ice_a', '2'],
    ['ice_b', '8'],
  ] as const) {
    await house.root.table(`CREATE TABLE ${table} WITH (table_type = 'ICEBERG', is_external = false, location = 's3://data/${table}/', write_compression = 'NONE') AS
      SELECT i AS id, i AS amount, IF(i % 3 = 0, 'EU', 'US') AS region FROM UNNEST(sequence(1, 20)) AS t (i)`)
    await house.root.table(`DELETE FROM ${table} WHERE id IN (1, ${last})`)
  }
  await alike(['ice_a', 'ice_b'])
})

test('columns that are hidden, by which lines are split otherwise', async () => {
  for (const [table, hidden] of [
    ['lines_a', 'ab'],
    ['lines_b', '"b'],
  ] as const) {
    await put(`${table}/a.csv`, ['1,20,EU,no', `2,7,US,${hidden}`, '3,5,EU,no'])
    await house.root.table(`CREATE EXTERNAL TABLE ${table} (id int, amount int, region string, note string)
      ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://data/${table}/'`)
  }
  await alike(['lines_a', 'lines_b'], 'id amount region')
})
