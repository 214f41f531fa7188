import type * as Sdk from '@aws-sdk/client-glue'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import type { RunState } from '../../core/runs/run.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { scopeOf } from './scope.ts'
import {
  activeRun,
  runsOfSpace,
  runsSpace,
  type StatisticsRun,
  type StatisticsRuns,
  startStatisticsRun,
} from './statistics-run.ts'

const MOST_RUNS = 1000
/** "An array of UTF-8 strings, not more than 100 strings": ListColumnStatisticsTaskRuns. */
const MOST_IDS = 100

export function statisticsRuns(lake: Lake, runs: StatisticsRuns, limits: EngineLimits): Handlers<typeof Sdk> {
  const { state } = lake
  const latestFirst = (space: string, token: string | undefined, limit: number) =>
    pageOf(
      limit,
      token,
      (page) => state.list<string>(space, { before: page.after, limit: page.limit, descending: true }),
      ({ key }) => key,
    )

  return {
    async StartColumnStatisticsTaskRun(input, call) {
      const scope = scopeOf(call, input.CatalogID)
      const spec = {
        scope,
        principal: call.principal,
        database: input.DatabaseName,
        table: input.TableName,
        columns: input.ColumnNameList,
        samplePercent: input.SampleSize,
        role: input.Role,
        securityConfiguration: input.SecurityConfiguration,
      }
      return { ColumnStatisticsTaskRunId: await startStatisticsRun(lake, runs, spec, limits) }
    },

    GetColumnStatisticsTaskRun(input, call) {
      const run = runs.find(input.ColumnStatisticsTaskRunId)
      const { account, region } = scopeOf(call, undefined)
      if (!run || run.spec.scope.account !== account || run.spec.scope.region !== region)
        throw new Fault('not-found', 'run', `Column statistics task run ${input.ColumnStatisticsTaskRunId} not found.`)
      return { ColumnStatisticsTaskRun: taskRun(run, lake.clock.now()) }
    },

    GetColumnStatisticsTaskRuns(input, call) {
      const space = runsOfSpace(
        scopeOf(call, undefined),
        input.DatabaseName.toLowerCase(),
        input.TableName.toLowerCase(),
      )
      const { items, NextToken } = latestFirst(space, input.NextToken, input.MaxResults ?? MOST_RUNS)
      const found = items.map(({ doc }) => taskRun(runs.get(doc), lake.clock.now()))
      return { ColumnStatisticsTaskRuns: found, NextToken }
    },

    ListColumnStatisticsTaskRuns(input, call) {
      const limit = Math.min(input.MaxResults ?? MOST_IDS, MOST_IDS)
      const { items, NextToken } = latestFirst(runsSpace(scopeOf(call, undefined)), input.NextToken, limit)
      return { ColumnStatisticsTaskRunIds: items.map(({ doc }) => doc), NextToken }
    },

    async StopColumnStatisticsTaskRun(input, call) {
      const scope = scopeOf(call, undefined)
      const { database, descriptor } = lake.catalog.tables.get(scope, input.DatabaseName, input.TableName)
      const run = activeRun(runs, state, { scope, database, table: descriptor.Name })
      if (!run)
        throw new AwsError(
          'ColumnStatisticsTaskNotRunningException',
          `No column statistics task of ${descriptor.Name} is running.`,
        )
      await runs.cancel(run.id, 'The task run was stopped.')
      return {}
    },
  }
}

const STATUS: Readonly<Record<RunState, Sdk.ColumnStatisticsState>> = {
  QUEUED: 'STARTING',
  RUNNING: 'RUNNING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCELLED: 'STOPPED',
}

function taskRun(run: StatisticsRun, now: Date): Sdk.ColumnStatisticsTaskRun {
  const { spec } = run
  const date = (text: string | undefined) => (text === undefined ? undefined : new Date(text))
  const tookMs = run.startedAt ? (date(run.endedAt) ?? now).getTime() - Date.parse(run.startedAt) : 0
  return {
    CustomerId: spec.scope.account,
    ColumnStatisticsTaskRunId: run.id,
    DatabaseName: spec.database,
    TableName: spec.table,
    ColumnNameList: spec.columns && [...spec.columns],
    CatalogID: spec.scope.account,
    Role: spec.role,
    SampleSize: spec.samplePercent,
    SecurityConfiguration: spec.securityConfiguration,
    // One worker of one unit: this machine.
    NumberOfWorkers: 1,
    WorkerType: 'g.1x',
    ComputationType: 'FULL',
    Status: STATUS[run.state],
    CreationTime: new Date(run.submittedAt),
    LastUpdated: date(run.endedAt ?? run.startedAt ?? run.submittedAt),
    StartTime: date(run.startedAt),
    EndTime: date(run.endedAt),
    ErrorMessage: run.failure?.reason,
    DPUSeconds: tookMs / 1000,
  }
}
