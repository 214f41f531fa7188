/**
 * Iceberg tables: what reading one costs more than its files alone, deleted rows and all, what changing it costs, and how
 * soon a commit is done. Scans are measured in turns with the same files as a table that is nothing but them.
 */
import { Client } from '../client.ts'
import { load } from '../load.ts'
import { atLeast, atMost, type Finding, median, milliseconds, perSecond, seconds, timed, times } from '../measure.ts'
import { BUCKET, createLake, DATABASE, runQuery } from '../query.ts'
import { type ServerProcess, startLentic } from '../server-process.ts'
import type { SignedRequest } from '../signature.ts'

const section = 'iceberg'
const ROWS = 10_000_000
const CHANGED_ROWS = 100_000
const ROUNDS = 9
const COMMITS = 200
const WRITERS = 16
const ROUND_MS = 3000
/** Asking more often would take the processors' time from the query. */
const POLL_MS = 10
const ACCOUNT = '000000000000'

export async function measureIceberg(): Promise<Finding[]> {
  const server = await startLentic()
  const client = new Client(server.port)
  try {
    await createLake(client)
    return [...(await scans(client)), ...(await merge(client)), ...(await commits(server, client))]
  } finally {
    client.close()
    await server.stop()
  }
}

const properties = (table: string) =>
  `table_type = 'ICEBERG', is_external = false, location = 's3://${BUCKET}/${table}/'`

async function scans(client: Client): Promise<Finding[]> {
  const tens = Math.sqrt(ROWS / 10)
  await runQuery(
    client,
    `CREATE TABLE plain WITH (format = 'PARQUET', write_compression = 'ZSTD', external_location = 's3://${BUCKET}/plain/') AS
     SELECT a * 10000 + b AS id, 'region ' || CAST((a * 7 + b) % 20 AS varchar) AS region, (a * 31 + b * 17) % 100000 AS amount,
       CAST(b AS double) / 7 AS weight
     FROM UNNEST(sequence(0, ${Math.round(tens) - 1})) AS x (a) CROSS JOIN UNNEST(sequence(0, 9999)) AS y (b)`,
  )
  await runQuery(client, `CREATE TABLE events WITH (${properties('events')}) AS SELECT * FROM plain`)
  const scan = async (table: string) =>
    (
      await runQuery(
        client,
        `SELECT region, count(*), sum(amount), max(weight) FROM ${table} WHERE amount > 10 GROUP BY region`,
        POLL_MS,
      )
    ).ms
  const whole = await inTurns(
    () => scan('events'),
    () => scan('plain'),
  )
  await runQuery(client, 'DELETE FROM events WHERE id % 100 = 7')
  const deleted = await inTurns(
    () => scan('events'),
    () => scan('plain'),
  )
  const what = 'scan of 10,000,000 rows'
  return [
    atMost({ section, what: `${what}, to Parquet alone`, note: whole.note }, whole.ratio, 1.15, times),
    atMost({ section, what: `${what}, 1 % of them deleted`, note: deleted.note }, deleted.ratio, 2, times),
  ]
}

/** The first of each warms up. */
async function inTurns(ours: () => Promise<number>, theirs: () => Promise<number>) {
  const taken = { ours: [] as number[], theirs: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    const [own, other] = [await ours(), await theirs()]
    if (round === 0) continue
    taken.ours.push(own)
    taken.theirs.push(other)
  }
  const ratio = median(taken.ours.map((ms, i) => ms / taken.theirs[i]!))
  return { ratio, note: `${milliseconds(median(taken.ours))} to ${milliseconds(median(taken.theirs))}` }
}

async function merge(client: Client): Promise<Finding[]> {
  await runQuery(client, `CREATE TABLE merged WITH (${properties('merged')}) AS SELECT * FROM plain`)
  await runQuery(
    client,
    `CREATE TABLE changes WITH (format = 'PARQUET', external_location = 's3://${BUCKET}/changes/') AS
     SELECT id * 111 AS id, 'changed' AS region, amount, weight FROM plain WHERE id < ${CHANGED_ROWS}`,
  )
  const { ms } = await runQuery(
    client,
    `MERGE INTO merged t USING changes c ON t.id = c.id
     WHEN MATCHED THEN UPDATE SET region = c.region, amount = c.amount, weight = c.weight
     WHEN NOT MATCHED THEN INSERT VALUES (c.id, c.region, c.amount, c.weight)`,
    POLL_MS,
  )
  const after = await inTurns(
    async () =>
      (await runQuery(client, 'SELECT region, count(*), sum(amount) FROM merged GROUP BY region', POLL_MS)).ms,
    async () => (await runQuery(client, 'SELECT region, count(*), sum(amount) FROM plain GROUP BY region', POLL_MS)).ms,
  )
  return [
    { section, what: 'MERGE of 100,000 rows into 10,000,000', measured: seconds(ms) },
    { section, what: 'scan after it, to Parquet alone', measured: times(after.ratio), note: after.note },
  ]
}

/** By the REST catalog, where a commit is a request. */
function setProperty(turn: number): SignedRequest {
  const updates = [{ action: 'set-properties', updates: { turn: String(turn) } }]
  return {
    method: 'POST',
    path: `/iceberg/v1/catalogs/${ACCOUNT}/namespaces/${DATABASE}/tables/committed`,
    service: 'glue',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ requirements: [], updates })),
  }
}

async function commits(server: ServerProcess, client: Client): Promise<Finding[]> {
  await runQuery(
    client,
    `CREATE TABLE committed (id bigint, region string) LOCATION 's3://${BUCKET}/committed/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  const alone: number[] = []
  for (let turn = -COMMITS; turn < 0; turn++) alone.push((await timed(() => client.send(setProperty(turn)))).ms)
  const { requestsPerSecond, processorMsPerRequest } = await load(server, WRITERS, ROUND_MS, (_, turn) =>
    setProperty(turn),
  )
  const cost = processorMsPerRequest === undefined ? '' : milliseconds(processorMsPerRequest)
  const note = cost && `server's processor time a commit ${cost}`
  return [
    atMost({ section, what: 'commit of metadata, median' }, median(alone), 10, milliseconds),
    atLeast({ section, what: `commits to one table by ${WRITERS} writers`, note }, requestsPerSecond, 100, perSecond),
  ]
}
