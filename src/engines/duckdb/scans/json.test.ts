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

test('json: keys beyond ASCII in any case, at any depth', async () => {
  const columns = dataColumns(['é', INTEGER], ['s', row([{ name: 'größe', type: INTEGER }])])
  const lines = ['{"É": 1, "s": {"GRÖßE": 2}}', '{"s": {"Größe": 3}, "é": 4}']
  const relation = relationOf(JSON_LINES, columns, [shelf.file('t', `${lines.join('\n')}\n`)])
  for (const sample of [[], ['é', 'Größe']])
    assert.deepEqual(await shelf.read(relation, undefined, { sample }), [
      [1, { größe: 2 }],
      [4, { größe: 3 }],
    ])
})

const HIVE_LINES = { ...JSON_LINES, serde: 'hive', strict: true } as const
const NUMBERS = map(VARCHAR, BIGINT)

test('json: of a key that an object has twice the last value counts to Hive, whatever else the object holds', async () => {
  // As JSON.parse does: trino-hive-formats, JsonDeserializer ("this code only process the last value").
  const columns = dataColumns(['a', BIGINT], ['b', VARCHAR], ['m', NUMBERS])
  const lines = [
    '{"a": 1, "b": "x", "m": {"k": 1, "l": 2, "k": 3}, "a": 2}',
    '{"a": 1, "a": null, "b": "x", "b": "y", "m": {}}',
    '{"a": 1, "m": {"k": 1}, "a": 2, "m": {"l": 2}}',
    '{"c": 1, "a": 5, "c": 2, "b": "z", "m": null}',
  ]
  const read = await shelf.read(relationOf(HIVE_LINES, columns, [shelf.file('t', `${lines.join('\n')}\n`)]))
  const entries = (found: unknown) =>
    (found as { key: string; value: string }[] | null)?.map(({ key, value }) => [key, Number(value)] as const)
  for (const [i, line] of lines.entries()) {
    const { a = null, b = null, m } = JSON.parse(line)
    const [number, text, found] = read[i]!
    assert.deepEqual([number === null ? null : Number(number), text], [a, b], line)
    assert.deepEqual(new Map(entries(found)), new Map(m ? Object.entries(m) : undefined), line)
  }
  const last = dataColumns(['a', BIGINT])
  const [cased] = await shelf.read(
    relationOf(HIVE_LINES, last, [shelf.file('t', '{"A": 1, "b": 2, "A ": 0, "a": 3}\n')]),
    [0],
    {
      sample: [],
    },
  )
  assert.deepEqual(cased, ['3'])
})

test('json: a key that an object has twice is bad data to OpenX, unless malformed objects are let pass', async () => {
  // https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html: Duplicate key "url".
  const columns = dataColumns(['url', VARCHAR], ['m', NUMBERS])
  const read = (line: string, strict: boolean) =>
    shelf.read(relationOf({ ...JSON_LINES, strict }, columns, [shelf.file('t', `${line}\n`)]), undefined, {
      sample: [],
    })
  const isBad = (key: string) =>
    new RegExp(`!HIVE_CURSOR_ERROR!Row is not a valid JSON Object - JSONException: Duplicate key "${key}"`)
  await assert.rejects(read('{"url": "a", "m": {}, "url": "b"}', true), isBad('url'))
  await assert.rejects(read('{"URL": "a", "Url": "b"}', true), isBad('url'))
  await assert.rejects(read('{"url": "a", "m": {"k": 1, "l": 2, "k": 3}}', true), isBad('k'))
  const passed = await read('{"url": "a", "m": {"k": 1, "l": 2, "k": 3}}', false)
  assert.deepEqual(passed, [
    [
      'a',
      [
        { key: 'l', value: '2' },
        { key: 'k', value: '3' },
      ],
    ],
  ])
})

test('json: keys of a map that are none of its type are passed over by OpenX', async () => {
  // trino-hive-formats, openxjson/README.md: "Entries where the key evaluates to null are skipped", the last of equal keys is used.
  const columns = dataColumns(['m', map(INTEGER, BIGINT)])
  const file = shelf.file('t', '{"m": {"x": 1, "2": 2}}\n{"m": {"02": 3, "2": 4}}\n')
  const rows = await shelf.read(relationOf({ ...JSON_LINES, strict: true }, columns, [file]))
  assert.deepEqual(rows, [[[{ key: 2, value: '2' }]], [[{ key: 2, value: '4' }]]])
})
