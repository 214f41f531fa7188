/** One table of structs in each home that tables have, and the filters of it: what of it is hidden is hidden in every home. */
import { CreateDataCellsFilterCommand, type DataCellsFilter } from '@aws-sdk/client-lakeformation'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { CreateNamespaceCommand, CreateTableBucketCommand, S3TablesClient } from '@aws-sdk/client-s3tables'
import { commit } from '../athena/delta-lake.ts'
import { ACCOUNT, type GovernedLake } from './governed-lake.ts'

const BUCKET = 's3tablescatalog/sales'

/** By the names of the tables, what they are called in SQL. */
export const HOMES = {
  hive: 'hive',
  json: 'json',
  delta_name: 'delta_name',
  delta_id: 'delta_id',
  iceberg: 'iceberg',
  s3: `"${BUCKET}".ns.s3`,
} as const
export type Home = keyof typeof HOMES

export const keyOf = (home: Home, Name: string) => ({
  TableCatalogId: home === 's3' ? `${ACCOUNT}:${BUCKET}` : ACCOUNT,
  DatabaseName: home === 's3' ? 'ns' : 'db',
  TableName: home,
  Name,
})

/** Whoever reads by the filter `fields` sees nothing that begins with HIDDEN, nor of the row 22, nor that there are `ssn` and `street`. */
export const HIDDEN = /HIDDEN|ssn|street/
export const SEEN = [
  ['11', '{name=Ann, home={city=Rome}}', 'mon'],
  ['33', '{name=Cai, home={city=Oslo}}', 'tue'],
  ['44', null, 'tue'],
]

const ROWS = `SELECT id, CAST(who AS ROW(name varchar, ssn varchar, home ROW(city varchar, street varchar))) AS who, day
  FROM (VALUES
    (11, ROW('Ann', 'HIDDEN-1', ROW('Rome', 'HIDDEN-s1')), 'mon'),
    (22, ROW('HIDDEN-Bob', 'HIDDEN-2', ROW('HIDDEN-Bonn', 'HIDDEN-s2')), 'mon'),
    (33, ROW('Cai', 'HIDDEN-3', ROW('Oslo', 'HIDDEN-s3')), 'tue'),
    (44, NULL, 'tue')) AS t (id, who, day)`

export async function makeVisits({ root }: GovernedLake): Promise<void> {
  const places: readonly (readonly [string, string])[] = [
    ['hive', "format = 'PARQUET', external_location = 's3://data/hive/', partitioned_by = ARRAY['day']"],
    ['json', "format = 'JSON', external_location = 's3://data/json/', partitioned_by = ARRAY['day']"],
    [
      'iceberg',
      "table_type = 'ICEBERG', is_external = false, location = 's3://data/iceberg/', partitioning = ARRAY['day']",
    ],
    [HOMES.s3, "format = 'PARQUET'"],
  ]
  const tables = new S3TablesClient(root.client)
  const { arn: tableBucketARN } = await tables.send(new CreateTableBucketCommand({ name: 'sales' }))
  await tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['ns'] }))
  tables.destroy()
  for (const [name, properties] of places) await root.table(`CREATE TABLE ${name} WITH (${properties}) AS ${ROWS}`)
  for (const mode of ['name', 'id'] as const) {
    await makeDelta(root, mode)
    await root.table(
      `CREATE EXTERNAL TABLE delta_${mode} LOCATION 's3://data/delta_${mode}/' TBLPROPERTIES ('table_type' = 'DELTA')`,
    )
  }
  for (const home of Object.keys(HOMES) as Home[]) {
    const filter = (TableData: DataCellsFilter) =>
      root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
    await filter({
      ...keyOf(home, 'fields'),
      ColumnNames: ['id', 'day', '"who"."name"', '"who"."home"."city"'],
      RowFilter: { FilterExpression: 'id <> 22' },
    })
    await filter({
      ...keyOf(home, 'cell'),
      ColumnNames: ['"who"."ssn"'],
      RowFilter: { FilterExpression: "who.name = 'Ann'" },
    })
  }
}

/** Columns and fields have other names in the files, or only ids. */
async function makeDelta({ s3 }: GovernedLake['root'], mode: 'name' | 'id'): Promise<void> {
  const mapped = (name: string, type: unknown, id: number) => ({
    name,
    type,
    nullable: true,
    metadata: { 'delta.columnMapping.id': id, 'delta.columnMapping.physicalName': `col-${id}` },
  })
  const struct = (...fields: readonly object[]) => ({ type: 'struct', fields })
  const home = struct(mapped('city', 'string', 6), mapped('street', 'string', 7))
  const who = struct(mapped('name', 'string', 3), mapped('ssn', 'string', 4), mapped('home', home, 5))
  const inner = '"col-5": {__duckdb_field_id: 5, "col-6": 6, "col-7": 7}'
  const ids = `, FIELD_IDS {"col-1": 1, "col-2": {__duckdb_field_id: 2, "col-3": 3, "col-4": 4, ${inner}}}`
  const person = (name: string, n: number, city: string): string =>
    `{'col-3': '${name}', 'col-4': 'HIDDEN-${n}', 'col-5': {'col-6': '${city}', 'col-7': 'HIDDEN-s${n}'}}`
  const file = (day: string, rows: string) => ({
    path: `${day}.parquet`,
    partitionValues: { 'col-8': day },
    query: `SELECT id AS "col-1", who AS "col-2" FROM (VALUES ${rows}) AS t (id, who)`,
    ...(mode === 'id' && { options: ids }),
  })
  const put = async (Key: string, Body: string | Uint8Array): Promise<void> => {
    await s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body }))
  }
  await commit({ put } as never, `delta_${mode}`, 0, {
    protocol: { minReaderVersion: 2, minWriterVersion: 5 },
    schema: [mapped('id', 'integer', 1), mapped('who', who, 2), mapped('day', 'string', 8)],
    partitionColumns: ['day'],
    configuration: { 'delta.columnMapping.mode': mode },
    add: [
      file('mon', `(11, ${person('Ann', 1, 'Rome')}), (22, ${person('HIDDEN-Bob', 2, 'HIDDEN-Bonn')})`),
      file('tue', `(33, ${person('Cai', 3, 'Oslo')}), (44, NULL)`),
    ],
  })
}
