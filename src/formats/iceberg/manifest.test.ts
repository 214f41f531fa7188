/** What is written is what is read, by a reader that has been proved on the files of others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ContentFile, type ManifestEntry, type ManifestWishes, readManifest } from './manifest.ts'
import { type ManifestFile, readManifestList } from './manifest-list.ts'
import { partitionSummaries, writeManifest, writeManifestList } from './manifest-writer.ts'
import { boundFields } from './specs.ts'
import { encodeValue } from './values.ts'

const SCHEMA = {
  type: 'struct',
  'schema-id': 3,
  fields: [
    { id: 1, name: 'at', required: false, type: 'timestamp' },
    { id: 2, name: 'price', required: false, type: 'decimal(9, 2)' },
    { id: 3, name: 'die Straße', required: false, type: 'string' },
    { id: 4, name: 'uid', required: false, type: 'uuid' },
  ],
} as const
const SPEC = {
  'spec-id': 7,
  fields: [
    { name: 'at_day', transform: 'day', 'source-id': 1, 'field-id': 1000 },
    { name: 'price', transform: 'identity', 'source-id': 2, 'field-id': 1001 },
    { name: 'die Straße', transform: 'identity', 'source-id': 3, 'field-id': 1002 },
    { name: '4uid', transform: 'identity', 'source-id': 4, 'field-id': 1003 },
    { name: 'at', transform: 'identity', 'source-id': 1, 'field-id': 1004 },
  ],
}
const FIELDS = boundFields(SPEC, [SCHEMA])
const UID = Uint8Array.from({ length: 16 }, (_, i) => i)
const OPTIONS = { codec: 'deflate', sync: new Uint8Array(16).fill(7) } as const

const FILE: ContentFile = {
  content: 'data',
  path: 's3://b/t/data/1.parquet',
  format: 'parquet',
  specId: 7,
  partition: [19_737, -1_050n, 'Hauptstraße', UID, 1_705_312_800_123_456n],
  recordCount: 10,
  sizeBytes: 2 ** 40,
  columnSizes: new Map([[1, 100]]),
  valueCounts: new Map([
    [1, 10],
    [2, 10],
  ]),
  nullValueCounts: new Map([[2, 10]]),
  nanValueCounts: new Map(),
  lowerBounds: new Map([[1, encodeValue('timestamp', -1n)]]),
  upperBounds: new Map([[1, encodeValue('timestamp', 2n ** 60n)]]),
  splitOffsets: [4],
  sortOrderId: 0,
}
const KIND = { content: 'data', schema: SCHEMA, spec: SPEC, fields: FIELDS } as const
const access = (bytes: Uint8Array) => ({
  sizeBytes: bytes.length,
  read: (at: number, length: number) => bytes.subarray(at, at + length),
})
const LISTED: ManifestFile = {
  path: 's3://b/t/metadata/m.avro',
  length: 1000,
  specId: 7,
  content: 'data',
  sequenceNumber: 5,
  minSequenceNumber: 2,
  addedSnapshotId: 3_051_729_675_574_597_004n,
  addedFiles: 1,
  existingFiles: 2,
  deletedFiles: 3,
  addedRows: 2 ** 40,
  existingRows: 5,
  deletedRows: 6,
}

async function entriesOf(bytes: Uint8Array, wishes: ManifestWishes): Promise<ManifestEntry[]> {
  const found: ManifestEntry[] = []
  for await (const entries of readManifest(access(bytes), LISTED, wishes)) found.push(...entries)
  return found
}

/** In the form of `FILE`: without what is not told, and maps of what is told of columns. */
const told = (entries: readonly ManifestEntry[]) =>
  structuredClone(
    entries.map((entry) => {
      const names = Object.keys(FILE) as (keyof ContentFile)[]
      const fields = names.filter((name) => entry.file[name] !== undefined)
      const value = (name: keyof ContentFile) =>
        FILE[name] instanceof Map ? new Map(entry.file[name] as Iterable<[number, unknown]>) : entry.file[name]
      return { ...entry, file: Object.fromEntries(fields.map((name) => [name, value(name)])) }
    }),
  )

test('entries of a manifest, of which new ones inherit what the list says', async () => {
  const old: ManifestEntry & { status: 'existing' } = {
    status: 'existing',
    snapshotId: 42,
    sequenceNumber: 2,
    fileSequenceNumber: 3,
    listedIn: LISTED.path,
    file: { ...FILE, path: 's3://b/t/data/2.parquet', partition: [null, null, null, null, null] },
  }
  const bytes = writeManifest(KIND, [{ status: 'added', file: FILE }, old], OPTIONS)
  const [added, kept] = told(await entriesOf(bytes, { fields: FIELDS }))
  assert.deepEqual(added, {
    status: 'added',
    snapshotId: 3_051_729_675_574_597_004n,
    sequenceNumber: 5,
    fileSequenceNumber: 5,
    listedIn: LISTED.path,
    file: FILE,
  })
  assert.deepEqual(kept, old)
})

test('of columns only those that are asked for are read', async () => {
  const bytes = writeManifest(KIND, [{ status: 'added', file: FILE }], OPTIONS)
  const read = async (columns: ReadonlySet<number>) => (await entriesOf(bytes, { fields: FIELDS, columns }))[0]!.file
  const { valueCounts, lowerBounds } = await read(new Set([2]))
  assert.deepEqual([...valueCounts!], [[2, 10]])
  assert.deepEqual(
    [valueCounts!.get(2), valueCounts!.has(2), valueCounts!.get(1), valueCounts!.has(1)],
    [10, true, undefined, false],
  )
  assert.deepEqual([...lowerBounds!], [])
  assert.deepEqual(
    [...(await read(new Set([1, 2]))).valueCounts!],
    [...FILE.valueCounts!].filter(([id]) => id <= 2),
  )
  assert.equal((await read(new Set())).valueCounts, undefined)
  assert.equal((await read(new Set([1]))).columnSizes, undefined)
})

test('a list of manifests, with the ranges of their partitions', () => {
  const other = { ...FILE, partition: [19_700, null, 'Am Bach', UID, 5n] }
  const partitions = partitionSummaries([FILE, other], FIELDS)
  assert.deepEqual(
    partitions.map((one) => one.containsNull),
    [false, true, false, false, false],
  )
  assert.deepEqual(Buffer.from(partitions[2]!.lower!).toString(), 'Am Bach')
  assert.deepEqual(partitions[1]!.lower, partitions[1]!.upper)
  const manifests = [
    { ...LISTED, partitions },
    { ...LISTED, content: 'deletes' as const, addedSnapshotId: 1, partitions: [] },
  ]
  const bytes = writeManifestList({ snapshotId: 1, parentId: undefined, sequenceNumber: 5 }, manifests, OPTIONS)
  assert.deepEqual(structuredClone([...readManifestList(access(bytes))]), structuredClone(manifests))
})
