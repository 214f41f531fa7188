/** A server is killed while statements write tables: each table has all of its files and partitions, or there is nothing of it. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetPartitionsCommand, GetTablesCommand } from '@aws-sdk/client-glue'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { makeLake, type Served, serve } from './served.ts'

const ROUNDS = 4
const data = await mkdtemp(join(tmpdir(), 'lentic-written-kill-'))
before(() => makeLake(data))
after(() => rm(data, { recursive: true, force: true }))

let tables = 0
/** How many have been acknowledged with all that was added. */
let made = 0

/** Tables of three partitions, to which three more are added; until the server is gone. */
async function write({ run }: Served): Promise<void> {
  for (;;) {
    const name = `db.t${tables++}`
    const location = `s3://data/${name}/`
    try {
      await run(`CREATE TABLE ${name} WITH (external_location = '${location}', partitioned_by = ARRAY['p'])
        AS SELECT n, n % 3 AS p FROM UNNEST(sequence(1, 30)) u (n)`)
      await run(`INSERT INTO ${name} SELECT n, 3 + n % 3 AS p FROM UNNEST(sequence(1, 30)) u (n)`)
      made++
    } catch {
      return
    }
  }
}

/** Folders are named by what lies in them; every partition of the catalog has one, and no other is there. */
async function verify({ glue, s3, rows }: Served): Promise<void> {
  const { TableList = [] } = await glue.send(new GetTablesCommand({ DatabaseName: 'db' }))
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'data' }))
  const folders = new Set(Contents.map(({ Key }) => Key!.slice(0, Key!.lastIndexOf('/'))))
  const registered = new Set<string>()
  for (const { Name } of TableList) {
    const { Partitions = [] } = await glue.send(new GetPartitionsCommand({ DatabaseName: 'db', TableName: Name }))
    assert.ok(Partitions.length === 3 || Partitions.length === 6, `${Name} has ${Partitions.length} partitions`)
    for (const { Values } of Partitions) registered.add(`db.${Name}/p=${Values![0]}`)
  }
  assert.deepEqual([...folders].toSorted(), [...registered].toSorted())
  const last = TableList.at(-1)?.Name
  if (last) assert.match(String((await rows(`SELECT count(*) FROM db.${last}`))[0]![0]), /^(30|60)$/)
}

test(`tables survive ${ROUNDS} kills whole or not at all`, { timeout: 300_000 }, async () => {
  let served = await serve(data)
  for (let round = 0; round < ROUNDS; round++) {
    const [work, before] = [write(served), made]
    while (made === before) await sleep(10)
    await sleep(Math.random() * 500)
    served.server.child.kill('SIGKILL')
    await Promise.all([work, served.server.ended])
    served = await serve(data)
    await verify(served)
  }
  served.server.child.kill()
  await served.server.ended
})
