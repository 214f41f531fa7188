/** A plan of which a part is copied and the rest read: most have no such part. */
import type { EngineOutcome } from '../../../core/queries/engine-plan.ts'
import type { PlanMessage } from '../messages.ts'
import { emptyDirectory } from '../sinks/files.ts'

export async function copiedAndRead(
  plan: PlanMessage,
  signal: AbortSignal,
  read: (plan: PlanMessage) => Promise<EngineOutcome>,
): Promise<EngineOutcome> {
  const { sink } = plan
  if (sink.kind !== 'iceberg-files' || !sink.copies) return read(plan)
  const { copyFiles } = await import('./copied-files.ts')
  const copied = await copyFiles(plan, signal)
  if (!copied) return read(plan)
  if (!copied.rest) return copied.outcome
  try {
    return joinedOutcome(copied.outcome, await read(copied.rest))
  } catch (error) {
    await emptyDirectory(sink.directory)
    throw error
  }
}

/** What both have done. */
function joinedOutcome(copied: EngineOutcome, read: EngineOutcome): EngineOutcome {
  const added = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      [...new Set([...Object.keys(one), ...Object.keys(other)])].map((id) => [id, (one[id] ?? 0) + (other[id] ?? 0)]),
    )
  const { rowsByRelation: rows, ...rest } = read
  return {
    ...rest,
    rows: copied.rows + read.rows,
    files: [...copied.files, ...read.files],
    scannedBytes: copied.scannedBytes + read.scannedBytes,
    scannedByRelation: added(copied.scannedByRelation, read.scannedByRelation),
    ...(rows && { rowsByRelation: added(copied.rowsByRelation ?? {}, rows) }),
    timings: {
      planMs: copied.timings.planMs + read.timings.planMs,
      runMs: copied.timings.runMs + read.timings.runMs,
    },
  }
}
