/**
 * Queries in a database's own language, whose answers are tables
 * (https://docs.aws.amazon.com/athena/latest/ug/federated-query-passthrough.md). Whatever is asked stands in FROM as a
 * subquery, so that it can only be one that reads.
 */
import { SourceError, type SourceFunction, type SourceTable } from '../../core/federation/connector.ts'

/** As AWS's connectors of databases have it. */
export const OWN_QUERIES: readonly SourceFunction[] = [{ schema: 'system', name: 'query', arguments: ['QUERY'] }]

export type OwnQueryTable = Pick<SourceTable, 'columns'> & { readonly detail: object }

/** `describe`: the columns of `select`, and what a scan has to know again. */
export async function ownQueryTable(
  [query = '']: readonly string[],
  describe: (query: string) => Promise<OwnQueryTable>,
): Promise<SourceTable> {
  const asked = query.trim().replace(/;$/, '')
  if (asked.trim() === '') throw new SourceError('The query is empty')
  const { columns, detail } = await describe(asked)
  const [{ schema, name }] = OWN_QUERIES as readonly [SourceFunction]
  const seen = new Set<string>()
  for (const column of columns) {
    const folded = column.name.toLowerCase()
    if (seen.has(folded)) throw new SourceError(`The query has several columns of the name ${column.name}`)
    seen.add(folded)
  }
  return { schema, name, columns, detail: { ...detail } }
}

/** A comment at its end does not reach what follows. */
export const subquery = (query: string): string => `(${query}\n) AS own_query`

/** Columns without a row. */
export const emptySelect = (query: string): string => `SELECT * FROM ${subquery(query)} LIMIT 0`
