/** How the queries of the history ask a table: each text once, with what its runs have read. */

import type { QueryUse } from '../../core/advice/facts.ts'
import type { Call } from '../../core/call.ts'
import { scannedColumns } from '../../core/estimates/scan-estimates.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import { isExpected } from '../../core/queries/failure.ts'
import { type PlannedQuery, planQuery } from '../../core/queries/statements/query.ts'
import { partitionFilters } from '../../sql/analysis/partition-filters.ts'
import { parseStatement, statementText } from '../../sql/statement.ts'
import { namedPlace } from './default-database.ts'
import type { QueryRuns } from './query-executions.ts'

export interface UsedText {
  readonly sql: string
  readonly catalog: string
  readonly database: string
  runs: number
  scannedBytes: number
}

/** By `database.table`, the dearest first. */
export function usedTexts(runs: QueryRuns, call: Call, since: string): ReadonlyMap<string, readonly UsedText[]> {
  const tables = new Map<string, Map<string, UsedText>>()
  for (const { spec, state, result } of runs.since(since)) {
    if (state !== 'SUCCEEDED' || spec.account !== call.account || spec.region !== call.region) continue
    // What a table was written with is no way of asking it.
    if (spec.substatementType !== 'SELECT' || result?.reusedFrom !== undefined) continue
    for (const [table, bytes] of Object.entries(result?.statistics.scannedByTable ?? {})) {
      const texts = tables.get(table) ?? new Map<string, UsedText>()
      tables.set(table, texts)
      const { query: sql } = spec
      const { catalog, database } = namedPlace(spec)
      const key = JSON.stringify([sql, catalog, database])
      const use = texts.get(key) ?? { sql, catalog, database, runs: 0, scannedBytes: 0 }
      use.runs++
      use.scannedBytes += bytes
      texts.set(key, use)
    }
  }
  const dearest = (texts: Map<string, UsedText>) =>
    [...texts.values()].toSorted((a, b) => b.scannedBytes - a.scannedBytes)
  return new Map([...tables].map(([table, texts]) => [table, dearest(texts)]))
}

export interface PlannedUse {
  readonly use: QueryUse
  readonly planned: PlannedQuery
}

/** Undefined for what can not be planned by its text alone: with parameters, or of tables that are gone. */
export async function plannedUse(
  table: string,
  text: UsedText,
  context: QueryContext,
): Promise<PlannedUse | undefined> {
  try {
    const statement = parseStatement(statementText(text.sql))
    if (statement.kind !== 'query') return undefined
    const { catalog, database } = text
    const planned = await planQuery(statement, { ...context, catalog, database })
    const filters = partitionFilters(planned.bound)
    const own = planned.scans.relations.filter((relation) => relation.name === table)
    const conditions = own.flatMap(({ id, columns }) =>
      columns.flatMap(({ name }) => (filters.get(id)?.constraint(name) ? [name] : [])),
    )
    const read = scannedColumns(planned.bound)
    const columns = own.flatMap((relation) =>
      relation.columns.flatMap(({ kind, name }) => (kind === 'data' && read.get(relation.id)?.has(name) ? [name] : [])),
    )
    const partitions = new Set(own.flatMap(({ files }) => files.map((file) => file.partitionName)))
    const { sql, runs, scannedBytes } = text
    return {
      use: {
        sql,
        runs,
        scannedBytes,
        asksAllColumns: ALL_COLUMNS.test(sql),
        columns: [...new Set(columns)],
        conditions: [...new Set(conditions)],
        partitions: partitions.size,
      },
      planned,
    }
  } catch (error) {
    if (!isExpected(error)) throw error
    return undefined
  }
}

const ALL_COLUMNS = /(?:\bselect|,)\s+(?:[\w"]+\.)?\*\s*(?:,|\bfrom\b)/i
