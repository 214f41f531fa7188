/**
 * Query result reuse (docs: athena ug, reusing-query-results): a query that asks for it points to the last result of
 * the same text in the same work group, catalog, database and place, if that is not too old and still there.
 */
import { createHash } from 'node:crypto'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import type { TableRead } from '../../core/queries/table-reads.ts'
import { namedPlace } from './default-database.ts'
import { queryEvents } from './query-events.ts'
import type { QueryRun, QueryRuns } from './query-executions.ts'
import type { QueryResult, QuerySpec } from './query-run.ts'
import { reuseSpace } from './spaces.ts'

/** Of the executions of one text, the latest are remembered: the newest may have failed or not be over. */
const REMEMBERED = 5

/** "Not supported for queries that include more than 20 tables" (the same page). */
const MOST_TABLES = 20

/** What is to be remembered of the tables of a result that may be reused; nothing where it may not. */
export const reusableTables = (tables: readonly string[]): readonly string[] | undefined =>
  tables.length > MOST_TABLES ? undefined : tables

/** "Only queries that produce query result sets on Amazon S3" (the same page): managed results are none of them. */
export const isReusable = ({ substatementType, managed }: QuerySpec): boolean =>
  substatementType === 'SELECT' && !managed

/** "You have access to all the tables referenced in the query": they must still be there. */
const areThere = (lake: Lake, spec: QuerySpec, tables: readonly string[]): boolean =>
  tables.every((name) => {
    const [database, table] = name.split('.')
    return lake.catalog.tables.find(spec, database!, table!) !== undefined
  })

/** Where the caller may not have one of them, the query runs, and says so. */
function isReachable(lake: Lake, spec: QuerySpec, tables: readonly string[], location: string): boolean {
  try {
    return areThere(lake, spec, tables) && lake.files.stat(location) !== undefined
  } catch (error) {
    if (error instanceof Fault && error.kind === 'denied') return false
    throw error
  }
}

const unknownColumns = (name: string): TableRead => ({ name, columns: [] })

/** "The database and the catalog name match" (the same page), also where one of two names what the other leaves out. */
function keyOf(spec: QuerySpec): string {
  const { catalog, database } = namedPlace(spec)
  return createHash('sha256')
    .update(
      JSON.stringify([
        spec.workGroup,
        spec.query,
        spec.preparedText,
        spec.parameters,
        catalog,
        database,
        spec.outputFolder,
        spec.encryption,
        spec.expectedBucketOwner,
        spec.acl,
        spec.rights,
      ]),
    )
    .digest('base64')
}

/** For the transaction that starts a SELECT. */
export function rememberForReuse(tx: StateTransaction, spec: QuerySpec, id: string): void {
  const earlier = tx.get<string[]>(reuseSpace(spec), keyOf(spec))?.doc ?? []
  tx.put(reuseSpace(spec), keyOf(spec), [id, ...earlier].slice(0, REMEMBERED))
}

/** For the transaction that forgets the query. */
export function forgetForReuse(tx: StateTransaction, spec: QuerySpec, id: string): void {
  const key = keyOf(spec)
  const remembered = tx.get<string[]>(reuseSpace(spec), key)?.doc ?? []
  const others = remembered.filter((one) => one !== id)
  if (others.length === 0) tx.delete(reuseSpace(spec), key)
  else if (others.length < remembered.length) tx.put(reuseSpace(spec), key, others)
}

const spent = { reusable: undefined, reads: undefined }

/** The result to answer with instead of running the query, which then has scanned nothing. */
export function reusedResult(lake: Lake, runs: QueryRuns, { id, spec }: QueryRun): QueryResult | undefined {
  if (spec.reuseMinutes === undefined || !isReusable(spec)) return undefined
  const oldest = lake.clock.now().getTime() - spec.reuseMinutes * 60_000
  for (const earlier of lake.state.get<string[]>(reuseSpace(spec), keyOf(spec))?.doc ?? []) {
    const run = earlier === id ? undefined : runs.find(earlier)
    if (!run?.result?.reusable || run.state !== 'SUCCEEDED' || Date.parse(run.endedAt!) < oldest) continue
    const location = run.result.reusedFrom ?? run.spec.resultUri
    if (!isReachable(lake, spec, run.result.reusable, location)) continue
    queryEvents(lake, { id, spec }).readAgain(run.result.reads ?? run.result.reusable.map(unknownColumns), run.id)
    // What reuses a result is none to be reused: its age is that of the first.
    return { ...run.result, statistics: { scannedBytes: 0, engineMs: 0 }, reusedFrom: location, ...spent }
  }
  return undefined
}
