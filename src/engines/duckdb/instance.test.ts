import assert from 'node:assert/strict'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openPlace, type Place } from '../engine.fixture.ts'
import { grant, type Instance, openInstance } from './instance.ts'

let place: Place
let instance: Instance
let granted: string
before(async () => {
  place = openPlace()
  granted = place.file('granted', 'a\n').localPath
  instance = await openInstance(join(place.directory, 'tmp'))
  const files = [granted]
  await grant(instance, {
    memoryBytes: 2 ** 28,
    files,
    directories: [],
    disabledOptimizers: [],
    readsWhole: true,
    profile: undefined,
    passing: false,
  })
})
after(() => {
  instance.close()
  place.remove()
})

const read = (path: string) => instance.main.runAndReadAll(`SELECT * FROM read_text('${path}')`)

test('what is granted can be read, in UTC, spilling to its own folder', async () => {
  assert.equal((await read(granted)).getRowsJson().length, 1)
  const settings = await instance.main.runAndReadAll(
    "SELECT current_setting('TimeZone'), current_setting('memory_limit')",
  )
  assert.deepEqual(settings.getRowsJson(), [['UTC', '256.0 MiB']])
})

test('nothing else is: not by any function, link, setting or statement', async () => {
  const secret = place.file('secret', 'secret').localPath
  const link = join(place.directory, 'link')
  symlinkSync(secret, link)
  writeFileSync(`${granted}.evil`, 'x')
  const attempts = [
    `SELECT * FROM read_text('/etc/passwd')`,
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM read_text('${link}')`,
    `SELECT * FROM read_text('${granted}.evil')`,
    `SELECT * FROM read_text('${granted}/../secret')`,
    `SELECT * FROM read_blob('/proc/self/environ')`,
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM read_json('/etc/passwd')`,
    `SELECT * FROM read_parquet('/etc/passwd')`,
    `SELECT * FROM '/etc/passwd'`,
    `SELECT * FROM glob('/etc/*')`,
    `SELECT * FROM sniff_csv('/etc/passwd')`,
    `SELECT * FROM read_text('http://127.0.0.1:1/')`,
    `COPY (SELECT 1) TO '${place.directory}/out'`,
    `EXPORT DATABASE '${place.directory}/export'`,
    `ATTACH '${place.directory}/x.db'`,
    'INSTALL httpfs',
    'LOAD httpfs',
    'SET enable_external_access = true',
    'SET lock_configuration = false',
    `SET allowed_paths = ['/etc/passwd']`,
    `SET memory_limit = '100GB'`,
    `SET temp_directory = '/tmp'`,
    'RESET memory_limit',
    'PRAGMA enable_external_access',
    `CREATE PERSISTENT SECRET s (TYPE s3)`,
  ]
  for (const attempt of attempts) await assert.rejects(instance.main.run(attempt), attempt)
})
