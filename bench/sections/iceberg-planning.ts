/** Which of ten thousand files a query reads, by bounds of twenty columns in one manifest: the first time, and again. */
import { randomUUID } from 'node:crypto'
import type { ContentFile } from '../../src/formats/iceberg/manifest.ts'
import type { ManifestFile } from '../../src/formats/iceberg/manifest-list.ts'
import { writeManifest, writeManifestList } from '../../src/formats/iceberg/manifest-writer.ts'
import { newTableUpdates } from '../../src/formats/iceberg/new-table.ts'
import type { Schema } from '../../src/formats/iceberg/schema.ts'
import { NO_TABLE, updated } from '../../src/formats/iceberg/table-updates.ts'
import { encodeValue } from '../../src/formats/iceberg/values.ts'
import { Client } from '../client.ts'
import { atMost, type Finding, median, milliseconds } from '../measure.ts'
import { DATABASE, type PreparedLake, prepareLake, SCOPE } from '../prepared-lake.ts'
import { BUCKET, runQuery } from '../query.ts'
import { removeDirectory, startLentic, temporaryDirectory } from '../server-process.ts'

const FILES = 10_000
const COLUMNS = 20
const ROWS_PER_FILE = 1000
/** Each is planned once by a server that has never seen it. */
const TABLES = 9

const ids = Array.from({ length: COLUMNS }, (_, i) => i + 1)
const isText = (id: number) => id % 3 === 0
const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: ids.map((id) => ({ id, name: `c${id}`, required: false, type: isText(id) ? 'string' : 'long' })),
}

export async function measureIcebergPlanning(): Promise<Finding[]> {
  const directory = await temporaryDirectory()
  try {
    await prepareLake(directory, fill)
    const server = await startLentic({ directory })
    const client = new Client(server.port)
    const plan = async (table: string) =>
      (await runQuery(client, `SELECT c2 FROM ${table} WHERE c1 = ${FILES * ROWS_PER_FILE}`)).planningMs
    try {
      // Warms up what all queries need, and no table of those that are measured.
      for (let i = 0; i < 5; i++) await plan('wide_0')
      const first: number[] = []
      for (let i = 1; i <= TABLES; i++) first.push(await plan(`wide_${i}`))
      const again: number[] = []
      for (let i = 0; i < TABLES; i++) again.push(await plan('wide_1'))
      const told = { section: 'iceberg', what: 'plan of 10,000 files with bounds of 20 columns' }
      const note = `again ${milliseconds(median(again))}`
      return [atMost({ ...told, note }, median(first), 100, milliseconds)]
    } finally {
      client.close()
      await server.stop()
    }
  } finally {
    await removeDirectory(directory)
  }
}

async function fill({ catalog, put }: PreparedLake): Promise<void> {
  for (let i = 0; i <= TABLES; i++) {
    const name = `wide_${i}`
    const root = `${name}/metadata`
    // They are not there: no row that is wanted can be in one of them.
    const files = Array.from({ length: FILES }, (_, n) => dataFile(name, n))
    const kind = { content: 'data', schema, spec: { 'spec-id': 0, fields: [] }, fields: [] } as const
    const avro = { codec: 'deflate', sync: Buffer.alloc(16, i) } as const
    const manifest = writeManifest(
      kind,
      files.map((file) => ({ status: 'added', file })),
      avro,
    )
    await put([`${root}/m0.avro`], manifest)
    const listed: ManifestFile = {
      path: `s3://${BUCKET}/${root}/m0.avro`,
      length: manifest.length,
      specId: 0,
      content: 'data',
      sequenceNumber: 1,
      minSequenceNumber: 1,
      addedSnapshotId: 1,
      addedFiles: FILES,
      existingFiles: 0,
      deletedFiles: 0,
    }
    const list = writeManifestList({ snapshotId: 1, parentId: undefined, sequenceNumber: 1 }, [listed], avro)
    await put([`${root}/list.avro`], list)
    await put([`${root}/v1.metadata.json`], Buffer.from(JSON.stringify(metadata(name))))
    const Parameters = { table_type: 'ICEBERG', metadata_location: `s3://${BUCKET}/${root}/v1.metadata.json` }
    const StorageDescriptor = { Location: `s3://${BUCKET}/${name}` }
    const descriptor = { Name: name, TableType: 'EXTERNAL_TABLE', Parameters, StorageDescriptor }
    await catalog.tables.create(SCOPE, DATABASE, descriptor, 'arn:aws:iam::000000000000:root')
  }
}

function metadata(name: string) {
  const spec = { 'spec-id': 0, fields: [] }
  const order = { 'order-id': 0, fields: [] }
  const location = `s3://${BUCKET}/${name}`
  const first = newTableUpdates({ uuid: randomUUID(), schema, spec, order, location, properties: {} })
  const snapshot = {
    'snapshot-id': 1,
    'sequence-number': 1,
    'timestamp-ms': Date.now(),
    'manifest-list': `${location}/metadata/list.avro`,
    'schema-id': 0,
    summary: { operation: 'append' },
  }
  const added = [
    { action: 'add-snapshot', snapshot },
    { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 1 },
  ] as const
  return updated(NO_TABLE, [...first, ...added], Date.now())
}

function dataFile(table: string, n: number): ContentFile {
  const bound = (id: number, value: number) =>
    isText(id) ? Buffer.from(`value ${String(value).padStart(9, '0')}`) : encodeValue('long', BigInt(value))
  const bounds = (value: number) => new Map(ids.map((id) => [id, bound(id, value)]))
  const told = (value: number) => new Map(ids.map((id) => [id, value]))
  return {
    content: 'data',
    path: `s3://${BUCKET}/${table}/data/${n}.parquet`,
    format: 'parquet',
    specId: 0,
    partition: [],
    recordCount: ROWS_PER_FILE,
    sizeBytes: 500_000 + n,
    columnSizes: told(25_000 + n),
    valueCounts: told(ROWS_PER_FILE),
    nullValueCounts: told(0),
    nanValueCounts: new Map(),
    lowerBounds: bounds(n * ROWS_PER_FILE),
    upperBounds: bounds(n * ROWS_PER_FILE + ROWS_PER_FILE - 1),
    sortOrderId: 0,
  }
}
