import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PathSyntaxError, parsePath } from '../../json-path/parser.ts'
import { udfs } from '../udfs.ts'
import type { UdfValue } from './udf.ts'

function call(name: string, ...args: UdfValue[]): UdfValue | null {
  const found = udfs.find((udf) => udf.name === name)
  assert.ok(found, name)
  assert.equal(args.length, found.parameterTypes.length, name)
  return found.apply(...args)
}

test('functions of one name differ in their parameters', () => {
  assert.equal(new Set(udfs.map((udf) => `${udf.name}(${udf.parameterTypes.join()})`)).size, udfs.length)
})

describe('doubles as Java writes them', () => {
  // Examples of Double.toString's documentation and of its boundaries.
  const TEXTS: readonly (readonly [number, string])[] = [
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [0.001, '0.001'],
    [0.0009999, '9.999E-4'],
    [9999999.999, '9999999.999'],
    [1e7, '1.0E7'],
    [1.5e300, '1.5E300'],
    [100, '100.0'],
    [123456.789, '123456.789'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    // Subnormals, by a JDK 25.
    [5e-324, '4.9E-324'],
    [-1e-323, '-9.9E-324'],
    [1.5e-323, '1.5E-323'],
    [2e-323, '2.0E-323'],
    [1e-322, '9.9E-323'],
    [2.47e-322, '2.47E-322'],
    [2e23, '2.0E23'],
  ]
  for (const [value, text] of TEXTS) test(text, () => assert.equal(call('js_double_java', value), text))
  test('a float shows its own shortest digits', () => {
    assert.equal(call('js_real_java', Math.fround(0.1)), '0.1')
    for (const text of [
      '1.4E-45',
      '2.8E-45',
      '7.0E-45',
      '9.8E-45',
      '1.1E-44',
      '2.0E-44',
      '2.2E-44',
      '4084849.2',
      '199315.12',
    ])
      assert.equal(call('js_real_java', Math.fround(Number(text))), text)
  })
  test('a cast shows what DecimalFormat does', () => {
    assert.equal(call('js_double_text', -5e-324), '-4.9E-324')
    assert.equal(call('js_double_text', 1e-323), '1.0E-323')
    assert.equal(call('js_real_text', 2 ** -149), '1.4E-45')
    assert.equal(call('js_real_text', Math.fround(123456.789)), '1.234568E5')
    assert.equal(call('js_real_text', -983048.25), '-9.830482E5')
  })
})

describe("SQL's JSON paths", () => {
  const DOCUMENT = '{"a": [{"b": 1, "c": "x"}, {"b": 5, "c": "y"}], "d": {"e": [10, 20, 30]}, "n": null}'
  const PATHS: readonly (readonly [string, string | null])[] = [
    ['lax $.a.b', '[1,5]'],
    ['lax $.a[0].c', '["x"]'],
    ['lax $.a[*]?(@.b > 2).c', '["y"]'],
    ['lax $.a[*]?(@.b > 2 && @.c == "x").c', null],
    ['lax $.a[*]?(@.c starts with "x").b', '[1]'],
    ['lax $.a[*]?(exists(@.b)).b', '[1,5]'],
    ['lax $.d.e[1 to 2]', '[20,30]'],
    ['lax $.d.e[last]', '[30]'],
    ['lax $.d.e[last - 1, 0]', '[20,10]'],
    ['lax $.d.*', '[[10,20,30]]'],
    ['lax $.d.e.size()', '[3]'],
    ['lax $.d.type()', '["object"]'],
    ['lax $.n', '[null]'],
    ['lax $.zzz', null],
    ['strict $.zzz', null],
    ['strict $.d.e[9]', null],
  ]
  for (const [path, found] of PATHS)
    test(path, () =>
      assert.equal(call('js_json_query', DOCUMENT, path, 'UNCONDITIONAL', 'KEEP', 'NULL', 'NULL', '[]', []), found),
    )
  test('a path that is none is the user’s error', () => assert.throws(() => parsePath('lax $.['), PathSyntaxError))
})

test('dates before the epoch and of leap years', () => {
  assert.equal(call('js_date_format', -1n, '%Y-%m-%d %T.%f'), '1969-12-31 23:59:59.999999')
  assert.equal(call('js_date_parse', '2024-02-29', '%Y-%m-%d'), 1709164800000000n)
  assert.throws(() => call('js_date_parse', '2023-02-29', '%Y-%m-%d'), /dayOfMonth must be in the range \[1,28\]/)
  assert.equal(call('js_parse_datetime', '2024-07-01 12:00 Europe/Paris', 'yyyy-MM-dd HH:mm ZZZ'), 1719828000000000n)
})

test('JSON text that is not JSON, however deep', () => {
  for (const text of ['', '{', '[1,]', '{"a":}', "{'a':1}", '01', '1 2', '"\n"', '['.repeat(5000)])
    assert.throws(() => call('js_json_parse', text), /INVALID_FUNCTION_ARGUMENT/)
})

describe('LIKE with an escape sign', () => {
  test('escapes what has a meaning, and nothing else', () => {
    assert.equal(call('js_like', '50%', '50#%', '#'), true)
    assert.equal(call('js_like', '500', '50#%', '#'), false)
    assert.equal(call('js_like', 'a#b', 'a##_', '#'), true)
    for (const pattern of ['a#', 'a#b']) assert.throws(() => call('js_like', 'a', pattern, '#'), /must be followed by/)
  })
  test('takes no longer for a hostile pattern', () => {
    assert.equal(call('js_like', 'a'.repeat(5000), `${'%a'.repeat(200)}b`, '#'), false)
  })
})

test('combinations are counted before they are made', () => {
  assert.equal(call('js_combinations', 3n, 2n), '[[1,2],[1,3],[2,3]]')
  assert.equal(call('js_combinations', 2n, 3n), '[]')
  assert.throws(() => call('js_combinations', 1_000_000n, 5n), /combinations exceed max size/)
})
