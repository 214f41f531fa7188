import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DATE, DOUBLE, INTEGER, VARCHAR } from '../../../sql/types.ts'
import { Integrity } from '../texts/integrity.ts'
import { TextLooks } from '../texts/text-looks.ts'
import { dataColumns, LAZY, openShelf, relationOf, type Shelf } from './scan.fixture.ts'
import { nullableTextList, textList } from './text-list.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

async function values(list: string): Promise<unknown> {
  return (await shelf.connection.runAndReadAll(`SELECT ${list}`)).getRowsJson()[0]![0]
}

test('lists of texts hold whatever the texts hold', async () => {
  for (const texts of [['a'], [''], ['a', '', "b'c"], ['a\n', '\nb', '.'], ['a\n.', '\n', '.\n..'], ['\0', 'x\n\n.y']])
    assert.deepEqual(await values(textList(texts)), texts)
  for (const texts of [
    [null, '-', ''],
    ['a', null],
    [null, null],
    ['---', null, '-', '--'],
  ])
    assert.deepEqual(await values(nullableTextList(texts)), texts)
})

const DAYS = Array.from({ length: 200 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10))

test('the values of many files are a table of their own, of the right types', async () => {
  const files = DAYS.map((day, i) => shelf.file(`f${i}.csv`, `${i},0.5\n`, [day, i % 7 === 0 ? null : `k${i}`, 'one']))
  const columns = [
    ...dataColumns(['i', INTEGER], ['d', DOUBLE]),
    { kind: 'partition', name: 'day', type: DATE, index: 0 } as const,
    { kind: 'partition', name: 'k', type: VARCHAR, index: 1 } as const,
    { kind: 'partition', name: 'same', type: VARCHAR, index: 2 } as const,
    { kind: 'hidden', name: '$path', type: VARCHAR } as const,
  ]
  const expected = DAYS.map((day, i) => [i, day, i % 7 === 0 ? null : `k${i}`, 'one', `s3://lake/table/f${i}.csv`])
  const kept: string[] = []
  const keep = (select: string) => `kept_${kept.push(select) - 1}`
  const relation = relationOf(LAZY, columns, files)
  const inPlace = await shelf.read(relation, [0, 2, 3, 4, 5])
  assert.deepEqual(
    inPlace.toSorted((a, b) => Number(a[0]) - Number(b[0])),
    expected,
  )
  await assert.rejects(shelf.read(relation, [0, 2, 3, 4, 5], { keep }), /kept_0/)
  await shelf.connection.run(`CREATE TABLE kept_0 AS ${kept[0]}`)
  const rows = await shelf.read(relation, [0, 2, 3, 4, 5], { keep: () => 'kept_0' })
  assert.deepEqual(
    rows.toSorted((a, b) => Number(a[0]) - Number(b[0])),
    expected,
  )
})

test('a value that is not of its type names itself, among many too', async () => {
  const files = DAYS.map((day, i) => shelf.file(`g${i}.csv`, '1,2\n', [i === 77 ? 'never' : day]))
  const columns = [...dataColumns(['i', INTEGER]), { kind: 'partition', name: 'day', type: DATE, index: 0 } as const]
  await assert.rejects(
    shelf.read(relationOf(LAZY, columns, files)),
    /!HIVE_INVALID_PARTITION_VALUE!Invalid partition value 'never' for date partition key: day/,
  )
})

test('one blank line among many small files is found', async () => {
  const files = DAYS.map((_, i) => shelf.file(`h${i}.csv`, i === 150 ? 'a,1\n\nb,2\n' : 'a,1\n'))
  const relation = relationOf(LAZY, dataColumns(['s', VARCHAR], ['i', INTEGER]), files)
  assert.equal((await new TextLooks(new Integrity()).of(relation, false)).byLine, true)
  assert.equal(
    (await new TextLooks(new Integrity()).of({ ...relation, files: files.slice(0, 150) }, false)).byLine,
    false,
  )
})
