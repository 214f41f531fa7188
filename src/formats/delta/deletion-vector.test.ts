/** The names are examples of Delta's protocol; the vectors were written by Spark, which reads them as is said here. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { roaringRanges } from '../roaring.ts'
import { framedBitmap, vectorPlace } from './deletion-vector.ts'
import { DeltaLogError } from './log-error.ts'

const INLINE = { storageType: 'i', pathOrInlineDv: '^Bg9^0rr910000000000iXQKl0rr91000625c8Xg0rri41POJ5' } as const
const SPARK = { ...INLINE, sizeInBytes: 38, cardinality: 3 }
/** The protocol's own, which is big-endian: Spark refuses it too. */
const BIG_ENDIAN = 'wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L'

function numbersIn(bitmap: Uint8Array): number[] {
  const numbers: number[] = []
  roaringRanges(bitmap, (first, last) => {
    for (let i = first; i <= last; i++) numbers.push(i)
  })
  return numbers
}

test('an inline vector holds its bitmap', () => {
  const place = vectorPlace(SPARK)
  assert.ok(place.kind === 'inline')
  assert.deepEqual(numbersIn(place.bitmap), [1, 3, 5])
})

test('a vector in a file is named by a UUID or by a path', () => {
  const more = { offset: 4, sizeInBytes: 40, cardinality: 6 }
  assert.deepEqual(vectorPlace({ storageType: 'u', pathOrInlineDv: 'ab^-aqEH.-t@S}K{vb[*k^', ...more }), {
    kind: 'file',
    path: 'ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin',
    start: 4,
    end: 51,
  })
  const path = 's3://mytable/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin'
  assert.deepEqual(vectorPlace({ storageType: 'p', pathOrInlineDv: path, ...more }), {
    kind: 'file',
    path,
    start: 4,
    end: 51,
  })
})

test('the frame of a vector in a file is checked', () => {
  const place = vectorPlace(SPARK)
  assert.ok(place.kind === 'inline')
  const data = Buffer.concat([Buffer.from('d1d33964', 'hex'), place.bitmap])
  data.writeUInt32LE(1681511377)
  const frame = Buffer.alloc(46)
  frame.writeInt32BE(38)
  frame.set(data, 4)
  frame.writeUInt32BE(crc32(data), 42)
  const descriptor = { storageType: 'u', pathOrInlineDv: '', sizeInBytes: 38, cardinality: 3 } as const
  assert.deepEqual(numbersIn(framedBitmap(frame, descriptor)), [1, 3, 5])

  const broken = (change: (bytes: Buffer) => void, message: RegExp) => {
    const bytes = Buffer.from(frame)
    change(bytes)
    assert.throws(() => framedBitmap(bytes, descriptor), { name: 'DeltaLogError', message })
  }
  broken((bytes) => bytes.writeInt32BE(39), /of 39 bytes, of which the log says 38/)
  broken((bytes) => bytes.writeUInt8(bytes[20]! ^ 1, 20), /checksum/)
  assert.throws(() => framedBitmap(frame.subarray(0, 30), descriptor), /ends before/)
})

test('a size or a place that can not be is refused', () => {
  for (const lie of [{ sizeInBytes: -5 }, { sizeInBytes: 1.5 }, { offset: -1 }, { offset: 2 ** 60 }])
    assert.throws(() => vectorPlace({ ...SPARK, ...lie }), DeltaLogError)
})

test('what is no base 85 is refused', () => {
  const vector = (pathOrInlineDv: string) =>
    ({ storageType: 'i', pathOrInlineDv, sizeInBytes: 4, cardinality: 1 }) as const
  for (const text of ['wi5', 'wi5b"', '#####'])
    assert.throws(
      () => vectorPlace(vector(text)),
      (error) => error instanceof DeltaLogError,
    )
  assert.throws(() => vectorPlace(vector('00000')), /does not start as one/)
  assert.throws(() => vectorPlace({ ...vector(BIG_ENDIAN), sizeInBytes: 40 }), /does not start as one/)
})
