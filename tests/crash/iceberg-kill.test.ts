/**
 * A server is killed while it compacts a table and removes what is old, with rows coming and going meanwhile: nothing that was
 * acknowledged is lost, every snapshot that is left can be read, and nothing that was left behind stays for good.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { makeLake, type Served, StatementFailed, serve } from './served.ts'

const ROUNDS = 6
const data = await mkdtemp(join(tmpdir(), 'lentic-iceberg-kill-'))
after(() => rm(data, { recursive: true, force: true }))

const TABLE = `CREATE TABLE db.t (id bigint, part int) PARTITIONED BY (part) LOCATION 's3://data/t/' TBLPROPERTIES (
  'table_type' = 'ICEBERG', 'vacuum_max_snapshot_age_seconds' = '1', 'vacuum_min_snapshots_to_keep' = '3',
  'optimize_rewrite_data_file_threshold' = '2', 'optimize_rewrite_delete_file_threshold' = '1')`

/** Whether it has come too late, which it says and then has changed nothing. */
function isOvertaken(error: unknown): boolean {
  if (!(error instanceof StatementFailed)) return false
  if (!error.message.startsWith('ICEBERG_COMMIT_ERROR')) throw error
  return true
}

before(() => makeLake(data))

/** What the table is known to hold, and what may be there or not. */
const rows = new Set<number>()
let doubtful: { readonly id: number; readonly comes: boolean } | undefined
let next = 0

/** Until the server is gone. */
async function write({ run }: Served): Promise<void> {
  for (;;) {
    const comes = rows.size < 5 || next % 3 > 0
    const id = comes ? next : [...rows][0]!
    next++
    doubtful = { id, comes }
    try {
      await run(comes ? `INSERT INTO db.t VALUES (${id}, ${id % 2})` : `DELETE FROM db.t WHERE id = ${id}`)
    } catch (error) {
      if (!isOvertaken(error)) return
      doubtful = undefined
      continue
    }
    if (comes) rows.add(id)
    else rows.delete(id)
    doubtful = undefined
  }
}

async function tidy({ run }: Served): Promise<void> {
  for (let i = 0; ; i++)
    try {
      await run(i % 2 === 0 ? 'OPTIMIZE db.t REWRITE DATA USING BIN_PACK' : 'VACUUM db.t')
    } catch (error) {
      if (!isOvertaken(error)) return
    }
}

async function verify({ rows: read }: Served): Promise<void> {
  const found = new Set((await read('SELECT id FROM db.t')).map(([id]) => Number(id)))
  if (doubtful) {
    if (found.has(doubtful.id)) rows.add(doubtful.id)
    else rows.delete(doubtful.id)
    doubtful = undefined
  }
  assert.deepEqual([...found].toSorted(), [...rows].toSorted())
  for (const [id] of await read('SELECT snapshot_id FROM "db"."t$snapshots"'))
    await read(`SELECT count(*), sum(id) FROM db.t FOR VERSION AS OF ${id}`)
}

test(`a table survives ${ROUNDS} kills in the middle of its maintenance`, { timeout: 300_000 }, async () => {
  let served = await serve(data)
  await served.run(TABLE)
  for (let round = 0; round < ROUNDS; round++) {
    const work = Promise.all([write(served), tidy(served)])
    await sleep(500 + Math.random() * 1500)
    served.server.child.kill('SIGKILL')
    await Promise.all([work, served.server.ended])
    served = await serve(data)
    await verify(served)
  }
  assert.ok(next > ROUNDS)
  await leavesNothing(served)
  served.server.child.kill()
  await served.server.ended
})

/** A last look at the table: once all is quiet, every object is one that it names. */
async function leavesNothing({ run, rows: read, s3 }: Served): Promise<void> {
  await run(
    "ALTER TABLE db.t SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep' = '1', 'vacuum_max_metadata_files_to_keep' = '1')",
  )
  await sleep(10)
  await run('VACUUM db.t')
  const named = await read(
    `SELECT manifest_list FROM "db"."t$snapshots" UNION SELECT path FROM "db"."t$manifests"
     UNION SELECT file_path FROM "db"."t$files" UNION SELECT file FROM "db"."t$metadata_log_entries"`,
  )
  const wanted = named.map(([uri]) => uri!)
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 't/' }))
  assert.deepEqual(Contents.map(({ Key }) => `s3://data/${Key}`).toSorted(), wanted.toSorted())
}

/** What the engine puts into a row group, which is copied as it is. */
const GROUP = 122_880

test('a table survives kills while its row groups are copied', { timeout: 300_000 }, async () => {
  let served = await serve(data)
  await served.run(`CREATE TABLE db.copied (id bigint) LOCATION 's3://data/copied/' TBLPROPERTIES (
    'table_type' = 'ICEBERG', 'optimize_rewrite_data_file_threshold' = '2')`)
  /** How many groups are known to be there; another may be. */
  let groups = 0
  let comes = false
  const work = async ({ run }: Served): Promise<void> => {
    for (;;) {
      comes = true
      await run(
        `INSERT INTO db.copied SELECT ${groups * GROUP} + y * 4096 + z
         FROM UNNEST(sequence(0, ${GROUP / 4096 - 1})) u (y) CROSS JOIN UNNEST(sequence(0, 4095)) v (z)`,
      )
      groups++
      comes = false
      await run('OPTIMIZE db.copied REWRITE DATA USING BIN_PACK')
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const gone = work(served).catch((error: unknown) => {
      if (error instanceof StatementFailed) throw error
    })
    await sleep(500 + Math.random() * 1500)
    served.server.child.kill('SIGKILL')
    await Promise.all([gone, served.server.ended])
    served = await serve(data)
    const [[count, sum, distinct]] = (await served.rows(
      'SELECT count(*), sum(id), count(DISTINCT id) FROM db.copied',
    )) as [string[]]
    if (comes && Number(count) > groups * GROUP) groups++
    const rows = groups * GROUP
    assert.deepEqual([count, sum ?? '0', distinct], [String(rows), String((rows * (rows - 1)) / 2), String(rows)])
  }
  assert.ok(groups > 0)
  served.server.child.kill()
  await served.server.ended
})
