/** Files of tables of a kilobyte or so that hold gigabytes: answered right within bounds or refused, and others are served. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { avroFile, long } from './avro-file.ts'
import { bounded } from './bounded.ts'

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

const said = async (sql: string) => (await bounded(a, sql, 'SELECT n FROM t')).said

test('Parquet: forty gigabytes in a dictionary of one text', async () => {
  await a.put('p/a.parquet', PARQUET)
  await a.succeed("CREATE EXTERNAL TABLE p (s string) STORED AS PARQUET LOCATION 's3://data/p/'")
  assert.equal(await said('SELECT count(*) FROM p'), '2000')
  assert.equal(await said('SELECT count(s), sum(length(s)) FROM p'), `2000,${2000 * (20 << 20)}`)
  // Here every row is a text of its own.
  const texts = await said("SELECT count(DISTINCT s || 'a') FROM p")
  if (texts !== '1') assert.match(texts, /^(?:EXCEEDED_|HIVE_)/)
})

test('Avro: a block that deflate has made of a quarter of a gigabyte', async () => {
  const schema = { type: 'record', name: 'r', fields: [{ name: 's', type: 'string' }] }
  const size = 256 << 20
  const one = { records: 1, bytes: deflateRawSync(Buffer.concat([long(size), Buffer.alloc(size, 'x')])) }
  await a.put('v/a.avro', avroFile(schema, 'deflate', [one, one, one]))
  await a.succeed(`CREATE EXTERNAL TABLE v (s string) STORED AS AVRO LOCATION 's3://data/v/'`)
  for (const [sql, right] of [
    ['SELECT count(*) FROM v', '3'],
    ['SELECT sum(length(s)) FROM v', String(3 * size)],
  ] as const) {
    const answer = await said(sql)
    if (answer !== right) assert.match(answer, /^(?:EXCEEDED_|HIVE_)/, sql)
  }
})
