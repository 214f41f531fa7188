/** Parquet under Hadoop's LZ4 (tests/golden/parquet_lz4.py), which Athena reads as any other. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

const golden = (name: string): Buffer => readFileSync(new URL(`../../golden/parquet/${name}`, import.meta.url))

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

async function table(name: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
  for (const [file, body] of Object.entries(files)) await a.put(`${name}/${file}`, body)
  const columns = 'id bigint, word string, pair array<bigint>, nothing string'
  await a.succeed(`CREATE EXTERNAL TABLE ${name} (${columns}) STORED AS PARQUET LOCATION 's3://data/${name}/'`)
}

/** As the script makes row `id`. */
const word = (id: number): string | null => (id % 7 === 0 ? null : `the word that is said of ${Math.floor(id / 50)}`)
const ROWS = 30_000
const IDS = Array.from({ length: ROWS }, (_, id) => id)
const TOTALS = [
  ROWS,
  IDS.reduce((sum, id) => sum + id, 0),
  IDS.filter((id) => word(id) !== null).length,
  new Set(IDS.map(word)).size - 1,
  IDS.reduce((sum, id) => sum + (word(id)?.length ?? 0), 0),
  IDS.reduce((sum, id) => sum + 3 * id, 0),
  0,
].map(String)
const totalsOf = (name: string) =>
  `SELECT count(*), sum(id), count(word), count(DISTINCT word), sum(length(word)), sum(pair[1] + pair[2]), count(nothing) FROM ${name}`

const scanned = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes!

for (const version of ['v1', 'v2'])
  test(`pages of ${version}`, async () => {
    const file = golden(`hadoop-lz4-${version}.parquet`)
    await table(version, { 'a.parquet': file })
    assert.deepEqual(await a.rows(totalsOf(version)), [TOTALS])
    assert.deepEqual(
      await a.rows(`SELECT id, word, pair, nothing FROM ${version} WHERE id IN (0, 1, 29999) ORDER BY id`),
      [
        ['0', null, '[0, 0]', null],
        ['1', word(1), '[1, 2]', null],
        ['29999', word(29_999), '[29999, 59998]', null],
      ],
    )
    // What a query reads is of the file, not of what the engine makes of it.
    const whole = await scanned(totalsOf(version))
    assert.ok(whole <= file.length && whole > file.length * 0.9, `${whole} of ${file.length}`)
    const ids = await scanned(`SELECT sum(id) FROM ${version}`)
    assert.ok(ids < whole / 2, `${ids} of ${whole}`)
    assert.equal(await scanned(`SELECT sum(id) FROM ${version}`), ids)
  })

test('beside files of other codecs, and into other tables', async () => {
  await table('mixed', {
    'a.parquet': golden('hadoop-lz4-v1.parquet'),
    'b.parquet': golden('hadoop-lz4-v2.parquet'),
  })
  await a.succeed(`INSERT INTO mixed SELECT id, word, pair, nothing FROM v1 WHERE id < 3`)
  const [[rows, sum] = []] = await a.rows('SELECT count(*), sum(id) FROM mixed')
  assert.deepEqual([rows, sum], [String(2 * ROWS + 3), String(2 * Number(TOTALS[1]) + 3)])
  await a.succeed(`CREATE TABLE made AS SELECT * FROM mixed`)
  assert.deepEqual(await a.rows('SELECT count(*), sum(id) FROM made'), [[rows, sum]])
  assert.deepEqual(await a.rows('SELECT count(*) FROM (SELECT * FROM mixed LIMIT 5)'), [['5']])
})

test('a file whose pages are broken is named, and only it fails', async () => {
  const broken = Buffer.from(golden('hadoop-lz4-v1.parquet'))
  broken.fill(0xff, 200, 2000)
  await table('broken', { 'a.parquet': broken })
  assert.match(
    await a.failure(totalsOf('broken')),
    /^HIVE_BAD_DATA: Malformed Parquet file: s3:\/\/.*\/broken\/a\.parquet/,
  )
  assert.deepEqual(await a.rows(totalsOf('v1')), [TOTALS])
})
