/**
 * Files of Iceberg tables that were damaged where they lie, by seeds: the query ends, with the rows that there are or with an
 * error that names the file and the table, and once the file is as it was, so is the table. Pages of Parquet may hold other
 * values unnoticed, since no reader here looks at their checksums; and so may what metadata says, which has none. What has
 * one, deletion vectors, never does. More rounds: `DAMAGES=2000` in the environment.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { damaged } from '../../../src/formats/bad-input.fixture.ts'
import { dice } from '../../../src/formats/seeded.fixture.ts'
import { expectedRows, putIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

const ROUNDS = Number(process.env.DAMAGES ?? 80)
/** What is said of a file that is not what it should be. */
const REFUSALS =
  /^(ICEBERG_(INVALID_METADATA|BAD_DATA|CANNOT_OPEN_SPLIT|MISSING_METADATA|FILESYSTEM_ERROR)|NOT_SUPPORTED|COLUMN_NOT_FOUND|HIVE_BAD_DATA)\b/

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  for (const table of ['mor', 'vectors']) await putIceberg(a, table)
})
after(async () => {
  await a.close()
})

/** What the newest snapshot is read from, by kind. */
async function filesOf(table: string): Promise<string[][]> {
  const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: table }))
  const [[list]] = (await a.rows(`SELECT manifest_list FROM "${table}$snapshots" ORDER BY committed_at DESC`)) as [
    [string],
  ]
  const column = async (sql: string) => (await a.rows(sql)).map(([path]) => path!)
  const manifests = await column(`SELECT path FROM "${table}$manifests"`)
  const files = Map.groupBy(await column(`SELECT DISTINCT file_path FROM "${table}$files"`), (path) =>
    /-deletes/.test(path),
  )
  return [[Table!.Parameters!.metadata_location!], [list], manifests, ...files.values()]
}

for (const table of ['mor', 'vectors'])
  test(`${table}, damaged`, async () => {
    const query = `SELECT * FROM ${table} ORDER BY id`
    const sound = await a.rows(query)
    assert.equal(sound.length, expectedRows(table).length)
    const files = await filesOf(table)
    const seen = { refused: 0, same: 0, other: 0 }
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = dice(seed)
      const kind = files[random(files.length)]!
      const uri = kind[random(kind.length)]!
      const { body } = await a.read(uri)
      const key = uri.slice('s3://data/'.length)
      await a.put(key, damaged(body, random))
      const what = `${key}, seed ${seed}`
      const id = await a.start(query)
      const { State, StateChangeReason: reason = '' } = (await a.ended(id)).Status!
      if (State === 'SUCCEEDED') {
        const rows = (await a.results(id))
          .ResultSet!.Rows!.slice(1)
          .map((row) => row.Data!.map((one) => one.VarCharValue ?? null))
        const same = JSON.stringify(rows) === JSON.stringify(sound)
        assert.ok(same || !key.endsWith('.puffin'), `other rows of ${what}`)
        seen[same ? 'same' : 'other']++
      } else {
        assert.match(reason, REFUSALS, what)
        assert.ok(reason.includes(table), `${reason}\n${what}`)
        seen.refused++
      }
      await a.put(key, body)
    }
    assert.deepEqual(await a.rows(query), sound)
    assert.ok(seen.refused > ROUNDS / 2, JSON.stringify(seen))
    const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: table }))
    assert.ok(Table!.Parameters!.metadata_location!.startsWith(`s3://data/${table}/metadata/00006-`))
    assert.deepEqual(a.lake.log, [])
  })
