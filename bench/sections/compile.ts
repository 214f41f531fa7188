/** From the text of a query to the engine's: parsed, analysed and printed in this process, as server and worker do. */
import { analyzeQuery } from '../../src/sql/analysis/analyze.ts'
import { printTexts } from '../../src/sql/duckdb/print.ts'
import { SqlError } from '../../src/sql/position.ts'
import type { Resolver } from '../../src/sql/resolver.ts'
import { parseQuery } from '../../src/sql/statement.ts'
import { BIGINT, DATE, DOUBLE, INTEGER, type Type, VARCHAR } from '../../src/sql/types.ts'
import { atMost, type Finding, median, milliseconds, quantile } from '../measure.ts'
import { QUERIES, TABLES } from './star-queries.ts'

const ROUNDS = 40
const TYPES: Readonly<Record<string, Type>> = {
  bigint: BIGINT,
  date: DATE,
  double: DOUBLE,
  int: INTEGER,
  string: VARCHAR,
}
const session = {
  now: new Date('2026-01-01T00:00:00Z'),
  timeZone: 'UTC',
  user: 'bench',
  catalog: 'awsdatacatalog',
  database: 'star',
}

const resolver: Resolver = {
  table(name) {
    const table = name.at(-1)!
    const columns = TABLES[table]
    if (!columns) throw new SqlError('TABLE_NOT_FOUND', `Table ${table} does not exist`)
    return {
      kind: 'table',
      relation: table,
      columns: columns.split(', ').map((column) => {
        const [named = '', type = ''] = column.split(' ')
        return { name: named, type: TYPES[type]!, hidden: false }
      }),
    }
  },
}

const compile = (sql: string): string =>
  printTexts(analyzeQuery(parseQuery(sql), resolver, session), (scan) => `(SELECT * FROM ${scan.relation}())`)

export async function measureCompile(): Promise<Finding[]> {
  for (let i = 0; i < ROUNDS; i++) for (const sql of QUERIES) compile(sql)
  const took: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    for (const sql of QUERIES) {
      const from = performance.now()
      compile(sql)
      took.push(performance.now() - from)
    }
  }
  const characters = Math.round(median(QUERIES.map((sql) => sql.length)))
  const note = `${QUERIES.length} queries of some ${characters} characters; ${milliseconds(quantile(took, 0.95))} at the 95th percentile`
  const told = { section: 'compile', what: 'a query of TPC-DS’s kind, compiled, median', note }
  return [atMost(told, median(took), 2, milliseconds)]
}
