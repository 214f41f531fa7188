/** Whatever is proven of a column, it reads as it does with care; expected values of the careful way are the SerDes' tests'. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../../../core/clock.ts'
import type { FileFormat } from '../../../core/queries/relation.ts'
import { jsonLines } from '../../../formats/hive/plain-numbers.ts'
import { BIGINT, DOUBLE, decimal, INTEGER, SMALLINT, TINYINT, type Type, VARCHAR } from '../../../sql/types.ts'
import { LIMITS, largest, openPlace, planOf, scanOf } from '../../engine.fixture.ts'
import { openDuckdbEngine } from '../engine.ts'
import { IdleLooks } from '../idle-looks.ts'
import { plainDigits } from '../scans/json-numbers.ts'
import { dataColumns, JSON_LINES, LAZY, OPEN_CSV, openShelf, relationOf, type Shelf } from '../scans/scan.fixture.ts'
import { ProvenColumns } from './proven-columns.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

const HINTS = { long: false, sample: ['k', 'other'] }

/** Rows with the values of one column, read with care and, where it is proven, without. */
async function compare(format: FileFormat, type: Type, text: string) {
  const relation = relationOf(format, dataColumns(['k', type], ['other', VARCHAR]), [shelf.file('t', text)])
  const columns = new ProvenColumns()
  await columns.look(shelf.connection, { relation, wanted: [0], hints: HINTS })
  const proven = columns.among(relation, [0], HINTS.sample)
  const read = (places: ReadonlySet<number>, alike: boolean) =>
    shelf.read(relation, [0, 1], { alike, proven: places }).catch((error: Error) => error.message.slice(0, 60))
  if (!proven.has(0)) return false
  assert.deepEqual(await read(proven, false), await read(new Set(), false), `${type.kind} ${text}`)
  const found = await read(proven, true)
  // A missing member ends the attempt, proven or not.
  if (typeof found === 'string') assert.match(found, /an object lacks/)
  else assert.deepEqual(found, await read(new Set(), false), `${type.kind} ${text}`)
  return true
}

const NUMBERS: readonly Type[] = [BIGINT, INTEGER, SMALLINT, DOUBLE, decimal(12, 2), decimal(18, 3)]
const JSON_VALUES =
  `5 -5 0 -0 5.0 5.5 0.0 1e3 1.5e1 100 0.005 1.005 0.285 -0.285 2.675 1e-7 9999999999.995 1e16 1e21 1e300 1e999
  12345678901234567890 1.00000000000000000000000001 9223372036854775807 9223372036854775808 -9223372036854775808 40000 2147483648
  true false NaN Infinity null "5" "5.0" "1_000" "0x10" "true" "" [] [1] {"x":1}`.split(/\s+/)

test('numbers of JSON', async () => {
  const proven: string[] = []
  for (const type of NUMBERS)
    for (const value of JSON_VALUES)
      if (await compare(JSON_LINES, type, `{"k":${value},"other":"x"}\n`)) proven.push(`${type.kind} ${value}`)
  for (const known of [
    'bigint 5',
    'bigint -5',
    'integer 100',
    'double 0.285',
    'double 1e300',
    'decimal 5.5',
    'decimal 100',
  ])
    assert.ok(proven.includes(known), known)
  // No number, or one that the reader would round or take for another.
  for (const other of ['bigint 5.5', 'bigint true', 'bigint "5"', 'integer 2147483648', 'double true', 'decimal true'])
    assert.ok(!proven.includes(other), other)
})

