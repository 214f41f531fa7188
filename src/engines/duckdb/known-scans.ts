/**
 * What plans have been found to read. Files never change, so the same plan reads the same of them again: it is counted
 * once. From then on it runs on an instance that logs no reads, and so may keep in memory what it has read of its files.
 */
import { hash } from 'node:crypto'
import { serialize } from 'node:v8'
import type { EngineOutcome } from '../../core/queries/engine-plan.ts'
import { filesRead } from './files-read.ts'
import type { Grants } from './grants.ts'
import type { PlanMessage } from './messages.ts'

export type ScanCount = Pick<EngineOutcome, 'scannedBytes' | 'scannedByRelation' | 'rowsByRelation'>

/** What an instance would keep of more is not worth its memory. */
const MOST_BYTES = 256 * 1_048_576
const REMEMBERED_PLANS = 1000

export class KnownScans {
  /** By plan; the one asked for last is the last. */
  readonly #counts = new Map<string, ScanCount>()

  find(plan: string): ScanCount | undefined {
    const count = this.#counts.get(plan)
    if (count) this.#remember(plan, count)
    return count
  }

  /** Of a plan that has run to its end. */
  learn(plan: string, { scannedBytes, scannedByRelation, rowsByRelation }: EngineOutcome): void {
    this.#remember(plan, { scannedBytes, scannedByRelation, ...(rowsByRelation && { rowsByRelation }) })
    if (this.#counts.size > REMEMBERED_PLANS) this.#counts.delete(this.#counts.keys().next().value!)
  }

  #remember(plan: string, count: ScanCount): void {
    this.#counts.delete(plan)
    this.#counts.set(plan, count)
  }
}

/**
 * The plan, which can share an instance, as far as what it reads goes; undefined where that may differ from run to run, or is
 * too much to keep.
 */
export function repeatable(plan: PlanMessage, grants: Grants): string | undefined {
  if (!grants.readsWhole || grants.profile !== undefined) return undefined
  // A file that is scanned twice is kept once.
  const sizes = new Map(plan.relations.flatMap(filesRead).map(({ localPath, sizeBytes }) => [localPath, sizeBytes]))
  const bytes = sizes.values().reduce((sum, one) => sum + one, 0)
  if (bytes === 0 || bytes > MOST_BYTES) return undefined
  return hash('sha256', serialize([plan.query, plan.relations, grants.disabledOptimizers]), 'base64')
}
