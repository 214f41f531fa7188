import type { SourceRows } from '../../core/federation/connector.ts'
import type { ReadColumn } from '../databases/database-connector.ts'
import { RowQueue } from '../databases/row-queue.ts'
import type { ValueReader } from './columns.ts'
import type { Row, Session } from './session.ts'

/** The length of a short value, which stands before it. */
const LENGTH_BYTES = 1
/** Of the packet that a row is. */
const PACKET_BYTES = 4

/** The rows of a statement, decoded as they come. */
export class RowStream {
  readonly #session: Session
  readonly #columns: readonly ReadColumn<ValueReader>[]
  readonly #queue: RowQueue

  constructor(session: Session, sql: string, columns: readonly ReadColumn<ValueReader>[]) {
    this.#session = session
    this.#columns = columns
    this.#queue = new RowQueue(columns.map(({ builder }) => builder))
    session.stream(
      sql,
      (row) => this.#take(row),
      (error) => {
        if (error) this.#queue.fail(error)
        this.#queue.end()
      },
    )
  }

  get over(): boolean {
    return this.#queue.over
  }

  batches(signal: AbortSignal): AsyncGenerator<SourceRows> {
    return this.#queue.batches(this.#session, signal)
  }

  #take(row: Row): void {
    if (this.#queue.failed) return
    try {
      if (this.#queue.added(this.#read(row))) this.#session.pause()
    } catch (error) {
      this.#queue.fail(error)
    }
  }

  #read(row: Row): number {
    let bytes = PACKET_BYTES
    for (let i = 0; i < this.#columns.length; i++) {
      const value = row[i]!
      const { builder, read } = this.#columns[i]!
      bytes += LENGTH_BYTES + (value?.length ?? 0)
      if (value === null) builder.missing()
      else read(value)
    }
    return bytes
  }
}
