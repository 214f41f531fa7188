/** The queries of TPC-DS as Spark's tests carry them (Apache license), respelled for Trino. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface NamedQuery {
  /** `14a`: 99 queries, four of them in two parts. */
  readonly name: string
  readonly sql: string
}

export async function tpcdsQueries(folder: string): Promise<NamedQuery[]> {
  const files = (await readdir(folder)).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace(/^q|\.sql$/g, ''),
      sql: respell(await readFile(join(folder, file), 'utf8')),
    })),
  )
}

/** Names between backticks, intervals without quotes, text where Trino wants a date, a column that it names otherwise. */
function respell(sql: string): string {
  return sql
    .replace(/--.*$/gm, '')
    .replaceAll('`', '"')
    .replace(/\bINTERVAL (\d+) days?\b/gi, "INTERVAL '$1' DAY")
    .replace(/'(\d{4}-\d\d-\d\d)'/g, "DATE '$1'")
    .replace(/\bc_last_review_date\b/g, 'c_last_review_date_sk')
    .trim()
}
