/** Rows as databases send them, one after the other, made into vectors. */
import type { SourceRows } from '../../core/federation/connector.ts'
import type { Builder } from '../../formats/vector-builders.ts'

/** As many rows as an engine takes from a file at a time. */
const MOST_ROWS = 122_880
const MOST_BYTES = 16 << 20
/** Rows between two looks at how much memory they take. */
const LOOK = 1024

/** What is added to `builders`, row by row, until it is enough for a batch. */
export class RowBatch {
  readonly #builders: readonly Builder[]
  rows = 0

  constructor(builders: readonly Builder[]) {
    this.#builders = builders
  }

  /** A row has been added to each builder. True when the batch should be taken. */
  added(): boolean {
    this.rows++
    if (this.rows >= MOST_ROWS) return true
    return this.rows % LOOK === 0 && this.sizeBytes >= MOST_BYTES
  }

  get sizeBytes(): number {
    return this.#builders.reduce((sum, builder) => sum + builder.sizeBytes, 0)
  }

  /** The batch begins anew. */
  take(receivedBytes = this.sizeBytes): SourceRows {
    const { rows } = this
    this.rows = 0
    return { rows, columns: this.#builders.map((builder) => builder.finish()), receivedBytes }
  }
}
