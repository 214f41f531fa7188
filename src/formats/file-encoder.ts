import type { Vector } from './vectors.ts'

/** Writes a file piece by piece, as batches of rows come. */
export interface FileEncoder {
  /** How many rows it wants at a time; only the last batch may have fewer. */
  readonly batchRows: number
  /** A vector for each field, of `rows` rows. */
  batch(columns: readonly Vector[], rows: number): void
  /** What is still held is written, and the file is whole. */
  end(): void
}

/** Takes each piece before it returns. */
export type WriteBytes = (bytes: Uint8Array) => void
