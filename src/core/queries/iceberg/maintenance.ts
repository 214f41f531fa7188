/**
 * What is done for a table without a statement: files compacted, old snapshots and lost files removed.
 * https://docs.aws.amazon.com/glue/latest/dg/table-optimizers.html
 */
import { compactionRules } from '../../../formats/iceberg/compaction.ts'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { type RetentionRules, retentionRules } from '../../../formats/iceberg/snapshot-expiry.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import type { QueryContext } from '../context.ts'
import { NO_FILTER } from '../scan-planning.ts'
import { type Compaction, compact, compactionOf, isWorthwhile } from './compactions.ts'
import { expireSnapshots } from './expired-files.ts'
import { readMetadata } from './metadata-file.ts'
import { ownFolder, removeOrphans } from './orphans.ts'
import { tableOrder } from './row-order.ts'

export type MaintenanceTask =
  | {
      readonly kind: 'compaction'
      readonly strategy: 'binpack' | 'sort' | 'z-order'
      readonly minFiles: number
      readonly minDeleteFiles: number
      /** Else the table's own setting counts. */
      readonly targetBytes?: number
    }
  | {
      readonly kind: 'retention'
      /** Else the table's own settings count. */
      readonly maxAgeMs?: number
      readonly minSnapshots?: number
      readonly removesFiles: boolean
    }
  | {
      readonly kind: 'orphans'
      readonly ageMs: number
      /** Below the table's location; else all of it is looked through. */
      readonly folder?: string
    }

export type MaintenanceOutcome =
  | { readonly kind: 'compaction'; readonly files: number; readonly bytes: number }
  | {
      readonly kind: 'retention'
      readonly dataFiles: number
      readonly manifests: number
      readonly manifestLists: number
    }
  | { readonly kind: 'orphans'; readonly files: number }

type CompactionTask = Extract<MaintenanceTask, { kind: 'compaction' }>

/** Whether there is something to compact: told by metadata alone. */
export async function wantsCompaction(table: Table, task: CompactionTask, context: QueryContext): Promise<boolean> {
  return isWorthwhile(await compactionFor(table, { ...task, strategy: 'binpack' }, context))
}

export async function maintain(
  table: Table,
  task: MaintenanceTask,
  context: QueryContext,
): Promise<MaintenanceOutcome> {
  switch (task.kind) {
    case 'compaction': {
      const { filesBefore, scannedBytes } = await compact(await compactionFor(table, task, context), context)
      return { kind: 'compaction', files: filesBefore, bytes: scannedBytes }
    }
    case 'retention': {
      const { maxAgeMs, minSnapshots, removesFiles } = task
      const own: Partial<RetentionRules> = {
        ...(maxAgeMs !== undefined && { maxAgeMs }),
        ...(minSnapshots !== undefined && { minSnapshots }),
      }
      const rules = (metadata: TableMetadata) => ({ ...retentionRules(metadata), ...own })
      return { kind: 'retention', ...(await expireSnapshots(table, rules, context, removesFiles)) }
    }
    case 'orphans': {
      const folder = ownFolder(await readMetadata(table, context))
      const { ageMs, folder: within = folder } = task
      if (!`${within}/`.startsWith(`${folder}/`))
        throw new SqlError('INVALID_ARGUMENTS', `${within} is not below the table's location: ${folder}`)
      return { kind: 'orphans', files: await removeOrphans(table, [within], ageMs, context) }
    }
  }
}

async function compactionFor(table: Table, task: CompactionTask, context: QueryContext): Promise<Compaction> {
  const { strategy, minFiles, minDeleteFiles, targetBytes } = task
  const planned = await compactionOf(table, NO_FILTER, context)
  const { metadata } = planned.view
  return {
    ...planned,
    rules: { ...compactionRules(metadata, targetBytes), minFiles, minDeleteFiles },
    ...(strategy !== 'binpack' && { order: tableOrder(metadata, strategy) }),
  }
}
