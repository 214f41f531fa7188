/** Ion files from vectors: binary, with a table of symbols for each batch, or text, a document on each line. */
import { UnsupportedData } from '../corrupt-data.ts'
import type { FileEncoder, WriteBytes } from '../file-encoder.ts'
import type { ColumnField, Vector } from '../vectors.ts'
import { ionBinary } from './binary.ts'
import { type IonSerialization, ionDocuments } from './documents.ts'
import { ionText } from './text.ts'
import { MOST_ION_BYTES } from './values.ts'

export class IonWriter implements FileEncoder {
  readonly batchRows = 10_000
  readonly #fields: readonly ColumnField[]
  readonly #rules: IonSerialization
  readonly #write: WriteBytes
  #writtenBytes = 0

  constructor(fields: readonly ColumnField[], rules: IonSerialization, write: WriteBytes) {
    this.#fields = fields
    this.#rules = rules
    this.#write = write
  }

  /** Throws `UnsupportedData` where the file would become larger than one that is read. */
  batch(columns: readonly Vector[], rows: number): void {
    const documents = ionDocuments(this.#fields, columns, rows, this.#rules)
    const bytes = this.#rules.encoding === 'BINARY' ? ionBinary(documents) : lines(documents)
    this.#writtenBytes += bytes.length
    if (this.#writtenBytes > MOST_ION_BYTES)
      throw new UnsupportedData(`Ion files of more than ${MOST_ION_BYTES} bytes are not supported`)
    this.#write(bytes)
  }

  end(): void {}
}

const lines = (documents: Iterable<Parameters<typeof ionText>[0]>): Uint8Array =>
  Buffer.from(Array.from(documents, (document) => `${ionText(document)}\n`).join(''))
