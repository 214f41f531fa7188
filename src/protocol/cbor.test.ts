import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CborError, CborTag, decodeCbor, encodeCbor } from './cbor.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const decode = (hex: string) => decodeCbor(bytes(hex))

/** RFC 8949, appendix A. */
const integers: readonly [string, number | bigint][] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1864', 100],
  ['1903e8', 1000],
  ['1a000f4240', 1000000],
  ['1b000000e8d4a51000', 1000000000000],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1000],
  ['1bffffffffffffffff', 18446744073709551615n],
  ['3bffffffffffffffff', -18446744073709551616n],
]

const readOnly: readonly [string, unknown][] = [
  ['f90000', 0],
  ['f93c00', 1],
  ['f93e00', 1.5],
  ['f97bff', 65504],
  ['f90001', 2 ** -24],
  ['f90400', 0.00006103515625],
  ['f9c400', -4],
  ['f97c00', Number.POSITIVE_INFINITY],
  ['f97e00', Number.NaN],
  ['fa47c35000', 100000],
  ['fa7f7fffff', 3.4028234663852886e38],
  ['c249010000000000000000', 2 ** 64],
  ['c349010000000000000000', -(2 ** 64)],
  ['f7', null],
  ['5f42010243030405ff', bytes('0102030405')],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9fff', []],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
]

const both: readonly [string, unknown][] = [
  ['fb3ff199999999999a', 1.1],
  ['fb7e37e43c8800759c', 1.0e300],
  ['fbc010666666666666', -4.1],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['40', bytes('')],
  ['4401020304', bytes('01020304')],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['62c3bc', 'ü'],
  ['63e6b0b4', '水'],
  ['64f0908591', '\u{10151}'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, index) => index + 1)],
]

test('the vectors of RFC 8949 decode', () => {
  for (const [hex, value] of [...integers, ...readOnly, ...both]) {
    const decoded = decode(hex)
    if (decoded instanceof Uint8Array) assert.deepEqual(Buffer.from(decoded), value, hex)
    else assert.deepEqual(decoded, value, hex)
  }
})

test('the vectors of RFC 8949 encode', () => {
  for (const [hex, value] of [...integers, ...both]) assert.equal(Buffer.from(encodeCbor(value)).toString('hex'), hex)
})

test('maps keep their order and any key', () => {
  assert.deepEqual(
    decode('a56161614161626142616361436164614461656145'),
    new Map([...'abcde'].map((key) => [key, key.toUpperCase()])),
  )
  const map = new Map([['__proto__', 1]])
  assert.deepEqual(decodeCbor(encodeCbor(map)), map)
})

test('tags are kept for their reader', () => {
  assert.deepEqual(decode('c11a514b67b0'), new CborTag(1, 1363896240))
  assert.equal(Buffer.from(encodeCbor(new CborTag(1, 1363896240))).toString('hex'), 'c11a514b67b0')
})

test('negative zero and fractions survive', () => {
  for (const value of [-0, 0.1, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 60]) {
    assert.ok(Object.is(decodeCbor(encodeCbor(value)), value))
  }
})

test('long texts, bytes and lists grow the buffer', () => {
  const value = ['x'.repeat(70_000), Buffer.alloc(300, 7), Array.from({ length: 70_000 }, () => 1)]
  const [text, block, list] = decodeCbor(encodeCbor(value)) as [string, Uint8Array, number[]]
  assert.equal(text.length, 70_000)
  assert.deepEqual(Buffer.from(block), Buffer.alloc(300, 7))
  assert.equal(list.length, 70_000)
})

test('what is not one well-formed value is refused', () => {
  const malformed = [
    '',
    '1c',
    '18',
    '61',
    '6261',
    '83',
    '8301',
    'a1',
    'a16161',
    'a1016161',
    'ff',
    '9f',
    '5f',
    '5f6161ff',
    '0000',
    'f8ff',
    '62c328',
    'c2',
    'c26161',
    '1f',
    '9bffffffffffffffff',
    'bf6161ff',
    'c1ff',
  ]
  for (const hex of malformed) assert.throws(() => decode(hex), CborError, hex)
})

test('nesting is bounded', () => {
  assert.throws(() => decode('81'.repeat(100_000)), CborError)
  assert.doesNotThrow(() => decode(`${'81'.repeat(150)}00`))
})
