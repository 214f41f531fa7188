/**
 * What changes and compacts Iceberg tables, beside Spark on this machine alone: a warm session with two threads, its tables
 * on the local disk and as its defaults have them. Both sides make the same rows.
 */
import { fetchSparkIceberg } from '../../tools/spark/distribution.ts'
import { type SparkSession, startSpark } from '../../tools/spark/session.ts'
import { Client } from '../client.ts'
import { atLeast, type Finding, median, seconds, timed, times } from '../measure.ts'
import { BUCKET, createLake, runQuery } from '../query.ts'
import { removeDirectory, startLentic, temporaryDirectory } from '../server-process.ts'

const section = 'spark'
const ROUNDS = 3
const ROWS = 10_000_000
const CHANGED_ROWS = 100_000
/** Each of about a megabyte. */
const SMALL_FILES = 1000
const ROWS_A_FILE = 42_000
/** Asking more often would take the processors' time from the query. */
const POLL_MS = 10

export async function measureIcebergOfSpark(): Promise<Finding[]> {
  const warehouse = await temporaryDirectory()
  const server = await startLentic()
  const client = new Client(server.port)
  const spark = await startSpark(settings(warehouse), [await fetchSparkIceberg()])
  try {
    await createLake(client)
    return [await merges(client, spark), await compactions(client, spark)]
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

const made = (table: string) => `table_type = 'ICEBERG', is_external = false, location = 's3://${BUCKET}/${table}/'`

async function merges(client: Client, spark: SparkSession): Promise<Finding> {
  const values = (id: string) =>
    `${id} AS id, concat('region ', CAST(${id} % 20 AS varchar(9))) AS region, ${id} * 31 % 100000 AS amount`
  const changes = (id: string) => `${id} * 100 AS id, 'changed' AS region, ${id} AS amount`
  const rows = `UNNEST(sequence(0, ${ROWS / 10_000 - 1})) AS x (a) CROSS JOIN UNNEST(sequence(0, 9999)) AS y (b)`
  await runQuery(
    client,
    `CREATE TABLE plain WITH (${made('plain')}) AS SELECT ${values('(a * 10000 + b)')} FROM ${rows}`,
  )
  await runQuery(
    client,
    `CREATE TABLE changes WITH (${made('changes')}) AS SELECT ${changes('id')} FROM plain WHERE id < ${CHANGED_ROWS}`,
  )
  await spark.run(`CREATE TABLE own.db.plain AS SELECT ${values('id')} FROM range(${ROWS})`)
  await spark.run(`CREATE TABLE own.db.changes AS SELECT ${changes('id')} FROM range(${CHANGED_ROWS})`)
  const statement = (target: string, source: string) => `MERGE INTO ${target} t USING ${source} c ON t.id = c.id
    WHEN MATCHED THEN UPDATE SET region = c.region, amount = c.amount
    WHEN NOT MATCHED THEN INSERT (id, region, amount) VALUES (c.id, c.region, c.amount)`
  const [ours, theirs] = [[] as number[], [] as number[]]
  // The first of each warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    await runQuery(client, `CREATE TABLE merged_${round} WITH (${made(`merged_${round}`)}) AS SELECT * FROM plain`)
    ours.push((await runQuery(client, statement(`merged_${round}`, 'changes'), POLL_MS)).ms)
    await spark.run(`CREATE TABLE own.db.merged_${round} AS SELECT * FROM own.db.plain`)
    theirs.push((await timed(() => spark.run(statement(`own.db.merged_${round}`, 'own.db.changes')))).ms)
  }
  const [own, other] = [median(ours.slice(1)), median(theirs.slice(1))]
  const what = 'MERGE of 100,000 rows into 10,000,000, to Spark'
  return atLeast({ section, what, note: `${seconds(own)} to ${seconds(other)}` }, other / own, 5, times)
}

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
