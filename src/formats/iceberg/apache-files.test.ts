/** The test files of Apache Iceberg's own implementations (tests/golden/iceberg/apache), and what their tests say of each. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { CorruptData } from '../corrupt-data.ts'
import { roaringRanges } from '../roaring.ts'
import { vectorBitmap } from './deletion-vector.ts'
import { IcebergError } from './iceberg-error.ts'
import { readManifestList } from './manifest-list.ts'
import { currentSchema, currentSnapshot, type TableMetadata, tableMetadata } from './metadata.ts'

const FOLDER = new URL('../../../tests/golden/iceberg/apache/', import.meta.url)
const golden = (name: string): Buffer => readFileSync(new URL(name, FOLDER))

function metadataIn(name: string): TableMetadata {
  const bytes = golden(`metadata/${name}`)
  return tableMetadata(JSON.parse((name.includes('.zstd.') ? zstdDecompressSync(bytes) : bytes).toString()))
}

/** Those that are read, with format version, columns of the newest schema, and the default spec. */
const VALID: Readonly<Record<string, readonly [version: number, columns: string, spec: number]>> = {
  'TableMetadataPartitionStatisticsFiles.json': [2, 'x', 0],
  'TableMetadataStatisticsFiles.json': [2, 'x', 0],
  'TableMetadataV1Compat.json': [1, 'record_id,record_time,id,name', 0],
  'TableMetadataV1PartitionSpecsWithoutDefaultId.json': [1, 'x,y,z', 2],
  'TableMetadataV1SchemasWithoutCurrentId.json': [1, 'x,y,z', 0],
  'TableMetadataV1Valid.json': [1, 'x,y,z', 0],
  'TableMetadataV2Valid.json': [2, 'x,y,z', 0],
  'TableMetadataV2Valid.zstd.metadata.json': [2, 'x,y,z', 0],
  'TableMetadataV2ValidMinimal.json': [2, 'x,y,z', 0],
  'TableMetadataV3ValidEncryption.json': [3, 'x', 0],
  'TableMetadataV3ValidMinimal.json': [3, 'x,y,z', 0],
  'TableMetadataV3WithPartitionStatistics.json': [3, 'x,y,z', 0],
  'example_empty_table_metadata_v2.json': [2, 'x,y,z,a,dbl,i32,i64,bool', 0],
  'example_table_metadata_v2.json': [2, 'x,y,z,a,dbl,i32,i64,bool', 0],
  'example_table_metadata_v2_deep_history.json': [2, 'x,y,z', 0],
  'example_table_metadata_v2_partition_evolution.json': [2, 'x,y,z,a,dbl,i32,i64,bool', 2],
}

const INVALID: Readonly<Record<string, RegExp>> = {
  'TableMetadataUnsupportedVersion.json': /format version 42 is not supported/,
  'TableMetadataV1MissingSchemaType.json': /the schema is of no type that Iceberg has/,
  'TableMetadataV1NoValidSchema.json': /no schema that is said to be the current one/,
  // It lacks this as well as its current schema.
  'TableMetadataV2CurrentSchemaNotFound.json': /no last-partition-id, which format version 2 requires/,
  'TableMetadataV2MissingLastPartitionId.json': /no last-partition-id, which format version 2 requires/,
  'TableMetadataV2MissingPartitionSpecs.json': /no partition-specs, which format version 2 requires/,
  'TableMetadataV2MissingSchemas.json': /no schemas, which format version 2 requires/,
  'TableMetadataV2MissingSortOrder.json': /no sort-orders, which format version 2 requires/,
}

test('metadata of tables, valid and not', () => {
  for (const name of readdirSync(new URL('metadata', FOLDER))) {
    const expected = VALID[name]
    if (expected) {
      const metadata = metadataIn(name)
      const columns = currentSchema(metadata).fields.map((field) => field.name)
      assert.deepEqual([metadata['format-version'], columns.join(), metadata['default-spec-id']], expected, name)
      currentSnapshot(metadata)
    } else
      assert.throws(
        () => metadataIn(name),
        (error) => error instanceof IcebergError && INVALID[name]!.test(error.message),
        name,
      )
  }
})

