/** For tests: a sound file of every format with what reads it to its end, and ways to damage one. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { AvroColumns } from './avro/columns.ts'
import { avroBlocks, readAvroHeader } from './avro/container.ts'
import { Cursor } from './avro/cursor.ts'
import { valueReader } from './avro/values.ts'
import { bzip2Blocks } from './compression/bzip2.ts'
import { lz4Blocks, snappyBlocks } from './compression/framings.ts'
import { lz4Compress, lz4Decompress } from './compression/lz4.ts'
import { snappyCompress, snappyDecompress } from './compression/snappy.ts'
import { CorruptData } from './corrupt-data.ts'
import { parseActions } from './delta/actions.ts'
import { vectorPlace } from './delta/deletion-vector.ts'
import { logSegment } from './delta/log-segment.ts'
import { tableFields } from './delta/schema.ts'
import { Replay } from './delta/snapshot.ts'
import { replacedFileIds } from './hudi/replaced-files.ts'
import { tableProperties, timelineOf } from './hudi/timeline.ts'
import { ionText } from './ion/text.ts'
import { ionValues } from './ion/values.ts'
import { pieceBatches, planPieces, storedColumns } from './orc/rows.ts'
import { readOrcTail } from './orc/tail.ts'
import { footerLength, readParquetFooter as readEnd } from './parquet/footer.ts'
import type { RandomAccess } from './random-access.ts'
import type { Dice } from './seeded.fixture.ts'
import type { ColumnField } from './vectors.ts'

export interface Subject {
  readonly name: string
  readonly bytes: Uint8Array
  readonly read: (bytes: Uint8Array) => void
  /** How many damaged ones are read. */
  readonly rounds: number
  /** How many of them must at least be found out; a tenth unless said. */
  readonly fewest?: number
}

export const inMemory = (bytes: Uint8Array): RandomAccess => ({
  sizeBytes: bytes.length,
  read(at, length) {
    if (at < 0 || length < 0 || at + length > bytes.length) throw new CorruptData('it is too short')
    return bytes.subarray(at, at + length)
  },
})

const golden = (path: string): Buffer => readFileSync(new URL(`../../tests/golden/${path}`, import.meta.url))
const drain = (all: Iterable<unknown>): void => {
  for (const _ of all);
}

const ORC_FIELDS: readonly ColumnField[] = [
  { name: 'id', type: { kind: 'long' } },
  { name: 'tiny', type: { kind: 'tinyint' } },
  { name: 'small', type: { kind: 'smallint' } },
  { name: 'whole', type: { kind: 'int' } },
  { name: 'name', type: { kind: 'string' } },
  { name: 'kind', type: { kind: 'varchar', length: 3 } },
  { name: 'ok', type: { kind: 'boolean' } },
  { name: 'score', type: { kind: 'double' } },
  { name: 'ratio', type: { kind: 'float' } },
  { name: 'day', type: { kind: 'date' } },
  { name: 'at', type: { kind: 'timestamp' } },
  { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 } },
  { name: 'wide', type: { kind: 'decimal', precision: 38, scale: 4 } },
  { name: 'raw', type: { kind: 'binary' } },
  { name: 'tags', type: { kind: 'list', element: { kind: 'string' } } },
  { name: 'attrs', type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'int' } } },
  {
    name: 'place',
    type: { kind: 'struct', fields: [{ name: 'geo', type: { kind: 'list', element: { kind: 'double' } } }] },
  },
]

export function readOrc(bytes: Uint8Array): void {
  const file = inMemory(bytes)
  const tail = readOrcTail(file)
  const wanted = ORC_FIELDS.map((field, ordinal) => ({ ...field, ordinal }))
  const stored = storedColumns(tail, wanted, true)
  const columns = wanted.map((field, i) => ({ ...field, stored: stored[i], condition: undefined }))
  for (const piece of planPieces(file, tail, columns, 1000))
    drain(pieceBatches(file, tail, piece, columns, { rows: 1000, bytes: 1 << 22 }))
}

