import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice } from '../seeded.fixture.ts'
import { jsonLines, type NumberMember } from './plain-numbers.ts'

const WHOLE: NumberMember = { key: 'id', digits: { whole: 3, fraction: 0 } }
const DECIMAL: NumberMember = { key: 'idle time', digits: { whole: 2, fraction: 2 } }
const DOUBLE: NumberMember = { key: 'é' }
const MEMBERS = [WHOLE, DECIMAL, DOUBLE]

function plainIn(text: string | Uint8Array, size = 7, members: readonly NumberMember[] = MEMBERS): string {
  const numbers = jsonLines(members)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) numbers.read(bytes.subarray(at, at + size))
  return numbers
    .end()
    .map(({ key }) => key)
    .join()
}

test('a member is plain where all of its values are numbers as they are asked for', () => {
  for (const [text, plain] of [
    ['', 'id,idle time,é'],
    ['{"id":1,"idle time":1.5,"é":-1.5e+7}\n{"id": -999 , "idle time"\t:\t10}\r\n{"id":null}', 'id,idle time,é'],
    ['{"id":0,"idle time":-0.25,"é":12345678901234567890}', 'id,idle time,é'],
    ['{"id":1.0}', 'idle time,é'],
    ['{"id":1e2}', 'idle time,é'],
    ['{"id":1000}', 'idle time,é'],
    ['{"id":"1"}', 'idle time,é'],
    ['{"id":true}', 'idle time,é'],
    ['{"id":nan}', 'idle time,é'],
    ['{"id":[1]}', 'idle time,é'],
    ['{"a":{"id":{}}}', 'idle time,é'],
    ['{"idle time":1.555,"é":NaN}', 'id'],
    ['{"idle time":100.5,"é":-Infinity}', 'id'],
    ['{"idle time":1e1,"é":"5"}', 'id'],
    // Texts that look like members, and members that go by longer or shorter names.
    [
      String.raw`{"a":"\"id\":true","b":"id","c":["id","é"],"idle":true,"i":false,"id ":"x","":{"id2":[]}}`,
      'id,idle time,é',
    ],
    [String.raw`{"a":"\\","id":"x"}`, 'idle time,é'],
    [String.raw`{"a":"\u0069d","b":["\\"]}`, 'id,idle time,é'],
    // Whose a key with an escape is, is not known.
    [String.raw`{"\u0069d":1}`, ''],
    [String.raw`{"a":1, "x\\" : 1}`, ''],
    // What is no JSON is not looked at beyond its line.
    ['{"id":1,"a":"\n"id":1}\n{"id":2}', 'id,idle time,é'],
    ['{"id"/**/:"x"}', 'idle time,é'],
  ] as const)
    for (const size of [1, 7, 1000]) assert.equal(plainIn(text, size), plain, text)
})

test('what can not be told as it is, is not asked after', () => {
  assert.equal(plainIn('{"a":1}', 7, [{ key: '' }, { key: 'a"' }, { key: '\\' }, { key: '\n' }, { key: 'a' }]), 'a')
  assert.equal(
    plainIn(
      '{"a":1}',
      7,
      Array.from({ length: 200 }, (_, i) => ({ key: `a${i}` })),
    ),
    '',
  )
})

test('a line without an end is not kept for ever', () => {
  assert.equal(plainIn(`{"id":1,"a":"${'x'.repeat(6_000_000)}"}`, 1_000_000), '')
  assert.equal(plainIn(`{"id":1,"a":"${'x'.repeat(3_000_000)}"}`, 1_000_000), 'id,idle time,é')
})

const VALUES = ['1', '-12', '999', '1000', '1.5', '-0.25', '99.999', '1e2', '2E-3', '"1"', 'true', 'null', '[1]', '{}']
const WHAT = { id: /^-?\d{1,3}$/, 'idle time': /^-?\d{1,2}(\.\d{1,2})?$/, é: /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/ }

test('random objects in large pieces, against a parser that tells how values are written', () => {
  const below = dice(20240607)
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!
  let found = 0
  for (let round = 0; round < 20; round++) {
    const odd = new Set<string>()
    const values = pick([VALUES.slice(0, 3), VALUES.slice(0, 2), ['1.5', '-0.25', '12'], VALUES])
    const last = JSON.parse(`[${values.map((value) => JSON.stringify(value))}]`) as string[]
    const object = (): string => {
      const members = Object.keys(WHAT).flatMap((key) =>
        below(3) === 0 ? [] : [`${JSON.stringify(key)}:${pick(last)}`],
      )
      return `{${[...members, `"text":${JSON.stringify(pick(['id', '"id":true', '\\', 'é\u2028', '{"é":"x"}']))}`].join()}}`
    }
    // Few lines are unlike the others, anywhere.
    const usual = '{"id":7,"idle time":1.5,"é":3,"text":"\\"id\\": some text"}\n'
    const text = Array.from(
      { length: 8 },
      () => usual.repeat(below(4000)) + (below(3) === 0 ? `${object()}\n` : ''),
    ).join('')
    for (const line of text.split('\n').slice(0, -1))
      JSON.parse(line, (key, value, context?: { source?: string }) => {
        const what = WHAT[key as keyof typeof WHAT]
        if (what && value !== null && !what.test(context?.source ?? '')) odd.add(key)
        return value
      })
    const plain = Object.keys(WHAT).filter((key) => !odd.has(key))
    for (const size of [100_001, 1_000_000]) assert.equal(plainIn(text, size), plain.join(), text.slice(-500))
    found += odd.size
  }
  assert.ok(found > 5, String(found))
})

test('lines that are blank, or begin so, are told whatever else they hold', () => {
  const usual = '{"id":1,"a":"\\n \\t"}\n'
  const many = usual.repeat(50_000)
  for (const members of [MEMBERS, []])
    for (const size of [1, 7, 1_000_000])
      for (const before of size === 1_000_000 ? ['', usual, many, '{"id":"x"}\n', '{"i\\u0064":1}\n'] : ['', usual])
        for (const [line, isBlank] of [
          ['', false],
          ['{"id" : 1 , "a":\t" "}', false],
          ['{"id":1}\r\n{"id":2}', false],
          ['\n', true],
          ['\r\n', true],
          [' {"id":1}', true],
          ['\t', true],
          [`{"a":"${'x'.repeat(5000)}"}\n\n`, true],
        ] as const)
          for (const text of [before + line, before + line + (line && '\n') + usual]) {
            const numbers = jsonLines(members)
            const bytes = Buffer.from(text)
            for (let at = 0; at < bytes.length; at += size) numbers.read(bytes.subarray(at, at + size))
            numbers.end()
            assert.equal(numbers.isOdd, isBlank, JSON.stringify(text.slice(-100)))
          }
})

test('a line that begins blank is told after one that has no end for long', () => {
  for (const rest of ['', '\n{"id":1}', '\n {"id":1}']) {
    const numbers = jsonLines(MEMBERS)
    const bytes = Buffer.from(`{"id":1,"a":"${'x '.repeat(3_000_000)}"}${rest}`)
    for (let at = 0; at < bytes.length; at += 1_000_000) numbers.read(bytes.subarray(at, at + 1_000_000))
    assert.deepEqual(numbers.end(), [])
    assert.equal(numbers.isOdd, rest.includes('\n '))
  }
})
