/** Files of a few kilobytes that claim to be gigabytes: each is read within bounds or refused, and others are answered. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { StopQueryExecutionCommand } from '@aws-sdk/client-athena'
import { BOMB } from '../../src/formats/bad-input.fixture.ts'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { residentMib } from '../child-processes.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed("CREATE TABLE t AS SELECT 1 AS n, 'x' AS s")
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  await a.close()
})

/** 4 GiB, as one member or frame after another of 16 MiB. */
const zeros = Buffer.alloc(16 << 20)
const again = (one: Buffer) => Buffer.concat(Array.from({ length: 256 }, () => one))
const BOMBS: Readonly<Record<string, () => Buffer>> = {
  'a.csv.gz': () => again(gzipSync(zeros)),
  'a.csv.zst': () => again(zstdCompressSync(zeros)),
  'a.csv.deflate': () => deflateSync(Buffer.alloc(256 << 20)),
  'a.bz2': () => BOMB,
}
const ROWS: Readonly<Record<string, string>> = {
  csv: "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
  json: "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
}
/** Workers have 512 MiB each for queries; what they are made of, and this process, come beside. */
const MOST_MIB = 3072

for (const [file, bomb] of Object.entries(BOMBS))
  test(`${file}: answered, or stopped when its caller stops it; nobody else waits`, async () => {
    const bytes = bomb()
    for (const [kind, rows] of Object.entries(ROWS)) {
      const name = `${kind}_${file.replaceAll('.', '_')}`
      await a.put(`${name}/${file}`, bytes)
      await a.succeed(`CREATE EXTERNAL TABLE ${name} (s string) ${rows} LOCATION 's3://data/${name}/'`)
      const id = await a.start(`SELECT count(*), max(s) FROM ${name}`)
      assert.deepEqual((await a.rows('SELECT n FROM t')).at(-1), ['1'])
      const resident = residentMib(process.pid)
      assert.ok(resident < MOST_MIB, `${name}: ${resident} MiB`)
      await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
      const { State, StateChangeReason = '' } = (await a.ended(id)).Status!
      if (State === 'FAILED') assert.match(StateChangeReason, /^(?:HIVE_|EXCEEDED_)/, `${name}: ${StateChangeReason}`)
      else assert.match(State!, /^(?:CANCELLED|SUCCEEDED)$/, name)
    }
  })