const bytesOf = (bytes: Buffer) => ({
  sizeBytes: bytes.length,
  read: (at: number, length: number) => bytes.subarray(at, at + length),
})

test('lists of manifests: of Java before and after the counts were renamed, of DuckDB in version 3, encrypted', () => {
  for (const name of ['manifest-list-v2-1.avro', 'manifest-list-v2-2.avro']) {
    const [manifest, ...others] = readManifestList(bytesOf(golden(`manifest-lists/${name}`)))
    assert.equal(others.length, 0)
    assert.ok(manifest!.addedFiles! > 0 && manifest!.length > 0 && manifest!.addedRows! > 0, name)
  }
  const listed = [...readManifestList(bytesOf(golden('manifest-lists/duckdb_v3_manifest_list.avro')))]
  assert.deepEqual(
    listed.map(({ content, sequenceNumber, minSequenceNumber }) => [content, sequenceNumber, minSequenceNumber]),
    [
      ['data', 1, 1],
      ['deletes', 2, 2],
    ],
  )
  const encrypted = readManifestList(bytesOf(golden('manifest-lists/manifest-list-v3-encrypted.avro')))
  assert.throws(() => encrypted.next(), CorruptData)
})

function positions(bitmap: Uint8Array): number[] {
  const found: number[] = []
  roaringRanges(bitmap, (first, last) => {
    for (let at = first; at <= last; at++) found.push(at)
  })
  return found
}

const range = (first: number, end: number): number[] => Array.from({ length: end - first }, (_, i) => first + i)
const HIGH = 2 ** 32

test('bitmaps and deletion vectors', () => {
  const vectors: Readonly<Record<string, readonly number[]>> = {
    'empty-position-index.bin': [],
    'small-alternating-values-position-index.bin': [1, 3, 5, 7, 9],
    'small-and-large-values-position-index.bin': [100, 101, 2_147_483_747, 2_147_483_748],
    'all-container-types-position-index.bin': [
      5,
      7,
      ...range(65_537, 66_536),
      ...range(131_073, 196_607),
      HIGH + 10,
      HIGH + 20,
      ...range(HIGH + 65_546, HIGH + 66_036),
      ...range(HIGH + 131_073, HIGH + 196_607),
    ],
  }
  for (const [name, expected] of Object.entries(vectors))
    assert.deepEqual(positions(vectorBitmap(golden(`deletes/${name}`))), expected, name)
  const bitmaps: Readonly<Record<string, readonly number[]>> = {
    '64mapempty.bin': [],
    '64map32bitvals.bin': range(0, 10),
    '64mapspreadvals.bin': range(0, 10).flatMap((high) => range(0, 10).map((low) => high * HIGH + low)),
  }
  for (const [name, expected] of Object.entries(bitmaps))
    assert.deepEqual(positions(golden(`deletes/${name}`)), expected, name)
  // Java refuses it too.
  assert.throws(() => positions(golden('deletes/64maphighvals.bin')), RangeError)
})

test('deletion vectors where the footers of Puffin files say that they lie', () => {
  const expected: Readonly<Record<string, readonly (readonly number[])[]>> = {
    'deletion-vector-v1.puffin': [[1, 3, 5, 7, 9]],
    'single-blob-dv.puffin': [[1, 3, 5, 7, 9]],
    'multi-blob-dv.puffin': [
      [0, 100, 200],
      [50, 150],
    ],
  }
  for (const [name, of] of Object.entries(expected)) {
    const bytes = golden(`deletes/${name}`)
    // A footer ends with its length, its flags and the magic.
    const length = bytes.readInt32LE(bytes.length - 12)
    const { blobs } = JSON.parse(bytes.subarray(bytes.length - 12 - length, bytes.length - 12).toString())
    const found = (blobs as readonly { offset: number; length: number }[]).map(({ offset, length: size }) =>
      positions(vectorBitmap(bytes.subarray(offset, offset + size))),
    )
    assert.deepEqual(found, of, name)
  }
})
