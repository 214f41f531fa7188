/**
 * Metadata, lists, manifests and deletion vectors that are not what they say. One may be read all the same, since a change
 * may hit what says nothing; else it fails as what it is: never as a bug, never for ever, never with memory that it only claims to need.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { avroBlocks, readAvroHeader } from '../avro/container.ts'
import { Cursor } from '../avro/cursor.ts'
import { avroFile } from '../avro/value-file.ts'
import { type AvroValue, valueReader } from '../avro/values.ts'
import { damaged, inMemory } from '../bad-input.fixture.ts'
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'
import { roaringRanges } from '../roaring.ts'
import { dice } from '../seeded.fixture.ts'
import { vectorBitmap } from './deletion-vector.ts'
import { IcebergError } from './iceberg-error.ts'
import { readManifest } from './manifest.ts'
import { type ManifestFile, readManifestList } from './manifest-list.ts'
import { currentSchema, currentSnapshot, schemaOf, snapshotAt, specById, tableMetadata } from './metadata.ts'
import { partitionPath } from './partition-path.ts'
import { fileMayMatch, manifestMayMatch, partitionConditions, partitionMayMatch } from './pruning.ts'
import { fieldsById } from './schema.ts'
import { boundFields } from './specs.ts'
import { decodeValue } from './values.ts'

const MOST_BYTES = 300 << 20

const FOLDER = new URL('../../../tests/golden/iceberg/', import.meta.url)
const golden = (path: string): Buffer => readFileSync(new URL(path, FOLDER))
const named = (table: string, pattern: RegExp): string =>
  `${table}/metadata/${readdirSync(new URL(`${table}/metadata`, FOLDER))
    .toSorted()
    .find((name) => pattern.test(name))}`

const metadata = tableMetadata(JSON.parse(golden(named('events', /\.metadata\.json$/)).toString()))
const schema = currentSchema(metadata)
const columns = [...fieldsById(schema).values()].flatMap(({ field: { id, type } }) =>
  typeof type === 'string' && (type === 'long' || type === 'string')
    ? [{ id, type, known: { kind: 'values', values: [type === 'long' ? 5n : 'eu'] } } as const]
    : [],
)
const fieldsOf = (spec: number) => boundFields(specById(metadata, spec), metadata.schemas)

const readMetadata = (bytes: Uint8Array): void => readJson(JSON.parse(Buffer.from(bytes).toString()))

function readJson(json: unknown): void {
  const read = tableMetadata(json)
  const snapshot = currentSnapshot(read)
  fieldsById(snapshot ? schemaOf(read, snapshot) : currentSchema(read))
  snapshotAt(read, Date.UTC(2030, 0, 1))
  for (const spec of read['partition-specs']) boundFields(spec, read.schemas)
}

function readList(bytes: Uint8Array): void {
  for (const manifest of readManifestList(inMemory(bytes)))
    if (manifest.specId === 0 || manifest.specId === 1) manifestMayMatch(manifest, fieldsOf(manifest.specId), columns)
}

const MANIFEST: ManifestFile = {
  path: 's3://data/m.avro',
  length: 1,
  specId: 0,
  content: 'data',
  sequenceNumber: 3,
  minSequenceNumber: 3,
  addedSnapshotId: 1,
}

async function readEntries(bytes: Uint8Array): Promise<void> {
  const fields = fieldsOf(0)
  const conditions = partitionConditions(fields, columns)
  const known = fieldsById(schema)
  for await (const entries of readManifest(inMemory(bytes), MANIFEST, { fields }))
    for (const { file } of entries) {
      partitionPath(fields, file.partition)
      partitionMayMatch(file.partition, conditions)
      fileMayMatch(file, columns)
      for (const bounds of [file.lowerBounds, file.upperBounds])
        for (const [id, bound] of bounds ?? []) {
          const type = known.get(id)?.field.type
          if (type !== undefined) decodeValue(type, bound)
        }
    }
}

const readVector = (bytes: Uint8Array): void => roaringRanges(vectorBitmap(bytes), () => undefined)

type Reading = (bytes: Uint8Array) => void | Promise<void>

const SUBJECTS: readonly (readonly [name: string, path: string, read: Reading, rounds: number])[] = [
  ['metadata', named('events', /\.metadata\.json$/), readMetadata, 4000],
  ['metadata of version 3', named('vectors', /\.metadata\.json$/), readMetadata, 4000],
  ['list of manifests', named('events', /^snap-/), readList, 4000],
  ['manifest', named('events', /-m0\.avro$/), readEntries, 4000],
  ['manifest of version 3', named('vectors', /-m1\.avro$/), readEntries, 4000],
  ['deletion vector', 'apache/deletes/all-container-types-position-index.bin', readVector, 4000],
]

async function isRefused(read: Reading, bytes: Uint8Array): Promise<boolean> {
  const before = process.memoryUsage().arrayBuffers
  try {
    await read(bytes)
    return false
  } catch (error) {
    // What the reader of files catches besides: text that is no JSON, and what is beyond an array's or a number's range.
    if (error instanceof CorruptData || error instanceof UnsupportedData || error instanceof IcebergError) return true
    if (error instanceof SyntaxError && read === readMetadata) return true
    if (error instanceof RangeError) return true
    throw error
  } finally {
    const taken = process.memoryUsage().arrayBuffers - before
    assert.ok(taken < MOST_BYTES, `${taken} bytes were taken`)
  }
}

/** What may stand where something else should. */
const EXTREMES: readonly unknown[] = [
  null,
  undefined,
  -1,
  0,
  2 ** 40,
  -(2 ** 40),
  12_345_678_901_234_567_890n,
  1.5,
  '',
  'x',
  'decimal(99,98)',
  'bucket[0]',
  true,
  [],
  {},
  [null],
  { type: 'struct', fields: [null] },
]

