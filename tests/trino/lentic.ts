/** Lentic's answer to a query that reads no table, or only those given: all of the path but the server. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { analyzeQuery } from '../../src/sql/analysis/analyze.ts'
import { parseEngineError } from '../../src/sql/duckdb/failures.ts'
import { gate } from '../../src/sql/duckdb/gate.ts'
import { printTexts, type ScanText } from '../../src/sql/duckdb/print.ts'
import { SqlError } from '../../src/sql/position.ts'
import type { Resolver, Session } from '../../src/sql/resolver.ts'
import { parseQuery } from '../../src/sql/statement.ts'
import { typeName } from '../../src/sql/types.ts'

export interface Answer {
  readonly types: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}
export interface Failure {
  readonly code: string
  /** With the position in front, where there is one. */
  readonly message: string
}
export interface Tables {
  readonly resolver: Resolver
  readonly scanText: ScanText
  /** What the gate lets a scan read. */
  readonly scans: Parameters<typeof gate>[1]
}

const SESSION: Session = {
  now: new Date(),
  timeZone: 'UTC',
  user: 'tester',
  catalog: 'tpch',
  database: 'tiny',
}
const NO_TABLES: Tables = {
  resolver: {
    table: (name) => {
      throw new SqlError('TABLE_NOT_FOUND', `Table 'tpch.tiny.${name.at(-1)}' does not exist`)
    },
  },
  scanText: () => {
    throw new Error('no tables here')
  },
  scans: [],
}

export async function askLentic(
  connection: DuckDBConnection,
  sql: string,
  tables: Tables = NO_TABLES,
): Promise<Answer | Failure> {
  let text = ''
  try {
    const plan = analyzeQuery(parseQuery(sql), tables.resolver, SESSION)
    text = printTexts(plan, tables.scanText)
    const tree = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [text])
    const refusal = gate(String(tree.getRows()[0]![0]), tables.scans)
    if (refusal) return { code: 'REFUSED_BY_GATE', message: `${refusal}\n${text}` }
    const reader = await connection.runAndReadAll(text)
    const types = plan.output.map(({ column }) => typeName(column.type))
    return { types, rows: reader.getRows() as (string | null)[][] }
  } catch (error) {
    if (error instanceof SqlError) return { code: error.code, message: error.message }
    const message = error instanceof Error ? error.message : String(error)
    const failure = text === '' ? undefined : parseEngineError(message)
    return failure
      ? { code: failure.code, message: failure.text }
      : { code: 'UNEXPECTED', message: `${message}\n${text}` }
  }
}
