/** Avro's container files. A row's fields lie side by side, so every file is read whole. */
import { AvroColumns } from '../../../formats/avro/columns.ts'
import { avroBlocks, readAvroHeader } from '../../../formats/avro/container.ts'
import { Cursor } from '../../../formats/avro/cursor.ts'
import { parseAvroSchema } from '../../../formats/avro/schema.ts'
import { BATCH_BYTES, BATCH_ROWS } from './batch-size.ts'
import type { Converter } from './converter.ts'

export const avroConverter: Converter = {
  plan: (file) => ({ stretches: [{ part: [], whole: true, readBytes: file.sizeBytes }], readBytes: 0 }),
  *batches(file, { format, columns: wanted }) {
    const header = readAvroHeader(file)
    const schema = format.kind === 'avro' ? format.schema : undefined
    const reader = schema === undefined ? undefined : parseAvroSchema(schema)
    const columns = new AvroColumns(header.schema, wanted, reader)
    let rows = 0
    for (const block of avroBlocks(file, header)) {
      columns.add(block, new Cursor(block.bytes))
      rows += block.records
      if (rows < BATCH_ROWS && columns.sizeBytes < BATCH_BYTES) continue
      yield { rows, columns: columns.finish() }
      rows = 0
    }
    if (rows > 0) yield { rows, columns: columns.finish() }
  },
}
