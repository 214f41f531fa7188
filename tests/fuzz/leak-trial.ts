/**
 * Two worlds in which somebody sees the same, while all that is hidden from it differs, though never in its size. Whatever it
 * asks must come out the same in both: values, counts, errors, bytes that were scanned. What does not tells of the hidden.
 */
import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetQueryRuntimeStatisticsCommand,
} from '@aws-sdk/client-athena'
import { CreateDatabaseCommand } from '@aws-sdk/client-glue'
import { CreateDataCellsFilterCommand, type DataCellsFilter } from '@aws-sdk/client-lakeformation'
import { ACCOUNT, type GovernedLake, governedLake, type Person } from '../acceptance/lakeformation/governed-lake.ts'

const WORLDS = ['worlda', 'worldb'] as const
/** Of hidden values, whichever world they are of. */
const CANARY = /canary|710\d{4}|930\d{4}/i
const ROWS = 60
/** What may come out otherwise by chance would do so again. */
const REPEATED = 3

export interface LeakTrials {
  /** Undefined where nothing was told; how it ended otherwise. */
  ask(sql: string): Promise<{ readonly state: string; readonly leak?: string }>
  close(): Promise<void>
}

export async function openLeakTrials(): Promise<LeakTrials> {
  const house = await governedLake()
  for (const world of WORLDS) await makeWorld(house, world)
  const reader = house.as('reader')
  const ask = async (sql: string, world: string): Promise<string> => {
    const told = await observed(reader, sql.replaceAll('{db}', world), world)
    return told
      .replaceAll(/world[ab]/g, 'world')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'id')
      .replaceAll(/(?<!\d)1[6-9]\d{8}(?!\d)|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? [\d:]{8} UTC \d{4}/g, 'moment')
  }
  return {
    async ask(sql) {
      const [one, other] = [await ask(sql, WORLDS[0]), await ask(sql, WORLDS[1])]
      const state = one.slice(0, one.indexOf(' '))
      const said = [one, other].find((told) => CANARY.test(withoutEcho(told, sql)))
      if (said) return { state, leak: `a hidden value: ${said.slice(0, 2000)}` }
      if (one === other) return { state }
      for (let i = 0; i < REPEATED; i++)
        if ((await ask(sql, WORLDS[0])) !== one || (await ask(sql, WORLDS[1])) !== other) return { state: 'UNSTEADY' }
      return { state, leak: `differs:\n${one.slice(0, 2000)}\n${other.slice(0, 2000)}` }
    },
    close: () => house.close(),
  }
}

/** Errors repeat what was asked. */
const withoutEcho = (told: string, sql: string): string => (CANARY.test(sql) ? '' : told)

/** All that is told of a query, but how long it took. */
async function observed({ athena, start }: Person, sql: string, Database: string): Promise<string> {
  let id: string
  try {
    id = await start(sql, { QueryExecutionContext: { Database } })
  } catch (error) {
    if (error instanceof Error && error.name.endsWith('Exception')) return `REFUSED ${error.message}`
    throw error
  }
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
    const { Status, Statistics, StatementType } = QueryExecution!
    const { State = '', StateChangeReason, AthenaError } = Status!
    if (State === 'QUEUED' || State === 'RUNNING') {
      await new Promise((resolve) => setTimeout(resolve, 5))
      continue
    }
    const told = { StatementType, StateChangeReason, AthenaError, scanned: Statistics?.DataScannedInBytes }
    if (State !== 'SUCCEEDED') return `${State} ${JSON.stringify(told)}`
    const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id }))
    const { QueryRuntimeStatistics } = await athena.send(new GetQueryRuntimeStatisticsCommand({ QueryExecutionId: id }))
    // EXPLAIN ANALYZE says how long each operator took.
    const rows = (ResultSet?.Rows ?? []).map(({ Data }) =>
      JSON.stringify(Data?.map(({ VarCharValue }) => VarCharValue)).replaceAll(/\d+(\.\d+)?(ns|us|ms|s|m)\b/g, 'time'),
    )
    return `${State} ${JSON.stringify({ ...told, columns: ResultSet?.ResultSetMetadata, rows: rows.sort(), counts: QueryRuntimeStatistics?.Rows })}`
  }
}

