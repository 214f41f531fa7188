/** A query of literals through parser, analysis, printer, gate and a real DuckDB. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { scalarFunction } from '../../src/engines/duckdb/functions.ts'
import { analyzeQuery } from '../../src/sql/analysis/analyze.ts'
import { parseEngineError } from '../../src/sql/duckdb/failures.ts'
import { gate } from '../../src/sql/duckdb/gate.ts'
import { prelude } from '../../src/sql/duckdb/prelude.ts'
import { printTexts } from '../../src/sql/duckdb/print.ts'
import { udfs } from '../../src/sql/duckdb/udfs.ts'
import { SqlError } from '../../src/sql/position.ts'
import type { Resolver, Session } from '../../src/sql/resolver.ts'
import { parseQuery } from '../../src/sql/statement.ts'
import { typeName } from '../../src/sql/types.ts'

export interface Answer {
  readonly types: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}
/** What a query fails with: Trino's code and text. */
export interface Failure {
  readonly code: string
  readonly text: string
  /** With the position in front, where there is one. */
  readonly message: string
}

const NO_TABLES: Resolver = {
  table: (name) => {
    throw new SqlError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.default.${name.at(-1)}' does not exist`)
  },
}
const SESSION: Session = {
  now: new Date('2024-03-10T12:34:56.789Z'),
  timeZone: 'UTC',
  user: 'tester',
  catalog: 'awsdatacatalog',
  database: 'default',
}

export async function openEngine(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  for (const udf of udfs) connection.registerScalarFunction(scalarFunction(udf))
  await connection.run(prelude)
  return connection
}

/** The SQL that the engine runs, and the types of its columns. */
function printed(sql: string): { readonly text: string; readonly types: readonly string[] } {
  const plan = analyzeQuery(parseQuery(sql), NO_TABLES, SESSION)
  const text = printTexts(plan, () => {
    throw new Error('no tables here')
  })
  return { text, types: plan.output.map(({ column }) => typeName(column.type)) }
}

export async function ask(connection: DuckDBConnection, sql: string): Promise<Answer | Failure> {
  let text: string | undefined
  try {
    const query = printed(sql)
    text = query.text
    const tree = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [text])
    const refusal = gate(String(tree.getRows()[0]![0]), [])
    if (refusal) throw new Error(`gate: ${refusal}\n${text}`)
    const reader = await connection.runAndReadAll(text)
    return { types: query.types, rows: reader.getRows() as (string | null)[][] }
  } catch (error) {
    if (error instanceof SqlError) return { code: error.code, text: error.text, message: error.message }
    const message = error instanceof Error ? error.message : String(error)
    const failure = message.startsWith('gate:') ? undefined : parseEngineError(message)
    if (failure) return { ...failure, message: failure.text }
    throw new Error(`${message}\n${text ?? ''}`)
  }
}
