/** Both engines answer the same queries; Trino's answers may be kept, for they do not change. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { DuckDBConnection } from '@duckdb/node-api'
import { queryTrino, type TrinoSession } from '../../tools/trino/client.ts'
import { compare, type Difference, type Expected, expectedOf } from './comparison.ts'
import { askLentic } from './lentic.ts'

/** As many as keep two cores busy. */
const AT_ONCE = 4

export class Answers {
  private readonly known: Map<string, Expected>
  private constructor(known: Map<string, Expected>) {
    this.known = known
  }
  static async read(path: string | undefined): Promise<Answers> {
    if (path === undefined || !existsSync(path)) return new Answers(new Map())
    const text = gunzipSync(await readFile(path)).toString()
    return new Answers(new Map(JSON.parse(text) as [string, Expected][]))
  }
  async write(path: string): Promise<void> {
    await writeFile(path, gzipSync(JSON.stringify([...this.known])))
  }
  get(sql: string): Expected | undefined {
    return this.known.get(sql)
  }
  /** Asks Trino what is not known yet. */
  async complete(queries: readonly string[], trino: () => Promise<TrinoSession>): Promise<void> {
    const open = queries.filter((sql) => !this.known.has(sql))
    if (open.length === 0) return
    const session = await trino()
    const ask = async (): Promise<void> => {
      for (let sql = open.pop(); sql !== undefined; sql = open.pop())
        this.known.set(sql, expectedOf(await queryTrino(session, sql)))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, ask))
  }
}

export async function differences(
  queries: readonly string[],
  answers: Answers,
  connection: DuckDBConnection,
): Promise<Difference[]> {
  const found: Difference[] = []
  for (const sql of queries) {
    const difference = compare(sql, answers.get(sql)!, await askLentic(connection, sql))
    if (difference) found.push(difference)
  }
  return found
}
