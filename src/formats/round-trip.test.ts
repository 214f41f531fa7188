/** What the writers of ORC and Avro write, their readers read: all types, with gaps, over several groups and blocks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AvroColumns } from './avro/columns.ts'
import { avroBlocks, blockStretches, readAvroHeader } from './avro/container.ts'
import { Cursor } from './avro/cursor.ts'
import { AvroWriter } from './avro/writer.ts'
import type { FileEncoder, WriteBytes } from './file-encoder.ts'
import { type OrcColumn, pieceBatches, planPieces } from './orc/rows.ts'
import { readOrcTail } from './orc/tail.ts'
import { OrcWriter } from './orc/writer.ts'
import type { RandomAccess } from './random-access.ts'
import {
  type Builder,
  BytesBuilder,
  builderOf,
  type ListBuilder,
  LongBuilder,
  type MapBuilder,
  type NumberBuilder,
  type StructBuilder,
  WideBuilder,
} from './vector-builders.ts'
import { type Plain, plainValues } from './vectors.fixture.ts'
import type { ColumnField, ColumnType, Vector } from './vectors.ts'

const FIELDS: readonly ColumnField[] = [
  { name: 'id', type: { kind: 'long' } },
  { name: 'flag', type: { kind: 'boolean' } },
  { name: 'tiny', type: { kind: 'tinyint' } },
  { name: 'whole', type: { kind: 'int' } },
  { name: 'score', type: { kind: 'double' } },
  { name: 'day', type: { kind: 'date' } },
  { name: 'at', type: { kind: 'timestamp' } },
  { name: 'price', type: { kind: 'decimal', precision: 12, scale: 3 } },
  { name: 'wide', type: { kind: 'decimal', precision: 38, scale: 0 } },
  { name: 'word', type: { kind: 'string' } },
  { name: 'unique', type: { kind: 'string' } },
  { name: 'tags', type: { kind: 'list', element: { kind: 'struct', fields: [{ name: 'n', type: { kind: 'int' } }] } } },
  { name: 'pairs', type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'boolean' } } },
]

const ROWS = 23_456
const unless = <T>(absent: boolean, value: T): T | null => (absent ? null : value)

/** Numbers that repeat, go in steps, leap about, and fill 64 bits. */
function row(i: number): readonly Plain[] {
  const leap = (i * 2_654_435_761) % 4_294_967_296
  const long = i % 4000 === 7 ? (1n << 63n) - BigInt(i) - 1n : BigInt(Math.floor(i / 5) * (i % 3 === 0 ? -1 : 1))
  return [
    String(long),
    unless(i % 11 === 3, leap % 2 === 0),
    (i % 251) - 125,
    unless(i > 12_000 && i < 14_000, leap | 0),
    i * 0.5,
    unless(i % 2 === 0, i - 10_000),
    // Around 1970, with the last second before it.
    String((i - 50) * 250_000),
    unless(i % 5 === 1, (i / 1000 - 3).toFixed(3)),
    unless(i % 7 === 1, String(BigInt(leap) ** 3n * (i % 2 === 0 ? 1n : -1n))),
    unless(i % 13 === 5, ['red', 'green', 'blau', ''][leap % 4]!),
    `text ${leap} of ${i}`,
    unless(
      i % 9 === 2,
      Array.from({ length: i % 4 }, (_, n) => unless(n === 1, { n: unless(n === 2, n * i) })),
    ),
    unless(
      i % 8 === 5,
      Array.from({ length: i % 3 }, (_, n) => [`k${n}`, unless(n === 1, i % 2 === 0)]),
    ),
  ]
}

function add(builder: Builder, type: ColumnType, value: Plain): void {
  if (value === null) builder.missing()
  else if (builder instanceof BytesBuilder) builder.add(Buffer.from(value as string))
  else if (builder instanceof LongBuilder) builder.addBig(BigInt(String(value).replace('.', '')))
  else if (builder instanceof WideBuilder) builder.add(BigInt(value as string))
  else if (type.kind === 'list') {
    for (const item of value as readonly Plain[]) add((builder as ListBuilder).element, type.element, item)
    ;(builder as ListBuilder).add((value as readonly Plain[]).length)
  } else if (type.kind === 'map') {
    for (const [key, item] of value as readonly (readonly Plain[])[]) {
      add((builder as MapBuilder).key, type.key, key!)
      add((builder as MapBuilder).value, type.value, item!)
    }
    ;(builder as MapBuilder).add((value as readonly Plain[]).length)
  } else if (type.kind === 'struct') {
    for (const [i, field] of type.fields.entries())
      add((builder as StructBuilder).fields[i]!, field.type, (value as { readonly [name: string]: Plain })[field.name]!)
    ;(builder as StructBuilder).add()
  } else (builder as NumberBuilder).add(Number(value))
}

