/** Iceberg tables for the Athena tests: those that other engines wrote, beside `tests/golden/iceberg.py`. */
import { readFileSync } from 'node:fs'
import { CreateTableCommand, GetTableCommand, type Table, UpdateTableCommand } from '@aws-sdk/client-glue'
import type { ContentFile } from '../../../src/formats/iceberg/manifest.ts'
import { type ManifestFile, readManifestList } from '../../../src/formats/iceberg/manifest-list.ts'
import { writeManifest, writeManifestList } from '../../../src/formats/iceberg/manifest-writer.ts'
import {
  currentSchema,
  currentSnapshot,
  specById,
  type TableMetadata,
  tableMetadata,
} from '../../../src/formats/iceberg/metadata.ts'
import { boundFields } from '../../../src/formats/iceberg/specs.ts'
import { type TableUpdate, updated } from '../../../src/formats/iceberg/table-updates.ts'
import { parquet, putFolder } from './delta-lake.ts'
import type { AthenaLake } from './lake.ts'

const GOLDEN = 'tests/golden/iceberg'

/** Puts a table's objects where it says they lie, and the table into the catalog as the Java library does. */
export async function putIceberg(a: AthenaLake, name: string): Promise<void> {
  await putFolder(a, `${GOLDEN}/${name}`, name)
  await registerIceberg(a, name, readFileSync(`${GOLDEN}/${name}.location`, 'utf8').trim())
}

export async function registerIceberg(a: AthenaLake, name: string, metadataLocation: string): Promise<void> {
  const TableInput = {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { table_type: 'ICEBERG', metadata_location: metadataLocation },
    StorageDescriptor: { Location: `s3://data/${name}` },
  }
  await a.glue.send(new CreateTableCommand({ DatabaseName: 'db', TableInput }))
}