const AVRO_FIELDS: readonly ColumnField[] = [
  { name: 'id', type: { kind: 'long' } },
  { name: 'small', type: { kind: 'int' } },
  { name: 'name', type: { kind: 'string' } },
  { name: 'score', type: { kind: 'double' } },
  { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 } },
  { name: 'wide', type: { kind: 'decimal', precision: 38, scale: 4 } },
  { name: 'tags', type: { kind: 'list', element: { kind: 'string' } } },
  { name: 'attrs', type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'int' } } },
]

/** By columns, as a table's files are, and by values, as metadata is. */
export function readAvro(bytes: Uint8Array): void {
  const file = inMemory(bytes)
  const header = readAvroHeader(file)
  const columns = new AvroColumns(header.schema, AVRO_FIELDS)
  const value = valueReader(header.schema)
  for (const block of avroBlocks(file, header)) {
    columns.add(block, new Cursor(block.bytes))
    columns.finish()
    const cursor = new Cursor(block.bytes)
    for (let i = 0; i < block.records; i++) value(cursor)
  }
}

export function readParquetFooter(bytes: Uint8Array): void {
  const length = footerLength(bytes.subarray(-8))
  if (length + 8 > bytes.length) throw new CorruptData('it is shorter than its footer')
  readEnd(bytes.subarray(bytes.length - 8 - length, -8))
}

function readDeltaLog(bytes: Uint8Array): void {
  const replay = new Replay('s3://b/t')
  for (const action of parseActions(Buffer.from(bytes).toString(), 's3://b/t/_delta_log/0.json')) {
    replay.take(action)
    if (action.kind === 'add' && action.add.deletionVector) vectorPlace(action.add.deletionVector)
  }
  tableFields(replay.snapshot(0, 'db.t').metadata)
}

