/** The jobs that keep the tables of table buckets in order: what each does to a table, and how its last run ended. */
import { randomUUID } from 'node:crypto'
import { rootPrincipal } from '../../core/access/credentials.ts'
import type { Scope, Table } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryContext } from '../../core/queries/context.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { failureOf, isExpected } from '../../core/queries/failure.ts'
import { METADATA_LOCATION } from '../../core/queries/iceberg/iceberg-table.ts'
import type { MaintenanceTask } from '../../core/queries/iceberg/maintenance.ts'
import { readMetadata } from '../../core/queries/iceberg/metadata-file.ts'
import { isSorted } from '../../core/queries/iceberg/row-order.ts'
import { withRunContext } from '../../core/queries/run-context.ts'
import { isOver } from '../../core/runs/run.ts'
import type { Runs } from '../../core/runs/runs.ts'
import { TABLE_ID } from '../../core/table-buckets/table-buckets.ts'
import type { TableMetadata } from '../../formats/iceberg/metadata.ts'
import { type EffectiveJob, effectiveJob, type JobType, settingsSpace } from './maintenance-settings.ts'
import { retireUnreferenced } from './noncurrent-files.ts'

/** A job of a table of a table bucket. */
export interface MaintenanceJob {
  readonly owner: Scope
  readonly bucketId: string
  /** That of the bucket's catalog. */
  readonly scope: Scope
  readonly table: Table
  readonly type: JobType
}

export interface JobRunSpec {
  readonly tableId: string
  readonly type: JobType
}
export type JobRuns = Runs<JobRunSpec, object>

/** What is kept of a job, with the settings of its table. */
interface KeptJob {
  /** The metadata in which there was nothing to compact, or nothing that could be. */
  readonly seen?: string | undefined
  readonly lastRun?: { readonly id: string; readonly at: string }
  /** The one before, whose end is told while the last one is at work. */
  readonly runBefore?: string | undefined
}

export interface JobRooms {
  readonly lake: Lake
  readonly runs: JobRuns
  readonly limits: EngineLimits
}

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/** AWS does not say how many: those of the Java library's rewriting of data files. */
const FEWEST_FILES = 5

const tableIdOf = ({ descriptor }: Table): string => descriptor.Parameters?.[TABLE_ID] ?? ''

const settingsOf = ({ owner, bucketId, table, type }: MaintenanceJob, { state }: Lake): EffectiveJob =>
  effectiveJob(state, owner, { bucket: bucketId, table: tableIdOf(table) }, type)

const placeOf = ({ owner, table, type }: MaintenanceJob) =>
  [settingsSpace(owner), `${tableIdOf(table)}/jobs/${type}`] as const

const keptOf = (job: MaintenanceJob, { state }: Lake): KeptJob => state.get<KeptJob>(...placeOf(job))?.doc ?? {}

export interface JobStatus {
  readonly status: 'Not_Yet_Run' | 'Successful' | 'Failed' | 'Disabled'
  readonly lastRunTimestamp?: Date
  readonly failureMessage?: string
}

export async function jobStatus(
  job: MaintenanceJob,
  { lake, runs }: Pick<JobRooms, 'lake' | 'runs'>,
): Promise<JobStatus> {
  if (!(await isEnabled(job, lake))) return { status: 'Disabled' }
  const { lastRun, runBefore } = keptOf(job, lake)
  const run = [lastRun?.id, runBefore]
    .map((id) => (id === undefined ? undefined : runs.find(id)))
    .find((one) => one && isOver(one.state))
  if (!run) return { status: 'Not_Yet_Run' }
  const lastRunTimestamp = new Date(run.endedAt ?? run.submittedAt)
  if (run.state === 'SUCCEEDED') return { status: 'Successful', lastRunTimestamp }
  return { status: 'Failed', lastRunTimestamp, failureMessage: run.failure?.reason ?? 'The run was cancelled' }
}

/** Snapshots are left to whoever has given the table rules of its own: docs, s3-tables-considerations. */
async function isEnabled(job: MaintenanceJob, lake: Lake): Promise<boolean> {
  const { enabled, settings } = settingsOf(job, lake)
  if (!enabled || job.type !== 'icebergSnapshotManagement') return enabled
  if (!job.table.descriptor.Parameters?.[METADATA_LOCATION]) return true
  return !hasOwnRetention(await readMetadata(job.table, { rooms: lake }), settings)
}

function hasOwnRetention({ properties = {}, refs = {} }: TableMetadata, settings: EffectiveJob['settings']): boolean {
  const ofRefs = ['min-snapshots-to-keep', 'max-snapshot-age-ms', 'max-ref-age-ms'] as const
  if (Object.values(refs).some((ref) => ofRefs.some((member) => ref[member] !== undefined))) return true
  return (
    Number(properties['history.expire.max-snapshot-age-ms']) > Number(settings.maxSnapshotAgeHours) * HOUR_MS ||
    Number(properties['history.expire.min-snapshots-to-keep']) > Number(settings.minSnapshotsToKeep)
  )
}

