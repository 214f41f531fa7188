/**
 * The same rows as CSV and JSON, plain and compressed, read through each SerDe and by DuckDB's own reader, which is told
 * the right columns; and a table of CSV made one of partitioned Parquet by both. In turns; the first round is not counted.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from '../client.ts'
import { DirectEngine } from '../direct-engine.ts'
import { atMost, type Finding, median, milliseconds, times } from '../measure.ts'
import { BUCKET, createLake, putObject, runQuery } from '../query.ts'
import { startLentic } from '../server-process.ts'

const ROWS = 1_000_000
const ROUNDS = 5
const POLL_MS = 5
/** What has been read is looked over once nobody has asked for anything for a second. */
const LOOKED_OVER_MS = 5000

const TABLE = `SELECT i::BIGINT AS id, (i * 7919 % 50)::INTEGER AS quantity, (i * 31 % 100000) / 100.0::DOUBLE AS price,
  ((i * 17 % 10000) / 100.0)::DECIMAL(12,2) AS tax, ['AIR','FOB','MAIL','RAIL','SHIP'][(i * 17 % 5) + 1] AS mode,
  'Customer number ' || (i % 100003) AS name, DATE '1992-01-01' + (i % 2500)::INTEGER AS shipped, i % 3 = 0 AS flag,
  'some words that make up a comment ' || i || ' of its own' AS comment FROM range(${ROWS}) t(i)`
const COLUMNS = {
  id: 'BIGINT',
  quantity: 'INTEGER',
  price: 'DOUBLE',
  tax: 'DECIMAL(12,2)',
  mode: 'VARCHAR',
  name: 'VARCHAR',
  shipped: 'DATE',
  flag: 'BOOLEAN',
  comment: 'VARCHAR',
}
const SUMS = 'sum(id), sum(quantity), sum(price), sum(tax), max(mode), max(name), max(shipped), max(comment)'

interface TextFormat {
  readonly what: string
  readonly ending: string
  /** How DuckDB writes it. */
  readonly written: string
  /** `OpenCSVSerDe` keeps days as numbers. */
  readonly days?: boolean
  readonly serde: string
  readonly direct: (path: string, columns: string) => string
}

const csv = (path: string, columns: string, quote: string) =>
  `read_csv('${path}', auto_detect = false, header = false, delim = ',', quote = '${quote}', escape = '${quote}', columns = ${columns}${path.endsWith('.gz') ? ", compression = 'gzip'" : ''})`
const json = (path: string, columns: string) =>
  `read_json('${path}', format = 'newline_delimited', columns = ${columns})`

const FORMATS: readonly TextFormat[] = [
  {
    what: 'CSV by LazySimpleSerDe',
    ending: 'csv',
    written: 'FORMAT csv, HEADER false',
    serde: "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
    direct: (path, columns) => csv(path, columns, ''),
  },
  {
    what: 'CSV by OpenCSVSerDe',
    ending: 'csv',
    written: 'FORMAT csv, HEADER false, FORCE_QUOTE *',
    days: true,
    serde: "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
    direct: (path, columns) => csv(path, columns, '"'),
  },
  {
    what: "JSON by Hive's SerDe",
    ending: 'json',
    written: 'FORMAT json',
    serde: "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'",
    direct: json,
  },
  {
    what: "JSON by OpenX's SerDe",
    ending: 'json',
    written: 'FORMAT json',
    serde: "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
    direct: json,
  },
]