/** A copy of which one value, counted from the outermost, is another. */
function replaced(value: unknown, by: unknown, nodes: { left: number }): unknown {
  if (nodes.left-- === 0) return by
  if (Array.isArray(value)) return value.map((item) => replaced(item, by, nodes))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, by, nodes)]))
}

function nodesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 1
  return Object.values(value).reduce((sum: number, item) => sum + nodesOf(item), 1)
}

for (const table of ['events', 'vectors'])
  test(`metadata of ${table} with every value replaced by others`, async () => {
    const whole = JSON.parse(golden(named(table, /\.metadata\.json$/)).toString())
    const check = ((json: unknown) => readJson(json)) as unknown as (bytes: Uint8Array) => void
    for (let at = 0; at < nodesOf(whole); at++)
      for (const extreme of EXTREMES) {
        const made = replaced(whole, extreme, { left: at })
        try {
          await isRefused(check, made as Uint8Array)
        } catch (error) {
          throw new Error(`value ${at} is ${String(extreme)}`, { cause: error })
        }
      }
  })

const RECORDS = [
  ['list of manifests', named('events', /^snap-/), readList],
  ['manifest', named('events', /-m0\.avro$/), readEntries],
  ['manifest of version 3', named('vectors', /-m1\.avro$/), readEntries],
] as const

/** What a value of the same type may lie. */
function liesFor(value: unknown): readonly AvroValue[] {
  if (typeof value === 'string') return ['', '\u0000', 'x'.repeat(1000)]
  if (value instanceof Uint8Array) return [new Uint8Array(0), new Uint8Array(40).fill(0xff)]
  if (typeof value === 'number') return [-1, 0, 7, 2 ** 31 - 1]
  if (typeof value === 'bigint') return [-1n, 2n ** 62n]
  return Array.isArray(value) ? [[]] : [null]
}

for (const [name, path, read] of RECORDS)
  test(`${name} in which every value lies`, async () => {
    const file = inMemory(golden(path))
    const header = readAvroHeader(file)
    const reader = valueReader(header.schema)
    const records = [...avroBlocks(file, header)].flatMap((block) => {
      const cursor = new Cursor(block.bytes)
      return Array.from({ length: block.records }, () => reader(cursor))
    })
    const avroSchema = JSON.parse(Buffer.from(header.metadata.get('avro.schema')!).toString())
    for (let at = 1; at < nodesOf(records); at++) {
      for (const lie of liesFor(valueAt(records, { left: at }))) {
        const made = replaced(records, lie, { left: at }) as AvroValue[]
        let bytes: Uint8Array
        try {
          bytes = avroFile(avroSchema, {}, made, { codec: 'null', sync: header.sync })
        } catch {
          // Its type does not allow the lie.
          continue
        }
        try {
          await isRefused(read, bytes)
        } catch (error) {
          throw new Error(`value ${at} is ${String(lie)}`, { cause: error })
        }
      }
    }
  })

function valueAt(value: unknown, nodes: { left: number }): unknown {
  if (nodes.left-- === 0) return value
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
  for (const item of Object.values(value)) {
    const found = valueAt(item, nodes)
    if (nodes.left < 0) return found
  }
  return undefined
}

for (const [name, path, read, rounds] of SUBJECTS)
  test(`${name}: damaged in ${rounds} ways`, async () => {
    const bytes = golden(path)
    await read(bytes)
    let refused = 0
    for (let seed = 1; seed <= rounds; seed++)
      try {
        if (await isRefused(read, damaged(bytes, dice(seed)))) refused++
      } catch (error) {
        throw new Error(`damaged by seed ${seed}`, { cause: error })
      }
    assert.ok(refused >= rounds / 10, `${refused} were refused`)
  })
