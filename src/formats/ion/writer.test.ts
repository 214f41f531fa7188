/** What is written is read again by Amazon's own library, on which `ionValues` stands. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ionBinary } from './binary.ts'
import { ionText } from './text.ts'
import { type IonValue, ionValues } from './values.ts'

const bare = { annotations: [] }
const int = (value: bigint): IonValue => ({ type: 'int', value, ...bare })
const decimal = (coefficient: bigint, exponent: number): IonValue => ({
  type: 'decimal',
  coefficient,
  exponent,
  ...bare,
})
const text = (type: 'string' | 'symbol', value: string): IonValue => ({ type, value, ...bare })
const struct = (...fields: readonly (readonly [string, IonValue])[]): IonValue => ({ type: 'struct', fields, ...bare })
const list = (type: 'list' | 'sexp', ...items: readonly IonValue[]): IonValue => ({ type, items, ...bare })
const bytes = (type: 'blob' | 'clob', ...value: readonly number[]): IonValue => ({
  type,
  value: Uint8Array.from(value),
  ...bare,
})
const timestamp = (spelled: string): IonValue => {
  const beyond = Number((/\.(\d+)/.exec(spelled)?.[1] ?? '').padEnd(6, '0').slice(3, 6))
  return {
    type: 'timestamp',
    micros: BigInt(Date.parse(spelled.replace(/T$/, ''))) * 1000n + BigInt(beyond),
    text: spelled,
    ...bare,
  }
}

const VALUES: readonly IonValue[] = [
  ...[0n, 1n, -1n, 255n, 256n, -(2n ** 63n), 2n ** 63n - 1n, 10n ** 37n].map(int),
  ...[0, -0, 0.5, 0.1, -1e300, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(
    (value): IonValue => ({ type: 'float', value, ...bare }),
  ),
  ...[decimal(0n, 0), decimal(0n, -2), decimal(1250n, -2), decimal(-127n, -1), decimal(-128n, 0), decimal(255n, -64)],
  decimal(-(10n ** 38n) + 1n, -38),
  decimal(12n, 5),
  ...['', 'Zoë 🌊', 'a "quoted" \\ text\n\t\r\u0001\u2028', 'x'.repeat(13), 'x'.repeat(14), 'x'.repeat(20_000)].map(
    (value) => text('string', value),
  ),
  ...['plain', 'null', '$7', "it's", 'two words', 'a\nb', ''].map((value) => text('symbol', value)),
  ...[
    '2024-02-29T23:30:15.123Z',
    '2024-03-01T05:00:15.000+05:30',
    '0001-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ].map(timestamp),
  timestamp('1969-12-31T23:59:59.999999Z'),
  timestamp('1950-06-01T12:00:00.000-09:30'),
  timestamp('1950-06-01T'),
  bytes('blob'),
  bytes('blob', 0, 255, 16),
  bytes('clob', 0, 34, 92, 65, 127, 255),
  list('list'),
  list('list', int(1n), { type: 'null', ...bare }, list('list', text('string', 'deep'))),
  list('sexp', text('symbol', 'a'), int(2n)),
  struct(),
  struct(['a', int(1n)], ['', int(2n)], ['name', struct(['symbols', { type: 'bool', value: true, ...bare }])]),
  struct(...Array.from({ length: 300 }, (_, i) => [`field ${i}`, int(BigInt(i))] as const)),
]

test('binary values come back as they were', () => {
  assert.deepEqual([...ionValues(ionBinary(VALUES))], VALUES)
  // Several tables of symbols in one file.
  const twice = Buffer.concat([ionBinary(VALUES), ionBinary(VALUES.toReversed())])
  assert.deepEqual([...ionValues(twice)], [...VALUES, ...VALUES.toReversed()])
})

test('text values come back as they were', () => {
  assert.deepEqual([...ionValues(Buffer.from(VALUES.map(ionText).join('\n')))], VALUES)
})

test('nulls tell their types', () => {
  for (const type of ['int', 'string', 'struct', 'timestamp'] as const) {
    const typed: IonValue = { type: 'null', of: type, ...bare }
    assert.equal(ionText(typed), `null.${type}`)
    assert.deepEqual([...ionValues(ionBinary([typed]))], [{ type: 'null', ...bare }])
  }
  // https://amazon-ion.github.io/ion-docs/docs/binary.html: a code of the type, and 15.
  assert.deepEqual([...ionBinary([{ type: 'null', of: 'struct', ...bare }])], [0xe0, 1, 0, 0xea, 0xdf])
})
