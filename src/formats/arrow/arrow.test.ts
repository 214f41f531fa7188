/** Against what pyarrow writes (tests/golden/arrow.py): messages of both framings, with gaps and with bits out of step. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CorruptData, UnsupportedData } from '../corrupt-data.ts'
import { type Plain, plainValues } from '../vectors.fixture.ts'
import { readRecordBatch } from './record-batch-reader.ts'
import { writeRecordBatch } from './record-batch-writer.ts'
import { readSchema, writeSchema } from './schema.ts'
import { type ArrowSchema, arrowField, columnTypeOf } from './types.ts'

const golden = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../tests/golden/arrow/${name}`, import.meta.url))

const FRAMINGS = ['current', 'legacy'] as const
const ROWS = [...Array(11).keys()]

/** Two of three rows have a value. */
const gapped = (value: (i: number) => Plain): Plain[] => ROWS.map((i) => (i % 3 === 2 ? null : value(i)))
const DAY = 19_782
const at = (i: number): number => -1000 + i * 1_000_000_000

const EXPECTED: Readonly<Record<string, Plain[]>> = {
  tiny: gapped((i) => i - 5),
  small: gapped((i) => i * -300 + 0),
  int: gapped((i) => i * 100_000_000),
  long: gapped((i) => String(BigInt(i) * -922337203685477580n)),
  real: gapped((i) => i * 0.5),
  double: gapped((i) => i / 3),
  ok: gapped((i) => i % 2 === 0),
  all: ROWS.map((i) => i % 4 === 0),
  name: gapped((i) => 'näme'.repeat(i % 3) + String(i)),
  raw: gapped((i) => `${i.toString(16).padStart(2, '0')}ff`),
  price: gapped((i) => ['-1.25', '-1.00', '', '-0.50', '-0.25', '', '0.25', '0.50', '', '1.00', '1.25'][i]!),
  wide: gapped((i) => `${i % 2 === 0 ? '-' : ''}1234567890123456789012345678.9012`),
  day: gapped((i) => DAY - i * 9000),
  moment: gapped((i) => String((DAY + i) * 86_400_000_000)),
  seconds: gapped((i) => String(-1_000_000 + i * 1_000_000_000)),
  millis: gapped((i) => String(at(i))),
  micros: gapped((i) => String(at(i) + 1)),
  nanos: ROWS.map((i) => String((BigInt(i) * 1_000_000_007n - 1n - (i === 0 ? 999n : 0n)) / 1000n)),
  instant: gapped((i) => String(at(i))),
  tags: gapped((i) => ['a', null, 'b'].slice(0, i % 4)),
  grid: gapped((i) => ROWS.slice(0, i % 4).map((j) => Array(j).fill(j))),
  attrs: gapped((i) =>
    [
      ['k', i],
      ['l', null],
    ].slice(0, i % 3),
  ),
  place: gapped((i) => ({ city: i % 2 === 1 ? null : 'Bonn', geo: [1.5, i] })),
  hidden: ROWS.map((i) =>
    i % 3 === 0 ? null : { n: i, tags: i % 4 === 3 ? null : ['x', null, `t${i}`].slice(0, i % 4) },
  ),
}

function plainColumns(schema: ArrowSchema, bytes: Uint8Array): Record<string, Plain[]> {
  const { columns } = readRecordBatch(schema, bytes)
  return Object.fromEntries(
    schema.fields.map((field, i) => [field.name, plainValues(columns[i]!, columnTypeOf(field))]),
  )
}

