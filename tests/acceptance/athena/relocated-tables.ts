/** Iceberg tables whose metadata says that they lie elsewhere: their files, with the addresses of the lake in them. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { avroBlocks, readAvroHeader } from '../../../src/formats/avro/container.ts'
import { Cursor } from '../../../src/formats/avro/cursor.ts'
import { avroFile } from '../../../src/formats/avro/value-file.ts'
import { type AvroValue, valueReader } from '../../../src/formats/avro/values.ts'
import { parquet } from './delta-lake.ts'
import { registerIceberg } from './iceberg-lake.ts'
import type { AthenaLake } from './lake.ts'

export interface RelocatedTable {
  readonly name: string
  /** Where its files are. */
  readonly folder: string
  /** With one of which the addresses in its files begin. */
  readonly from: readonly string[]
  /** With what they are to begin; where its files are put unless said. */
  readonly to?: string
  /** Its metadata file within the folder. */
  readonly metadata: string
  /** What becomes of each file, by its path within the folder; undefined for one that is left out. */
  readonly change?: (path: string, bytes: Buffer) => Uint8Array | undefined
}

export async function putRelocated(
  a: AthenaLake,
  { name, folder, from, to = `s3://data/${name}`, metadata, change = (_, bytes) => bytes }: RelocatedTable,
): Promise<void> {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, path)
    if (!statSync(file).isFile()) continue
    const bytes = change(path, Buffer.from(await relocated(file, from, to)))
    if (bytes) await a.put(`${name}/${relative(folder, file)}`, bytes)
  }
  await registerIceberg(a, name, `s3://data/${name}/${metadata}`)
}

async function relocated(file: string, from: readonly string[], to: string): Promise<Uint8Array> {
  const bytes = readFileSync(file)
  if (file.endsWith('.metadata.json'))
    return Buffer.from(from.reduce((text, prefix) => text.replaceAll(prefix, to), bytes.toString()))
  if (file.endsWith('.avro')) return relocatedAvro(bytes, from, to)
  if (file.includes('deletes') && bytes.includes('file_path'))
    return parquet(
      `SELECT replace(file_path, '${from[0]}', '${to}') AS file_path, * EXCLUDE (file_path) FROM '${file}'`,
      ', FIELD_IDS {file_path: 2147483546, pos: 2147483545}',
    )
  return bytes
}

/** Of a container file, as values that can be written again. */
export function recordsOf(bytes: Uint8Array) {
  const file = { sizeBytes: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) }
  const header = readAvroHeader(file)
  const read = valueReader(header.schema)
  const records = [...avroBlocks(file, header)].flatMap((block) => {
    const cursor = new Cursor(block.bytes)
    return Array.from({ length: block.records }, () => read(cursor) as AvroValue)
  })
  const texts = [...header.metadata].map(([key, value]) => [key, Buffer.from(value).toString()] as const)
  const { 'avro.schema': schema, 'avro.codec': _, ...metadata } = Object.fromEntries(texts)
  return { schema: JSON.parse(schema!) as object, metadata, records, sync: header.sync }
}

export function relocatedAvro(bytes: Uint8Array, from: readonly string[], to: string): Uint8Array {
  const { schema, metadata, records, sync } = recordsOf(bytes)
  const changed = records.map((record) => moved(record, from, to))
  return avroFile(schema, metadata, changed, { codec: 'null', sync })
}

/** Bounds of addresses are bytes. */
function moved(value: AvroValue, from: readonly string[], to: string): AvroValue {
  if (typeof value === 'string') return from.reduce((text, prefix) => text.replace(prefix, to), value)
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value).toString('latin1')
    const prefix = from.find((one) => text.startsWith(one))
    return prefix === undefined ? value : Buffer.from(text.replace(prefix, to), 'latin1')
  }
  if (Array.isArray(value)) return value.map((item) => moved(item, from, to))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, from, to)]))
}
