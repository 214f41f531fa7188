/** A run of an optimizer: what it does to its table. */
import { randomUUID } from 'node:crypto'
import type { Table } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { failureOf, isExpected } from '../../core/queries/failure.ts'
import type { MaintenanceOutcome, MaintenanceTask } from '../../core/queries/iceberg/maintenance.ts'
import { withRunContext } from '../../core/queries/run-context.ts'
import type { Run } from '../../core/runs/run.ts'
import type { Runs } from '../../core/runs/runs.ts'
import { actingAs } from './acting-role.ts'
import { runsOf, type TableOptimizer } from './kept-optimizers.ts'

export interface OptimizerRunSpec extends Pick<TableOptimizer, 'scope' | 'database' | 'table' | 'type'> {
  readonly task: MaintenanceTask
}

export type OptimizerRun = Run<OptimizerRunSpec, MaintenanceOutcome>
export type OptimizerRuns = Runs<OptimizerRunSpec, MaintenanceOutcome>

const DAY_MS = 24 * 60 * 60 * 1000

/** With the numbers that the API reference says count where none are given. */
function taskOf({ type, configuration }: Pick<TableOptimizer, 'type' | 'configuration'>): MaintenanceTask {
  switch (type) {
    case 'retention': {
      const { snapshotRetentionPeriodInDays, numberOfSnapshotsToRetain, cleanExpiredFiles } =
        configuration.retentionConfiguration?.icebergConfiguration ?? {}
      return {
        kind: 'retention',
        ...(snapshotRetentionPeriodInDays !== undefined && { maxAgeMs: snapshotRetentionPeriodInDays * DAY_MS }),
        ...(numberOfSnapshotsToRetain !== undefined && { minSnapshots: numberOfSnapshotsToRetain }),
        removesFiles: cleanExpiredFiles ?? true,
      }
    }
    case 'orphan_file_deletion': {
      const { orphanFileRetentionPeriodInDays = 3, location } =
        configuration.orphanFileDeletionConfiguration?.icebergConfiguration ?? {}
      return {
        kind: 'orphans',
        ageMs: orphanFileRetentionPeriodInDays * DAY_MS,
        ...(location !== undefined && { folder: location }),
      }
    }
    default: {
      const {
        strategy = 'binpack',
        minInputFiles = 100,
        deleteFileThreshold = 1,
      } = configuration.compactionConfiguration?.icebergConfiguration ?? {}
      return { kind: 'compaction', strategy, minFiles: minInputFiles, minDeleteFiles: deleteFileThreshold }
    }
  }
}

/** AWS does not say how many runs of an optimizer it tells of; here so many are kept of each. */
const MOST_KEPT = 100

function dropOldRuns(tx: StateTransaction, runs: OptimizerRuns, space: string): void {
  const [oldest] = tx.list<string>(space, { limit: MOST_KEPT - 1, descending: true }).slice(MOST_KEPT - 2)
  if (!oldest) return
  for (const { key, doc: id } of tx.list<string>(space, { before: oldest.key, limit: MOST_KEPT })) {
    runs.drop(tx, id)
    tx.delete(space, key)
  }
}

const asItsRole = (lake: Lake, { scope, principal, configuration, table }: TableOptimizer): Lake =>
  actingAs(
    { scope, principal, role: configuration.roleArn, session: 'GlueTableOptimizer', run: `optimizer of ${table}` },
    lake,
  )

/** Resolves with the id of the run once it has begun. `alsoWrite`: with its first record. */
export async function startOptimizerRun(
  lake: Lake,
  runs: OptimizerRuns,
  optimizer: TableOptimizer,
  limits: EngineLimits,
  alsoWrite: (tx: StateTransaction, id: string) => void,
): Promise<string> {
  const id = randomUUID()
  const { scope, database, table, type } = optimizer
  const spec = { scope, database, table, type, task: taskOf(optimizer) }
  await runs.start(id, {
    spec,
    alsoWrite(tx, run) {
      dropOldRuns(tx, runs, runsOf(spec))
      tx.put(runsOf(spec), `${run.submittedAt}/${id}`, id)
      alsoWrite(tx, id)
    },
    explain: (error) => ({ reason: failureOf(error).reason }),
    work: (_, signal) =>
      withRunContext(asItsRole(lake, optimizer), optimizer, { id, limits, signal }, async (context) => {
        // With all that queries need, which a server without queries does without.
        const { maintain } = await import('../../core/queries/iceberg/maintenance.ts')
        return { result: await maintain(context.rooms.catalog.tables.get(scope, database, table), spec.task, context) }
      }),
  })
  return id
}

/** Of a table that has been changed since it was looked at. One that can not be read has work, which says why it fails. */
export async function hasWork(
  lake: Lake,
  optimizer: TableOptimizer,
  table: Table,
  limits: EngineLimits,
  signal: AbortSignal,
): Promise<boolean> {
  const task = taskOf(optimizer)
  if (task.kind !== 'compaction') return true
  try {
    const rooms = asItsRole(lake, optimizer)
    return await withRunContext(rooms, optimizer, { id: randomUUID(), limits, signal }, async (context) => {
      const { wantsCompaction } = await import('../../core/queries/iceberg/maintenance.ts')
      return wantsCompaction(table, task, context)
    })
  } catch (error) {
    if (isExpected(error)) return true
    throw error
  }
}
