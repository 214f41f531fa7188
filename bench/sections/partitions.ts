/** A catalog of ten thousand tables and a million partitions: how soon it is there, and how soon one of them is found. */
import type { PartitionDescriptor } from '../../src/core/catalog/catalog.ts'
import { Client, jsonRequest } from '../client.ts'
import { atMost, type Finding, mebibytes, median, milliseconds, seconds } from '../measure.ts'
import { csvTable, DATABASE, type PreparedLake, prepareLake, SCOPE } from '../prepared-lake.ts'
import { type FinishedQuery, runQuery } from '../query.ts'
import {
  removeDirectory,
  residentBytes,
  type ServerProcess,
  startLentic,
  temporaryDirectory,
} from '../server-process.ts'

const section = 'partitions'
const TABLES = 10_000
/** Times 500 days and 20 hours: a million partitions. */
const REGIONS = 100
const DAYS = 500
const HOURS = 20
const FOLDERS = 100_000
const ROUNDS = 15
const LOOKUPS = 500
const STORED = { SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' } }

const two = (n: number): string => String(n).padStart(2, '0')
const day = (n: number): string => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10)
const location = (region: string, d: string, hour: string) => `events/region=${region}/day=${d}/hour=${hour}/`

export async function measurePartitions(): Promise<Finding[]> {
  const directory = await temporaryDirectory()
  try {
    await prepareLake(directory, fill)
    const first = await startLentic({ directory })
    const starts: number[] = [first.startMs]
    await first.stop()
    for (let i = 0; i < 4; i++) {
      const again = await startLentic({ directory })
      starts.push(again.startMs)
      await again.stop()
    }
    const server = await startLentic({ directory })
    try {
      const what = 'start with 10,000 tables and 1,000,000 partitions'
      const start = atMost({ section, what, note: `median of ${starts.length}` }, median(starts), 1000, seconds)
      return [
        start,
        ...(await lookups(server)),
        ...(await plans(server)),
        ...(await manyFiles(server)),
        ...(await repair(server)),
      ]
    } finally {
      await server.stop()
    }
  } finally {
    await removeDirectory(directory)
  }
}

async function fill({ catalog, put }: PreparedLake): Promise<void> {
  const creations: Promise<void>[] = []
  for (let i = 0; i < TABLES; i++)
    creations.push(catalog.tables.create(SCOPE, DATABASE, csvTable(`t${i}`, []), 'bench'))
  await Promise.all(creations)
  const indexes = [{ name: 'by_day', keys: ['day', 'hour'] }]
  await catalog.tables.create(SCOPE, DATABASE, csvTable('events', ['region', 'day', 'hour']), 'bench', { indexes })
  const projection = {
    'projection.enabled': 'true',
    'projection.region.type': 'enum',
    'projection.region.values': Array.from({ length: REGIONS }, (_, n) => `r${two(n)}`).join(','),
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy-MM-dd',
    'projection.day.range': `${day(0)},${day(DAYS - 1)}`,
    'projection.hour.type': 'integer',
    'projection.hour.range': `0,${HOURS - 1}`,
    'projection.hour.digits': '2',
    'storage.location.template': `s3://bench/${location(`\${region}`, `\${day}`, `\${hour}`)}`,
  }
  await catalog.tables.create(SCOPE, DATABASE, csvTable('projected', ['region', 'day', 'hour'], projection), 'bench')
  await catalog.tables.create(SCOPE, DATABASE, csvTable('folders', ['day', 'part']), 'bench')
  for (let r = 0; r < REGIONS; r++)
    for (let d = 0; d < DAYS; d += 50)
      await catalog.partitions.create(SCOPE, DATABASE, 'events', hoursOf(`r${two(r)}`, d, d + 50))
  const body = Buffer.from('1,0.5\n2,1.5\n')
  await put(eventFiles(), body)
  await put(folderFiles(), body)
}

function hoursOf(region: string, from: number, to: number): PartitionDescriptor[] {
  const found: PartitionDescriptor[] = []
  for (let d = from; d < to; d++)
    for (let h = 0; h < HOURS; h++) {
      const Values = [region, day(d), two(h)]
      const StorageDescriptor = { ...STORED, Location: `s3://bench/${location(region, day(d), two(h))}` }
      found.push({ Values, StorageDescriptor })
    }
  return found
}

