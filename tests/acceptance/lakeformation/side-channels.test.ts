/** Expressions that fail on rows that their reader does not see: that they fail would tell of the rows. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCellsFilterCommand } from '@aws-sdk/client-lakeformation'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { ACCOUNT, type GovernedLake, governedLake } from './governed-lake.ts'

let house: GovernedLake
const FORMATS = ['PARQUET', 'TEXTFILE', 'ORC', 'iceberg']
/** Simple ones become conditions of the scan in the engine, others stay beside those of the query. */
const FILTERS = [
  "region = 'EU'",
  "region LIKE 'E%' OR region = 'never'",
  "region IN ('EU', 'never') AND NOT region IS NULL",
  'length > 2',
]

before(async () => {
  house = await governedLake()
  for (const format of FORMATS) {
    const name = `codes_${format.toLowerCase()}`
    const properties =
      format === 'iceberg'
        ? `table_type = 'ICEBERG', is_external = false, location = 's3://data/${name}/'`
        : `format = '${format}', external_location = 's3://data/${name}/'`
    await house.root.table(
      `CREATE TABLE ${name} WITH (${properties}) AS
       SELECT i AS id, IF(i % 10 = 3, 'EU', 'US') AS region, IF(i % 10 = 3, 5, 1) AS length,
              IF(i % 10 = 3, CAST(i AS varchar), 'secret ' || CAST(i AS varchar)) AS code,
              IF(i % 10 = 3, 1, 0) AS divisor
       FROM UNNEST(sequence(1, 10000)) AS t (i)`,
    )
    for (const [i, FilterExpression] of FILTERS.entries()) {
      const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: name, Name: `f${i}` }
      await house.root.lakeFormation.send(
        new CreateDataCellsFilterCommand({
          TableData: { ...key, RowFilter: { FilterExpression }, ColumnWildcard: {} },
        }),
      )
      await house.grant(`role_${i}`, { DataCellsFilter: key }, ['SELECT'])
    }
  }
})
after(() => house.close())

const SHAPES = (table: string): string[] => [
  `SELECT count(*) FROM ${table} WHERE CAST(code AS integer) > 0`,
  `SELECT count(CAST(code AS integer)) FROM ${table}`,
  `SELECT sum(10 / divisor) FROM ${table}`,
  `SELECT count(*) FROM ${table} WHERE 10 / divisor > 5 AND id > 0`,
  `SELECT count(*) FROM ${table} WHERE id > 0 OR CAST(code AS integer) < 0`,
  `SELECT count(*) FROM ${table} a JOIN ${table} b ON CAST(a.code AS integer) = b.id`,
  `SELECT count(*) FROM (SELECT DISTINCT CAST(code AS integer) AS n FROM ${table}) WHERE n > 0`,
  `SELECT max(CAST(code AS integer)) OVER (ORDER BY id) FROM ${table} LIMIT 1`,
  `SELECT count(*) FROM ${table} WHERE id IN (SELECT CAST(code AS integer) FROM ${table})`,
  `SELECT count(*) FROM ${table} WHERE EXISTS (SELECT 1 WHERE CAST(code AS integer) > 0)`,
  `SELECT id FROM ${table} ORDER BY CAST(code AS integer) LIMIT 1`,
  `SELECT count(*) FROM ${table} WHERE regexp_like(code, '^[0-9]+$') AND CAST(code AS bigint) > 1`,
]

for (const format of FORMATS)
  test(`no row that is filtered out is told by a failure: ${format}`, async () => {
    const table = `codes_${format.toLowerCase()}`
    for (const [i] of FILTERS.entries()) {
      const reader = house.as(`role_${i}`)
      assert.deepEqual(await reader.rows(`SELECT count(*), min(id), max(id) FROM ${table}`), [['1000', '3', '9993']])
      for (const sql of SHAPES(table)) {
        const { state, reason } = await reader.ended(await reader.start(sql))
        assert.equal(state, 'SUCCEEDED', `${FILTERS[i]}: ${sql}: ${reason}`)
      }
    }
  })

test('whoever sees the rows sees them fail', async () => {
  for (const sql of SHAPES('codes_parquet').slice(0, 4))
    assert.match(await house.root.failure(sql), /INVALID_CAST|DIVISION_BY_ZERO/)
})

test('that a file is damaged is told without its name, which is that of its partition too', async () => {
  for (const format of ['PARQUET', 'ORC', 'AVRO', 'JSON']) {
    const name = `damaged_${format.toLowerCase()}`
    await house.root.table(
      `CREATE TABLE ${name} WITH (format = '${format}', external_location = 's3://data/${name}/', partitioned_by = ARRAY['day'])
       AS SELECT 1 AS id, 'HIDDEN' AS day`,
    )
    const Key = `${name}/day=HIDDEN/damaged`
    await house.root.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body: 'damaged {"id": "HIDDEN", ' }))
    const key = { TableCatalogId: ACCOUNT, DatabaseName: 'db', TableName: name, Name: 'ids' }
    const TableData = { ...key, RowFilter: { AllRowsWildcard: {} }, ColumnNames: ['id'] }
    await house.root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
    await house.grant('ids', { DataCellsFilter: key }, ['SELECT'])
    const told = await house.as('ids').failure(`SELECT id FROM ${name}`)
    assert.match(told, new RegExp(`^HIVE_[A-Z_]+: .*a file of table db\\.${name}`))
    assert.doesNotMatch(told, /HIDDEN|s3:/)
    assert.match(await house.root.failure(`SELECT id FROM ${name}`), new RegExp(`s3://data/${Key}`))
  }
})
