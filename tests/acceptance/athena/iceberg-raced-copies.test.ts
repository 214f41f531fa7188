/**
 * What others commit while row groups are copied: rows that they delete, by place or by value, stay deleted, what they bring
 * and take away comes and goes once, and an OPTIMIZE that can not be made of both fails and leaves the table to them.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConcurrentModificationException } from '@aws-sdk/client-glue'
import { deleteEqual } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

/** What the engine puts into a row group. */
const GROUP = 122_880
const FILES = 3

/** (id) in files of one row group, which are copied; the ids are those below their number. */
async function create(name: string): Promise<void> {
  await a.succeed(
    `CREATE TABLE ${name} (id bigint, name string) LOCATION 's3://data/${name}/'
     TBLPROPERTIES ('table_type' = 'ICEBERG', 'optimize_rewrite_data_file_threshold' = '2', 'optimize_rewrite_delete_file_threshold' = '49')`,
  )
  for (let file = 0; file < FILES; file++) await insert(name, file * GROUP, GROUP)
}

const insert = (name: string, first: number, rows: number) =>
  a.succeed(
    `INSERT INTO ${name} SELECT ${first} + y * 4096 + z, 'name ' || cast(z AS varchar)
     FROM UNNEST(sequence(0, ${rows / 4096 - 1})) u (y) CROSS JOIN UNNEST(sequence(0, 4095)) v (z)`,
  )

/** Tries again what has come too late, which has changed nothing. */
async function untilDone(change: () => Promise<unknown>): Promise<void> {
  for (;;)
    try {
      await change()
      return
    } catch (error) {
      const isLate =
        error instanceof ConcurrentModificationException || /FAILED: ICEBERG_COMMIT_ERROR/.test(String(error))
      if (!isLate) throw error
    }
}

interface Change {
  readonly make: (name: string) => Promise<unknown>
  readonly stays: (id: number) => boolean
  readonly brings?: number
}

const CHANGES: Readonly<Record<string, Change>> = {
  places: {
    make: (name) => a.succeed(`DELETE FROM ${name} WHERE id % 1000 = 7`),
    stays: (id) => id % 1000 !== 7,
  },
  values: {
    make: (name) =>
      deleteEqual(a, name, {
        rows: 'SELECT range * 1000 + 7 AS id FROM range(400)',
        fieldIds: '{id: 1}',
        equalityIds: [1],
      }),
    stays: (id) => id % 1000 !== 7,
  },
  whole_files: { make: (name) => a.succeed(`DELETE FROM ${name} WHERE id < ${GROUP}`), stays: (id) => id >= GROUP },
  more_rows: { make: (name) => insert(name, FILES * GROUP, 4096), stays: () => true, brings: 4096 },
}

for (const [change, { make, stays, brings = 0 }] of Object.entries(CHANGES))
  test(`rows copied, and ${change.replaceAll('_', ' ')} meanwhile`, async () => {
    const ids = Array.from({ length: FILES * GROUP + brings }, (_, id) => id).filter(stays)
    const expected = [[String(ids.length), String(ids.reduce((sum, id) => sum + id, 0)), String(ids.length)]]
    // At other moments of it each time.
    for (const [round, waitMs] of [0, 40].entries()) {
      const name = `${change}_${round}`
      await create(name)
      const optimizing = a.run(`OPTIMIZE ${name} REWRITE DATA USING BIN_PACK`)
      await sleep(waitMs)
      await untilDone(() => make(name))
      const { State, StateChangeReason = '' } = (await optimizing).Status!
      if (State !== 'SUCCEEDED') assert.match(StateChangeReason, /^ICEBERG_COMMIT_ERROR: .*/)
      const told = `SELECT count(*), sum(id), count(DISTINCT id) FROM ${name}`
      assert.deepEqual(await a.rows(told), expected, `${name}, ${State}`)
      // Whoever comes later finds it so too, and so does who looks back.
      await a.succeed(`OPTIMIZE ${name} REWRITE DATA USING BIN_PACK`)
      assert.deepEqual(await a.rows(told), expected, name)
      for (const [id] of await a.rows(`SELECT snapshot_id FROM "${name}$snapshots"`))
        await a.rows(`SELECT count(*), sum(id) FROM ${name} FOR VERSION AS OF ${id}`)
    }
  })
