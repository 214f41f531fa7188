/** Avro's container files. A row's fields lie side by side, so every file is read whole; blocks are read apart. */
import { AvroColumns } from '../../../formats/avro/columns.ts'
import { avroBlocks, blockStretches, readAvroHeader } from '../../../formats/avro/container.ts'
import { Cursor } from '../../../formats/avro/cursor.ts'
import { parseAvroSchema } from '../../../formats/avro/schema.ts'
import { BATCH_BYTES, BATCH_ROWS } from './batch-size.ts'
import type { Converter } from './converter.ts'

/** So that the threads share the work on one large file. */
const STRETCH_BYTES = 8 << 20

export const avroConverter: Converter = {
  plan(file, { mostRows }) {
    // The first rows are read from front to back; to look for all blocks would take longer.
    if (mostRows !== undefined || file.sizeBytes <= STRETCH_BYTES)
      return { stretches: [{ part: [], whole: true, readBytes: file.sizeBytes }], readBytes: 0 }
    const header = readAvroHeader(file)
    const stretches = blockStretches(file, header, STRETCH_BYTES).map(({ from, to }) => {
      return { part: [from, to], whole: true, readBytes: to - from }
    })
    return { stretches, readBytes: header.end }
  },
  *batches(file, { format, columns: wanted }, { part: [from, to] }) {
    const header = readAvroHeader(file)
    const stretch = from === undefined || to === undefined ? undefined : { from, to }
    const schema = format.kind === 'avro' ? format.schema : undefined
    const reader = schema === undefined ? undefined : parseAvroSchema(schema)
    const columns = new AvroColumns(header.schema, wanted, reader)
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
