/** TPC-DS on both: its tables as Parquet in a lake, defined with the types that Trino's connector declares. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ColumnInfo, paginateGetQueryResults } from '@aws-sdk/client-athena'
import type { DuckDBConnection } from '@duckdb/node-api'
import { duckdbType } from '../../src/sql/duckdb/types.ts'
import { type Type, typeName } from '../../src/sql/types.ts'
import { queryTrino, type TrinoSession } from '../../tools/trino/client.ts'
import { fetchDistribution } from '../../tools/trino/distribution.ts'
import { writeTpcds } from '../../tools/trino/server.ts'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { typeOf } from './athena-text.ts'
import { compare, type Difference, type Expected, expectedOf } from './comparison.ts'
import type { Answer, Failure } from './lentic.ts'
import { tpcdsQueries } from './tpcds-queries.ts'

/** All but the table that says how it was made, which no query reads. */
const TABLES = [
  'call_center catalog_page catalog_returns catalog_sales customer customer_address customer_demographics date_dim',
  'household_demographics income_band inventory item promotion reason ship_mode store store_returns store_sales',
  'time_dim warehouse web_page web_returns web_sales web_site',
]
  .join(' ')
  .split(' ')

export interface TpcdsOutcome {
  readonly asked: number
  /** How many of the queries have rows at this scale. */
  readonly withRows: number
  readonly differences: readonly Difference[]
}

export async function compareTpcds(trino: TrinoSession, connection: DuckDBConnection): Promise<TpcdsOutcome> {
  const session = { ...trino, catalog: 'tpcds' }
  const folder = await mkdtemp(join(tmpdir(), 'lentic-tpcds-'))
  const lake = await athenaLake({ engine: { workers: 1, memoryBytes: 1 << 30 } })
  /** Rows that the query's order holds for equal may come in any: every column becomes a key, in both. */
  const agreeWhenOrdered = async (sql: string, { answer }: Expected): Promise<boolean> => {
    const ordered = answer && totallyOrdered(sql, answer.types.length)
    if (!ordered) return false
    const expected = expectedOf(await queryTrino(session, ordered))
    return compare(ordered, expected, await askAthena(lake, ordered)) === undefined
  }
  try {
    await writeTpcds(folder)
    for (const table of TABLES) await load(table, session, connection, folder, lake)
    const { tpcds } = await fetchDistribution()
    const queries = await tpcdsQueries(tpcds.queries)
    const found: Difference[] = []
    let withRows = 0
    for (const { sql } of [...sameData(), ...queries]) {
      const expected = expectedOf(await queryTrino(session, sql))
      if (expected.answer?.rows.length) withRows++
      const difference = compare(sql, expected, await askAthena(lake, sql))
      if (difference && !(await agreeWhenOrdered(sql, expected))) found.push(difference)
    }
    return { asked: TABLES.length + queries.length, withRows, differences: found }
  } finally {
    await lake.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Undefined for a query that has no order of its own at its end. */
function totallyOrdered(sql: string, width: number): string | undefined {
  const found = /^([\s\S]*\bORDER BY\b[^()]*?(?:\([^()]*\)[^()]*?)*?)(\s+LIMIT \d+)?$/i.exec(sql)
  const columns = Array.from({ length: width }, (_, i) => i + 1).join(', ')
  return found ? `${found[1]}, ${columns}${found[2] ?? ''}` : undefined
}

/** Both read the same rows before anything else is asked of them. */
const sameData = () => TABLES.map((table) => ({ sql: `SELECT count(*) FROM ${table}` }))

async function load(
  table: string,
  trino: TrinoSession,
  connection: DuckDBConnection,
  folder: string,
  lake: AthenaLake,
): Promise<void> {
  const answer = await queryTrino(trino, `SELECT * FROM ${table} LIMIT 1`)
  if ('code' in answer) throw new Error(`${table}: ${answer.message}`)
  const columns = answer.columns.map(({ name, signature }) => ({ name, type: typeOf(signature) }))
  const types = columns.map(({ name, type }) => `'${name}': '${duckdbType(type)}'`).join(', ')
  const [text, parquet] = [join(folder, `${table}.txt`), join(folder, `${table}.parquet`)]
  const options = `delim = '|', header = false, quote = '', escape = '', nullstr = '\\N', auto_detect = false`
  await connection.run(
    `COPY (FROM read_csv('${text}', ${options}, columns = {${types}})) TO '${parquet}' (FORMAT parquet)`,
  )
  await lake.put(`tpcds/${table}/data.parquet`, await readFile(parquet))
  const declared = columns.map(({ name, type }) => `${name} ${hiveType(type)}`).join(', ')
  await lake.succeed(
    `CREATE EXTERNAL TABLE ${table} (${declared}) STORED AS PARQUET LOCATION 's3://data/tpcds/${table}/'`,
  )
}

const hiveType = (type: Type): string => (type.kind === 'integer' ? 'int' : typeName(type))

async function askAthena(lake: AthenaLake, sql: string): Promise<Answer | Failure> {
  const { QueryExecutionId, Status } = await lake.run(sql)
  if (Status!.State !== 'SUCCEEDED') {
    const [, code = 'UNEXPECTED', message = ''] = /^(\w+): ([\s\S]*)$/.exec(Status!.StateChangeReason ?? '') ?? []
    return { code, message: message || Status!.StateChangeReason! }
  }
  const pages = paginateGetQueryResults({ client: lake.athena }, { QueryExecutionId })
  let columns: readonly ColumnInfo[] = []
  const rows: (string | null)[][] = []
  for await (const { ResultSet } of pages) {
    columns = ResultSet!.ResultSetMetadata!.ColumnInfo!
    rows.push(...ResultSet!.Rows!.map((row) => row.Data!.map((datum) => datum.VarCharValue ?? null)))
  }
  return { types: columns.map(describedType), rows: rows.slice(1) }
}

/** Athena describes a type by its bare name, and its arguments as numbers. */
function describedType({ Type: name, Precision, Scale }: ColumnInfo): string {
  if (name === 'decimal') return `decimal(${Precision},${Scale})`
  if (name === 'char') return `char(${Precision})`
  return name === 'varchar' && Precision !== 2147483647 ? `varchar(${Precision})` : name!
}
