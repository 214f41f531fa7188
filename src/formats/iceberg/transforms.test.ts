import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur3 } from './murmur3.ts'
import type { IcebergType } from './schema.ts'
import { parseTransform, projected, transformed } from './transforms.ts'
import { decodeValue, encodeValue, type IcebergValue } from './values.ts'

const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n
const day = (iso: string): number => Date.parse(iso) / 86_400_000

test('hashes are those of the spec: https://iceberg.apache.org/spec/#appendix-b-32-bit-hash-requirements', () => {
  const vectors: readonly (readonly [IcebergType, IcebergValue, number])[] = [
    ['int', 34, 2_017_239_379],
    ['long', 34n, 2_017_239_379],
    ['decimal(9,2)', 1420n, -500_754_589],
    ['date', day('2017-11-16'), -653_330_422],
    ['time', 81_068_000_000n, -662_762_989],
    ['timestamp', micros('2017-11-16T22:31:08Z'), -2_047_944_441],
    ['timestamptz', micros('2017-11-16T14:31:08-08:00'), -2_047_944_441],
    ['timestamp_ns', micros('2017-11-16T22:31:08Z') * 1000n + 1001n, -1_207_196_810],
    ['string', 'iceberg', 1_210_000_089],
    ['uuid', Buffer.from('f79c3e09677c4bbda4793f349cb785e7', 'hex'), 1_488_055_340],
    ['fixed[4]', Uint8Array.of(0, 1, 2, 3), -188_683_207],
    ['binary', Uint8Array.of(0, 1, 2, 3), -188_683_207],
  ]
  // A bucket of 2^31 - 1 is the hash without its sign, where that is smaller.
  for (const [type, value, hash] of vectors)
    assert.equal(
      transformed({ kind: 'bucket', count: 2 ** 31 - 1 }, type, value),
      (hash & 0x7fff_ffff) % (2 ** 31 - 1),
      `${type}`,
    )
  assert.equal(murmur3(Buffer.from('iceberg')), 1_210_000_089)
  assert.equal(murmur3(new Uint8Array(0)), 0)
})

test('transforms, by the examples of the spec', () => {
  const apply = (text: string, type: IcebergType, value: IcebergValue) => transformed(parseTransform(text), type, value)
  assert.equal(apply('truncate[10]', 'int', 1), 0)
  assert.equal(apply('truncate[10]', 'int', -1), -10)
  assert.equal(apply('truncate[10]', 'long', -1n), -10n)
  assert.equal(apply('truncate[50]', 'decimal(9,2)', 1065n), 1050n)
  // Java: v - (((v % w) + w) % w), which wraps.
  assert.equal(apply('truncate[3]', 'int', -(2 ** 31)), 2_147_483_647)
  assert.equal(apply('truncate[5]', 'long', -(2n ** 63n)), 9_223_372_036_854_775_806n)
  assert.equal(apply('truncate[4]', 'int', -(2 ** 31)), -(2 ** 31))
  assert.equal(apply('truncate[3]', 'string', 'iceberg'), 'ice')
  assert.equal(apply('truncate[1]', 'string', '🧊berg'), '🧊')
  assert.deepEqual(apply('truncate[3]', 'binary', Uint8Array.of(1, 2, 3, 4, 5)), Uint8Array.of(1, 2, 3))
  assert.equal(apply('identity', 'string', 'a'), 'a')
  assert.equal(apply('void', 'string', 'a'), null)
  const at = micros('2017-11-16T22:31:08Z')
  assert.equal(apply('year', 'timestamp', at), 47)
  assert.equal(apply('month', 'timestamp', at), 574)
  assert.equal(apply('day', 'timestamp', at), 17_486)
  assert.equal(apply('hour', 'timestamp', at), 419_686)
  assert.equal(apply('month', 'date', day('2017-11-16')), 574)
  // Before 1970 the last moment of a day is of that day.
  const before = micros('1969-12-31T23:59:59.999Z') + 999n
  assert.deepEqual(
    ['year', 'month', 'day', 'hour'].map((unit) => apply(unit, 'timestamp', before)),
    [-1, -1, -1, -1],
  )
  assert.throws(() => apply('rot13', 'string', 'a'), /transform rot13 is not supported/)
})

test('what is known of a column is known of its partitions, as far as the transform keeps the order', () => {
  const range = { kind: 'range', low: 15n, high: 31n } as const
  assert.deepEqual(projected(parseTransform('truncate[10]'), 'long', range), { kind: 'range', low: 10n, high: 30n })
  assert.equal(projected(parseTransform('bucket[4]'), 'long', range), undefined)
  assert.deepEqual(projected(parseTransform('bucket[100]'), 'long', { kind: 'values', values: [34n] }), {
    kind: 'values',
    values: [79],
  })
  assert.equal(projected(parseTransform('void'), 'long', range), undefined)
  // The smallest is truncated to a multiple of the width that the type does not have, and so wraps.
  const least = { kind: 'range', low: -(2 ** 31), high: 5 } as const
  assert.deepEqual(projected(parseTransform('truncate[3]'), 'int', least), { kind: 'range', high: 3 })
  assert.equal(projected(parseTransform('rot13'), 'long', range), undefined)
})

test('bounds in their binary form: https://iceberg.apache.org/spec/#binary-single-value-serialization', () => {
  const forms: readonly (readonly [IcebergType, IcebergValue, string])[] = [
    ['boolean', true, '01'],
    ['int', -2, 'feffffff'],
    ['long', 1n, '0100000000000000'],
    ['float', 1, '0000803f'],
    ['double', 1, '000000000000f03f'],
    ['date', 1, '01000000'],
    ['timestamp', -1n, 'ffffffffffffffff'],
    ['string', 'ü', 'c3bc'],
    ['decimal(9,2)', 128n, '0080'],
    ['decimal(9,2)', -128n, '80'],
    ['decimal(38,0)', 10n ** 37n, '0785ee10d5da46d900f436a000000000'],
    ['binary', Uint8Array.of(1, 2), '0102'],
  ]
  for (const [type, value, hex] of forms) {
    assert.equal(Buffer.from(encodeValue(type, value)).toString('hex'), hex, `${type}`)
    assert.deepEqual(decodeValue(type, Buffer.from(hex, 'hex')), value, `${type}`)
  }
  // Of a column that has been widened since.
  assert.equal(decodeValue('long', Buffer.from('feffffff', 'hex')), -2n)
  assert.equal(decodeValue('double', Buffer.from('0000803f', 'hex')), 1)
  assert.throws(() => decodeValue('long', Buffer.from('00', 'hex')), /a value of 1 bytes is none of type long/)
})
