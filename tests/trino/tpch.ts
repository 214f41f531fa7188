/** TPC-H on both: Trino's generated tables are read over its REST protocol and kept as Parquet for DuckDB. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { duckdbType } from '../../src/sql/duckdb/types.ts'
import { SqlError } from '../../src/sql/position.ts'
import { queryTrino, type TrinoSession } from '../../tools/trino/client.ts'
import { athenaText, typeOf } from './athena-text.ts'
import { compare, type Difference, expectedOf } from './comparison.ts'
import { askLentic, type Tables } from './lentic.ts'
import { TPCH_QUERIES } from './tpch-queries.ts'

const TABLES = ['customer', 'lineitem', 'nation', 'orders', 'part', 'partsupp', 'region', 'supplier'] as const
const ROWS_PER_INSERT = 1000

/** What differs among the 22 queries; no difference where all agree. */
export async function compareTpch(trino: TrinoSession, connection: DuckDBConnection): Promise<Difference[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lentic-tpch-'))
  try {
    const columns = new Map<string, Columns>()
    for (const table of TABLES) columns.set(table, await copy(table, trino, connection, folder))
    const found: Difference[] = []
    for (const sql of TPCH_QUERIES) {
      const expected = expectedOf(await queryTrino(trino, sql))
      if (expected.answer?.rows.length === 0) throw new Error(`a query without rows proves nothing: ${sql}`)
      const difference = compare(sql, expected, await askLentic(connection, sql, tablesOf(columns)))
      if (difference) found.push(difference)
    }
    return found
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Columns = readonly { readonly name: string; readonly type: ReturnType<typeof typeOf> }[]

async function copy(
  table: string,
  trino: TrinoSession,
  connection: DuckDBConnection,
  folder: string,
): Promise<Columns> {
  const answer = await queryTrino(trino, `SELECT * FROM ${table}`)
  if ('code' in answer) throw new Error(`${table}: ${answer.message}`)
  const columns = answer.columns.map(({ name, signature }) => ({ name, type: typeOf(signature) }))
  await connection.run(`CREATE TABLE ${table} (${columns.map((c) => `${c.name} ${duckdbType(c.type)}`).join(', ')})`)
  for (let at = 0; at < answer.rows.length; at += ROWS_PER_INSERT) {
    const rows = answer.rows.slice(at, at + ROWS_PER_INSERT).map((row) => {
      const values = row.map((value, i) => quoted(athenaText(answer.columns[i]!.signature, value)))
      return `(${values.join(', ')})`
    })
    await connection.run(`INSERT INTO ${table} VALUES ${rows.join(', ')}`)
  }
  const file = join(folder, `${table}.parquet`)
  await connection.run(`COPY ${table} TO '${file}' (FORMAT parquet)`)
  await connection.run(`DROP TABLE ${table}`)
  await connection.run(`CREATE MACRO scan_${table}() AS TABLE SELECT * FROM read_parquet('${file}')`)
  return columns
}

const quoted = (text: string | null): string => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`)

function tablesOf(columns: ReadonlyMap<string, Columns>): Tables {
  return {
    resolver: {
      table: (name) => {
        const table = name.at(-1)!
        const found = columns.get(table)
        if (!found) throw new SqlError('TABLE_NOT_FOUND', `Table 'tpch.tiny.${table}' does not exist`)
        return { kind: 'table', relation: table, columns: found.map((column) => ({ ...column, hidden: false })) }
      },
    },
    scanText: (scan) =>
      `(SELECT ${scan.columns.map((c) => `${c.source} AS c${c.id}`).join(', ') || '1'} FROM scan_${scan.relation}())`,
    scans: TABLES.map((table) => `scan_${table}`),
  }
}
