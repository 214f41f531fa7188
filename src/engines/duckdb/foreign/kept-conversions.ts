/** Conversions that may serve again, those used last being kept longest. */
import { rmSync } from 'node:fs'
import type { ConversionRequest, FilePlan, Stretch } from './converter.ts'

export interface Kept {
  readonly request: ConversionRequest
  /** A Parquet file for each stretch. */
  readonly outputs: ReadonlyMap<string, string>
  readonly sizeBytes: number
}

export class KeptConversions {
  readonly #mostBytes: number
  /** By format and file; the one used last is the last. */
  readonly #kept = new Map<string, Kept[]>()
  #sizeBytes = 0
  /** Files that belong to a plan and to nothing that is kept. */
  readonly #lent = new Set<string>()

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** The outputs of one with all the columns and all the stretches that are asked for. */
  find(key: string, request: ConversionRequest, plan: FilePlan): readonly string[] | undefined {
    const entries = this.#kept.get(key)
    for (const { request: known, outputs } of entries ?? []) {
      const found = plan.stretches.flatMap((stretch) => outputs.get(partKey(stretch)) ?? [])
      if (found.length < plan.stretches.length || !holdsColumns(known, request)) continue
      this.#kept.delete(key)
      this.#kept.set(key, entries!)
      return found
    }
    return undefined
  }

  add(key: string, kept: Kept): void {
    for (const output of kept.outputs.values()) this.#lent.delete(output)
    const entries = this.#kept.get(key) ?? []
    this.#kept.delete(key)
    this.#kept.set(key, [...entries, kept])
    this.#sizeBytes += kept.sizeBytes
  }

  /** A file that goes with the plan that it is made for, unless it comes to be kept. */
  lend(output: string): void {
    this.#lent.add(output)
  }

  /** Between two plans: none of the files is in use. */
  shrink(): void {
    for (const output of this.#lent) rmSync(output, { force: true })
    this.#lent.clear()
    for (const [key, entries] of this.#kept) {
      if (this.#sizeBytes <= this.#mostBytes) return
      this.#kept.delete(key)
      for (const { outputs, sizeBytes } of entries) {
        this.#sizeBytes -= sizeBytes
        for (const output of outputs.values()) rmSync(output, { force: true })
      }
    }
  }
}

export const partKey = ({ part }: Stretch): string => part.join()

const columnKey = ({ ordinal, name, type }: ConversionRequest['columns'][number]) =>
  JSON.stringify([ordinal, name, type])

function holdsColumns(kept: ConversionRequest, asked: ConversionRequest): boolean {
  const known = new Set(kept.columns.map(columnKey))
  return asked.columns.every((column) => known.has(columnKey(column)))
}
