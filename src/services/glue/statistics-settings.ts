import type * as Sdk from '@aws-sdk/client-glue'
import type { Principal } from '../../core/call.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { pause } from '../../core/recurrence.ts'
import { type Collection, collection } from '../../core/resources/collection.ts'
import { parseCron } from '../../core/schedules/cron.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { scopeOf } from './scope.ts'
import { type StatisticsRuns, startStatisticsRun } from './statistics-run.ts'

/** When a table's statistics are reckoned anew, and how. */
interface StatisticsSettings {
  readonly scope: Scope
  /** In whose name the scheduled runs are. */
  readonly principal: Principal
  readonly database: string
  readonly table: string
  readonly role: string
  readonly schedule?: string
  readonly scheduled: boolean
  readonly columns?: readonly string[]
  readonly samplePercent?: number
  readonly securityConfiguration?: string
  /** ISO 8601: when the schedule was last looked at. */
  readonly since: string
  readonly lastAttempt?: { readonly id?: string; readonly at: string; readonly error?: string }
}

/** All scopes in one space: the schedule passes through it. */
const SPACE = 'glue/statistics-settings'
const PORTION = 500
const EVERY_MS = 60_000

const keyOf = ({ account, region }: Scope, database: string, table: string): string =>
  `${account}/${region}/${database.toLowerCase()}\0${table.toLowerCase()}`

const settingsOf = (lake: Lake): Collection<StatisticsSettings> =>
  collection<StatisticsSettings>(lake.state, SPACE, {
    noun: 'statistics settings',
    missing: (key) => `Column statistics task settings of table ${key.split('\0')[1]} not found.`,
    exists: (key) => `Column statistics task settings of table ${key.split('\0')[1]} exist already.`,
  })

export function statisticsSettings(lake: Lake): Handlers<typeof Sdk> {
  const settings = settingsOf(lake)
  const now = () => lake.clock.now().toISOString()
  const setScheduled =
    (scheduled: boolean) => async (input: { DatabaseName: string; TableName: string }, call: ServiceCall) => {
      await settings.update(keyOf(scopeOf(call, undefined), input.DatabaseName, input.TableName), (old) => {
        if (scheduled && old.schedule === undefined)
          throw new Fault('invalid', 'statistics settings', 'The settings have no schedule.')
        return { ...old, scheduled, since: now() }
      })
      return {}
    }

  return {
    async CreateColumnStatisticsTaskSettings(input, call) {
      const scope = scopeOf(call, input.CatalogID)
      const { database, descriptor } = lake.catalog.tables.get(scope, input.DatabaseName, input.TableName)
      checkSchedule(input.Schedule)
      await settings.create(keyOf(scope, database, descriptor.Name), {
        scope,
        principal: call.principal,
        database,
        table: descriptor.Name,
        role: input.Role,
        schedule: input.Schedule,
        scheduled: input.Schedule !== undefined,
        columns: input.ColumnNameList,
        samplePercent: input.SampleSize,
        securityConfiguration: input.SecurityConfiguration,
        since: now(),
      })
      return {}
    },

    async UpdateColumnStatisticsTaskSettings(input, call) {
      checkSchedule(input.Schedule)
      await settings.update(keyOf(scopeOf(call, input.CatalogID), input.DatabaseName, input.TableName), (old) => ({
        ...old,
        role: input.Role ?? old.role,
        schedule: input.Schedule ?? old.schedule,
        scheduled: input.Schedule === undefined ? old.scheduled : true,
        columns: input.ColumnNameList ?? old.columns,
        samplePercent: input.SampleSize ?? old.samplePercent,
        securityConfiguration: input.SecurityConfiguration ?? old.securityConfiguration,
        since: now(),
      }))
      return {}
    },

    GetColumnStatisticsTaskSettings: (input, call) => ({
      ColumnStatisticsTaskSettings: described(
        settings.get(keyOf(scopeOf(call, undefined), input.DatabaseName, input.TableName)),
      ),
    }),

    async DeleteColumnStatisticsTaskSettings(input, call) {
      await settings.delete(keyOf(scopeOf(call, undefined), input.DatabaseName, input.TableName))
      return {}
    },

    StartColumnStatisticsTaskRunSchedule: setScheduled(true),
    StopColumnStatisticsTaskRunSchedule: setScheduled(false),
  }
}

/** Throws invalid. */
function checkSchedule(schedule: string | undefined): void {
  if (schedule === undefined) return
  try {
    parseCron(schedule)
  } catch (error) {
    throw new Fault('invalid', 'statistics settings', `Invalid schedule: ${(error as Error).message}`)
  }
}

function described(one: StatisticsSettings): Sdk.ColumnStatisticsTaskSettings {
  const { schedule, lastAttempt } = one
  return {
    DatabaseName: one.database,
    TableName: one.table,
    Schedule:
      schedule === undefined
        ? undefined
        : { ScheduleExpression: schedule, State: one.scheduled ? 'SCHEDULED' : 'NOT_SCHEDULED' },
    ColumnNameList: one.columns && [...one.columns],
    CatalogID: one.scope.account,
    Role: one.role,
    SampleSize: one.samplePercent,
    SecurityConfiguration: one.securityConfiguration,
    ScheduleType: schedule === undefined ? undefined : 'CRON',
    SettingSource: 'TABLE',
    LastExecutionAttempt: lastAttempt && {
      Status: lastAttempt.error === undefined ? 'STARTED' : 'FAILED',
      ColumnStatisticsTaskRunId: lastAttempt.id,
      ExecutionTimestamp: new Date(lastAttempt.at),
      ErrorMessage: lastAttempt.error,
    },
  }
}

/** Starts what is due, every minute until `signal` aborts. What came due while the server was away is made up for once. */
export async function keepStatisticsSchedule(
  lake: Lake,
  runs: StatisticsRuns,
  limits: EngineLimits,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await startDue(lake, runs, limits).catch(report)
    const sinceMinute = lake.clock.now().getTime() % EVERY_MS
    await pause(lake.clock, EVERY_MS - sinceMinute, signal)
  }
}

async function startDue(lake: Lake, runs: StatisticsRuns, limits: EngineLimits): Promise<void> {
  const settings = settingsOf(lake)
  for (let after: string | undefined; ; ) {
    const page = settings.list({ after, limit: PORTION })
    for (const { key, doc } of page) {
      const now = lake.clock.now()
      const due =
        doc.scheduled && doc.schedule !== undefined ? parseCron(doc.schedule).next(new Date(doc.since)) : undefined
      if (!due || due > now) continue
      const lastAttempt = await attempt(lake, runs, doc, limits, now)
      await settings.update(key, (old) => ({ ...old, since: now.toISOString(), lastAttempt })).catch(unlessGone)
    }
    if (page.length < PORTION) return
    after = page.at(-1)!.key
  }
}

/** They may have been deleted meanwhile. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Fault && error.kind === 'not-found')) throw error
}

/** A table that is gone, or whose last run goes on, is no reason not to start the others. */
async function attempt(
  lake: Lake,
  runs: StatisticsRuns,
  doc: StatisticsSettings,
  limits: EngineLimits,
  now: Date,
): Promise<StatisticsSettings['lastAttempt']> {
  const at = now.toISOString()
  const { scope, principal, database, table, columns, samplePercent, role, securityConfiguration } = doc
  const spec = { scope, principal, database, table, columns, samplePercent, role, securityConfiguration }
  try {
    return { id: await startStatisticsRun(lake, runs, spec, limits), at }
  } catch (error) {
    return { at, error: (error as Error).message }
  }
}
