/** Conversions that may serve again, those used last being kept longest. */
import { rmSync } from 'node:fs'
import type { ConversionRequest, FilePlan, Stretch } from './converter.ts'

export interface Kept {
  readonly request: ConversionRequest
  /** In the order of the rows. */
  readonly pieces: readonly KeptPiece[]
  readonly sizeBytes: number
}

export interface KeptPiece {
  readonly stretch: Stretch
  /** A Parquet file. */
  readonly output: string
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

  /** The outputs of one with all the columns, and at least the rows, that are asked for. */
  find(key: string, request: ConversionRequest, plan: FilePlan): readonly string[] | undefined {
    const entries = this.#kept.get(key)
    for (const { request: known, pieces } of entries ?? []) {
      const found = holdsColumns(known, request) && outputsFor(pieces, plan.stretches)
      if (!found) continue
      this.#kept.delete(key)
      this.#kept.set(key, entries!)
      return found
    }
    return undefined
  }

  add(key: string, kept: Kept): void {
    for (const { output } of kept.pieces) this.#lent.delete(output)
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
      for (const { pieces, sizeBytes } of entries) {
        this.#sizeBytes -= sizeBytes
        for (const { output } of pieces) rmSync(output, { force: true })
      }
    }
  }
}

/** Parts that begin with the same number are rows of one stripe: all of those serve where some are asked for. */
function outputsFor(pieces: readonly KeptPiece[], stretches: readonly Stretch[]): readonly string[] | undefined {
  const found: string[] = []
  for (const [first, asked] of Map.groupBy(stretches, ({ part }) => part[0])) {
    const own = pieces.filter(({ stretch }) => stretch.part[0] === first)
    const same =
      own.map(({ stretch }) => stretch.part.join()).join(' ') === asked.map(({ part }) => part.join()).join(' ')
    if (own.length === 0 || !(same || own.every(({ stretch }) => stretch.whole))) return undefined
    found.push(...own.map(({ output }) => output))
  }
  return found
}

const columnKey = ({ ordinal, as, name, type, ids }: ConversionRequest['columns'][number]) =>
  JSON.stringify([ordinal, as, name, type, ids])

function holdsColumns(kept: ConversionRequest, asked: ConversionRequest): boolean {
  const known = new Set(kept.columns.map(columnKey))
  return asked.columns.every((column) => known.has(columnKey(column)))
}
