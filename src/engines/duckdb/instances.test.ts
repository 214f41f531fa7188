import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openPlace, type Place } from '../engine.fixture.ts'
import type { Grants } from './grants.ts'
import { Instances, type Taken } from './instances.ts'

let place: Place
let instances: Instances
before(() => {
  place = openPlace()
  instances = new Instances(join(place.directory, 'tmp'), 2 ** 29)
})
after(() => place.remove())

const grantsFor = (...files: string[]): Grants => ({
  memoryBytes: 2 ** 28,
  files,
  directories: [],
  disabledOptimizers: [],
  readsWhole: false,
  profile: undefined,
  passing: false,
})
const read = ({ instance }: Taken, path: string) => instance.main.runAndReadAll(`SELECT * FROM read_text('${path}')`)

test('plans with the same grants share an instance, others do not, and see nothing of its files', async () => {
  const [a, b] = ['a', 'b'].map((name) => place.file(name, name).localPath) as [string, string]
  const first = await instances.take(grantsFor(a))
  assert.ok(instances.keep(first, []))
  const other = await instances.take(grantsFor(b))
  assert.notEqual(other.instance, first.instance)
  await read(other, b)
  await assert.rejects(read(other, a), /Permission/)
  assert.ok(instances.keep(other, []))
  const second = await instances.take(grantsFor(a))
  assert.equal(second.instance, first.instance)
  assert.equal(second.plans, 1)
  await read(second, a)
  await assert.rejects(read(second, b), /Permission/)
  second.instance.close()
})

test('a plan whose reads are known runs where they are kept and not logged', async () => {
  const [file] = [place.file('kept', 'text').localPath]
  const logging = await instances.take(grantsFor(file))
  const keeping = await instances.take(grantsFor(file), undefined, true)
  const logged = async ({ instance }: Taken) =>
    (await instance.watch.runAndReadAll("SELECT count(*) FROM duckdb_logs() WHERE type = 'FileSystem'")).getRows()
  for (const taken of [logging, keeping]) await read(taken, file)
  assert.notDeepEqual(await logged(logging), [[0n]])
  assert.deepEqual(await logged(keeping), [[0n]])
  for (const taken of [logging, keeping]) assert.ok(instances.keep({ ...taken, key: 'same' }, []))
  assert.equal((await instances.take(grantsFor(file), 'same', true)).instance, keeping.instance)
  assert.equal((await instances.take(grantsFor(file), 'same')).instance, logging.instance)
  for (const { instance } of [logging, keeping]) instance.close()
})

test('what writes into a folder of its own, or left something behind, is not shared', async () => {
  const directory = place.path()
  const writer = await instances.take({ ...grantsFor(), directories: [directory] })
  assert.equal(instances.keep(writer, []), false)
  writer.instance.close()
  const spilled = await instances.take(grantsFor())
  writeFileSync(join(spilled.instance.temporaryDirectory, 'left'), '')
  assert.equal(instances.keep(spilled, []), false)
  spilled.instance.close()
  assert.equal(existsSync(spilled.instance.temporaryDirectory), false)
})

test('the last few are kept', async () => {
  for (let i = 0; i < 6; i++) {
    assert.ok(instances.keep(await instances.take(grantsFor(`/file-${i}`)), []))
    await instances.shrink()
  }
  assert.equal(instances.keys.length, 4)
  const last = await instances.take(grantsFor('/file-5'))
  assert.equal(last.plans, 1)
  last.instance.close()
  const lost = await instances.take(grantsFor('/file-0'))
  assert.equal(lost.plans, 0)
  lost.instance.close()
})
