/** What a planned scan is told as: files to read, with the deletes that apply to each, in portions. */
import type { CommitContext } from '../../core/queries/iceberg/commit-steps.ts'
import { fieldsOf } from '../../core/queries/iceberg/iceberg-files.ts'
import {
  MOST_FILES,
  plannedFiles,
  type ScanPlan,
  type ScanRequest,
  type Stretch,
  scanPlan,
} from '../../core/queries/iceberg/scan-plans.ts'
import { expressionJson } from '../../formats/iceberg/expressions.ts'
import { contentFileJson } from './content-files.ts'
import type { PlannedScan } from './planned-scans.ts'

export async function plannedScan(
  table: Parameters<typeof scanPlan>[0],
  request: ScanRequest,
  context: CommitContext,
): Promise<Pick<PlannedScan, 'plan' | 'portions'>> {
  const plan = await scanPlan(table, request, context)
  return { plan, portions: portionsOf(plan.stretches, MOST_FILES) }
}

/** As many stretches together as tell no more than `most` files. */
function portionsOf(stretches: readonly Stretch[], most: number): readonly (readonly Stretch[])[] {
  const portions: Stretch[][] = []
  let room = 0
  for (const stretch of stretches) {
    const count = stretch.end - stretch.start
    if (count > room) {
      portions.push([])
      room = most
    }
    portions.at(-1)!.push(stretch)
    room -= count
  }
  return portions
}

export async function tasksOf(plan: ScanPlan, portion: readonly Stretch[], context: CommitContext) {
  const references = new Map<string, number>()
  const deleteFiles: unknown[] = []
  const tasks: unknown[] = []
  for (const stretch of portion)
    for (const { file, deletes, residual } of await plannedFiles(plan, stretch, context)) {
      const of = deletes.map((one) => {
        // Several deletion vectors lie in one file.
        const key = `${one.contentOffset ?? ''} ${one.path}`
        const known = references.get(key)
        if (known !== undefined) return known
        references.set(key, deleteFiles.length)
        return deleteFiles.push(contentFileJson(one, fieldsOf(plan.view, one.specId), new Set())) - 1
      })
      tasks.push({
        'data-file': contentFileJson(file, fieldsOf(plan.view, file.specId), plan.stats),
        ...(of.length > 0 && { 'delete-file-references': of }),
        'residual-filter': expressionJson(residual),
      })
    }
  return { 'delete-files': deleteFiles, 'file-scan-tasks': tasks }
}
