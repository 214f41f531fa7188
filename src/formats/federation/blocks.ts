/** Blocks: rows with their schema, in Arrow's messages. */
import type { Framing } from '../arrow/message.ts'
import { type RecordBatch, readRecordBatch } from '../arrow/record-batch-reader.ts'
import { writeRecordBatch } from '../arrow/record-batch-writer.ts'
import { readSchema, writeSchema } from '../arrow/schema.ts'
import type { ArrowSchema } from '../arrow/types.ts'
import { columnTypeOf } from '../arrow/types.ts'
import { allNull, type Vector } from '../vectors.ts'
import { bytes, struct, text, type ValueOf } from './json-shapes.ts'

/** The messages stay as they came until somebody reads them: partitions only pass through. */
export const block = struct({ aId: text, schema: bytes, records: bytes })
export type Block = ValueOf<typeof block>

/** From version 3 on, Arrow's messages begin with a marker. All versions read both. */
const MARKED_SINCE = 3
export const framingOf = (version: number): Framing => (version < MARKED_SINCE ? 'legacy' : 'current')

export interface BlockRows extends RecordBatch {
  readonly schema: ArrowSchema
}

/** Throws CorruptData, and UnsupportedData for columns of types that nothing holds. */
export function readBlock({ schema, records }: Block): BlockRows {
  const told = readSchema(schema)
  return { schema: told, ...readRecords(told, records) }
}

/** No bytes are no rows. */
export function readRecords(schema: ArrowSchema, records: Uint8Array): RecordBatch {
  if (records.length > 0) return readRecordBatch(schema, records)
  return { rows: 0, columns: schema.fields.map((field) => allNull(columnTypeOf(field), 0)) }
}

/** `allocator` is a name that those who keep books on memory know the block by. */
export function writeBlock(
  schema: ArrowSchema,
  columns: readonly Vector[],
  rows: number,
  version: number,
  allocator: string,
): Block {
  const framing = framingOf(version)
  const records = rows === 0 ? new Uint8Array(0) : writeRecordBatch(schema, columns, rows, framing)
  return { aId: allocator, schema: writeSchema(schema, framing), records }
}
