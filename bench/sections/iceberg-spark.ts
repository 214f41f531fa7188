/**
 * What changes and compacts Iceberg tables, beside Spark on this machine alone: a warm session with two threads, its tables
 * on the local disk and as its defaults have them. Both sides make the same rows.
 */
import { fetchSparkIceberg } from '../../tools/spark/distribution.ts'
import { type SparkSession, startSpark } from '../../tools/spark/session.ts'
import { Client } from '../client.ts'
import { atLeast, type Finding, seconds, timed, times } from '../measure.ts'
import { BUCKET, createLake, runQuery } from '../query.ts'
import { removeDirectory, startLentic, temporaryDirectory } from '../server-process.ts'
import { type MergePeer, mergesBeside } from './iceberg-merges.ts'

const section = 'spark'
/** Each of about a megabyte. */
const SMALL_FILES = 1000
const ROWS_A_FILE = 42_000

export async function measureIcebergOfSpark(): Promise<Finding[]> {
  const warehouse = await temporaryDirectory()
  const server = await startLentic()
  const client = new Client(server.port)
  const spark = await startSpark(settings(warehouse), [await fetchSparkIceberg()])
  try {
    await createLake(client)
    const peer: MergePeer = {
      name: 'Spark',
      run: (sql) => spark.run(sql),
      named: (table) => `own.db.${table}`,
      ids: (count) => `range(${count})`,
    }
    return [await mergesBeside(client, peer), await compactions(client, spark)]
  } finally {
    await spark.stop()
    client.close()
    await server.stop()
    await removeDirectory(warehouse)
  }
}

const settings = (warehouse: string): Record<string, string> => ({
  'spark.driver.memory': '4g',
  'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.catalogImplementation': 'in-memory',
  'spark.sql.catalog.own': 'org.apache.iceberg.spark.SparkCatalog',
  'spark.sql.catalog.own.type': 'hadoop',
  'spark.sql.catalog.own.warehouse': warehouse,
})

async function compactions(client: Client, spark: SparkSession): Promise<Finding> {
  await runQuery(
    client,
    `CREATE TABLE small (id bigint, text string) LOCATION 's3://${BUCKET}/small/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  for (let file = 0; file < SMALL_FILES; file++) {
    const first = file * ROWS_A_FILE
    // A sequence holds no more than so many.
    const rows = `UNNEST(sequence(0, 9)) AS x (a) CROSS JOIN UNNEST(sequence(${first}, ${first + ROWS_A_FILE / 10 - 1})) AS y (b)`
    const id = `a * ${ROWS_A_FILE / 10} + b`
    await runQuery(client, `INSERT INTO small SELECT ${id}, to_hex(md5(to_utf8(CAST(${id} AS varchar)))) FROM ${rows}`)
  }
  await spark.run(
    `CREATE TABLE own.db.small AS SELECT /*+ REPARTITION(${SMALL_FILES}) */ id, upper(md5(CAST(id AS string))) AS text FROM range(${SMALL_FILES * ROWS_A_FILE})`,
  )
  const own = (await runQuery(client, 'OPTIMIZE small REWRITE DATA USING BIN_PACK', 100)).ms
  const other = (await timed(() => spark.run("CALL own.system.rewrite_data_files(table => 'db.small')"))).ms
  const what = 'compaction of 1,000 files of 1 MB, to Spark'
  return atLeast({ section, what, note: `${seconds(own)} to ${seconds(other)}` }, other / own, 3, times)
}