const SCHEMA = JSON.stringify({
  type: 'struct',
  fields: [
    { name: 'id', type: 'long', nullable: true, metadata: {} },
    {
      name: 'm',
      type: { type: 'map', keyType: 'string', valueType: 'decimal(10,2)', valueContainsNull: true },
      nullable: true,
      metadata: {},
    },
    {
      name: 'a',
      type: { type: 'array', elementType: { type: 'struct', fields: [] }, containsNull: true },
      nullable: true,
      metadata: {},
    },
  ],
})
const DELTA_LOG = [
  { protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'] } },
  { metaData: { id: 'x', schemaString: SCHEMA, partitionColumns: ['id'], configuration: {} } },
  { add: { path: 'p=1/a%20b.parquet', partitionValues: { id: '1' }, size: 12, stats: '{"numRecords":3}' } },
  {
    add: {
      path: 'c.parquet',
      partitionValues: { id: null },
      size: 12,
      deletionVector: {
        storageType: 'u',
        pathOrInlineDv: 'vBn[lx{q8@P<9BNH/isA',
        offset: 1,
        sizeInBytes: 36,
        cardinality: 2,
      },
    },
  },
  { remove: { path: 'old.parquet' } },
]

const LETTERS = Buffer.from(
  'the quick brown fox; '.repeat(60) + Array.from({ length: 400 }, (_, i) => (i * i) % 97).join(),
)
const MOST_LETTERS = 1 << 16

/** Thousands for each format; fewer where a file is long. */
export const SUBJECTS: readonly Subject[] = [
  ...['uncompressed', 'zlib', 'snappy', 'lz4', 'zstd'].map((codec): Subject => {
    return { name: `ORC, ${codec}`, bytes: golden(`orc/${codec}.orc`), read: readOrc, rounds: 400 }
  }),
  ...['null', 'deflate', 'snappy', 'zstandard', 'bzip2'].map((codec): Subject => {
    return { name: `Avro, ${codec}`, bytes: golden(`avro/${codec}.avro`), read: readAvro, rounds: 1000 }
  }),
  {
    name: "Parquet's footer",
    bytes: golden('delta/orders/_delta_log/00000000000000000003.checkpoint.parquet'),
    read: readParquetFooter,
    rounds: 4000,
  },
  {
    name: 'Ion, binary',
    bytes: golden('ion/rows.ion'),
    read: (bytes) => ionValues(bytes).forEach(ionText),
    rounds: 4000,
  },
  {
    name: 'Ion, text',
    bytes: golden('ion/rows.txt.ion'),
    read: (bytes) => ionValues(bytes).forEach(ionText),
    rounds: 4000,
  },
  {
    name: "Delta's log",
    bytes: Buffer.from(DELTA_LOG.map((line) => JSON.stringify(line)).join('\n')),
    read: readDeltaLog,
    rounds: 4000,
  },
  {
    name: 'names of a Delta log',
    bytes: Buffer.from([0, 1, 2, 3].map((n) => `${String(n).padStart(20, '0')}.json`).join('\n')),
    read: (bytes) => void logSegment(Buffer.from(bytes).toString().split('\n')),
    rounds: 2000,
  },
  {
    name: "Hudi's properties and timeline",
    bytes: Buffer.from(
      'hoodie.table.version=6\nhoodie.table.base.file.format=PARQUET\n20240101.commit\n20240102.replacecommit',
    ),
    read: (bytes) => {
      const text = Buffer.from(bytes).toString()
      tableProperties(text)
      timelineOf(text.split('\n'))
    },
    rounds: 2000,
    fewest: 0,
  },
  {
    name: "Hudi's replaced files, Avro",
    bytes: golden('hudi/replacecommit.avro'),
    read: (bytes) => void replacedFileIds(bytes),
    rounds: 3000,
  },
  {
    name: "Hudi's replaced files, JSON",
    bytes: Buffer.from(JSON.stringify({ partitionToReplaceFileIds: { 'day=1': ['a-0', 'b-0'], '': [] } })),
    read: (bytes) => void replacedFileIds(bytes),
    rounds: 2000,
  },
  {
    name: 'Snappy, raw',
    bytes: snappyCompress(LETTERS),
    read: (bytes) => void snappyDecompress(bytes, MOST_LETTERS),
    rounds: 4000,
  },
  {
    name: 'LZ4, raw',
    bytes: lz4Compress(LETTERS),
    read: (bytes) => void lz4Decompress(bytes, MOST_LETTERS),
    rounds: 4000,
  },
  ...(
    [
      ['framed.snappy', snappyBlocks],
      ['hadoop.snappy', snappyBlocks],
      ['framed.lz4', lz4Blocks],
      ['independent.lz4', lz4Blocks],
      ['hadoop.lz4', lz4Blocks],
      ['python.bz2', bzip2Blocks],
    ] as const
  ).map(([file, blocks]): Subject => {
    return { name: file, bytes: golden(`codecs/${file}`), read: (bytes) => drain(blocks(inMemory(bytes))), rounds: 100 }
  }),
]

/** A bzip2 file of some hundred bytes that swells to more than anything may hold. */
export const BOMB = gunzipSync(golden('codecs/bomb.bz2.gz'))

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff]

/** A copy with bits flipped, bytes set to what lengths and counts look like, stretches blanked, repeated or left out. */
export function damaged(sound: Uint8Array, random: Dice): Uint8Array {
  const bytes = Uint8Array.from(sound)
  // Half of the time where headers and footers are.
  const place = () => {
    const edge = Math.min(bytes.length, 256)
    const at = random(4)
    return at === 0 ? random(edge) : at === 1 ? bytes.length - 1 - random(edge) : random(bytes.length)
  }
  switch (random(6)) {
    case 0:
      return bytes.subarray(0, random(bytes.length))
    case 1: {
      const [from, length] = [place(), 1 + random(16)]
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)])
    }
    case 2: {
      const from = place()
      bytes.fill(EXTREMES[random(EXTREMES.length)]!, from, from + 1 + random(10))
      return bytes
    }
    case 3:
      bytes.copyWithin(place(), place(), bytes.length)
      return bytes
    default:
      for (let left = 1 + random(4); left > 0; left--) bytes[place()]! ^= 1 << random(8)
      return bytes
  }
}
