/** Avro's container files. A row's fields lie side by side, so every file is read whole; blocks are read apart. */
import { AvroColumns } from '../../../formats/avro/columns.ts'
import { avroBlocks, blockStretches, readAvroHeader } from '../../../formats/avro/container.ts'
import { Cursor } from '../../../formats/avro/cursor.ts'
import { recordById } from '../../../formats/avro/field-ids.ts'
import { type AvroType, parseAvroSchema } from '../../../formats/avro/schema.ts'
import type { RandomAccess } from '../../../formats/random-access.ts'
import { BATCH_BYTES, BATCH_ROWS } from './batch-size.ts'
import type { ConversionRequest, Converter } from './converter.ts'

/** So that the threads share the work on one large file. */
const STRETCH_BYTES = 8 << 20

export const avroConverter: Converter = {
  plan(file, request) {
    const { mostRows, numbered, format } = request
    const lacks = format.kind === 'avro' && format.byId ? { lacks: lacking(schemaOf(file, request), request) } : {}
    // The first rows are read from front to back; to look for all blocks would take longer.
    if (numbered || mostRows !== undefined || file.sizeBytes <= STRETCH_BYTES)
      return { stretches: [{ part: [], whole: true, readBytes: file.sizeBytes }], readBytes: 0, ...lacks }
    const header = readAvroHeader(file)
    const stretches = blockStretches(file, header, STRETCH_BYTES).map(({ from, to }) => {
      return { part: [from, to], whole: true, readBytes: to - from }
    })
    return { stretches, readBytes: header.end, ...lacks }
  },
  *batches(file, request, { part: [from, to] }) {
    const { format, columns: wanted } = request
    const header = readAvroHeader(file)
    const stretch = from === undefined || to === undefined ? undefined : { from, to }
    const schema = format.kind === 'avro' ? format.schema : undefined
    const reader = schema === undefined ? undefined : parseAvroSchema(schema)
    const columns = new AvroColumns(schemaOf(file, request), wanted, reader)
    let rows = 0
    for (const block of avroBlocks(file, header, stretch)) {
      columns.add(block, new Cursor(block.bytes))
      rows += block.records
      if (rows < BATCH_ROWS && columns.sizeBytes < BATCH_BYTES) continue
      yield { rows, columns: columns.finish() }
      rows = 0
    }
    if (rows > 0) yield { rows, columns: columns.finish() }
  },
}

/** As the file has it, or under the names that columns have which are found by their ids. */
function schemaOf(file: RandomAccess, { format, columns }: ConversionRequest): AvroType {
  const { schema } = readAvroHeader(file)
  if (format.kind !== 'avro' || !format.byId || schema.kind !== 'record') return schema
  return recordById(
    schema,
    columns.map((column) => ({ ...column, ids: column.ids! })),
  )
}

function lacking(schema: AvroType, { columns }: ConversionRequest): number[] {
  const names = new Set(schema.kind === 'record' ? schema.fields.map(({ name }) => name) : [])
  return columns.flatMap(({ name, ordinal }) => (names.has(name) ? [] : [ordinal]))
}
