/** Numbers of JSON and of CSV that are hoped to be plain, and are not, somewhere behind the head of their file. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../../../core/clock.ts'
import type { Relation } from '../../../core/queries/relation.ts'
import { BIGINT, DATE, DOUBLE, decimal, INTEGER, TIMESTAMP, VARCHAR } from '../../../sql/types.ts'
import { LIMITS, openPlace, type Place, planOf, scanOf } from '../../engine.fixture.ts'
import { type DuckdbEngine, openDuckdbEngine } from '../engine.ts'
import { dataColumns, JSON_LINES, OPEN_CSV, relationOf } from '../scans/scan.fixture.ts'
import { HopefulLooks } from './hopeful-looks.ts'
import { Integrity } from './integrity.ts'
import { TextLooks } from './text-looks.ts'

let place: Place
let engine: DuckdbEngine
before(() => {
  place = openPlace()
  const temporaryDirectory = join(place.directory, 'tmp')
  engine = openDuckdbEngine({ workers: 1, memoryBytes: 2 ** 29, temporaryDirectory, clock: systemClock })
})
after(async () => {
  await engine.close()
  place.remove()
})

const COLUMNS = dataColumns(['id', BIGINT], ['n', INTEGER], ['d', DOUBLE], ['m', decimal(12, 2)], ['t', VARCHAR])
const NAMES = COLUMNS.map(({ name }) => name)
/** More than the head of a file. */
const USUAL = Array.from(
  { length: 3000 },
  (_, i) => `{"id":${i},"n":-${i},"d":${i}.5,"m":${i}.25,"t":"\\"n\\":true"}\n`,
)

/** The last row, as it is written by a plan that may be run anew. */
async function lastRow(relation: Relation, names = NAMES): Promise<string> {
  const localPath = place.path()
  const plan = planOf(scanOf(relation, names), {
    relations: [relation],
    sink: { kind: 'result-csv', localPath },
    limits: LIMITS,
  })
  await engine.run(plan, new AbortController().signal)
  const lines = readFileSync(localPath, 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, USUAL.length + 2)
  return lines.at(-1)!
}

test('a number that is not plain is read by the rules of the SerDe, wherever it is', async () => {
  // As Hive's SerDe reads the texts of numbers: a fraction is no whole number unless it is nothing, true is no number.
  for (const [object, row] of [
    ['"id":7,"n":8,"d":9,"m":10', '"7","8","9.0","10.00"'],
    ['"id":7.5,"n":"8","d":9,"m":10', ',"8","9.0","10.00"'],
    ['"id":7.0,"n":8.0,"d":"9.25","m":"10.5"', '"7","8","9.25","10.50"'],
    ['"id":true,"n":false,"d":true,"m":true', ',,,'],
    ['"id":"1_000","n":" 8","d":1e2,"m":1e1', ',,"100.0","10.00"'],
    [String.raw`"i\u0064":7.5,"n":8,"d":9,"m":1.005`, ',"8","9.0","1.01"'],
  ] as const)
    for (const packed of [false, true]) {
      const text = `${USUAL.join('')}{${object},"t":"x"}\n`
      const file = packed ? place.file('t.json.gz', gzipSync(text)) : place.file('t.json', text)
      const relation = relationOf(JSON_LINES, COLUMNS, [file])
      for (let time = 0; time < 2; time++) assert.equal(await lastRow(relation), `${row},"x"`, `${object} ${packed}`)
    }
})

test('a field that is not plain is read by the rules of the SerDe, wherever it is', async () => {
  const columns = dataColumns(['id', BIGINT], ['n', INTEGER], ['d', DOUBLE], ['m', decimal(12, 2)], ['t', VARCHAR])
  const usual = USUAL.map((_, i) => `"${i}",-${i},"${i}.5","0.25","text, ${i}"\n`).join('')
  for (const [fields, row] of [
    ['"7",8,9,10,x', '"7","8","9.0","10.00","x"'],
    ['+7,"-008",9,10,"x"', '"7","-8","9.0","10.00","x"'],
    ['9223372036854775807,"-2147483648",9,10,x', '"9223372036854775807","-2147483648","9.0","10.00","x"'],
    ['7', '"7",,,,'],
    ['"7","8",9,10,"a""b"', '"7","8","9.0","10.00","a""b"'],
    ['7,8,9,10,x,y', '"7","8","9.0","10.00","x"'],
    // What is no whole number is bad data.
    ['9223372036854775808,8,9,10,x', undefined],
    ['7,2147483648,9,10,x', undefined],
    ['7.0,8,9,10,x', undefined],
    ['7,"1e2",9,10,x', undefined],
    ['"1_000",8,9,10,x', undefined],
    ['7," 8",9,10,x', undefined],
    ['7,"",9,10,x', undefined],
    ['true,8,9,10,x', undefined],
  ] as const)
    for (const [packed, headerLines] of [
      [false, 0],
      [true, 0],
      [false, 1],
      [true, 2],
    ] as const) {
      const text = `${'"id",n,d,"m",t\n'.repeat(headerLines)}${usual}${fields}\n`
      const file = packed ? place.file('t.csv.gz', gzipSync(text)) : place.file('t.csv', text)
      const relation = relationOf({ ...OPEN_CSV, headerLines }, columns, [file])
      for (let time = 0; time < 2; time++)
        if (row === undefined) await assert.rejects(lastRow(relation), { code: 'HIVE_BAD_DATA' }, fields)
        else assert.equal(await lastRow(relation), row, `${fields} ${packed}`)
    }
})

test('a day or a moment that is not plain is read by the rules of the SerDe, wherever it is', async () => {
  const columns = dataColumns(['day', DATE], ['at', TIMESTAMP], ['t', VARCHAR])
  const relation = (last: string) =>
    relationOf(OPEN_CSV, columns, [place.file('t.csv', `${USUAL.map((_, i) => `"${i}",-${i},x\n`).join('')}${last}\n`)])
  const read = (last: string) => lastRow(relation(last), ['day', 'at', 't'])
  assert.equal(await read('18276,"1579059880000",y'), '"2020-01-15","2020-01-15 03:44:40.000","y"')
  assert.equal(await read('+18276,+1579059880000,y'), '"2020-01-15","2020-01-15 03:44:40.000","y"')
  for (const last of ['1_000,0,y', '0,1_000,y', '0,1e3,y', '1.5,0,y', '0,9223372036854775807,y'])
    for (let time = 0; time < 2; time++) await assert.rejects(read(last), { code: 'HIVE_BAD_DATA' }, last)
})

test('hope of numbers is in vain where one of those hoped for is not plain; others do not matter', async () => {
  const never = new AbortController().signal
  const file = place.file('t.json', '{"a":1,"b":2}\n{"a":1.5,"b":3}\n')
  const relation = relationOf(JSON_LINES, dataColumns(['a', DOUBLE], ['b', BIGINT]), [file])
  const whole = { whole: 3, fraction: 0 }
  for (const [key, isWrong] of [
    ['a', true],
    ['b', false],
  ] as const) {
    const looks = new TextLooks(new Integrity())
    const hopes = new HopefulLooks(looks)
    const numbers = [{ key, digits: whole }]
    assert.equal((await hopes.of(relation, false, numbers)).plainNumbers.size, 1)
    assert.equal(await hopes.wereWrong(never), isWrong)
    assert.equal((await looks.of(relation, false, numbers)).plainNumbers.size, isWrong ? 0 : 1)
  }
})
