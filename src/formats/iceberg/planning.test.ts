/** What scan planning leaves out, and which deletes it finds for a file. https://iceberg.apache.org/spec/#scan-planning */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { DeleteIndex, FILE_PATH_ID } from './delete-files.ts'
import { vectorBitmap } from './deletion-vector.ts'
import type { ContentFile, ManifestEntry } from './manifest.ts'
import { fileMayMatch, type KnownColumn, manifestMayMatch, partitionConditions, partitionMayMatch } from './pruning.ts'
import { boundFields } from './specs.ts'
import { encodeValue, type IcebergValue } from './values.ts'

const SCHEMA = {
  type: 'struct',
  fields: [
    { id: 1, name: 'at', required: false, type: 'timestamp' },
    { id: 2, name: 'n', required: false, type: 'long' },
    { id: 3, name: 'name', required: false, type: 'string' },
  ],
} as const
const FIELDS = boundFields(
  {
    'spec-id': 0,
    fields: [
      { name: 'at_day', transform: 'day', 'source-id': 1, 'field-id': 1000 },
      { name: 'n_bucket', transform: 'bucket[16]', 'source-id': 2, 'field-id': 1001 },
    ],
  },
  [SCHEMA],
)
const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n
const since = (iso: string): KnownColumn => ({
  id: 1,
  type: 'timestamp',
  known: { kind: 'range', low: micros(iso) },
})
const isN = (value: bigint): KnownColumn => ({ id: 2, type: 'long', known: { kind: 'values', values: [value] } })

const file = (more: Partial<ContentFile>): ContentFile => ({
  content: 'data',
  path: 's3://b/f.parquet',
  format: 'parquet',
  specId: 0,
  partition: [],
  recordCount: 10,
  sizeBytes: 100,
  ...more,
})

test('manifests are left out by the bounds of their partitions', () => {
  const manifest = (lower: number, upper: number, containsNull = false) => ({
    path: '',
    length: 0,
    specId: 0,
    content: 'data' as const,
    sequenceNumber: 1,
    minSequenceNumber: 1,
    addedSnapshotId: 1,
    partitions: [
      { containsNull, lower: encodeValue('date', lower), upper: encodeValue('date', upper) },
      { containsNull: true },
    ],
  })
  assert.equal(manifestMayMatch(manifest(0, 10), FIELDS, [since('1970-01-11T12:00:00Z')]), true)
  assert.equal(manifestMayMatch(manifest(0, 10), FIELDS, [since('1970-01-12T00:00:00Z')]), false)
  // All of its files have no bucket, so none has an n.
  assert.equal(manifestMayMatch(manifest(0, 10), FIELDS, [isN(34n)]), false)
  assert.equal(manifestMayMatch({ ...manifest(0, 10), partitions: undefined }, FIELDS, [isN(34n)]), true)
})

test('files are left out by their partitions', () => {
  const conditions = partitionConditions(FIELDS, [since('1970-01-11T12:00:00Z'), isN(34n)])
  // murmur3 of 34 is 2017239379, the last four bits of which are 3.
  assert.equal(partitionMayMatch([10, 3], conditions), true)
  assert.equal(partitionMayMatch([9, 3], conditions), false)
  assert.equal(partitionMayMatch([10, 4], conditions), false)
  assert.equal(partitionMayMatch([null, 3], conditions), false)
  // The column is of another type by now, and its old bucket says nothing.
  assert.deepEqual(
    partitionConditions(FIELDS, [{ id: 2, type: 'string', known: { kind: 'values', values: ['a'] } }]),
    [],
  )
})

test('files are left out by bounds and counts of columns', () => {
  const bounds = (low: bigint, high: bigint) => ({
    lowerBounds: new Map([[2, encodeValue('long', low)]]),
    upperBounds: new Map([[2, encodeValue('long', high)]]),
  })
  assert.equal(fileMayMatch(file(bounds(1n, 5n)), [isN(5n)]), true)
  assert.equal(fileMayMatch(file(bounds(1n, 5n)), [isN(6n)]), false)
  assert.equal(fileMayMatch(file({}), [isN(6n)]), true)
  const counts = { valueCounts: new Map([[2, 10]]), nullValueCounts: new Map([[2, 10]]) }
  assert.equal(fileMayMatch(file(counts), [isN(6n)]), false)
  assert.equal(fileMayMatch(file({ ...counts, nullValueCounts: new Map([[2, 9]]) }), [isN(6n)]), true)
  assert.equal(fileMayMatch(file({ recordCount: 0 }), []), false)
  const nan = { lowerBounds: new Map([[4, encodeValue('double', Number.NaN)]]) }
  assert.equal(fileMayMatch(file(nan), [{ id: 4, type: 'double', known: { kind: 'values', values: [1] } }]), true)
})