export async function measureTextFormats(): Promise<Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lentic-texts-'))
  const server = await startLentic()
  const client = new Client(server.port)
  const direct = await DirectEngine.open()
  const lake = { client, direct, directory }
  try {
    await createLake(client)
    const findings: Finding[] = []
    for (const [place, format] of FORMATS.entries())
      for (const packed of [false, true])
        findings.push(...(await measureReading(lake, format, `t${place}_${packed}`, packed)))
    return [...findings, await measureWriting(lake, 't0_false')]
  } finally {
    client.close()
    await direct.close()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

interface Lake {
  readonly client: Client
  readonly direct: DirectEngine
  readonly directory: string
}

const localPath = ({ directory }: Lake, table: string, { ending }: TextFormat, packed: boolean) =>
  join(directory, `${table}.${ending}${packed ? '.gz' : ''}`)

async function measureReading(lake: Lake, format: TextFormat, table: string, packed: boolean): Promise<Finding[]> {
  const { client, direct } = lake
  const path = localPath(lake, table, format, packed)
  const rows = format.days
    ? `SELECT * REPLACE ((shipped - DATE '1970-01-01')::INTEGER AS shipped) FROM (${TABLE})`
    : TABLE
  await direct.run(`COPY (${rows}) TO '${path}' (${format.written}${packed ? ', COMPRESSION gzip' : ''})`)
  const body = await readFile(path)
  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${HIVE[type] ?? type.toLowerCase()}`)
  // As many tables as there are rounds: each is read for the first time once.
  for (let round = 0; round <= ROUNDS; round++) {
    const place = `${table}_${round}`
    await putObject(client, `${place}/rows.${format.ending}${packed ? '.gz' : ''}`, body)
    await runQuery(
      client,
      `CREATE EXTERNAL TABLE ${place} (${columns.join(', ')}) ${format.serde} LOCATION 's3://${BUCKET}/${place}/'`,
    )
  }
  const read = format.direct(path, structText({ ...COLUMNS, ...(format.days && { shipped: 'INTEGER' }) }))
  const ours = async (round: number) => (await runQuery(client, `SELECT ${SUMS} FROM ${table}_${round}`, POLL_MS)).ms
  const theirs = async () => (await direct.run(`SELECT ${SUMS} FROM ${read}`)).ms
  await settled()
  const first = await inTurns(ours, theirs)
  await sleep(LOOKED_OVER_MS)
  const again = await inTurns(() => ours(ROUNDS), theirs)
  const what = `${format.what}${packed ? ', gzip' : ''}`
  return [
    finding(`${what}, read for the first time, to DuckDB's reader`, first.ours, first.theirs, 1.5),
    finding(`${what}, read again, to DuckDB's reader`, again.ours, again.theirs, 1.5),
  ]
}

async function measureWriting(lake: Lake, table: string): Promise<Finding> {
  const { client, direct, directory } = lake
  const format = FORMATS[0]!
  const read = format.direct(localPath(lake, table, format, false), structText(COLUMNS))
  const names = Object.keys(COLUMNS).filter((name) => name !== 'mode')
  const { ours, theirs } = await inTurns(
    async (round) => {
      const made = `CREATE TABLE made_${round} WITH (format = 'PARQUET', write_compression = 'SNAPPY', partitioned_by = ARRAY['mode'])`
      return (await runQuery(client, `${made} AS SELECT ${names.join(', ')}, mode FROM ${table}_0`, POLL_MS)).ms
    },
    async (round) => {
      const target = join(directory, `made-${round}`)
      const { ms } = await direct.run(
        `COPY (SELECT * FROM ${read}) TO '${target}' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (mode))`,
      )
      await flushed(target)
      return ms
    },
  )
  return finding("CTAS of CSV to partitioned Parquet, to DuckDB's COPY", ours, theirs, 1.2)
}

/** What earlier tables have left for the kernel to write is written, so that it is not written while this one is measured. */
const settled = () => promisify(execFile)('sync')

/** DuckDB leaves its files to the kernel's leisure: it would write them while the next turn waits for its own to be safe. */
async function flushed(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = await open(join(entry.parentPath, entry.name), 'r+')
    await file.sync()
    await file.close()
  }
}

const HIVE: Readonly<Record<string, string>> = { VARCHAR: 'string', INTEGER: 'int' }
const structText = (columns: Readonly<Record<string, string>>) =>
  `{${Object.entries(columns)
    .map(([name, type]) => `${name}: '${type}'`)
    .join(', ')}}`

type Turn = (round: number) => Promise<number>

async function inTurns(our: Turn, their: Turn) {
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round++) {
    const [a, b] = [await our(round), await their(round)]
    if (round > 0) {
      ours.push(a)
      theirs.push(b)
    }
  }
  return { ours, theirs }
}

function finding(what: string, ours: readonly number[], theirs: readonly number[], limit: number): Finding {
  const note = `${milliseconds(median(ours))} to ${milliseconds(median(theirs))}`
  return atMost({ section: 'formats', what, note }, median(ours.map((ms, i) => ms / theirs[i]!)), limit, times)
}
