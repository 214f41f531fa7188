/** Arrow's stream: the schema, batches of rows, and a mark that it is whole (https://arrow.apache.org/docs/format/Columnar.html). */
import { UnsupportedData } from '../corrupt-data.ts'
import type { FileEncoder, WriteBytes } from '../file-encoder.ts'
import type { ColumnField, ColumnType, Vector } from '../vectors.ts'
import { writeRecordBatch } from './record-batch-writer.ts'
import { writeSchema } from './schema.ts'
import { type ArrowField, type ArrowSchema, type ArrowType, arrowField } from './types.ts'

/** Instead of the next message's length. */
const END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)

export class ArrowStreamWriter implements FileEncoder {
  readonly batchRows = 8192
  readonly #schema: ArrowSchema
  readonly #write: WriteBytes

  /** Throws UnsupportedData for a type that has no field. */
  constructor(fields: readonly ColumnField[], write: WriteBytes) {
    this.#schema = streamSchema(fields)
    this.#write = write
    write(writeSchema(this.#schema, 'current'))
  }

  batch(columns: readonly Vector[], rows: number): void {
    this.#write(writeRecordBatch(this.#schema, columns, rows, 'current'))
  }

  end(): void {
    this.#write(END)
  }
}

/** A stream of no rows. */
export function emptyStream(fields: readonly ColumnField[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  new ArrowStreamWriter(fields, (bytes) => pieces.push(bytes)).end()
  return pieces
}

const streamSchema = (fields: readonly ColumnField[]): ArrowSchema => ({
  fields: fields.map(({ name, type }) => streamField(name, type)),
  metadata: {},
})

/** Times in full; Athena's connectors, for which `arrowField` is, know milliseconds only. */
function streamField(name: string, type: ColumnType): ArrowField {
  const told = timeType(type)
  if (told) return { name, nullable: true, type: told, children: [], metadata: {} }
  switch (type.kind) {
    case 'list':
      return { ...arrowField(name, LISTED), children: [streamField('item', type.element)] }
    case 'struct':
      return {
        ...arrowField(name, { kind: 'struct', fields: [] }),
        children: type.fields.map((field) => streamField(field.name, field.type)),
      }
    case 'map': {
      const [key, value] = [streamField('key', type.key), streamField('value', type.value)]
      const entries = arrowField('entries', { kind: 'struct', fields: [] })
      const children = [{ ...entries, nullable: false, children: [{ ...key, nullable: false }, value] }]
      return { ...arrowField(name, { kind: 'map', key: TEXT, value: TEXT }), children }
    }
    case 'uuid':
      throw new UnsupportedData(`column ${name} is of a type that is not told in Arrow (${type.kind})`)
    default:
      return arrowField(name, type)
  }
}

const TEXT: ColumnType = { kind: 'string' }
const LISTED: ColumnType = { kind: 'list', element: TEXT }

function timeType({ kind }: ColumnType): ArrowType | undefined {
  switch (kind) {
    case 'timestamp':
      return { kind: 'timestamp', unit: 'MICROSECOND', timezone: undefined }
    case 'instant':
      return { kind: 'timestamp', unit: 'MICROSECOND', timezone: 'UTC' }
    case 'time':
      return { kind: 'time', unit: 'MICROSECOND', bitWidth: 64 }
    default:
      return undefined
  }
}