test('bounds from before a column was widened, bounds of text that end within a letter, and of zeros', () => {
  const between = (type: KnownColumn['type'], lower: Uint8Array, upper: Uint8Array, value: IcebergValue) =>
    fileMayMatch(file({ lowerBounds: new Map([[4, lower]]), upperBounds: new Map([[4, upper]]) }), [
      { id: 4, type, known: { kind: 'values', values: [value] } },
    ])
  const day = (of: number) => encodeValue('date', of)
  assert.equal(between('timestamp', day(19_000), day(19_001), micros('2022-01-08T12:00:00Z')), true)
  assert.equal(between('timestamp', day(19_000), day(19_001), micros('2022-01-10T00:00:00Z')), false)
  assert.equal(between('long', encodeValue('int', -5), encodeValue('int', 5), 5n), true)
  assert.equal(between('double', encodeValue('float', -0.5), encodeValue('float', 0.5), 0.75), false)
  assert.equal(between('decimal(38,2)', Uint8Array.of(0xff), Uint8Array.of(0x7f), -1n), true)
  assert.equal(between('decimal(38,2)', Uint8Array.of(0xff), Uint8Array.of(0x7f), -2n), false)
  // Of 'é', two bytes, the first alone: what follows it is no letter, and comes after the cut in the order of bytes.
  const cut = Buffer.from('aé').subarray(0, 2)
  assert.equal(between('string', cut, Buffer.from('b'), 'aé'), true)
  assert.equal(between('string', cut, Buffer.from('b'), 'az'), false)
  assert.equal(between('string', Buffer.from('a'), Buffer.from([0x62, 0xc4]), 'bé'), true)
  assert.equal(between('double', encodeValue('double', -0), encodeValue('double', -0), 0), true)
  assert.equal(between('double', encodeValue('double', 0), encodeValue('double', 0), -0), true)
})

test('moments before 1970 are looked for in the partition after theirs too, where old writers put them', () => {
  const days = (known: KnownColumn['known']) => {
    const [condition] = partitionConditions(FIELDS, [{ id: 1, type: 'timestamp', known }])
    return condition!.known
  }
  const at = micros('1969-12-30T12:00:00Z')
  assert.deepEqual(days({ kind: 'values', values: [at] }), { kind: 'values', values: [-2, -1] })
  assert.deepEqual(days({ kind: 'range', low: at, high: at }), { kind: 'range', low: -2, high: -1 })
  assert.deepEqual(days({ kind: 'values', values: [0n] }), { kind: 'values', values: [0] })
})

const entry = (sequenceNumber: number, more: Partial<ContentFile>): ManifestEntry => ({
  status: 'added',
  snapshotId: 1,
  sequenceNumber,
  listedIn: '',
  fileSequenceNumber: sequenceNumber,
  file: file(more),
})
const path = (text: string) => new Map([[FILE_PATH_ID, Buffer.from(text)]])

test('positions are deleted from files of their partition that are not newer, equal values from those that are older', () => {
  const positions = (sequence: number, more: Partial<ContentFile>) =>
    entry(sequence, { content: 'position-deletes', path: `p${sequence}`, partition: [1], ...more })
  const equality = (sequence: number, more: Partial<ContentFile>) =>
    entry(sequence, { content: 'equality-deletes', path: `e${sequence}`, partition: [1], equalityIds: [2], ...more })
  const index = new DeleteIndex(
    [
      positions(5, {}),
      positions(6, { lowerBounds: path('s3://b/x'), upperBounds: path('s3://b/z') }),
      positions(7, { lowerBounds: path('s3://b/only'), upperBounds: path('s3://b/only'), partition: [9] }),
      positions(8, { referencedDataFile: 's3://b/only' }),
      equality(5, {}),
      equality(6, { specId: 1, partition: [] }),
    ],
    new Set([1]),
  )
  const found = (sequence: number, more: Partial<ContentFile>) => {
    const { positions: of, equalities } = index.for(entry(sequence, { partition: [1], ...more }))
    return [...of, ...equalities].map((one) => one.path)
  }
  assert.deepEqual(found(5, {}), ['p5', 'e6'])
  assert.deepEqual(found(4, {}), ['p5', 'e6', 'e5'])
  assert.deepEqual(found(6, {}), [])
  assert.deepEqual(found(6, { path: 's3://b/y' }), ['p6'])
  assert.deepEqual(found(1, { partition: [2] }), ['e6'])
  assert.deepEqual(found(7, { path: 's3://b/only' }), ['p7', 'p8'])
  assert.deepEqual(found(9, { path: 's3://b/only' }), [])
})

test('a deletion vector is all that is deleted from its file', () => {
  const index = new DeleteIndex(
    [
      entry(3, { content: 'position-deletes', path: 'p3' }),
      entry(4, { content: 'position-deletes', path: 'dv', format: 'puffin', referencedDataFile: 's3://b/f.parquet' }),
    ],
    new Set(),
  )
  const deletes = index.for(entry(1, {}))
  assert.equal(deletes.vector?.path, 'dv')
  assert.deepEqual(deletes.positions, [])
  assert.deepEqual(
    index.for(entry(1, { path: 's3://b/g.parquet' })).positions.map((one) => one.path),
    ['p3'],
  )
})

test('the bitmap of a deletion vector stands between its length and its checksum', () => {
  const content = Buffer.from('d1d3396400000000', 'hex')
  const blob = Buffer.alloc(content.length + 8)
  blob.writeUInt32BE(content.length, 0)
  content.copy(blob, 4)
  blob.writeUInt32BE(crc32(content), content.length + 4)
  assert.deepEqual(Buffer.from(vectorBitmap(blob)).toString('hex'), '00000000')
  const broken = (change: (bytes: Buffer) => void, reason: RegExp) => {
    const bytes = Buffer.from(blob)
    change(bytes)
    assert.throws(() => vectorBitmap(bytes), reason)
  }
  broken((bytes) => bytes.writeUInt32BE(9, 0), /of 9 bytes, of which the manifest says 8/)
  broken((bytes) => bytes.writeUInt8(0, 4), /does not start as one/)
  broken((bytes) => bytes.writeUInt8(1, 10), /checksum is wrong/)
  assert.throws(() => vectorBitmap(Buffer.alloc(4)), /breaks off/)
})
