import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'
import { parsePath, valueAtPath } from './paths.ts'
import { ionText } from './text.ts'
import { ionValues } from './values.ts'

const values = (text: string) => [...ionValues(Buffer.from(text))]

test('search paths: the examples of the guide', () => {
  // https://docs.aws.amazon.com/athena/latest/ug/ion-serde-using-search-paths-in-path-extractors.html
  const [document] = values('{ foo: ["foo1", "foo2"], bar: "myBarValue", bar: A::"annotatedValue" }')
  const at = (path: string, caseSensitive = false) => {
    const found = valueAtPath(document!, parsePath(path), caseSensitive)
    return found && ionText(found)
  }
  assert.equal(at('(foo 0)'), '"foo1"')
  assert.equal(at('(1)'), '"myBarValue"')
  assert.equal(at('()'), '{foo:["foo1","foo2"],bar:"myBarValue",bar:A::"annotatedValue"}')
  assert.equal(at('(A::bar)'), 'A::"annotatedValue"')
  assert.equal(at('(foo *)'), '"foo2"')
  assert.equal(at("( 'FOO'  1 )"), '"foo2"')
  assert.equal(at('(FOO 1)', true), undefined)
  assert.equal(at('(foo 0 1)'), undefined)
  assert.throws(() => parsePath('foo'), UnsupportedData)
})

test('values as text on one line', () => {
  const text = `{a:1,b:-0.25,c:1.5e0,d:"x\\"y",e:'two words',f:null,g:[true,(q r)],h:{{AP8Q}},i:2024-02-29T01:02:03Z,j:12d5}`
  const [value] = values(text)
  assert.equal(ionText(value!), text)
})

test('bytes that break off or are something else are corrupt data', () => {
  for (const text of ['{id: 1', '[1, 2', '"abc', '{{AP8', "'ab", '12e', '}', '['.repeat(1000)])
    assert.throws(() => values(text), CorruptData, text)
  const binary = readFileSync('tests/golden/ion/rows.ion')
  assert.equal([...ionValues(binary)].length, 3)
  const whole = new Set<number>()
  for (let length = 5; length < binary.length; length++) {
    try {
      // It may end after a value, as any stream may.
      whole.add([...ionValues(binary.subarray(0, length))].length)
    } catch (error) {
      assert.ok(error instanceof CorruptData, `cut at ${length}: ${error}`)
    }
  }
  assert.deepEqual([...whole], [0, 1, 2])
  for (let at = 4; at < binary.length; at++) {
    const changed = Buffer.from(binary)
    changed[at]! ^= 0x10
    try {
      for (const _ of ionValues(changed));
    } catch (error) {
      assert.ok(error instanceof CorruptData, `changed at ${at}: ${error}`)
    }
  }
})

test('a timestamp of a few bytes that says more digits than there can be is corrupt', () => {
  const date = [0x80, 0x0f, 0xe8, 0x81, 0x81, 0x80, 0x80, 0x80]
  const millis = [0xc3, 0x05]
  const timestamp = (fraction: readonly number[]) =>
    Uint8Array.from([0xe0, 0x01, 0x00, 0xea, 0x60 + date.length + fraction.length, ...date, ...fraction])
  const [value] = ionValues(timestamp(millis))
  assert.equal(value?.type === 'timestamp' && value.text, '2024-01-01T00:00:00.005Z')
  for (const exponent of [
    [0x7f, 0x7f, 0x7f, 0xff],
    [0x3f, 0x7f, 0x7f, 0xff],
  ])
    assert.throws(() => [...ionValues(timestamp(exponent))], /more than 1000 digits/)
})

// https://amazon-ion.github.io/ion-docs/docs/spec.html#timestamp: any number of digits, years 1 to 9999 in UTC.
test('the last moments of a second belong to it, and digits beyond microseconds are cut off', () => {
  const micros = (text: string) => {
    const [value] = values(text)
    return value?.type === 'timestamp' ? value.micros : undefined
  }
  for (const [text, date, fraction] of [
    ['9999-12-31T23:59:59.999999999Z', Date.UTC(9999, 11, 31, 23, 59, 59), 999_999n],
    ['0099-12-31T23:59:59.9999Z', Date.parse('0099-12-31T23:59:59Z'), 999_900n],
    ['1969-12-31T23:59:59.99999999999999999999Z', -1000, 999_999n],
    ['2024-01-01T00:00:59.9996+05:30', Date.parse('2024-01-01T00:00:59+05:30'), 999_600n],
    ['2024-02T', Date.UTC(2024, 1, 1), 0n],
    ['2024-02-29T10:00-00:00', Date.UTC(2024, 1, 29, 10), 0n],
  ] as const)
    assert.equal(micros(text), BigInt(date) * 1000n + fraction, text)
  for (const text of ['9999-12-31T23:59:59-00:01', '0001-01-01T00:00:00+00:01', '2024-01-01T00:00:60Z'])
    assert.throws(() => values(text), CorruptData, text)
})
