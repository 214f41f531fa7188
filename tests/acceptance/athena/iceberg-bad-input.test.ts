/**
 * Iceberg tables of which some file is not what it should be: the query fails with an error that names the file and the table, the
 * table is what it was, and queries of other tables go on meanwhile.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { avroFile } from '../../../src/formats/avro/value-file.ts'
import { type AthenaLake, athenaLake } from './lake.ts'
import { putRelocated, recordsOf } from './relocated-tables.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(`CREATE TABLE sound (n bigint) LOCATION 's3://data/sound' TBLPROPERTIES ('table_type' = 'ICEBERG')`)
  await a.succeed('INSERT INTO sound SELECT x FROM UNNEST(sequence(1, 5000)) AS u (x)')
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

type Change = (bytes: Buffer) => Uint8Array | undefined

interface Case {
  /** Which of the golden tables it is made of. */
  readonly table: 'mor' | 'vectors' | 'orcs' | 'avros' | 'events'
  /** The files that are changed. */
  readonly files: RegExp
  readonly change: Change
  /** What the reason begins with. */
  readonly code: string
  readonly says: RegExp
}

const METADATA = /\.metadata\.json$/
const LIST = /snap-.*\.avro$/
const MANIFEST = /-m\d+\.avro$/
const PARQUET = /\d\.parquet$/
const DELETES = /-deletes\.parquet$/
const PUFFIN = /\.puffin$/

const half: Change = (bytes) => bytes.subarray(0, bytes.length / 2)
const gone: Change = () => undefined
const garbage: Change = () => Buffer.from('this is nothing')
const flipped: Change = (bytes) =>
  bytes.map((byte, i) => (i > 60 && i < bytes.length - 20 && i % 7 === 0 ? byte ^ 0x5a : byte))
const json =
  (change: (metadata: Record<string, unknown>) => void): Change =>
  (bytes) => {
    const metadata = JSON.parse(bytes.toString())
    change(metadata)
    return Buffer.from(JSON.stringify(metadata))
  }
type Entry = { readonly data_file: Record<string, unknown> } & Record<string, unknown>
const entries =
  (change: (entry: Entry) => void): Change =>
  (bytes) => {
    const { schema, records, sync } = recordsOf(bytes)
    for (const record of records) change(record as unknown as Entry)
    return avroFile(schema, {}, records, { codec: 'null', sync })
  }

