/** A container file of records that are values of JavaScript, for files as small as lists of files are. */
import { AvroContainer, type AvroOptions } from './container-writer.ts'
import { parseAvroSchema } from './schema.ts'
import { type AvroValue, encodeValue } from './values.ts'

/** `schema`: as JSON has it, whose attributes are kept. `metadata`: texts of the header. */
export function avroFile(
  schema: object,
  metadata: Readonly<Record<string, string>>,
  records: Iterable<AvroValue>,
  options: AvroOptions,
): Uint8Array {
  const text = JSON.stringify(schema)
  const type = parseAvroSchema(text)
  const parts: Uint8Array[] = []
  const container = new AvroContainer(text, options, (bytes) => parts.push(Uint8Array.from(bytes)), metadata)
  for (const record of records) {
    encodeValue(container.block, type, record)
    container.next()
  }
  container.end()
  return Buffer.concat(parts)
}
