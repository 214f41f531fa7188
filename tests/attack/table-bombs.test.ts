/** Files of tables of a kilobyte or so that hold gigabytes: answered right within bounds or refused, and others are served. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { residentMib } from '../child-processes.ts'

/**
 * Two thousand rows of one text of 20 MiB, by pyarrow: `DictionaryArray.from_arrays(zeros, ['x' * (20 << 20)])`, written by
 * `write_table(..., compression='zstd')`.
 */
const PARQUET = Buffer.from(
  'UEFSMRUEFYiAgBQVugpMFQIVABIAACi1L/2ASAQAQAFsAAAoAABAAXgBAPj/OdACAgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCAB' +
    'B4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgC' +
    'ABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEH' +
    'gCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIA' +
    'EHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeA' +
    'IAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQ' +
    'eAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4Ag' +
    'AQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4' +
    'AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4IQAAeHh4eBUAFRYVKCwVoB8VEBUGFQYcNgAAAAAotS/9IAtZAAADAAAAoB8BAaAfABUEGSw1ABgGc2' +
    'NoZW1hFQIAFQwlAhgBcyUATBwAAAAWoB8ZHBkcJgAcFQwZNQAGEBkYAXMVDBagHxbugIAUFrILJuYKJggcNgAAGSwVBBUAFQIAFQAVEBUCADwW' +
    'gICAwLgCGQYZJgCgHwAAABbugIAUFqAfJggWsgsAGRwYDEFSUk9XOnNjaGVtYRjMAS8vLy8vNUFBQUFBUUFBQUFBQUFLQUF3QUJnQUZBQWdBQ2' +
    'dBQUFBQUJCQUFFQUFBQXZQLy8vd1FBQUFBQkFBQUFGQUFBQUJBQUdBQUlBQVlBQndBTUFCQUFGQUFRQUFBQUFBQUJCUlFBQUFCQUFBQUFIQUFB' +
    'QUFRQUFBQUFBQUFBQVFBQUFITUFBQUFJQUFnQUFBQUVBQWdBQUFBTUFBQUFDQUFNQUFnQUJ3QUlBQUFBQUFBQUFTQUFBQUFFQUFRQUJBQUFBQU' +
    'FBQUFBPQAYIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjUuMC4xGRwcAAAAggEAAFBBUjE=',
  'base64',
)
/** Workers have 512 MiB each for queries; what they are made of, and this process, come beside. */
const MOST_MIB = 3072

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed('CREATE TABLE t AS SELECT 1 AS n')
})
after(async () => {
  const { log } = a.lake
  await a.close()
  assert.deepEqual(log, [])
})

/** While it runs another is answered, and memory stays within bounds. What it says, or why it failed. */
async function bounded(sql: string): Promise<string> {
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, residentMib(process.pid))
  }, 50)
  try {
    const id = await a.start(sql)
    assert.deepEqual((await a.rows('SELECT n FROM t')).at(-1), ['1'])
    const { State, StateChangeReason } = (await a.ended(id)).Status!
    assert.ok(most < MOST_MIB, `${sql}: ${most} MiB`)
    if (State !== 'SUCCEEDED') return StateChangeReason!
    return (await a.results(id))
      .ResultSet!.Rows!.at(-1)!
      .Data!.map((one) => one.VarCharValue)
      .join()
  } finally {
    clearInterval(watch)
  }
}

test('Parquet: forty gigabytes in a dictionary of one text', async () => {
  await a.put('p/a.parquet', PARQUET)
  await a.succeed("CREATE EXTERNAL TABLE p (s string) STORED AS PARQUET LOCATION 's3://data/p/'")
  assert.equal(await bounded('SELECT count(*) FROM p'), '2000')
  assert.equal(await bounded('SELECT count(s), sum(length(s)) FROM p'), `2000,${2000 * (20 << 20)}`)
  // Here every row is a text of its own.
  const texts = await bounded("SELECT count(DISTINCT s || 'a') FROM p")
  if (texts !== '1') assert.match(texts, /^(?:EXCEEDED_|HIVE_)/)
})

const long = (value: number): Buffer => {
  const bytes: number[] = []
  let left = BigInt(value) * 2n
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128)
  return Buffer.from([...bytes, Number(left)])
}
const text = (value: string): Buffer => Buffer.concat([long(value.length), Buffer.from(value)])

test('Avro: a block that deflate has made of a quarter of a gigabyte', async () => {
  const schema = '{"type":"record","name":"r","fields":[{"name":"s","type":"string"}]}'
  const size = 256 << 20
  const block = deflateRawSync(Buffer.concat([long(size), Buffer.alloc(size, 'x')]))
  const sync = Buffer.alloc(16, 7)
  const meta = [long(2), text('avro.schema'), text(schema), text('avro.codec'), text('deflate'), long(0)]
  const one = [long(1), long(block.length), block, sync]
  await a.put('v/a.avro', Buffer.concat([Buffer.from('Obj\u0001'), ...meta, sync, ...one, ...one, ...one]))
  await a.succeed(`CREATE EXTERNAL TABLE v (s string) STORED AS AVRO LOCATION 's3://data/v/'`)
  for (const [sql, right] of [
    ['SELECT count(*) FROM v', '3'],
    ['SELECT sum(length(s)) FROM v', String(3 * size)],
  ] as const) {
    const said = await bounded(sql)
    if (said !== right) assert.match(said, /^(?:EXCEEDED_|HIVE_)/, sql)
  }
})