const CASES: Readonly<Record<string, Case>> = {
  metadata_empty: {
    table: 'mor',
    files: METADATA,
    change: () => Buffer.alloc(0),
    code: 'ICEBERG_INVALID_METADATA',
    says: /no JSON/,
  },
  metadata_cut: { table: 'mor', files: METADATA, change: half, code: 'ICEBERG_INVALID_METADATA', says: /no JSON/ },
  metadata_gzip_cut: {
    table: 'mor',
    files: METADATA,
    change: (bytes) => half(gzipSync(bytes)),
    code: 'ICEBERG_BAD_DATA',
    says: /unexpected end of file/,
  },
  metadata_of_lists: {
    table: 'mor',
    files: METADATA,
    change: () => Buffer.from('['.repeat(200_000)),
    code: 'ICEBERG_',
    says: /./,
  },
  version_of_the_future: {
    table: 'mor',
    files: METADATA,
    change: json((of) => {
      of['format-version'] = 9
    }),
    code: 'NOT_SUPPORTED',
    says: /format version 9/,
  },
  no_current_snapshot: {
    table: 'mor',
    files: METADATA,
    change: json((of) => {
      of['current-snapshot-id'] = 5
    }),
    code: 'ICEBERG_INVALID_METADATA',
    says: /no snapshot 5/,
  },
  id_beyond_32_bits: {
    table: 'mor',
    files: METADATA,
    change: (bytes) => Buffer.from(bytes.toString().replace(/"id"\s*:\s*1\b/g, '"id":4294967297')),
    code: 'ICEBERG_INVALID_METADATA',
    says: /without id/,
  },
  fields_of_one_id: {
    table: 'mor',
    files: METADATA,
    change: (bytes) => Buffer.from(bytes.toString().replace(/"id"\s*:\s*2\b/g, '"id":1')),
    code: 'ICEBERG_INVALID_METADATA',
    says: /same id 1/,
  },
  list_missing: { table: 'mor', files: LIST, change: gone, code: 'ICEBERG_BAD_DATA', says: /snap-.*no such object/ },
  list_cut: { table: 'mor', files: LIST, change: half, code: 'ICEBERG_BAD_DATA', says: /snap-/ },
  list_of_garbage: {
    table: 'mor',
    files: LIST,
    change: garbage,
    code: 'ICEBERG_BAD_DATA',
    says: /snap-.*Not a data file/,
  },
  manifest_missing: {
    table: 'mor',
    files: MANIFEST,
    change: gone,
    code: 'ICEBERG_BAD_DATA',
    says: /-m\d.*no such object/,
  },
  manifest_cut: { table: 'mor', files: MANIFEST, change: half, code: 'ICEBERG_BAD_DATA', says: /-m\d/ },
  manifest_of_garbage: {
    table: 'mor',
    files: MANIFEST,
    change: garbage,
    code: 'ICEBERG_BAD_DATA',
    says: /-m\d.*Not a data file/,
  },
  manifest_of_nowhere: {
    table: 'mor',
    files: MANIFEST,
    change: entries((entry) => {
      entry.data_file.file_path = 'nowhere'
    }),
    code: 'ICEBERG_',
    says: /nowhere/,
  },
  manifest_of_an_unknown_format: {
    table: 'mor',
    files: MANIFEST,
    change: entries((entry) => {
      entry.data_file.file_format = 'LANCE'
    }),
    code: 'NOT_SUPPORTED',
    says: /lance.*s3:/,
  },
  data_missing: { table: 'events', files: PARQUET, change: gone, code: 'ICEBERG_CANNOT_OPEN_SPLIT', says: /\.parquet/ },
  data_cut: { table: 'events', files: PARQUET, change: half, code: 'ICEBERG_BAD_DATA', says: /\.parquet/ },
  data_of_garbage: { table: 'events', files: PARQUET, change: garbage, code: 'ICEBERG_BAD_DATA', says: /\.parquet/ },
  data_scrambled: { table: 'events', files: PARQUET, change: flipped, code: 'ICEBERG_BAD_DATA', says: /\.parquet/ },
  deletes_missing: {
    table: 'mor',
    files: DELETES,
    change: gone,
    code: 'ICEBERG_CANNOT_OPEN_SPLIT',
    says: /-deletes\.parquet/,
  },
  deletes_cut: { table: 'mor', files: DELETES, change: half, code: 'ICEBERG_BAD_DATA', says: /-deletes\.parquet/ },
  deletes_of_garbage: {
    table: 'mor',
    files: DELETES,
    change: garbage,
    code: 'ICEBERG_BAD_DATA',
    says: /-deletes\.parquet/,
  },
  orc_cut: { table: 'orcs', files: /\.orc$/, change: half, code: 'ICEBERG_BAD_DATA', says: /\.orc/ },
  avro_cut: { table: 'avros', files: /data.*\.avro$/, change: half, code: 'ICEBERG_BAD_DATA', says: /\.avro/ },
  puffin_missing: {
    table: 'vectors',
    files: PUFFIN,
    change: gone,
    code: 'ICEBERG_BAD_DATA',
    says: /\.puffin.*no such object/,
  },
  puffin_cut: {
    table: 'vectors',
    files: PUFFIN,
    change: (bytes) => bytes.subarray(0, 20),
    code: 'ICEBERG_BAD_DATA',
    says: /\.puffin.*ends before/,
  },
  puffin_scrambled: {
    table: 'vectors',
    files: PUFFIN,
    change: (bytes) => bytes.map((byte, i) => (i === 30 ? byte ^ 1 : byte)),
    code: 'ICEBERG_BAD_DATA',
    says: /\.puffin.*checksum/,
  },
  vector_beyond_its_file: {
    table: 'vectors',
    files: MANIFEST,
    change: entries((entry) => {
      if (entry.data_file.content_offset !== null) entry.data_file.content_offset = 2 ** 40
    }),
    code: 'ICEBERG_BAD_DATA',
    says: /\.puffin.*ends before/,
  },
  vector_of_another_count: {
    table: 'vectors',
    files: MANIFEST,
    change: entries((entry) => {
      if (entry.data_file.content === 1) entry.data_file.record_count = 77
    }),
    code: 'ICEBERG_BAD_DATA',
    says: /\.puffin.*77/,
  },
}

for (const [name, { table, files, change, code, says }] of Object.entries(CASES))
  test(name.replaceAll('_', ' '), async () => {
    const location = readFileSync(`tests/golden/iceberg/${table}.location`, 'utf8').trim()
    await putRelocated(a, {
      name,
      folder: `tests/golden/iceberg/${table}`,
      from: [`s3://data/${table}`],
      metadata: location.slice(`s3://data/${table}/`.length),
      change: (path, bytes) => (files.test(path) ? change(bytes) : bytes),
    })
    const [reason, beside] = await Promise.all([
      a.failure(`SELECT * FROM ${name}`),
      a.rows('SELECT count(*), sum(n) FROM sound'),
    ])
    assert.ok(reason.startsWith(code), reason)
    assert.match(reason, says)
    assert.ok(reason.includes(name), reason)
    assert.deepEqual(beside, [['5000', '12502500']])
    assert.match(await a.failure(`DELETE FROM ${name} WHERE id = 2`), /^(ICEBERG_|NOT_SUPPORTED)/)
    const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
    assert.equal(Table!.Parameters!.metadata_location, location.replace(`s3://data/${table}/`, `s3://data/${name}/`))
  })
