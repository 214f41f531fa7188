/** Expected hashes: Java's own `hashCode` of Integer, Long, Float, Double and String, which Hive's are for these types. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bucketFileName, bucketHash, bucketInName, bucketOf } from './buckets.ts'

test('hashes are those of Java', () => {
  assert.equal(bucketHash('boolean', true), 1)
  assert.equal(bucketHash('integer', -5n), -5)
  // Long.hashCode: v ^ (v >>> 32).
  assert.equal(bucketHash('bigint', 7n), 7)
  assert.equal(bucketHash('bigint', -1n), 0)
  assert.equal(bucketHash('bigint', 4294967296n), 1)
  assert.equal(bucketHash('bigint', -9223372036854775808n), -2147483648)
  // Float.hashCode(1.0f), Double.hashCode(1.0), Double.hashCode(NaN): their bits, in Java's documentation.
  assert.equal(bucketHash('real', 1), 0x3f800000)
  assert.equal(bucketHash('double', 1), 0x3ff00000)
  assert.equal(bucketHash('double', Number.NaN), 0x7ff80000)
  // "hello".hashCode() and "Aa".hashCode().
  assert.equal(bucketHash('string', 'hello'), 99162322)
  assert.equal(bucketHash('string', 'Aa'), 2112)
  // A varchar begins with 1: 31 ** 2 more for a text of two bytes.
  assert.equal(bucketHash('varchar', 'Aa'), 2112 + 961)
  // Bytes, not characters, and with their signs: é is C3 A9.
  assert.equal(bucketHash('string', 'é'), (0xc3 - 256) * 31 + (0xa9 - 256))
  assert.equal(bucketHash('date', 19723n), 19723)
  assert.equal(bucketHash('string', null), 0)
})

test('a bucket is never negative, and several columns count in their order', () => {
  assert.equal(bucketOf([-1], 4), 3)
  assert.equal(bucketOf([-2147483648], 7), 0)
  assert.equal(bucketOf([2, 3], 1000), 65)
  assert.equal(bucketOf([3, 2], 1000), 95)
})

test("names of files tell the bucket, Hive's and the older ones of Athena", () => {
  assert.equal(bucketFileName(3, 'x'), '000003_0_x')
  for (const [name, bucket] of [
    ['000003_0_20240101_000000_00001_x.gz', 3],
    ['000012_0', 12],
    ['000012_1.snappy', 12],
    ['20180911_231034_00007_5uwkw_bucket-00002', 2],
    ['20180911_231034_00007_5uwkw_bucket-00002.gz', 2],
    ['20240101_000000_00001_x', undefined],
    ['part-00000-a_00003.c000.snappy.parquet', undefined],
    ['data.csv', undefined],
  ] as const)
    assert.equal(bucketInName(name), bucket, name)
})