test('numbers of JSON that are plain by their digits', async () => {
  const plain: string[] = []
  const digits = Array.from({ length: 15 }, (_, i) => '9.99999999999999995'.slice(0, 4 + i))
  for (const type of [...NUMBERS, TINYINT, decimal(5, 3), decimal(15, 0)])
    for (const value of [...JSON_VALUES, ...digits, '-0.0', '0.001', '128', '123456789012.345', '999999999999.995']) {
      const numbers = jsonLines([{ key: 'k', digits: plainDigits(type) }])
      const text = `{"k":${value},"other":"x"}\n`
      numbers.read(Buffer.from(text))
      if (numbers.end().length === 0) continue
      plain.push(`${type.kind} ${value}`)
      const relation = relationOf(JSON_LINES, dataColumns(['k', type], ['other', VARCHAR]), [shelf.file('t', text)])
      const read = (proven: ReadonlySet<number>, alike: boolean) =>
        shelf.read(relation, [0, 1], { alike, proven }).catch((error: Error) => error.message)
      const found = await read(new Set([0]), true)
      // Its number may be too large for the type, or NULL, which ends the attempt.
      if (typeof found === 'string') assert.match(found, /an object lacks|[Cc]ast/, text)
      else assert.deepEqual(found, await read(new Set(), false), `${type.kind} ${text}`)
    }
  for (const known of [
    'bigint 5',
    'integer -5',
    'double 0.285',
    'double 1e300',
    'decimal 5.5',
    'decimal 9999999999.995',
  ])
    assert.ok(plain.includes(known), known)
  for (const other of ['bigint 5.5', 'bigint true', 'bigint "5"', 'double true', 'double NaN', 'decimal 1e21'])
    assert.ok(!plain.includes(other), other)
})

const TEXTS = [
  ...'5|-5|+5|007|0|100|1200| 5|5 |1_000|0x10|1e2|5.0|.5|5.|-|x||40000|2147483648|9223372036854775808'.split('|'),
]

test('whole numbers of CSV', async () => {
  const proven: string[] = []
  for (const type of [BIGINT, INTEGER, SMALLINT])
    for (const text of TEXTS) {
      if (await compare(LAZY, type, `${text},x\n`)) proven.push(`lazy ${type.kind} ${text}`)
      if (await compare(OPEN_CSV, type, `"${text}","x"\n`)) proven.push(`open ${type.kind} ${text}`)
    }
  for (const known of ['lazy bigint 5', 'open bigint 1200', 'lazy integer 007', 'open smallint +5'])
    assert.ok(proven.includes(known), known)
  for (const other of [
    'lazy bigint  5',
    'open bigint 5.0',
    'lazy smallint 40000',
    'open integer 0x10',
    'lazy bigint 1e2',
  ])
    assert.ok(!proven.includes(other), other)
})

test('what is NULL needs no proof, and an empty text is no number', async () => {
  assert.equal(await compare(OPEN_CSV, BIGINT, '5,x\n,x\n"6"\n'), false)
  assert.equal(await compare(LAZY, BIGINT, '5,x\n\\N,x\n6\n'), true)
})

test('texts of quoted CSV', async () => {
  assert.equal(await compare(OPEN_CSV, VARCHAR, '"a","x"\n"b",\n,\n'), true)
  assert.equal(await compare(OPEN_CSV, VARCHAR, '"a""b","x"\n'), false)
  // Where the escape is the quote, the engine makes one of two: there is nothing to prove.
  assert.equal(await compare({ ...OPEN_CSV, escape: '"' }, VARCHAR, '"a","x"\n'), false)
})

test('a file is asked once, for the same columns in the same format', async () => {
  const columns = new ProvenColumns()
  const file = shelf.file('t', '{"k":1,"other":2}\n{"k":2}\n')
  const relation = relationOf(JSON_LINES, dataColumns(['k', BIGINT], ['other', BIGINT]), [file])
  const asked = { relation, wanted: [0], hints: HINTS }
  assert.ok(columns.isOpen(asked))
  await columns.look(shelf.connection, asked)
  assert.ok(!columns.isOpen(asked))
  assert.ok(columns.isOpen({ ...asked, wanted: [0, 1] }))
  assert.deepEqual([...columns.among(relation, [0, 1], HINTS.sample)], [0])
  const narrow = relationOf(JSON_LINES, dataColumns(['k', SMALLINT], ['other', BIGINT]), [file])
  const mapped = { ...relation, format: { ...JSON_LINES, mapping: { k: 'other' } } }
  for (const other of [narrow, mapped]) assert.equal(columns.among(other, [0], HINTS.sample).size, 0)
  const more = { ...relation, files: [file, shelf.file('u', '{"k":"1"}\n')] }
  assert.equal(columns.among(more, [0], HINTS.sample).size, 0)
  assert.ok(columns.isOpen({ ...asked, relation: more }))
  columns.giveUp({ ...asked, relation: more })
  assert.ok(!columns.isOpen({ ...asked, relation: more }))
})

