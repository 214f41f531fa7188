/** Against the examples of ORC's specification, and what Apache ORC's C++ library writes (tests/golden/orc.py). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import type { RandomAccess } from '../random-access.ts'
import { plainValues } from '../vectors.fixture.ts'
import type { ColumnType } from '../vectors.ts'
import { decodeRunV1, Integers, type RunDecoder } from './integers.ts'
import { decodeRunV2 } from './integers-v2.ts'
import { type OrcColumn, pieceBatches, planPieces, storedColumns } from './rows.ts'
import { BitRuns, ByteRuns } from './runs.ts'
import { OrcStream } from './stream.ts'
import { readOrcTail } from './tail.ts'
import { epochIn, ORC_EPOCH, ZoneOffsets } from './zone-offsets.ts'

const NONE = { codec: 'none', blockBytes: 0 } as const
const streamOf = (...bytes: number[]) => new OrcStream(Uint8Array.from(bytes), NONE)
const integers = (decode: RunDecoder, signed: boolean, count: number, ...bytes: number[]) =>
  Array.from(new BigInt64Array(new Integers(streamOf(...bytes), signed, decode).wide(count).buffer), Number)

test('runs of bytes and bits', () => {
  const runs = new ByteRuns(streamOf(0x61, 0x00, 0xfe, 0x44, 0x45))
  assert.deepEqual(
    Array.from({ length: 102 }, () => runs.next()),
    [...new Array<number>(100).fill(0), 0x44, 0x45],
  )
  const bits = new Uint8Array(8)
  assert.equal(new BitRuns(streamOf(0xff, 0x80)).read(bits, 8), 1)
  assert.deepEqual([...bits], [1, 0, 0, 0, 0, 0, 0, 0])
})

test('integers, first version', () => {
  assert.deepEqual(integers(decodeRunV1, false, 100, 0x61, 0x00, 0x07), new Array(100).fill(7))
  assert.deepEqual(
    integers(decodeRunV1, false, 100, 0x61, 0xff, 0x64),
    Array.from({ length: 100 }, (_, i) => 100 - i),
  )
  assert.deepEqual(integers(decodeRunV1, false, 5, 0xfb, 0x02, 0x03, 0x04, 0x07, 0xb), [2, 3, 4, 7, 11])
})

test('integers, second version', () => {
  assert.deepEqual(integers(decodeRunV2, false, 5, 0x0a, 0x27, 0x10), new Array(5).fill(10_000))
  assert.deepEqual(
    integers(decodeRunV2, false, 4, 0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef),
    [23_713, 43_806, 57_005, 48_879],
  )
  const patched = [2030, 2000, 2020, 1_000_000, ...Array.from({ length: 16 }, (_, i) => 2040 + 10 * i)]
  assert.deepEqual(
    integers(
      decodeRunV2,
      false,
      20,
      ...[0x8e, 0x13, 0x2b, 0x21, 0x07, 0xd0, 0x1e, 0x00, 0x14, 0x70, 0x28, 0x32, 0x3c, 0x46, 0x50, 0x5a, 0x64, 0x6e],
      ...[0x78, 0x82, 0x8c, 0x96, 0xa0, 0xaa, 0xb4, 0xbe, 0xfc, 0xe8],
    ),
    patched,
  )
  assert.deepEqual(
    integers(decodeRunV2, false, 10, 0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46),
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29],
  )
})

test('clocks of time zones', () => {
  const angeles = new ZoneOffsets('America/Los_Angeles')
  assert.equal(angeles.at(Date.UTC(2024, 0, 15) / 1000), -8 * 3600)
  assert.equal(angeles.at(Date.UTC(2024, 6, 15) / 1000), -7 * 3600)
  // The clocks were set forward at 10:00 UTC.
  const change = Date.UTC(2024, 2, 10, 10) / 1000
  assert.deepEqual([angeles.at(change - 1), angeles.at(change)], [-8 * 3600, -7 * 3600])
  assert.equal(epochIn(angeles), ORC_EPOCH + 8 * 3600)
  assert.equal(epochIn(new ZoneOffsets('Asia/Kolkata')), ORC_EPOCH - 5.5 * 3600)
  assert.ok(new ZoneOffsets('Not/AZone').isUtc)
})

const golden = (codec: string) => readFileSync(new URL(`../../../tests/golden/orc/${codec}.orc`, import.meta.url))

function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    sizeBytes: bytes.length,
    read(at, length) {
      if (at < 0 || length < 0 || at + length > bytes.length) throw new CorruptData('it is too short')
      return bytes.subarray(at, at + length)
    },
  }
}

const FIELDS: readonly (readonly [string, ColumnType])[] = [
  ['id', { kind: 'long' }],
  ['small', { kind: 'smallint' }],
  ['name', { kind: 'string' }],
  ['kind', { kind: 'varchar', length: 3 }],
  ['score', { kind: 'double' }],
  ['at', { kind: 'timestamp' }],
  ['wide', { kind: 'decimal', precision: 38, scale: 6 }],
  ['tags', { kind: 'list', element: { kind: 'string' } }],
  ['attrs', { kind: 'map', key: { kind: 'string' }, value: { kind: 'long' } }],
  ['place', { kind: 'struct', fields: [{ name: 'geo', type: { kind: 'list', element: { kind: 'double' } } }] }],
]

function rowsOf(bytes: Uint8Array, pieceRows: number, range?: { low: number; high: number }) {
  const file = inMemory(bytes)
  const tail = readOrcTail(file)
  const wanted = FIELDS.map(([name, type], ordinal) => ({ name, type, ordinal }))
  const stored = storedColumns(tail, wanted, true)
  const columns = wanted.map(({ name, type }, i): OrcColumn => {
    return { name, type, stored: stored[i], condition: range && name === 'score' ? { ranges: [range] } : undefined }
  })
  const rows: unknown[][] = []
  const pieces = planPieces(file, tail, columns, pieceRows)
  for (const piece of pieces)
    for (const batch of pieceBatches(file, tail, piece, columns, { rows: 300, bytes: 1 << 26 })) {
      const values = batch.columns.map((vector, i) => plainValues(vector, FIELDS[i]![1]))
      for (let i = 0; i < batch.rows; i++) rows.push(values.map((column) => column[i]))
    }
  return { rows, pieces }
}

test('in pieces as in one, and only the row groups that may matter', () => {
  const { rows } = rowsOf(golden('zlib'), 1e9)
  assert.equal(rows.length, 2500)
  assert.deepEqual(rows[1403], [
    '1403',
    1403 - 32768,
    'näme 1403',
    'gam',
    350.75,
    String((-2 * 1000 + 1403 * 300) * 1000),
    '-1234567890123456789012345678.901200',
    ['a', null, 'b'],
    [
      ['k', '1403'],
      ['l', '2'],
    ],
    { geo: [1.5, 1403] },
  ])
  for (const codec of ['snappy', 'uncompressed', 'zstd']) {
    const { rows: same, pieces } = rowsOf(golden(codec), 500)
    assert.ok(pieces.length >= 5)
    assert.deepEqual(same, rows)
  }
  const { rows: some } = rowsOf(golden('zlib'), 1e9, { low: 130, high: 130 })
  assert.deepEqual(some, rows.slice(500, 1000))
})
