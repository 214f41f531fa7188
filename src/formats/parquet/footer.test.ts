import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import { footerLength, readParquetFooter } from './footer.ts'
import { i32, i64, list, struct, type ThriftValue, text, thriftBytes } from './thrift.ts'

const little = (write: (view: DataView) => void, size: number): string => {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return Buffer.from(bytes).toString('latin1')
}
const int = (value: number) => little((view) => view.setInt32(0, value, true), 4)

/** As the format's parquet.thrift numbers the fields. The values' bytes are ASCII here, which text keeps as it is. */
const column = (name: string, type: number, min?: string, max?: string): ThriftValue =>
  struct({
    3: struct({
      1: i32(type),
      3: list([text(name)]),
      7: i64(100),
      9: i64(40),
      11: i64(30),
      15: i32(32),
      ...(min !== undefined && max !== undefined && { 12: struct({ 5: text(max), 6: text(min) }) }),
    }),
  })
const footer = (...groups: ThriftValue[]): Uint8Array =>
  thriftBytes(
    struct({
      1: i32(2),
      2: list([
        struct({ 4: text('root'), 5: i32(4) }),
        struct({ 1: i32(1), 4: text('N') }),
        struct({ 1: i32(1), 4: text('day'), 6: i32(6) }),
        struct({ 1: i32(6), 4: text('word') }),
        struct({ 1: i32(6), 4: text('bare') }),
      ]),
      3: i64(7),
      4: list(groups),
    }),
  )

test('row groups with the least and greatest values of their columns', () => {
  const group = struct({
    1: list([
      column('N', 1, int(3), int(100)),
      column('day', 1, int(1), int(9)),
      column('word', 6, 'a', 'zebra'),
      column('bare', 6),
    ]),
    3: i64(7),
  })
  const [first, second] = readParquetFooter(footer(group, struct({ 1: list([]), 3: i64(0) }))).groups
  assert.equal(first!.rows, 7)
  assert.deepEqual(Object.fromEntries(first!.columns), {
    n: { min: 3n, max: 100n, isDate: false },
    day: { min: 1n, max: 9n, isDate: true },
    word: { min: 'a', max: 'zebra', isDate: false },
  })
  assert.deepEqual(first!.chunks.get('word'), { start: 30, sizeBytes: 100, bloomFilterBytes: 32 })
  assert.deepEqual(second, { rows: 0, columns: new Map(), chunks: new Map() })
})

test('columns by their ids, of which those inside of others are none', () => {
  const schema = list([
    struct({ 4: text('root'), 5: i32(3) }),
    struct({ 1: i32(1), 4: text('A'), 9: i32(7) }),
    struct({ 4: text('pair'), 5: i32(2), 9: i32(1) }),
    struct({ 1: i32(1), 4: text('x'), 9: i32(2) }),
    struct({ 1: i32(1), 4: text('y'), 9: i32(3) }),
    struct({ 1: i32(1), 4: text('last'), 9: i32(9) }),
  ])
  const { names } = readParquetFooter(thriftBytes(struct({ 2: schema, 4: list([]) })))
  assert.deepEqual(
    [...names],
    [
      [7, 'a'],
      [1, 'pair'],
      [9, 'last'],
    ],
  )
})

test('a column that lies in a hundred thousand others', () => {
  const around = Array.from({ length: 100_000 }, () => struct({ 4: text('a'), 5: i32(1) }))
  const schema = list([
    struct({ 4: text('root'), 5: i32(2) }),
    ...around,
    struct({ 1: i32(1), 4: text('x'), 9: i32(2) }),
    struct({ 1: i32(1), 4: text('last'), 9: i32(9) }),
  ])
  const { names } = readParquetFooter(thriftBytes(struct({ 2: schema, 4: list([]) })))
  assert.deepEqual([...names], [[9, 'last']])
})

test('what is no footer is said', () => {
  assert.equal(footerLength(Buffer.from([5, 1, 0, 0, 0x50, 0x41, 0x52, 0x31])), 261)
  assert.throws(() => footerLength(Buffer.from('PARQPARQ')), CorruptData)
  const whole = footer(struct({ 1: list([column('N', 1, int(3), int(100))]), 3: i64(7) }))
  for (let length = 0; length < whole.length; length++)
    assert.throws(() => readParquetFooter(whole.subarray(0, length)), CorruptData)
})
