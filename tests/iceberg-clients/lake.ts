/** One lake, and all who write Iceberg tables of it: Athena; Spark, Trino and PyIceberg, each by REST and by Glue. */
import { startPyiceberg } from '../../tools/pyiceberg/session.ts'
import { fetchSparkIceberg } from '../../tools/spark/distribution.ts'
import { startSpark } from '../../tools/spark/session.ts'
import { queryTrino } from '../../tools/trino/client.ts'
import { catalogText, glueMetastore, lakeFiles } from '../../tools/trino/lake-catalog.ts'
import { startIcebergTrino } from '../../tools/trino/server.ts'
import { athenaLake } from '../acceptance/athena/lake.ts'

/** Rows as text. */
export type Rows = (string | null)[][]
export type Door = 'rest' | 'glue'

export interface Clients {
  /** A table is called by the door's name, its database and its own. */
  spark(sql: string): Promise<Rows>
  trino(door: Door, sql: string): Promise<Rows>
  athena(sql: string): Promise<Rows>
  /** The calls of `tools/pyiceberg/session.py`. */
  pyiceberg(
    call: { readonly catalog: Door; readonly table: string; readonly do: string } & Record<string, unknown>,
  ): Promise<Rows>
  stop(): Promise<void>
}

const KEY = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' }

/** `withTrino`: its Iceberg connector is not to be had everywhere. */
export async function startClients(withTrino: boolean): Promise<Clients> {
  await using opened = new AsyncDisposableStack()
  const house = await athenaLake()
  opened.defer(() => house.close())
  const { endpoint } = house.lake
  // One after the other: each takes all processors while it starts.
  const spark = await startSpark(sparkSettings(endpoint), [await fetchSparkIceberg()])
  opened.defer(() => spark.stop())
  const trino = withTrino ? await startIcebergTrino(trinoCatalogs(endpoint)) : undefined
  opened.defer(() => trino?.stop())
  const pyiceberg = await startPyiceberg(pyicebergCatalogs(endpoint), KEY)
  opened.defer(() => pyiceberg.stop())
  const running = opened.move()
  return {
    spark: (sql) => spark.run(sql),
    async trino(catalog, sql) {
      if (!trino) throw new Error('No Trino has been started')
      const answer = await queryTrino({ url: trino.url, catalog, schema: 'default' }, sql)
      if ('code' in answer) throw new Error(`${answer.code}: ${answer.message}`)
      return answer.rows.map((row) =>
        row.map((value) =>
          value === null ? null : typeof value === 'object' && 'text' in value ? String(value.text) : String(value),
        ),
      )
    },
    athena: (sql) => house.rows(sql),
    pyiceberg: (call) => pyiceberg.ask(call),
    stop: () => running.disposeAsync(),
  }
}

const signed = { 'rest.sigv4-enabled': 'true', 'rest.signing-name': 'glue', 'rest.signing-region': 'us-east-1' }

function sparkSettings(endpoint: string): Record<string, string> {
  const of = (door: Door, settings: Record<string, string>): Record<string, string> => {
    const prefix = `spark.sql.catalog.${door}`
    const all = {
      'io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
      's3.endpoint': endpoint,
      's3.path-style-access': 'true',
      'cache-enabled': 'false',
      ...settings,
    }
    const entries = Object.entries(all).map(([name, value]) => [`${prefix}.${name}`, value])
    return { [prefix]: 'org.apache.iceberg.spark.SparkCatalog', ...Object.fromEntries(entries) }
  }
  return {
    'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
    'spark.sql.catalogImplementation': 'in-memory',
    'spark.driver.extraJavaOptions': '-Daws.accessKeyId=test -Daws.secretAccessKey=test -Daws.region=us-east-1',
    ...of('rest', { type: 'rest', uri: `${endpoint}/iceberg`, warehouse: '000000000000', ...signed }),
    ...of('glue', { type: 'glue', 'glue.endpoint': endpoint, warehouse: 's3://data/warehouse' }),
  }
}

function trinoCatalogs(endpoint: string): Record<Door, string> {
  const files = { ...lakeFiles(endpoint), 'connector.name': 'iceberg', 'iceberg.unique-table-location': 'false' }
  const rest = {
    'iceberg.catalog.type': 'rest',
    'iceberg.rest-catalog.uri': `${endpoint}/iceberg`,
    'iceberg.rest-catalog.warehouse': '000000000000',
    'iceberg.rest-catalog.sigv4-enabled': 'true',
    'iceberg.rest-catalog.signing-name': 'glue',
    'iceberg.rest-catalog.view-endpoints-enabled': 'false',
  }
  const { 'hive.metastore': _, ...glue } = glueMetastore(endpoint)
  return {
    rest: catalogText({ ...files, ...rest }),
    glue: catalogText({ ...files, ...glue, 'iceberg.catalog.type': 'glue' }),
  }
}

const pyicebergCatalogs = (endpoint: string): Record<Door, Record<string, string>> => ({
  rest: { type: 'rest', uri: `${endpoint}/iceberg`, warehouse: '000000000000', ...signed },
  glue: { type: 'glue', 'glue.endpoint': endpoint, 's3.endpoint': endpoint, 'client.region': 'us-east-1' },
})
