/** Which file groups a write has replaced: JSON up to table version 6, an Avro file from version 8 on. */
import { avroBlocks, readAvroHeader } from '../avro/container.ts'
import { Cursor } from '../avro/cursor.ts'
import { requireDense } from '../avro/vacancy.ts'
import { valueReader } from '../avro/values.ts'
import { CorruptData } from '../corrupt-data.ts'

const FIELD = 'partitionToReplaceFileIds'
const MOST_VACANT = 8
const MOST_REPLACED = 1_000_000
const AVRO_MAGIC = 'Obj\u0001'

/** Of a completed `replacecommit`. Throws `CorruptData`. */
export function replacedFileIds(bytes: Uint8Array): string[] {
  const avro = Buffer.from(bytes.subarray(0, AVRO_MAGIC.length)).toString('latin1') === AVRO_MAGIC
  const value: unknown = avro ? avroValue(bytes) : jsonValue(bytes)
  const byPartition = (value as Readonly<Record<string, unknown>> | null)?.[FIELD] ?? {}
  const ids = Object.values(byPartition).flat()
  if (!ids.every((id) => typeof id === 'string')) throw new CorruptData(`${FIELD} holds something else than file ids`)
  return ids
}

function avroValue(bytes: Uint8Array): unknown {
  const file = {
    sizeBytes: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  }
  const header = readAvroHeader(file)
  requireDense(header.schema, MOST_VACANT)
  const read = valueReader(header.schema, new Set([FIELD]))
  for (const block of avroBlocks(file, header))
    return read(new Cursor(block.bytes, 0, block.bytes.length, { left: MOST_REPLACED }))
  throw new CorruptData('the file holds no record')
}

function jsonValue(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    throw new CorruptData('it is neither Avro nor JSON')
  }
}
