/** A run that reckons a table's column statistics and keeps them in the catalog. */
import { randomUUID } from 'node:crypto'
import type { Principal } from '../../core/call.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import { asDocument } from '../../core/catalog/statistics-document.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { withRunContext } from '../../core/queries/run-context.ts'
import { isOver, type Run } from '../../core/runs/run.ts'
import type { Runs } from '../../core/runs/runs.ts'
import { AwsError } from '../../protocol/service.ts'
import { actingAs } from './acting-role.ts'
import { glueStatistics } from './statistics-shape.ts'

export interface StatisticsSpec {
  readonly scope: Scope
  readonly principal: Principal
  readonly database: string
  readonly table: string
  readonly columns?: readonly string[]
  readonly samplePercent?: number
  readonly role: string
  readonly securityConfiguration?: string
}

export type StatisticsRun = Run<StatisticsSpec, Record<string, never>>
export type StatisticsRuns = Runs<StatisticsSpec, Record<string, never>>

/** Ids of runs by when they were submitted: of an account, and of one table. */
export const runsSpace = ({ account, region }: Scope): string => `glue/statistics-runs/${account}/${region}`
export const runsOfSpace = (scope: Scope, database: string, table: string): string =>
  `${runsSpace(scope)}/${database}\0${table}`
/** The run under way of each table. */
const activeSpace = ({ account, region }: Scope): string => `glue/statistics-running/${account}/${region}`
const activeKey = ({ database, table }: Pick<StatisticsSpec, 'database' | 'table'>): string => `${database}\0${table}`

/** Resolves with the id of a run that has begun. Throws as StartColumnStatisticsTaskRun does. */
export async function startStatisticsRun(
  lake: Lake,
  runs: StatisticsRuns,
  wanted: StatisticsSpec,
  limits: EngineLimits,
): Promise<string> {
  const found = lake.catalog.tables.get(wanted.scope, wanted.database, wanted.table)
  const spec = { ...wanted, database: found.database, table: found.descriptor.Name }
  requireColumns(found.descriptor, spec.columns)
  const id = randomUUID()
  await runs.start(id, {
    spec,
    alsoWrite(tx, run) {
      if (activeRun(runs, tx, spec))
        throw new AwsError(
          'ColumnStatisticsTaskRunningException',
          `A column statistics task of ${spec.table} is running.`,
        )
      tx.put(activeSpace(spec.scope), activeKey(spec), id)
      const key = `${run.submittedAt}/${id}`
      tx.put(runsSpace(spec.scope), key, id)
      tx.put(runsOfSpace(spec.scope, spec.database, spec.table), key, id)
    },
    work: async (_, signal) => {
      await reckon(lake, id, spec, limits, signal)
      return { result: {} }
    },
  })
  return id
}

function requireColumns(
  {
    StorageDescriptor,
    PartitionKeys = [],
  }: { StorageDescriptor?: { Columns?: readonly { Name: string }[] }; PartitionKeys?: readonly { Name: string }[] },
  columns: readonly string[] = [],
): void {
  const known = new Set([...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map(({ Name }) => Name.toLowerCase()))
  const unknown = columns.find((name) => !known.has(name.toLowerCase()))
  if (unknown !== undefined) throw new Fault('invalid', 'statistics', `Column ${unknown} is not found in table.`)
}

/** What the table's last run is, unless it is over. */
export function activeRun(
  runs: StatisticsRuns,
  state: Pick<StateTransaction, 'get'>,
  spec: Pick<StatisticsSpec, 'scope' | 'database' | 'table'>,
): StatisticsRun | undefined {
  const id = state.get<string>(activeSpace(spec.scope), activeKey(spec))?.doc
  const run = id === undefined ? undefined : runs.find(id)
  return run && !isOver(run.state) ? run : undefined
}

function reckon(
  lake: Lake,
  id: string,
  spec: StatisticsSpec,
  limits: EngineLimits,
  signal: AbortSignal,
): Promise<void> {
  const { catalog, clock } = lake
  const { scope, principal, database, table, role } = spec
  const acting = { scope, principal, role, session: 'GlueColumnStatistics', run: `statistics run of ${table}` }
  return withRunContext(actingAs(acting, lake), spec, { id, limits, signal }, async (context) => {
    const found = catalog.tables.get(scope, database, table)
    // With all that queries need, which a server without queries does without.
    const { summarizeColumns } = await import('../../core/queries/column-summaries.ts')
    const summaries = await summarizeColumns(found, context, spec)
    const { StorageDescriptor, PartitionKeys = [] } = found.descriptor
    const types = new Map(
      [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map(({ Name, Type }) => [Name.toLowerCase(), Type]),
    )
    const statistics = summaries.map((one) => glueStatistics(one, types.get(one.name) ?? 'string', clock.now()))
    await catalog.statistics.put(scope, database, table, undefined, statistics.map(asDocument))
  })
}
