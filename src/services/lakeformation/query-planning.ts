/** Queries for engines that are not trusted to filter: they are planned and scanned here, under their caller's filters. */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import { Fault } from '../../core/faults.ts'
import { findSource, registeredSources } from '../../core/federation/registered-sources.ts'
import type { Lake } from '../../core/lake.ts'
import { isSourceScope } from '../../core/permissions/openness.ts'
import { topScope } from '../../core/permissions/spaces.ts'
import type { QueryPlans } from '../../core/queries/query-plans.ts'
import type { RunTarget } from '../../core/queries/run-context.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { scopeOf } from './scope.ts'

/** "Minimum value of 1. Maximum value of 1000." */
const PAGE = 1000

export const queryPlanning = (lake: Lake, plans: QueryPlans): Handlers<typeof Sdk> => ({
  async StartQueryPlanning({ QueryPlanningContext, QueryString }, call) {
    refuseGoverned(QueryPlanningContext)
    return { QueryId: await plans.start(targetOf(lake, QueryPlanningContext, call), QueryString) }
  },

  GetQueryState({ QueryId }, { principal }) {
    const { state, failure } = plans.state(QueryId, principal)
    return { State: state as Sdk.QueryStateString, ...(failure !== undefined && { Error: failure }) }
  },

  GetQueryStatistics({ QueryId }, { principal }) {
    const told = plans.statistics(QueryId, principal)
    return {
      QuerySubmissionTime: told.submittedAt,
      PlanningStatistics: {
        EstimatedDataToScanBytes: told.bytesToScan,
        PlanningTimeMillis: told.planningMs,
        QueueTimeMillis: 0,
        WorkUnitsGeneratedCount: told.units,
      },
      ExecutionStatistics: {
        AverageExecutionTimeMillis: Math.round(told.executedMs / Math.max(1, told.executed)),
        DataScannedBytes: told.scannedBytes,
        WorkUnitsExecutedCount: told.executed,
      },
    }
  },

  GetWorkUnits({ QueryId, NextToken, PageSize = PAGE }, { principal }) {
    const ranges = plans.ranges(QueryId, principal)
    const start = Number(cursorOf(NextToken) ?? 0)
    const shown = ranges.slice(start, start + PageSize)
    const next = start + shown.length
    return {
      QueryId,
      WorkUnitRanges: shown.map(({ first, last, token }) => ({
        WorkUnitIdMin: first,
        WorkUnitIdMax: last,
        WorkUnitToken: token,
      })),
      NextToken: next < ranges.length ? tokenOf(String(next)) : undefined,
    }
  },

  async GetWorkUnitResults({ QueryId, WorkUnitId, WorkUnitToken }, { principal, signal }) {
    const unit = { id: QueryId, unit: WorkUnitId, token: WorkUnitToken }
    return { ResultStream: await plans.rows(unit, principal, signal) }
  },
})

function targetOf(lake: Lake, { CatalogId, DatabaseName }: Sdk.QueryPlanningContext, call: ServiceCall): RunTarget {
  const scope = scopeOf(call, CatalogId)
  const target = { database: DatabaseName!.toLowerCase(), principal: call.principal }
  if (!isSourceScope(scope)) return { ...target, scope }
  const source = findSource(lake, scope)
  if (!source) throw new Fault('invalid', 'catalog', `Catalog ${CatalogId} not found.`)
  const own = topScope(scope)
  return {
    ...target,
    scope: { ...own, principal: call.principal },
    catalog: source.name.toLowerCase(),
    sourceCatalogs: registeredSources(lake, own),
  }
}

/** What only governed tables had: they are no more (lake-formation dg, doc-history). */
function refuseGoverned({ TransactionId, QueryAsOfTime, QueryParameters }: Sdk.QueryPlanningContext): void {
  if (TransactionId !== undefined) throw unsupported('TransactionId: there are no transactions of governed tables')
  if (QueryAsOfTime !== undefined)
    throw unsupported('QueryAsOfTime: FOR TIMESTAMP AS OF in the query reads an Iceberg table as it was')
  if (Object.keys(QueryParameters ?? {}).length > 0) throw unsupported('QueryParameters')
}

const unsupported = (what: string): Fault =>
  new Fault('unsupported', 'query', `Not supported in a query to plan: ${what}.`)