/** One in each of two regions' partitions: 20,000. */
function* eventFiles(): Generator<string> {
  for (const region of ['r41', 'r42'])
    for (let d = 0; d < DAYS; d++) for (let h = 0; h < HOURS; h++) yield `${location(region, day(d), two(h))}part-0.csv`
}

function* folderFiles(): Generator<string> {
  for (let i = 0; i < FOLDERS; i++) yield `folders/day=${day(Math.floor(i / 200))}/part=${i % 200}/part-0.csv`
}

async function lookups(server: ServerProcess): Promise<Finding[]> {
  const client = new Client(server.port)
  const measure = async (operation: string, input: (i: number) => unknown): Promise<number> => {
    const taken: number[] = []
    for (let i = 0; i < LOOKUPS; i++) {
      const from = performance.now()
      await client.send(jsonRequest('glue', operation, input((i * 7919) % TABLES)))
      taken.push(performance.now() - from)
    }
    return median(taken)
  }
  const table = await measure('GetTable', (i) => ({ DatabaseName: DATABASE, Name: `t${i}` }))
  const partition = await measure('GetPartition', (i) => ({
    DatabaseName: DATABASE,
    TableName: 'events',
    PartitionValues: [`r${two(i % REGIONS)}`, day(i % DAYS), two(i % HOURS)],
  }))
  const indexed = await measure('GetPartitions', (i) => ({
    DatabaseName: DATABASE,
    TableName: 'events',
    Expression: `region = 'r${two(i % REGIONS)}' AND day = '${day(i % DAYS)}' AND hour = '${two(i % HOURS)}'`,
  }))
  client.close()
  const told = (what: string) => ({ section, what, note: `median of ${LOOKUPS}` })
  return [
    atMost(told('a table is looked up'), table, 2, milliseconds),
    atMost(told('a partition is looked up'), partition, 2, milliseconds),
    atMost(told('a partition is looked up by an expression'), indexed, 2, milliseconds),
  ]
}

async function plans(server: ServerProcess): Promise<Finding[]> {
  const client = new Client(server.port)
  const planned = async (sql: (round: number) => string): Promise<number> => {
    const taken: number[] = []
    for (let i = 0; i < ROUNDS; i++) taken.push((await runQuery(client, sql(i))).planningMs)
    return median(taken)
  }
  const where = (i: number) => `WHERE day = '${day(400 + i)}' AND hour = '${two(i % HOURS)}' AND region = 'r42'`
  const byIndex = (i: number) => `WHERE day = '${day(400 + i)}' AND hour = '07' AND region LIKE '%42'`
  const index = await planned((i) => `SELECT count(*) FROM events ${byIndex(i)}`)
  const projection = await planned((i) => `SELECT count(*) FROM projected ${where(i)}`)
  client.close()
  const told = (what: string) => ({ section, what, note: `median of ${ROUNDS}` })
  return [
    atMost(told('a query of one in a million partitions is planned, by an index'), index, 100, milliseconds),
    atMost(told('a query of one in a million partitions is planned, by projection'), projection, 20, milliseconds),
  ]
}

async function manyFiles(server: ServerProcess): Promise<Finding[]> {
  const client = new Client(server.port)
  const query: FinishedQuery = await runQuery(
    client,
    "SELECT count(*), sum(amount) FROM events WHERE region IN ('r41', 'r42')",
  )
  client.close()
  return [
    {
      section,
      what: 'a query of 20,000 files in 20,000 partitions',
      measured: seconds(query.ms),
      note: `${milliseconds(query.planningMs)} of it planned`,
    },
  ]
}

async function repair(server: ServerProcess): Promise<Finding[]> {
  const client = new Client(server.port)
  const before = await residentBytes(server.pid)
  let most = before ?? 0
  const sampling = setInterval(async () => {
    most = Math.max(most, (await residentBytes(server.pid)) ?? 0)
  }, 50)
  const query = await runQuery(client, 'MSCK REPAIR TABLE folders', 50)
  clearInterval(sampling)
  client.close()
  return [
    {
      section,
      what: 'MSCK REPAIR of 100,000 folders',
      measured: seconds(query.ms),
      note: before === undefined ? undefined : `the server grew by ${mebibytes(most - before)}`,
    },
  ]
}
