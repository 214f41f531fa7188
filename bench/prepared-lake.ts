/** A data directory filled without a server: what a lake of years holds is there in seconds. */
import { join } from 'node:path'
import type { Catalog, Scope, TableDescriptor } from '../src/core/catalog/catalog.ts'
import { openCatalog } from '../src/core/catalog/catalog-state.ts'
import { systemClock } from '../src/core/clock.ts'
import { createBucket } from '../src/core/objects/buckets.ts'
import type { Files } from '../src/core/objects/files.ts'
import { lakeFiles } from '../src/core/objects/lake-files.ts'
import { closeObjects, openObjects } from '../src/core/objects/store.ts'
import { openFileBlobs } from '../src/storage/blobs-fs.ts'
import { openSqliteState } from '../src/storage/state-sqlite.ts'
import { BUCKET } from './query.ts'

export const SCOPE: Scope = { account: '000000000000', region: 'us-east-1' }
export const DATABASE = 'bench'
const OBJECTS_AT_ONCE = 1000

export interface PreparedLake {
  readonly catalog: Catalog
  /** One object for each key. */
  put(keys: Iterable<string>, body: Uint8Array): Promise<void>
}

/** With the bucket and the database of the queries. */
export async function prepareLake(directory: string, fill: (lake: PreparedLake) => Promise<void>): Promise<void> {
  const state = openSqliteState(join(directory, 'state', 'lentic.db'))
  const objects = await openObjects({
    state,
    blobs: await openFileBlobs(join(directory, 'blobs')),
    clock: systemClock,
  })
  const catalog = openCatalog(state, systemClock)
  const files = lakeFiles(objects)
  await createBucket(objects, { name: BUCKET, account: SCOPE.account, region: SCOPE.region })
  await catalog.databases.create(SCOPE, { Name: DATABASE })
  await fill({ catalog, put: (keys, body) => putAll(files, keys, body) })
  await catalog.partitionIndexes.close()
  await closeObjects(objects)
  await state.close()
}

async function putAll(files: Files, keys: Iterable<string>, body: Uint8Array): Promise<void> {
  const attributes = { contentType: 'text/csv' }
  let some: { uri: string; body: Uint8Array; attributes: typeof attributes }[] = []
  const arrive = async () => {
    await (await files.arrive(some)).appear(() => {})
    some = []
  }
  for (const key of keys) {
    some.push({ uri: `s3://${BUCKET}/${key}`, body, attributes })
    if (some.length === OBJECTS_AT_ONCE) await arrive()
  }
  await arrive()
}

/** A table of CSV under `s3://bench/<name>/`, as Athena's DDL describes one. */
export const csvTable = (
  name: string,
  partitionKeys: readonly string[],
  parameters: Readonly<Record<string, string>> = {},
): TableDescriptor => ({
  Name: name,
  TableType: 'EXTERNAL_TABLE',
  Parameters: parameters,
  PartitionKeys: partitionKeys.map((key) => ({ Name: key, Type: 'string' })),
  StorageDescriptor: {
    Columns: [
      { Name: 'id', Type: 'bigint' },
      { Name: 'amount', Type: 'double' },
    ],
    Location: `s3://${BUCKET}/${name}/`,
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'field.delim': ',' },
    },
  },
})
