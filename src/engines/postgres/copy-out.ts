/**
 * Rows of a query by COPY in binary: each is one message, decoded straight into vectors.
 * https://www.postgresql.org/docs/current/sql-copy.html
 */
import type { Connection, Submittable } from 'pg'
import type { SourceRows } from '../../core/federation/connector.ts'
import type { ReadColumn } from '../databases/database-connector.ts'
import { RowQueue } from '../databases/row-queue.ts'
import { sourceFailure } from '../databases/source-failure.ts'
import type { ValueReader } from './columns.ts'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
/** The signature, flags, and how much of the header follows. */
const HEADER_BYTES = SIGNATURE.length + 8
/** Beside the rows: each message says what it is and how long. */
const MESSAGE_BYTES = 5

/** Submitted to a connection, it yields batches until the rows are over. */
export class CopyOut implements Submittable {
  readonly #text: string
  readonly #columns: readonly ReadColumn<ValueReader>[]
  readonly #queue: RowQueue
  #connection: Connection | undefined
  #started = false

  constructor(query: string, columns: readonly ReadColumn<ValueReader>[]) {
    this.#text = `COPY (${query}) TO STDOUT (FORMAT binary)`
    this.#columns = columns
    this.#queue = new RowQueue(columns.map(({ builder }) => builder))
  }

  get over(): boolean {
    return this.#queue.over
  }

  submit(connection: Connection): void {
    this.#connection = connection
    connection.query(this.#text)
  }

  /** Rejects with `SourceError`, and with the signal's reason. */
  batches(signal: AbortSignal): AsyncGenerator<SourceRows> {
    return this.#queue.batches(this.#connection!.stream, signal)
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#queue.failed) return
    try {
      if (this.#takes(chunk) && this.#queue.added(chunk.length + MESSAGE_BYTES)) this.#connection?.stream.pause()
    } catch (error) {
      this.#queue.fail(error)
    }
  }

  handleError(error: unknown): void {
    this.#queue.fail(sourceFailure(error))
  }

  /** Nothing more is done: the end of the statement follows. */
  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#queue.end()
  }

  /** False for a message without a row: the header may come alone, and a count of -1 stands behind the last row. */
  #takes(chunk: Buffer): boolean {
    let at = 0
    if (!this.#started) {
      this.#started = true
      at = HEADER_BYTES + chunk.readInt32BE(HEADER_BYTES - 4)
    }
    if (at >= chunk.length || chunk.readInt16BE(at) < 0) return false
    at += 2
    for (const { builder, read } of this.#columns) {
      const length = chunk.readInt32BE(at)
      at += 4
      if (length < 0) builder.missing()
      else {
        read(chunk, at, at + length)
        at += length
      }
    }
    return true
  }
}
