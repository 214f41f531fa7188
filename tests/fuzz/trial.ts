/** One mutated query through parser, analysis, printer and gate, and some through the engine; says what is wrong, if anything. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { analyzeQuery } from '../../src/sql/analysis/analyze.ts'
import { parseEngineError } from '../../src/sql/duckdb/failures.ts'
import { gate } from '../../src/sql/duckdb/gate.ts'
import { printTexts } from '../../src/sql/duckdb/print.ts'
import { SqlError } from '../../src/sql/position.ts'
import type { Session } from '../../src/sql/resolver.ts'
import { parseStatement } from '../../src/sql/statement.ts'
import { openEngine } from '../semantics/engine.ts'
import { createScans, granted, resolver, scanText } from './tables.ts'

const SESSION: Session = {
  now: new Date('2024-03-10T12:34:56.789Z'),
  timeZone: 'UTC',
  user: 'tester',
  catalog: 'awsdatacatalog',
  database: 'db',
}
/** What Athena, or Trino, says without a place: of the whole statement, or of values that are known when it is planned. */
const PLACELESS =
  /^(Only one sql|Empty sql|Queries of this type|Incorrect number of parameters)|^(NUMERIC_VALUE_OUT_OF_RANGE|INVALID_CAST_ARGUMENT|INVALID_FUNCTION_ARGUMENT|DIVISION_BY_ZERO|GENERIC_USER_ERROR|AMBIGUOUS_FUNCTION_CALL|STACK_OVERFLOW|NOT_SUPPORTED|QUERY_TEXT_TOO_LARGE): |^EXPRESSION_NOT_AGGREGATE: Column '|^GENERIC_INTERNAL_ERROR: grouping operation columns/
const PATIENCE_MS = 5_000

export type Outcome = 'refused' | 'compiled' | 'executed' | 'failed' | 'stopped' | { readonly wrong: string }

export interface Trials {
  compile(sql: string): Promise<Outcome>
  /** Runs what compiles. */
  execute(sql: string): Promise<Outcome>
  close(): void
}

export async function openTrials(): Promise<Trials> {
  const connection = await openEngine()
  await connection.run("SET memory_limit = '512MB'")
  await createScans(connection)
  await connection.run('SET enable_external_access = false')
  return {
    compile: async (sql) => {
      const { text, outcome } = compiled(sql)
      return text === undefined ? outcome : ((await refusal(connection, text)) ?? 'compiled')
    },
    execute: async (sql) => {
      const { text, outcome } = compiled(sql)
      return text === undefined ? outcome : ((await refusal(connection, text)) ?? run(connection, text))
    },
    close: () => connection.closeSync(),
  }
}

/** The engine's text, or why there is none. */
function compiled(
  sql: string,
): { readonly text: string; readonly outcome?: never } | { readonly text?: never; readonly outcome: Outcome } {
  try {
    const statement = parseStatement(sql)
    if (statement.kind !== 'query') return { outcome: 'refused' }
    return { text: printTexts(analyzeQuery(statement, resolver, SESSION), scanText) }
  } catch (error) {
    return { outcome: judged(error, sql) }
  }
}

function judged(error: unknown, sql: string): Outcome {
  if (!(error instanceof SqlError)) return { wrong: `crash: ${error instanceof Error ? error.stack : String(error)}` }
  const { position } = error
  if (!position) {
    const known = PLACELESS.test(error.message) || PLACELESS.test(`${error.code}: ${error.message}`)
    return known ? 'refused' : { wrong: `no place: ${error.code}: ${error.message}` }
  }
  const within = position.line >= 1 && position.column >= 1 && position.start <= sql.length
  return within ? 'refused' : { wrong: `a place outside of the text: ${error.message}` }
}

async function refusal(connection: DuckDBConnection, text: string): Promise<Outcome | undefined> {
  const tree = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [text])
  const refused = gate(String(tree.getRows()[0]![0]), granted)
  return refused ? { wrong: `gate: ${refused}\n${text}` } : undefined
}

async function run(connection: DuckDBConnection, text: string): Promise<Outcome> {
  const patience = setTimeout(() => connection.interrupt(), PATIENCE_MS)
  try {
    const reader = await connection.streamAndReadUntil(text, 1000)
    return reader.currentRowCount >= 0 ? 'executed' : { wrong: 'no rows' }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (/INTERRUPT/i.test(message)) return 'stopped'
    return parseEngineError(message) ? 'failed' : { wrong: `engine: ${message}\n${text}` }
  } finally {
    clearTimeout(patience)
  }
}
