import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FileFormat } from '../../../core/queries/relation.ts'
import { array, BIGINT, BOOLEAN, INTEGER, map, row, TIMESTAMP, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, JSON_LINES, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

test('json: keys in any case at any depth, mappings, malformed lines as NULLs', async () => {
  const text = [
    '{"userId": 12345678901, "Tags": ["a", null, 3], "nested": {"Inner": {"X": "1", "z": true}}, "at": "2024-01-01 00:00:01"}',
    '{"USERID": "7", "nested": {"inner": null}, "tags": [], "m": {"K": 1, "l": 2.0}, "ts": "a string", "at": "2024-01-01T00:00:01Z"}',
    'not json at all',
    '{"userid": "seven", "nested": 5, "tags": "x", "ts": {"k": [1, 2]}, "at": 1704067201000}',
    '[1, 2]',
  ].join('\n')
  const nested = row([
    {
      name: 'inner',
      type: row([
        { name: 'x', type: INTEGER },
        { name: 'z', type: BOOLEAN },
      ]),
    },
  ])
  const columns = dataColumns(
    ['userid', BIGINT],
    ['tags', array(VARCHAR)],
    ['nested', nested],
    ['m', map(VARCHAR, BIGINT)],
    ['time_text', VARCHAR],
  )
  const format = { ...JSON_LINES, mapping: { time_text: 'ts' } } as FileFormat
  const relation = relationOf(format, columns, [shelf.file('t.json', text)])
  assert.deepEqual(await shelf.read(relation), [
    ['12345678901', ['a', null, '3'], { inner: { x: 1, z: true } }, null, null],
    [
      '7',
      [],
      { inner: null },
      [
        { key: 'K', value: '1' },
        { key: 'l', value: '2' },
      ],
      'a string',
    ],
    [null, null, null, null, null],
    [null, ['x'], null, null, '{"k":[1,2]}'],
    [null, null, null, null, null],
  ])
  assert.equal((await shelf.read(relation, [])).length, 5)
})

// https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
test('json: mappings of fields inside of others, and of the key that is empty', async () => {
  const item = row([{ name: 'my_struct_field', type: VARCHAR }])
  const columns = dataColumns(['item', item], ['items', array(item)], ['none', VARCHAR])
  const format = { ...JSON_LINES, mapping: { my_struct_field: 'my:struct:Field', none: '' } } as FileFormat
  const text = [
    '{"item": {"my:struct:Field": "a"}, "items": [{"my:struct:field": "b", "my_struct_field": "x"}], "": "none"}',
    '{"item": {"my_struct_field": "x"}, "": null}',
  ].join('\n')
  assert.deepEqual(await shelf.read(relationOf(format, columns, [shelf.file('mapped.json', text)])), [
    [{ my_struct_field: 'a' }, [{ my_struct_field: 'b' }], 'none'],
    [{ my_struct_field: null }, null, null],
  ])
})

test('json: a malformed line fails when the table is strict', async () => {
  const relation = relationOf({ ...JSON_LINES, strict: true } as FileFormat, dataColumns(['a', BIGINT]), [
    shelf.file('t.json', '{"a":1}\n{oops\n'),
  ])
  await assert.rejects(shelf.read(relation), /Malformed JSON/)
})

test('json: in a strict table a line that is no object fails', async () => {
  const file = shelf.file('t.json', '{"a":1}\n[2]\n')
  const relation = relationOf({ ...JSON_LINES, strict: true } as FileFormat, dataColumns(['a', BIGINT]), [file])
  await assert.rejects(shelf.read(relation), /!HIVE_CURSOR_ERROR!Row is not a valid JSON Object/)
})

test('json: dots in keys, keys in their own case', async () => {
  const file = shelf.file('t.json', '{"a.b": 1, "C": 2, "c": 3}')
  const dotted = { ...JSON_LINES, dotsInKeys: true } as FileFormat
  assert.deepEqual(await shelf.read(relationOf(dotted, dataColumns(['a_b', BIGINT]), [file])), [['1']])
  const sensitive = { ...JSON_LINES, caseSensitive: true } as FileFormat
  assert.deepEqual(await shelf.read(relationOf(sensitive, dataColumns(['c', BIGINT]), [file])), [['3']])
})

test('json: a number that is too large for a moment is none', async () => {
  const file = shelf.file('t.json', '{"at": 1.5}\n{"at": 9e15}\n{"at": 1e300}\n')
  const relation = relationOf(JSON_LINES, dataColumns(['at', TIMESTAMP]), [file])
  for (const alike of [false, true])
    assert.deepEqual(await shelf.read(relation, undefined, { alike }), [['1970-01-01 00:00:01.5'], [null], [null]])
})
