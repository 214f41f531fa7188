/** Scans that have been planned and may not have been told to their end: the latest of them, for an hour, in memory alone. */
import { randomUUID } from 'node:crypto'
import { Fault } from '../../core/faults.ts'
import type { Clock } from '../../core/ports.ts'
import type { ScanPlan, Stretch } from '../../core/queries/iceberg/scan-plans.ts'

export interface PlannedScan {
  readonly id: string
  /** Whose, and of which table: nobody else is told of it. */
  readonly of: string
  readonly plan: ScanPlan
  /** What is told at once. The first comes with the plan itself, the others are tasks. */
  readonly portions: readonly (readonly Stretch[])[]
  readonly expiresAtMs: number
}

const KEPT_MS = 3600 * 1000
const MOST_KEPT = 200

export class PlannedScans {
  readonly #clock: Clock
  readonly #kept = new Map<string, PlannedScan>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  keep(scan: Pick<PlannedScan, 'of' | 'plan' | 'portions'>): PlannedScan {
    const kept = { ...scan, id: randomUUID(), expiresAtMs: this.#clock.now().getTime() + KEPT_MS }
    this.#kept.set(kept.id, kept)
    for (const [id, { expiresAtMs }] of this.#kept)
      if (this.#kept.size > MOST_KEPT || expiresAtMs <= this.#clock.now().getTime()) this.#kept.delete(id)
      else break
    return kept
  }

  /** Throws not-found. */
  get(id: string, of: string): PlannedScan {
    const found = this.#kept.get(id)
    if (found?.of === of && found.expiresAtMs > this.#clock.now().getTime()) return found
    throw new Fault('not-found', 'plan', `The plan id does not exist: ${id}`)
  }

  forget({ id }: PlannedScan): void {
    this.#kept.delete(id)
  }

  /** What follows the first portion, as clients ask for it. */
  tasks({ id, portions }: PlannedScan): readonly string[] {
    return portions.slice(1).map((_, i) => `${id}.${i + 1}`)
  }

  /** Throws not-found. */
  portion(task: string, of: string): { readonly scan: PlannedScan; readonly portion: readonly Stretch[] } {
    const [id = '', number] = task.split('.')
    const scan = this.#kept.get(id)
    const portion = scan?.of === of && Number(number) > 0 ? scan.portions[Number(number)] : undefined
    if (scan && portion && scan.expiresAtMs > this.#clock.now().getTime()) return { scan, portion }
    throw new Fault('not-found', 'plan task', `The plan task does not exist: ${task}`)
  }
}
