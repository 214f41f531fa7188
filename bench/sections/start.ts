/** How soon the program is there, how little it holds when idle, and how soon its first query is done. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '../client.ts'
import { atMost, type Finding, mebibytes, median, seconds } from '../measure.ts'
import { createLake, putObject, runQuery } from '../query.ts'
import { removeDirectory, residentBytes, startLentic, temporaryDirectory } from '../server-process.ts'

const STARTS = 9
const FIRST_QUERIES = 5
const IDLE_AFTER_MS = 5000
const section = 'start'

export async function measureStart(): Promise<Finding[]> {
  const first = await startLentic({ compiled: false })
  await first.stop()
  // Once before counting: it keeps what it compiles.
  await (await startLentic()).stop()
  const starts: number[] = []
  let idleBytes: number | undefined
  for (let i = 0; i < STARTS; i++) {
    const server = await startLentic()
    starts.push(server.startMs)
    if (i === STARTS - 1) {
      await sleep(IDLE_AFTER_MS)
      idleBytes = await residentBytes(server.pid)
    }
    await server.stop()
  }
  const told = { section, what: 'cold start to the first healthy answer', note: `median of ${STARTS}` }
  return [
    atMost(told, median(starts), 400, seconds),
    { section, what: 'the same, with nothing kept from earlier starts', measured: seconds(first.startMs) },
    ...(idleBytes === undefined
      ? []
      : [atMost({ section, what: 'idle memory of the server' }, idleBytes, 120 * 1_048_576, mebibytes)]),
    ...(await firstQueries()),
  ]
}

async function firstQueries(): Promise<Finding[]> {
  const directory = await temporaryDirectory()
  try {
    await prepareTable(directory)
    const scan = 'SELECT kind, count(*) AS n, sum(amount) AS total FROM things GROUP BY kind ORDER BY kind'
    return [await firstQuery(directory, 'SELECT 1'), await firstQuery(directory, scan, 'over a table of CSV')]
  } finally {
    await removeDirectory(directory)
  }
}

async function firstQuery(directory: string, sql: string, name = sql): Promise<Finding> {
  const queries: number[] = []
  const totals: number[] = []
  for (let i = 0; i < FIRST_QUERIES; i++) {
    const server = await startLentic({ directory })
    const client = new Client(server.port)
    const { ms } = await runQuery(client, sql)
    queries.push(ms)
    totals.push(server.startMs + ms)
    client.close()
    await server.stop()
  }
  const note = `median of ${FIRST_QUERIES}; ${seconds(median(totals))} with the start`
  return atMost({ section, what: `first query after a cold start, ${name}`, note }, median(queries), 1000, seconds)
}

async function prepareTable(directory: string): Promise<void> {
  const server = await startLentic({ directory })
  const client = new Client(server.port)
  await createLake(client)
  const lines = Array.from({ length: 1000 }, (_, i) => `${i},kind ${i % 7},${(i % 100) / 4}\n`)
  await putObject(client, 'things/part-0.csv', Buffer.from(lines.join('')))
  await runQuery(
    client,
    `CREATE EXTERNAL TABLE things (id bigint, kind string, amount double)
     ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://bench/things/'`,
  )
  client.close()
  await server.stop()
}
