/** Bytes: encodings, hashes, numbers as bytes. */
import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { FunctionFailure } from '../failures.ts'
import { murmur3, xxhash64 } from './hashes.ts'
import { spookyHash } from './spooky-hash.ts'
import { type Udf, udf } from './udf.ts'

const wrong = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{1,5}/g)?.map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]) ?? []
  return letters.join('').padEnd(Math.ceil(letters.length / 8) * 8, '=')
}

function fromBase32(text: string): Uint8Array {
  const letters = text.replace(/=+$/, '')
  if ([1, 3, 6].includes(letters.length % 8)) throw wrong(`Invalid input length ${letters.length}`)
  const bits = [...letters].map((letter) => {
    const value = BASE32.indexOf(letter)
    if (value < 0) throw wrong(`Unrecognized character: ${letter}`)
    return value.toString(2).padStart(5, '0')
  })
  return Uint8Array.from(bits.join('').match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}

/** The words and the order of the checks are those of Java's decoder. */
function fromBase64(text: string, alphabet: 'base64' | 'base64url'): Uint8Array {
  if (text.length === 1) throw wrong('Input byte[] should at least have 2 bytes for base64 bytes')
  const end = text.includes('=') ? text.indexOf('=') : text.length
  const body = text.slice(0, end)
  const illegal = (alphabet === 'base64' ? /[^A-Za-z0-9+/]/ : /[^A-Za-z0-9_-]/).exec(body)?.[0]
  if (illegal !== undefined) throw wrong(`Illegal base64 character ${Buffer.from(illegal)[0]!.toString(16)}`)
  const last = body.length % 4
  const padding = last === 2 ? '==' : '='
  if (last === 1) throw wrong('Last unit does not have enough valid bits')
  if (end < text.length && (last === 0 || !text.startsWith(padding, end)))
    throw wrong('Input byte array has wrong 4-byte ending unit')
  if (end + padding.length < text.length)
    throw wrong(`Input byte array has incorrect ending byte at ${end + padding.length}`)
  return Uint8Array.from(Buffer.from(body, alphabet))
}

function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw wrong(`invalid input length ${text.length}`)
  const other = /[^0-9a-fA-F]/.exec(text)?.[0]
  if (other !== undefined) throw wrong(`not a hexadecimal digit: "${other}" = ${other.charCodeAt(0)}`)
  return Uint8Array.from(Buffer.from(text, 'hex'))
}

function fromUtf8(bytes: Uint8Array, replacement: string): string {
  if ([...replacement].length > 1) throw wrong('Replacement character string must empty or a single character')
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return replacement === '\ufffd' ? text : text.replaceAll('\ufffd', () => replacement)
}

function replacementOf(point: bigint): string {
  const surrogate = point >= 0xd800n && point <= 0xdfffn
  if (point < 0n || point > 0x10ffffn || surrogate) throw wrong('Invalid replacement character')
  return String.fromCodePoint(Number(point))
}

function viewOf(bytes: Uint8Array, length: number): DataView {
  if (bytes.length !== length) throw wrong(`expected ${length}-byte input, but got instead: ${bytes.length}`)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function floatView(bytes: Uint8Array, length: number): DataView {
  if (bytes.length === length) return viewOf(bytes, length)
  throw wrong(`Input floating-point value must be exactly ${length} bytes long`)
}

function encoded(size: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(size))
  write(view)
  return new Uint8Array(view.buffer)
}

function padBytes(bytes: Uint8Array, size: bigint, filler: Uint8Array, left: boolean): Uint8Array {
  if (size < 0n || size > 2147483647n) throw wrong('Target length must be in the range [0..2147483647]')
  if (filler.length === 0) throw wrong('Padding bytes must not be empty')
  const length = Number(size)
  if (bytes.length >= length) return bytes.slice(0, length)
  const added = Uint8Array.from({ length: length - bytes.length }, (_, i) => filler[i % filler.length]!)
  return Uint8Array.from(left ? [...added, ...bytes] : [...bytes, ...added])
}

function substrBytes(bytes: Uint8Array, start: bigint, length: bigint): Uint8Array {
  const size = BigInt(bytes.length)
  if (start === 0n || length <= 0n || start > size || -start > size) return new Uint8Array()
  const from = start > 0n ? start - 1n : size + start
  const to = from + length > size ? size : from + length
  return bytes.slice(Number(from), Number(to))
}

const digest = (algorithm: string, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash(algorithm).update(bytes).digest())
const bigEndian = (value: bigint): Uint8Array => encoded(8, (view) => view.setBigInt64(0, value))

/** The checksum's 64 bits of a sum that may be longer, little-endian as Trino writes them. */
function wrapped(sum: string): Uint8Array {
  return encoded(8, (view) => view.setBigInt64(0, BigInt.asIntN(64, BigInt(sum)), true))
}

const longHash = (value: bigint): bigint =>
  BigInt.asIntN(64, xxhash64(encoded(8, (view) => view.setBigInt64(0, BigInt.asIntN(64, value), true))))
const bytesHash = (bytes: Uint8Array): bigint => BigInt.asIntN(64, xxhash64(bytes))

/** Of up to 18 digits the unscaled number itself, of more the two halves of its 128 bits. */
function decimalHash(text: string, precision: number): bigint {
  const unscaled = BigInt(text.replace('.', ''))
  return precision <= 18 ? longHash(unscaled) : longHash(unscaled >> 64n) ^ longHash(unscaled)
}

function halvesHash(bytes: Uint8Array): bigint {
  const view = viewOf(bytes, 16)
  return longHash(view.getBigInt64(0, true)) ^ longHash(view.getBigInt64(8, true))
}