function written(encoderOf: (write: WriteBytes) => FileEncoder): RandomAccess {
  const parts: Uint8Array[] = []
  const encoder = encoderOf((bytes) => parts.push(Uint8Array.from(bytes)))
  for (let from = 0; from < ROWS; from += encoder.batchRows) {
    const builders = FIELDS.map((field) => builderOf(field.type))
    const rows = Math.min(encoder.batchRows, ROWS - from)
    for (let i = 0; i < rows; i++)
      for (const [c, value] of row(from + i).entries()) add(builders[c]!, FIELDS[c]!.type, value)
    encoder.batch(
      builders.map((builder) => builder.finish()),
      rows,
    )
  }
  encoder.end()
  const bytes = Buffer.concat(parts)
  return { sizeBytes: bytes.length, read: (at, length) => bytes.subarray(at, at + length) }
}

function assertRows(from: number, batch: readonly Vector[], rows: number): void {
  const columns = batch.map((vector, c) => plainValues(vector, FIELDS[c]!.type))
  for (let i = 0; i < rows; i++)
    assert.deepEqual(
      columns.map((column) => column[i]),
      row(from + i),
      `row ${from + i}`,
    )
}

for (const codec of ['zlib', 'none'] as const)
  test(`ORC, ${codec}: whole, in pieces, and by conditions`, () => {
    const file = written((write) => new OrcWriter(FIELDS, { codec }, write))
    const tail = readOrcTail(file)
    const columns = FIELDS.map((field, i): OrcColumn => {
      return { ...field, stored: tail.schema.children[i], condition: undefined }
    })
    for (const pieceRows of [1e9, 10_000]) {
      const pieces = planPieces(file, tail, columns, pieceRows)
      let rows = 0
      for (const piece of pieces)
        for (const batch of pieceBatches(file, tail, piece, columns, { rows: 7_000, bytes: 1e9 })) {
          assertRows(rows, batch.columns, batch.rows)
          rows += batch.rows
        }
      assert.equal(rows, ROWS)
    }
    const stretchesWhere = (name: string, low: number | bigint | Uint8Array) =>
      planPieces(
        file,
        tail,
        columns.map((column) =>
          column.name === name ? { ...column, condition: { ranges: [{ low, high: low }] } } : column,
        ),
        1e9,
      ).flatMap(({ stretches }) => stretches)
    assert.deepEqual(stretchesWhere('score', 7_500.5), [{ from: 10_000, to: 20_000 }])
    assert.deepEqual(stretchesWhere('day', 13_001n), [{ from: 20_000, to: ROWS }])
    assert.deepEqual(stretchesWhere('word', Buffer.from('zebra')), [])
  })

test('Avro: moments to the millisecond, all else as it was', () => {
  const options = { codec: 'deflate', sync: Buffer.alloc(16, 7) } as const
  const file = written((write) => new AvroWriter(FIELDS, options, write))
  const header = readAvroHeader(file)
  const columns = new AvroColumns(header.schema, FIELDS)
  let [rows, blocks] = [0, 0]
  for (const block of avroBlocks(file, header)) {
    columns.add(block, new Cursor(block.bytes))
    assertRows(rows, columns.finish(), block.records)
    rows += block.records
    blocks++
  }
  assert.equal(rows, ROWS)
  assert.ok(blocks > 3)
  // In stretches of whole blocks, which lie side by side, as in one.
  for (const leastBytes of [1, 100_000, 1e9]) {
    const stretches = blockStretches(file, header, leastBytes)
    assert.equal(stretches.length, leastBytes === 1 ? blocks : leastBytes === 1e9 ? 1 : stretches.length)
    assert.deepEqual(
      [header.end, ...stretches.map(({ to }) => to)],
      [...stretches.map(({ from }) => from), file.sizeBytes],
    )
    let again = 0
    for (const stretch of stretches)
      for (const block of avroBlocks(file, header, stretch)) {
        columns.add(block, new Cursor(block.bytes))
        assertRows(again, columns.finish(), block.records)
        again += block.records
      }
    assert.equal(again, ROWS)
  }
})
