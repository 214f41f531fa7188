/** One lake, and the clients that read and write its tables: Spark and Trino by the metastore, Trino by Glue, Athena. */

import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { startSpark } from '../../tools/spark/session.ts'
import { queryTrino } from '../../tools/trino/client.ts'
import { type ExactJson, ExactObject } from '../../tools/trino/exact-json.ts'
import { catalogText, glueMetastore, lakeFiles } from '../../tools/trino/lake-catalog.ts'
import { startHiveTrino } from '../../tools/trino/server.ts'
import { athenaLake } from '../acceptance/athena/lake.ts'

/** Rows as text: what clients print of numbers, dates and text is the same. */
export type Rows = (string | null)[][]
export interface Clients {
  spark(sql: string): Promise<Rows>
  /** By the metastore, where the catalog is called as Athena calls it, or by Glue. */
  trino(catalog: TrinoCatalog, sql: string): Promise<Rows>
  athena(sql: string): Promise<Rows>
  /** Of the bucket `data`. */
  keys(prefix: string): Promise<string[]>
  stop(): Promise<void>
}
export type TrinoCatalog = 'awsdatacatalog' | 'glue'

export async function startClients(): Promise<Clients> {
  await using opened = new AsyncDisposableStack()
  const house = await athenaLake({ metastore: { port: 0, warehouse: 's3a://data/warehouse' } })
  opened.defer(() => house.close())
  const { endpoint, metastore = '' } = house.lake
  // One after the other: each takes all processors while it starts.
  const spark = await startSpark(sparkSettings(endpoint, metastore))
  opened.defer(() => spark.stop())
  const trino = await startHiveTrino(trinoCatalogs(endpoint, metastore))
  opened.defer(() => trino.stop())
  const running = opened.move()
  return {
    spark: (sql) => spark.run(sql),
    async trino(catalog, sql) {
      const answer = await queryTrino({ url: trino.url, catalog, schema: 'default' }, sql)
      if ('code' in answer) throw new Error(`${answer.code}: ${answer.message}`)
      return answer.rows.map((row) => row.map(textOf))
    },
    athena: (sql) => house.rows(sql),
    async keys(prefix) {
      const found = await house.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }))
      return (found.Contents ?? []).map(({ Key }) => Key!)
    },
    stop: () => running.disposeAsync(),
  }
}

function textOf(value: ExactJson): string | null {
  if (value === null || typeof value === 'string') return value
  return typeof value === 'object' && 'text' in value ? value.text : String(value instanceof ExactObject ? '{}' : value)
}

const sparkSettings = (endpoint: string, metastore: string): Record<string, string> => ({
  'spark.hadoop.hive.metastore.uris': metastore,
  'spark.sql.warehouse.dir': 's3a://data/warehouse',
  'spark.hadoop.hive.exec.dynamic.partition.mode': 'nonstrict',
  'spark.hadoop.fs.s3a.endpoint': endpoint,
  'spark.hadoop.fs.s3a.endpoint.region': 'us-east-1',
  'spark.hadoop.fs.s3a.path.style.access': 'true',
  'spark.hadoop.fs.s3a.connection.ssl.enabled': 'false',
  'spark.hadoop.fs.s3a.access.key': 'test',
  'spark.hadoop.fs.s3a.secret.key': 'test',
  // Tables of Athena lie at s3://, which Hadoop has no word for.
  'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
})

function trinoCatalogs(endpoint: string, metastore: string): Record<TrinoCatalog, string> {
  const common = {
    ...lakeFiles(endpoint),
    'hive.allow-drop-table': 'true',
    'hive.allow-rename-table': 'true',
    'hive.allow-add-column': 'true',
    'hive.allow-comment-table': 'true',
    'hive.non-managed-table-writes-enabled': 'true',
  }
  const glue = { ...glueMetastore(endpoint), 'hive.metastore.glue.default-warehouse-dir': 's3://data/warehouse' }
  return {
    awsdatacatalog: catalogText({ ...common, 'hive.metastore.uri': metastore }),
    glue: catalogText({ ...common, ...glue }),
  }
}