const sequenceHash = (hashes: readonly bigint[], initial: bigint): bigint =>
  hashes.reduce((all, hash) => BigInt.asIntN(64, all * 31n + hash), initial)

/** Trino's hash code of a number of 64 bits. */
function longCode(value: bigint): bigint {
  const mixed = BigInt.asUintN(64, value * 0xc2b2ae3d27d4eb4fn)
  return BigInt.asIntN(64, ((mixed << 31n) | (mixed >> 33n)) * 0x9e3779b185ebca87n)
}

export const byteUdfs: readonly Udf[] = [
  udf('js_sha512', ['BLOB'], 'BLOB', (bytes: Uint8Array) => digest('sha512', bytes)),
  udf('js_hmac', ['VARCHAR', 'BLOB', 'BLOB'], 'BLOB', (algorithm: string, bytes: Uint8Array, key: Uint8Array) =>
    Uint8Array.from(createHmac(algorithm, key).update(bytes).digest()),
  ),
  udf('js_crc32', ['BLOB'], 'BIGINT', (bytes: Uint8Array) => BigInt(crc32(bytes))),
  udf('js_murmur3', ['BLOB'], 'BLOB', murmur3),
  udf('js_spooky_hash', ['BLOB', 'INTEGER'], 'BLOB', (bytes: Uint8Array, size: number) =>
    bigEndian(BigInt.asIntN(64, spookyHash(bytes))).slice(8 - size),
  ),
  udf('js_xxhash64_text', ['VARCHAR'], 'BIGINT', (text: string) => bytesHash(Buffer.from(text))),
  udf('js_checksum_term', ['BIGINT'], 'BIGINT', (hash: bigint) => BigInt.asIntN(64, hash * 0x9e3779b185ebca87n)),
  udf('js_wrapped_sum', ['VARCHAR'], 'BLOB', wrapped),
  udf('js_xxhash64', ['BLOB'], 'BLOB', (bytes: Uint8Array) => bigEndian(bytesHash(bytes))),
  udf('js_xxhash64_bigint', ['BIGINT'], 'BIGINT', longHash),
  udf('js_hash_code', ['BIGINT'], 'BIGINT', longCode),
  udf('js_hash_bytes', ['BLOB'], 'BIGINT', bytesHash),
  udf('js_hash_decimal', ['VARCHAR', 'INTEGER'], 'BIGINT', decimalHash),
  udf('js_hash_halves', ['BLOB'], 'BIGINT', halvesHash),
  udf('js_hash_pair', ['BIGINT', 'BIGINT'], 'BIGINT', (a: bigint, b: bigint) => longHash(a) ^ longHash(b)),
  udf('js_hash_sequence', ['BIGINT[]', 'BIGINT'], 'BIGINT', sequenceHash),
  udf('js_hash_sum', ['BIGINT[]'], 'BIGINT', (hashes: readonly bigint[]) =>
    BigInt.asIntN(
      64,
      hashes.reduce((sum, hash) => sum + hash, 0n),
    ),
  ),
  udf('js_from_base32', ['VARCHAR'], 'BLOB', fromBase32),
  udf('js_to_base32', ['BLOB'], 'VARCHAR', toBase32),
  udf('js_from_base64', ['VARCHAR'], 'BLOB', (text: string) => fromBase64(text, 'base64')),
  udf('js_from_base64url', ['VARCHAR'], 'BLOB', (text: string) => fromBase64(text, 'base64url')),
  udf('js_to_base64url', ['BLOB'], 'VARCHAR', (bytes: Uint8Array) =>
    Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  ),
  udf('js_from_hex', ['VARCHAR'], 'BLOB', fromHex),
  udf('js_replacement', ['BIGINT'], 'VARCHAR', replacementOf),
  udf('js_from_utf8', ['BLOB', 'VARCHAR'], 'VARCHAR', fromUtf8),
  udf('js_from_big_endian_32', ['BLOB'], 'INTEGER', (bytes: Uint8Array) => viewOf(bytes, 4).getInt32(0)),
  udf('js_from_big_endian_64', ['BLOB'], 'BIGINT', (bytes: Uint8Array) => viewOf(bytes, 8).getBigInt64(0)),
  udf('js_from_ieee754_32', ['BLOB'], 'DOUBLE', (bytes: Uint8Array) => floatView(bytes, 4).getFloat32(0)),
  udf('js_from_ieee754_64', ['BLOB'], 'DOUBLE', (bytes: Uint8Array) => floatView(bytes, 8).getFloat64(0)),
  udf('js_to_big_endian', ['BIGINT', 'INTEGER'], 'BLOB', (value: bigint, size: number) =>
    size === 8 ? bigEndian(value) : encoded(4, (view) => view.setInt32(0, Number(value))),
  ),
  udf('js_to_ieee754', ['DOUBLE', 'INTEGER'], 'BLOB', (value: number, size: number) =>
    encoded(size, (view) => (size === 8 ? view.setFloat64(0, value) : view.setFloat32(0, value))),
  ),
  udf('js_binary_lpad', ['BLOB', 'BIGINT', 'BLOB'], 'BLOB', (b: Uint8Array, n: bigint, f: Uint8Array) =>
    padBytes(b, n, f, true),
  ),
  udf('js_binary_rpad', ['BLOB', 'BIGINT', 'BLOB'], 'BLOB', (b: Uint8Array, n: bigint, f: Uint8Array) =>
    padBytes(b, n, f, false),
  ),
  udf('js_binary_substr', ['BLOB', 'BIGINT', 'BIGINT'], 'BLOB', substrBytes),
  udf('js_binary_reverse', ['BLOB'], 'BLOB', (bytes: Uint8Array) => Uint8Array.from(bytes).reverse()),
]