async function makeWorld(house: GovernedLake, world: (typeof WORLDS)[number]): Promise<void> {
  const { root, grant } = house
  await root.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: world } }))
  const first = world === 'worlda'
  // Every third row is hidden: by its texts, numbers that divide, and numbers that cannot be read as such.
  const hidden = (seen: string, a: string, b: string): string => `IF(i % 3 = 0, ${first ? a : b}, ${seen})`
  const text = (word: string): string => `'${word}canary ' || lpad(CAST(i AS varchar), 4, '0')`
  const rows = `SELECT i AS id, ${hidden("'ann ' || CAST(i AS varchar)", text('a'), text('z'))} AS name,
      ${hidden("'note ' || CAST(i % 7 AS varchar)", text('b'), text('y'))} AS note,
      ${first ? text('c') : text('x')} AS email, ${hidden('i * 2', '7100000 + i', '9300000 + i')} AS amount,
      ${hidden('1 + i % 4', '0', '5')} AS divisor, ${hidden('CAST(i AS varchar)', text('d'), "'9300000' || lpad(CAST(i AS varchar), 5, '0')")} AS code,
      IF(i % 3 = 0, 'US', 'EU') AS region FROM UNNEST(sequence(1, ${ROWS})) AS t (i)`
  const as = (properties: string, name: string) =>
    root.table(`CREATE TABLE ${world}.${name} WITH (${properties}) AS ${rows}`)
  await as(
    `format = 'PARQUET', write_compression = 'NONE', external_location = 's3://data/${world}/orders/', partitioned_by = ARRAY['region']`,
    'orders',
  )
  await as(
    `table_type = 'ICEBERG', write_compression = 'NONE', is_external = false, location = 's3://data/${world}/sales/'`,
    'sales',
  )
  await as(`format = 'TEXTFILE', write_compression = 'NONE', external_location = 's3://data/${world}/lines/'`, 'lines')
  await as(`format = 'PARQUET', write_compression = 'NONE', external_location = 's3://data/${world}/wide/'`, 'wide')
  await as(
    `table_type = 'ICEBERG', write_compression = 'NONE', is_external = false, location = 's3://data/${world}/ice/'`,
    'ice',
  )
  await root.table(
    `CREATE TABLE ${world}.secrets WITH (external_location = 's3://data/${world}/secrets/') AS SELECT 7100001 AS word`,
  )
  await root.table(`CREATE VIEW ${world}.seen_all AS SELECT * FROM ${world}.orders`)
  const filter = async (TableName: string, Name: string, FilterExpression: string, columns: string): Promise<void> => {
    const key = { TableCatalogId: ACCOUNT, DatabaseName: world, TableName, Name }
    const TableData: DataCellsFilter = { ...key, RowFilter: { FilterExpression }, ColumnNames: columns.split(' ') }
    await root.lakeFormation.send(new CreateDataCellsFilterCommand({ TableData }))
    await grant('reader', { DataCellsFilter: key }, ['SELECT'])
  }
  await filter('orders', 'eu', "region = 'EU'", 'id name note amount divisor code region')
  for (const name of ['wide', 'ice'])
    await filter(name, 'eu', "region = 'EU'", 'id name note amount divisor code region')
  await filter('lines', 'eu', "region LIKE 'E%' OR region = 'never'", 'id name note amount divisor code region')
  // Together cells: what is hidden of a row that is seen is NULL.
  await filter('sales', 'eu', "region = 'EU'", 'id name note amount divisor code region')
  await filter('sales', 'few', 'id < 20', 'id region')
}
