import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DATE, DOUBLE, INTEGER, TIMESTAMP, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, OPEN_CSV, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

test('open csv: quotes, days and milliseconds', async () => {
  const text = '"unix value","18276","1579059880000"\n"with ""two"", and , comma",0,0\nplain,,\n'
  const columns = dataColumns(['profile_id', VARCHAR], ['creationdate', DATE], ['creationdatetime', TIMESTAMP])
  const relation = relationOf(OPEN_CSV, columns, [shelf.file('t', text)])
  assert.deepEqual(await shelf.read({ ...relation, files: [shelf.file('t', text.split('\n')[0]!)] }), [
    // https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html, with the date arithmetic of 1579059880000 ms.
    ['unix value', '2020-01-15', '2020-01-15 03:44:40'],
  ])
  assert.deepEqual(
    (await shelf.read(relation, [0])).map(([value]) => value),
    ['unix value', 'with "two", and , comma', 'plain'],
  )
  await assert.rejects(
    shelf.read(relation, [1]),
    /!HIVE_BAD_DATA!Error parsing field value '' for field 1: For input string: ""/,
  )
})

test('open csv: escapes', async () => {
  // https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html: escaping \t or \n.
  const text = String.raw`" \\t\\t\\n 123 \\t\\t\\n ",abc
" 456 ",xyz
"say \"hi\"","a\,b"
`
  const relation = relationOf(OPEN_CSV, dataColumns(['f1', VARCHAR], ['s2', VARCHAR]), [shelf.file('t', text)])
  assert.deepEqual(await shelf.read(relation), [
    [String.raw` \t\t\n 123 \t\t\n `, 'abc'],
    [' 456 ', 'xyz'],
    ['say "hi"', 'a,b'],
  ])
})

test('open csv: what is no value of its type is NULL where the table says so', async () => {
  // https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html: use.null.for.invalid.data.
  const columns = dataColumns(['n', INTEGER], ['d', DATE], ['x', DOUBLE], ['s', VARCHAR])
  const file = shelf.file('t', '1,18276,1.5,a\n,x,,\n"one","2020-01-01","1,5","b"\n')
  assert.deepEqual(await shelf.read(relationOf({ ...OPEN_CSV, invalidAsNull: true }, columns, [file])), [
    [1, '2020-01-15', 1.5, 'a'],
    [null, null, null, ''],
    [null, null, null, 'b'],
  ])
})

test('open csv: days and milliseconds are whole decimal numbers, however they are read', async () => {
  const columns = dataColumns(['d', DATE], ['t', TIMESTAMP], ['s', VARCHAR])
  const read = (text: string, alike: boolean, places = [0, 1]) => {
    const proven = new Set(alike ? [0, 1] : [])
    return shelf.read(relationOf(OPEN_CSV, columns, [shelf.file('t', `${text}\n`)]), places, { alike, proven })
  }
  for (const alike of [false, true]) {
    assert.deepEqual(await read('"-1",-1,x', alike), [['1969-12-31', '1969-12-31 23:59:59.999']])
    assert.deepEqual(await read('18276,"1579059880000",x', alike), [['2020-01-15', '2020-01-15 03:44:40']])
  }
  assert.deepEqual(await read('+18276,+0,x', false), [['2020-01-15', '1970-01-01 00:00:00']])
  const isBad = (text: string) => new RegExp(`!HIVE_BAD_DATA!Error parsing field value '${text.replace('+', '.')}'`)
  for (const text of ['1_000', ' 1', '1.5', '1e3', '0x10', '2020-01-15', '++1', ''])
    for (const place of [0, 1])
      await assert.rejects(read(place === 0 ? `${text},0,x` : `0,${text},x`, false, [place]), isBad(text), text)
  // What the engine has no moment of.
  for (const text of ['2147483647', '-2147483648']) await assert.rejects(read(`${text},0,x`, false, [0]), isBad(text))
  for (const text of ['9223372036854775807', '-9223372036854775808'])
    await assert.rejects(read(`0,${text},x`, false, [1]), isBad(text))
})

test('open csv: what is no number to Java fails, however it is read', async () => {
  const columns = dataColumns(['d', DOUBLE], ['s', VARCHAR])
  const read = (text: string, alike: boolean) =>
    shelf.read(relationOf(OPEN_CSV, columns, [shelf.file('t', `${text},x\n`)]), undefined, { alike })
  for (const text of ['NaN', 'Infinity', '-Infinity']) assert.deepEqual(await read(text, false), [[text, 'x']])
  for (const text of ['nan', 'inf', '-INFINITY']) {
    await assert.rejects(read(text, false), new RegExp(`Error parsing field value '${text}' for field 0`))
    await assert.rejects(read(text, true), /a number is not finite in c0/)
  }
})
