/** Plans over files that DuckDB does not read, made readable. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Relation } from '../../../core/queries/relation.ts'
import { BIGINT, DOUBLE } from '../../../sql/types.ts'
import { counted, LIMITS, openPlace, type Place, planOf, ROWS, relationOf, scanOf } from '../../engine.fixture.ts'
import type { PlanMessage } from '../messages.ts'
import { Conversions } from './conversions.ts'

const golden = (name: string) => readFileSync(new URL(`../../../../tests/golden/${name}`, import.meta.url))
const never = new AbortController().signal
const ROOM = { keptBytes: 1e9, mostBytes: 1e9 }
const COLUMNS = [
  ['id', BIGINT],
  ['score', DOUBLE],
] as const

let place: Place
let relation: Relation
before(() => {
  place = openPlace()
  relation = relationOf({ kind: 'orc', byName: true }, COLUMNS, [place.file('a.orc', golden('orc/zlib.orc'))])
})
after(() => place.remove())

const planFor = (names: readonly string[]): PlanMessage =>
  planOf(counted(scanOf(relation, names)), { relations: [relation], sink: ROWS, limits: LIMITS })

test('what has been converted serves the plans that want no more, and costs them what it costs', async () => {
  const conversions = new Conversions(join(place.directory, 'kept'), ROOM)
  const filesFor = async (names: readonly string[]) => {
    const { relations, converted, readBytes } = await conversions.readable(planFor(names), never, () => undefined)
    assert.deepEqual(relations[0]!.format, { kind: 'parquet' })
    assert.ok(converted.has(relations[0]!))
    const bytes = readBytes.get(relation.id)!.get(relation.files[0]!.localPath)!
    return { files: relations[0]!.files.map((file) => file.localPath), bytes }
  }
  const both = await filesFor(['id', 'score'])
  const one = await filesFor(['score'])
  assert.deepEqual(one.files, both.files)
  assert.ok(one.bytes < both.bytes)
  const alone = await new Conversions(join(place.directory, 'other'), ROOM).readable(
    planFor(['score']),
    never,
    () => undefined,
  )
  assert.equal(alone.readBytes.get(relation.id)!.get(relation.files[0]!.localPath), one.bytes)
  assert.ok(one.files.length > 0 && one.files.every((file) => existsSync(file)))
})

test('what is not kept is gone with the next plan', async () => {
  const conversions = new Conversions(join(place.directory, 'small'), { ...ROOM, keptBytes: 0 })
  const first = await conversions.readable(planFor(['id']), never, () => undefined)
  const [file] = first.relations[0]!.files
  assert.ok(existsSync(file!.localPath))
  await conversions.readable(planFor(['score']), never, () => undefined)
  assert.ok(!existsSync(file!.localPath))
})

test('one plan gets no more room than there is', async () => {
  const conversions = new Conversions(join(place.directory, 'narrow'), { ...ROOM, mostBytes: 10_000 })
  await assert.rejects(
    conversions.readable(planFor(['id', 'score']), never, () => undefined),
    { code: 'EXCEEDED_MEMORY_LIMIT' },
  )
  const other = await conversions.readable(planFor([]), never, () => undefined)
  assert.equal(other.relations[0]!.files.length > 0, true)
})

test('a plan that is stopped stops, and the next one runs', async () => {
  const conversions = new Conversions(join(place.directory, 'stopped'), ROOM)
  const stop = new AbortController()
  const work = conversions.readable(planFor(['id']), stop.signal, () => undefined)
  stop.abort(new Error('enough'))
  await assert.rejects(work, { message: 'enough' })
  const { relations } = await conversions.readable(planFor(['id']), never, () => undefined)
  assert.ok(relations[0]!.files.length > 0)
})