/** Compaction is due after a change of the table, the others once a day. */
async function isDue(job: MaintenanceJob, { lake, runs }: JobRooms): Promise<boolean> {
  const { seen, lastRun } = keptOf(job, lake)
  const last = lastRun && runs.find(lastRun.id)
  if (last && !isOver(last.state)) return false
  const metadata = job.table.descriptor.Parameters?.[METADATA_LOCATION]
  if (metadata === undefined || !(await isEnabled(job, lake))) return false
  if (job.type === 'icebergCompaction') return metadata !== seen
  return !lastRun || lake.clock.now().getTime() - Date.parse(lastRun.at) >= DAY_MS
}

/** Begins a run where one is wanted. */
export async function lookAtJob(job: MaintenanceJob, rooms: JobRooms, signal: AbortSignal): Promise<void> {
  if (!(await isDue(job, rooms))) return
  const { lake } = rooms
  const seen = job.table.descriptor.Parameters?.[METADATA_LOCATION]
  if (job.type === 'icebergCompaction' && !(await hasFilesToCompact(job, rooms, signal))) {
    await lake.state.transaction((tx) => tx.put(...placeOf(job), { ...keptOf(job, lake), seen }))
    return
  }
  await startRun(job, rooms, seen)
}

async function startRun(job: MaintenanceJob, { lake, runs, limits }: JobRooms, seen?: string): Promise<void> {
  const id = randomUUID()
  const at = lake.clock.now().toISOString()
  const { type, table } = job
  await runs.start(id, {
    spec: { tableId: tableIdOf(table), type },
    alsoWrite(tx) {
      const { lastRun, runBefore } = tx.get<KeptJob>(...placeOf(job))?.doc ?? {}
      if (runBefore !== undefined) runs.drop(tx, runBefore)
      tx.put(...placeOf(job), { seen, lastRun: { id, at }, runBefore: lastRun?.id })
    },
    explain: (error) => ({ reason: failureOf(error).reason }),
    work: async (_, signal) => ({
      result: await withRunContext(lake, targetOf(job), { id, limits, signal }, (context) => work(job, lake, context)),
    }),
  })
}

const targetOf = ({ owner, scope, table }: MaintenanceJob) => ({
  scope,
  database: table.database,
  principal: rootPrincipal(owner.account, ''),
})

/** With all that queries need, which a server without queries does without. */
const maintenance = () => import('../../core/queries/iceberg/maintenance.ts')

/** A table that can not be read has work, which says why it fails. */
async function hasFilesToCompact(
  job: MaintenanceJob,
  { lake, limits }: JobRooms,
  signal: AbortSignal,
): Promise<boolean> {
  const { wantsCompaction } = await maintenance()
  const task = await compactionTask(job, lake)
  return withRunContext(lake, targetOf(job), { id: randomUUID(), limits, signal }, (context) =>
    wantsCompaction(job.table, task, context).catch((error) => {
      if (isExpected(error)) return true
      throw error
    }),
  )
}

async function work(job: MaintenanceJob, lake: Lake, context: QueryContext): Promise<object> {
  const { maintain } = await maintenance()
  const settings = settingsOf(job, lake)
  const table = lake.catalog.tables.get(job.scope, job.table.database, job.table.descriptor.Name)
  const { unreferencedDays, nonCurrentDays, maxSnapshotAgeHours, minSnapshotsToKeep } = settings.settings
  switch (job.type) {
    case 'icebergCompaction':
      return maintain(table, await compactionTask(job, lake), context)
    case 'icebergSnapshotManagement': {
      // Files that only expired snapshots led to become unreferenced ones.
      const [maxAgeMs, minSnapshots] = [Number(maxSnapshotAgeHours) * HOUR_MS, Number(minSnapshotsToKeep)]
      return maintain(table, { kind: 'retention', maxAgeMs, minSnapshots, removesFiles: false }, context)
    }
    default: {
      const days = { unreferencedMs: Number(unreferencedDays) * DAY_MS, noncurrentMs: Number(nonCurrentDays) * DAY_MS }
      return retireUnreferenced(table, tableIdOf(table), days, lake.state, context)
    }
  }
}

type CompactionTask = Extract<MaintenanceTask, { kind: 'compaction' }>

/** By itself a table that has a sort order is sorted. */
async function compactionTask(job: MaintenanceJob, lake: Lake): Promise<CompactionTask> {
  const { settings } = settingsOf(job, lake)
  const { targetFileSizeMB, strategy: said } = settings as {
    readonly strategy: CompactionTask['strategy'] | 'auto'
    readonly targetFileSizeMB: number
  }
  const metadata = await readMetadata(job.table, { rooms: lake })
  const strategy = said === 'auto' ? (isSorted(metadata) ? 'sort' : 'binpack') : said
  const targetBytes = targetFileSizeMB << 20
  return { kind: 'compaction', strategy, minFiles: FEWEST_FILES, minDeleteFiles: 1, targetBytes }
}