test('files are looked over in idle time, and not while there is a plan', async () => {
  const columns = new ProvenColumns()
  const looks = new IdleLooks(join(shelf.directory, 'idle'), columns, 1)
  const file = shelf.file('t', Array.from({ length: 50_000 }, (_, i) => `${i},x\n`).join(''))
  const gone = { ...shelf.file('gone', '1,x\n'), localPath: join(shelf.directory, 'gone') }
  const unproven = [file, gone].map((one) => {
    const relation = relationOf(LAZY, dataColumns(['k', BIGINT], ['other', VARCHAR]), [one])
    return { relation, wanted: [0], hints: HINTS }
  })
  const { memoryBytes } = LIMITS
  const rest = { directories: [], disabledOptimizers: [], readsWhole: true, profile: undefined, passing: false }
  for (const one of unproven) {
    const files = one.relation.files.map(({ localPath }) => localPath)
    looks.add([one], { memoryBytes, files, ...rest })
  }
  looks.begin()
  looks.stop()
  assert.ok(unproven.every((one) => columns.isOpen(one)))
  looks.begin()
  while (unproven.some((one) => columns.isOpen(one))) await sleep(10)
  const [known, lost] = unproven.map(({ relation }) => columns.among(relation, [0], HINTS.sample).size)
  assert.deepEqual([known, lost], [1, 0])
})

test('a plan that comes again and again answers, fails and counts what it reads as it did at first', async (t) => {
  const place = openPlace()
  const temporaryDirectory = join(place.directory, 'tmp')
  const engine = openDuckdbEngine({ workers: 1, memoryBytes: 2 ** 29, temporaryDirectory, clock: systemClock })
  t.after(async () => {
    await engine.close()
    place.remove()
  })
  const rows = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 20_011)
  const json = rows.map((k) => `{"k":${k},"other":"x"}\n`).join('')
  const csv = rows.map((k) => `"${k}","x"\n`).join('')
  const most = String(Math.max(...rows))
  const files = [
    [JSON_LINES, 'a.json', json, most],
    [JSON_LINES, 'a.json.gz', gzipSync(json), most],
    [OPEN_CSV, 'a.csv', csv, most],
    [OPEN_CSV, 'a.csv.gz', gzipSync(csv), most],
    [JSON_LINES, 'drift.json', `${json}{"K":"999999"}\n`, '999999'],
    [LAZY, 'drift.csv', `${rows.join(',x\n')},x\n 99999,x\n`, most],
    [OPEN_CSV, 'bad.csv', `${csv}"12.5","x"\n`, 'HIVE_BAD_DATA'],
    [{ ...JSON_LINES, strict: true }, 'bad.json', `${json}{"k":\n`, 'HIVE_CURSOR_ERROR'],
  ] as const
  const again: (() => Promise<void>)[] = []
  for (const [format, name, bytes, expected] of files) {
    const relation = relationOf(format, dataColumns(['k', BIGINT], ['other', VARCHAR]), [place.file(name, bytes)])
    const plan = planOf(largest(scanOf(relation, ['k'])), { relations: [relation], limits: LIMITS })
    const run = () =>
      engine.run(plan, new AbortController().signal).then(
        ({ values, scannedBytes }) => ({ answer: values[0]![0], scannedBytes }),
        (error: { code: string }) => ({ answer: error.code, scannedBytes: 0 }),
      )
    const first = await run()
    assert.equal(first.answer, expected, name)
    again.push(async () => assert.deepEqual(await run(), first, name))
  }
  for (const run of again) await run()
  // Long enough that what they have read is looked over.
  await sleep(2500)
  for (const run of [...again, ...again]) await run()
})
