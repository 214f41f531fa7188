/** A Parquet file of vectors, written as they come, for an engine to scan. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { ParquetWriter } from '../formats/parquet/writer.ts'
import { allNull, type ColumnField, type Vector } from '../formats/vectors.ts'

/** An engine does not take a file without columns. */
const NO_COLUMNS: readonly ColumnField[] = [{ name: 'n', type: { kind: 'boolean' } }]

export class VectorFile {
  readonly #path: string
  readonly #descriptor: number
  readonly #writer: ParquetWriter
  readonly #counted: boolean
  rows = 0

  /** `path` has no file yet. */
  constructor(path: string, fields: readonly ColumnField[]) {
    this.#path = path
    this.#counted = fields.length === 0
    this.#descriptor = openSync(path, 'wx')
    this.#writer = new ParquetWriter(this.#counted ? NO_COLUMNS : fields, (bytes) => this.#put(bytes))
  }

  get sizeBytes(): number {
    return this.#writer.sizeBytes
  }

  /** One vector for each field; rows of no columns are still counted. */
  add(columns: readonly Vector[], rows: number): void {
    this.#writer.rowGroup(this.#counted ? [allNull(NO_COLUMNS[0]!.type, rows)] : columns, rows)
    this.rows += rows
  }

  end(): void {
    this.#writer.end()
    closeSync(this.#descriptor)
  }

  /** Instead of `end`. */
  discard(): void {
    closeSync(this.#descriptor)
    rmSync(this.#path, { force: true })
  }

  #put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at)
  }
}