/** The rows that the engine which wrote a table read of it, ordered by `id`. */
export const expectedRows = (name: string): Readonly<Record<string, unknown>>[] =>
  readFileSync(`${GOLDEN}/${name}.expected.ndjson`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Adds a snapshot to a table whose rows with these values of `id` and `name` are deleted, as streaming writers do. */
export const deleteByValues = (a: AthenaLake, name: string, values: string): Promise<void> =>
  deleteEqual(a, name, {
    rows: `SELECT * FROM (VALUES ${values}) t (id, name)`,
    fieldIds: '{id: 1, name: 2}',
    equalityIds: [1, 2],
  })

/** A file's rows are a query in the words of DuckDB, whose columns have the ids. */
export interface AddedFile {
  readonly rows: string
  readonly fieldIds: string
  /** What else the commit changes, before. */
  readonly updates?: readonly TableUpdate[]
}

export const deleteEqual = (
  a: AthenaLake,
  name: string,
  file: AddedFile & { readonly equalityIds: readonly number[] },
): Promise<void> => addFile(a, name, file)

/** A file of data, or one of equality deletes. */
export async function addFile(
  a: AthenaLake,
  name: string,
  { rows, fieldIds, equalityIds, updates = [] }: AddedFile & Pick<ContentFile, 'equalityIds'>,
): Promise<void> {
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
  const { body } = await a.read(Table!.Parameters!.metadata_location!)
  const base = updated(tableMetadata(JSON.parse(body.toString())), updates, 0)
  const sync = new Uint8Array(16).fill(1)
  const sequenceNumber = base['last-sequence-number'] + 1
  const id = 70 + sequenceNumber
  const folder = `${name}/metadata`
  const written = await parquet(rows, `, FIELD_IDS ${fieldIds}`)
  await a.put(`${folder}/added-${id}.parquet`, written)
  const schema = currentSchema(base)
  const spec = specById(base, base['default-spec-id'])
  const fields = boundFields(spec, [schema])
  const file: ContentFile = {
    content: equalityIds ? 'equality-deletes' : 'data',
    path: `s3://data/${folder}/added-${id}.parquet`,
    format: 'parquet',
    specId: spec['spec-id'],
    partition: [],
    recordCount: 1,
    sizeBytes: written.length,
    ...(equalityIds && { equalityIds }),
  }
  const content = equalityIds ? 'deletes' : 'data'
  const kind = { content, schema, spec, fields } as const
  const manifest = writeManifest(kind, [{ status: 'added', file }], { codec: 'null', sync })
  await a.put(`${folder}/added-${id}.avro`, manifest)
  const parent = currentSnapshot(base)!
  const list = await a.read(parent['manifest-list']!)
  const read = (at: number, length: number) => list.body.subarray(at, at + length)
  const kept = [...readManifestList({ sizeBytes: list.body.length, read })]
  const listed: ManifestFile = {
    path: `s3://data/${folder}/added-${id}.avro`,
    length: manifest.length,
    specId: spec['spec-id'],
    content,
    sequenceNumber,
    minSequenceNumber: sequenceNumber,
    addedSnapshotId: id,
    addedFiles: 1,
  }
  const parentId = parent['snapshot-id']
  const made = writeManifestList({ snapshotId: id, parentId, sequenceNumber }, [...kept, listed], {
    codec: 'null',
    sync,
  })
  await a.put(`${folder}/list-${id}.avro`, made)
  const snapshot = {
    'snapshot-id': id,
    'parent-snapshot-id': parentId,
    'sequence-number': sequenceNumber,
    'timestamp-ms': base['last-updated-ms'] + 1,
    'manifest-list': `s3://data/${folder}/list-${id}.avro`,
    'schema-id': schema['schema-id']!,
    summary: { operation: equalityIds ? 'delete' : 'append' },
    ...(base['format-version'] >= 3 && { 'first-row-id': base['next-row-id']!, 'added-rows': 1 }),
  }
  const changed = updated(
    base,
    [
      { action: 'add-snapshot', snapshot },
      { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': id },
    ],
    snapshot['timestamp-ms'],
  )
  await pointTo(a, name, Table!, changed)
}

/** Newer metadata becomes the table's, as catalogs of other engines do it. */
async function pointTo(a: AthenaLake, name: string, table: Table, metadata: TableMetadata): Promise<void> {
  const version = Number(/(\d+)-[^/]*$/.exec(table.Parameters!.metadata_location!)![1]) + 1
  const key = `${name}/metadata/${String(version).padStart(5, '0')}-other.metadata.json`
  await a.put(key, JSON.stringify(metadata))
  const Parameters = { ...table.Parameters, metadata_location: `s3://data/${key}` }
  const TableInput = { Name: name, TableType: table.TableType, StorageDescriptor: table.StorageDescriptor, Parameters }
  // Only of the version that it was made of, as Iceberg's Glue catalogs do.
  await a.glue.send(new UpdateTableCommand({ DatabaseName: 'db', TableInput, VersionId: table.VersionId }))
}

/** Files that are written from then on are of partitions by `transform` of the column, in Iceberg's words: Spark may ask for it, Athena does not. */
export async function evolvePartitions(
  a: AthenaLake,
  name: string,
  { column, transform }: { readonly column: string; readonly transform: string },
): Promise<void> {
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
  const { body } = await a.read(Table!.Parameters!.metadata_location!)
  const base = tableMetadata(JSON.parse(body.toString()))
  const source = currentSchema(base).fields.find((field) => field.name.toLowerCase() === column)!
  const field = {
    'source-id': source.id,
    'field-id': base['last-partition-id'] + 1,
    name: `by_${column}_${base['last-partition-id']}`,
    transform,
  }
  const updates = [
    { action: 'add-spec', spec: { 'spec-id': 0, fields: [field] } },
    { action: 'set-default-spec', 'spec-id': -1 },
  ] as const
  await pointTo(a, name, Table!, updated(base, updates, base['last-updated-ms']))
}