for (const framing of FRAMINGS) {
  const schema = readSchema(golden(`${framing}.schema`))

  test(`a schema, ${framing}`, () => {
    assert.deepEqual(schema.metadata, { source: 'pyarrow', ä: 'ö' })
    assert.deepEqual(schema.fields[0]!.metadata, { column: 'tiny' })
    assert.deepEqual(
      schema.fields.map(({ name }) => name),
      Object.keys(EXPECTED),
    )
    const typeOf = (name: string) => schema.fields.find((field) => field.name === name)!.type
    assert.deepEqual(typeOf('wide'), { kind: 'decimal', precision: 38, scale: 4, bitWidth: 128 })
    assert.deepEqual(typeOf('instant'), { kind: 'timestamp', unit: 'MICROSECOND', timezone: 'UTC' })
    for (const other of FRAMINGS) assert.deepEqual(readSchema(writeSchema(schema, other)), schema)
  })

  test(`rows, ${framing}`, () => {
    assert.deepEqual(plainColumns(schema, golden(`${framing}.whole`)), EXPECTED)
    const stretch = Object.entries(EXPECTED).map(([name, values]) => [name, values.slice(3, 9)])
    assert.deepEqual(plainColumns(schema, golden(`${framing}.stretch`)), Object.fromEntries(stretch))
  })

  test(`rows written again, ${framing}`, () => {
    const { rows, columns } = readRecordBatch(schema, golden(`${framing}.whole`))
    // What a nanosecond has beyond a microsecond was cut off as it was read.
    assert.deepEqual(plainColumns(schema, writeRecordBatch(schema, columns, rows, framing)), EXPECTED)
  })

  test(`bytes that are missing or lie are told, ${framing}`, () => {
    const whole = golden(`${framing}.whole`)
    for (let length = 0; length < whole.length; length += 7)
      assert.throws(() => readRecordBatch(schema, whole.subarray(0, length)), CorruptData)
    const told = golden(`${framing}.schema`)
    for (let length = 0; length < told.length; length += 7)
      assert.throws(() => readSchema(told.subarray(0, length)), CorruptData)
    for (let i = 0; i < whole.length; i++) {
      const bent = Uint8Array.from(whole)
      bent[i] = bent[i]! ^ 0x5a
      try {
        readRecordBatch(schema, bent)
      } catch (error) {
        assert.ok(error instanceof CorruptData || error instanceof UnsupportedData, String(error))
      }
    }
    assert.throws(() => readSchema(whole), CorruptData)
    assert.throws(() => readRecordBatch(schema, told), CorruptData)
  })
}

test('an instant in milliseconds is told with its zone', () => {
  const schema: ArrowSchema = { fields: [arrowField('at', { kind: 'instant' })], metadata: {} }
  const values = BigInt64Array.of(-1_000n, 1_700_000_000_123_000n)
  const bytes = writeRecordBatch(
    schema,
    [{ rows: 2, valid: undefined, values: { kind: 'int64', values } }],
    2,
    'legacy',
  )
  // The last sixteen bytes: milliseconds, shifted by the bits of a time zone's key, which is 0 for UTC.
  const told = new BigInt64Array(Uint8Array.prototype.slice.call(bytes, bytes.length - 16).buffer)
  assert.deepEqual([...told], [-1n << 12n, 1_700_000_000_123n << 12n])
  const [read] = readRecordBatch(schema, bytes).columns
  assert.deepEqual(plainValues(read!, { kind: 'instant' }), ['-1000', '1700000000123000'])
})

test('a type that no column has is named', () => {
  const field = (name: string, type: ArrowSchema['fields'][number]['type']) => ({
    ...arrowField(name, { kind: 'int' }),
    type,
  })
  const big = field('big', { kind: 'int', bitWidth: 64, signed: false })
  assert.throws(() => columnTypeOf(big), { message: 'column big is of a type that is not read (UInt64)' })
  const half = field('half', { kind: 'float', precision: 'HALF' })
  assert.throws(() => columnTypeOf(half), UnsupportedData)
  assert.throws(() => columnTypeOf(field('some', { kind: 'other', name: 'Union', id: 14 })), UnsupportedData)
  assert.throws(() => columnTypeOf(field('empty', { kind: 'struct' })), UnsupportedData)
  assert.throws(() => arrowField('clock', { kind: 'time' }), UnsupportedData)
})

test('rows without columns are counted, as far as they can be', () => {
  const none: ArrowSchema = { fields: [], metadata: {} }
  assert.equal(readRecordBatch(none, writeRecordBatch(none, [], 7, 'current')).rows, 7)
  for (const rows of [-1, 2 ** 31])
    assert.throws(() => readRecordBatch(none, writeRecordBatch(none, [], rows, 'current')), CorruptData)
})
