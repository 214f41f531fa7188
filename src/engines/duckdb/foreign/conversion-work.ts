/** Files that are to be converted, and what is wanted of them. */
import { hash } from 'node:crypto'
import type { DataFile, ReadFile, Relation } from '../../../core/queries/relation.ts'
import { hasDeletedRows } from '../deletes/deleted-rows.ts'
import { knownValue } from '../parquet/lacking-columns.ts'
import { wantedColumn } from './column-types.ts'
import type { ConversionRequest, ForeignFormat } from './converter.ts'
import type { Demand } from './demand.ts'

export interface ConversionRun {
  readonly signal: AbortSignal
  readonly onRead: (file: ReadFile, bytes: number) => void
}

export class ConversionWork<T extends ReadFile = ReadFile> {
  readonly files: readonly T[]
  readonly request: ConversionRequest
  readonly signal: AbortSignal
  readonly onRead: (file: ReadFile, bytes: number) => void
  /** What is wrong with a file may be about a part of its structs that is not shown. */
  readonly isTold: boolean
  readonly #way: string

  constructor(files: readonly T[], request: ConversionRequest, { signal, onRead }: ConversionRun, isTold = true) {
    this.isTold = isTold
    this.files = files
    this.request = request
    this.signal = signal
    this.onRead = onRead
    this.#way = hash('sha256', JSON.stringify([request.format, request.numbered]), 'base64')
  }

  /** Conversions of one key differ only in their columns and in what was left out. */
  keyOf(file: ReadFile): string {
    return `${this.#way} ${file.localPath}`
  }
}

/** Files whose rows are known by their numbers are made whole, the others as far as they are wanted. */
export function worksOf(
  relation: Relation,
  format: ForeignFormat,
  demand: Demand,
  run: ConversionRun,
): ConversionWork<DataFile>[] {
  // Of a column that a file lacks, its statistics say nothing where a value of it is known.
  const told = demand.columns.filter((column) => !relation.files.some((file) => knownValue(column, file) !== undefined))
  const ordinals = new Map(told.map(({ name, ordinal }) => [name, ordinal]))
  const request = {
    format,
    columns: demand.columns.map(wantedColumn),
    constraints: new Map(
      [...demand.constraints].flatMap(([name, constraint]) => {
        const ordinal = ordinals.get(name)
        return ordinal === undefined ? [] : [[ordinal, constraint]]
      }),
    ),
    mostRows: demand.mostRows,
  }
  const isTold = !relation.narrowings && !relation.cellFilters
  const isNumbered = (file: DataFile) => demand.numbered || hasDeletedRows(file)
  return Array.from(
    Map.groupBy(relation.files, isNumbered),
    ([numbered, files]) => new ConversionWork(files, { ...request, numbered }, run, isTold),
  )
}
