/** Binary functions, hashes and encodings. */
import type { Lowering, Lowerings } from '../context.ts'
import { failureAs } from '../failures.ts'
import { named } from './forms.ts'

const hashed =
  (name: string): Lowering =>
  ({ args }) =>
    `unhex(${name}(${args[0]}))`

const keyed =
  (algorithm: string): Lowering =>
  ({ args }) =>
    `js_hmac('${algorithm}', ${args[0]}, ${args[1]})`

/** Text or bytes of text. */
const decoding =
  (name: string): Lowering =>
  (call) =>
    `${name}(${call.types[0]!.kind === 'varbinary' ? `js_from_utf8(${call.args[0]}, '')` : call.args[0]})`

export const binaryLowerings: Lowerings = {
  crc32: named('js_crc32'),
  md5: hashed('md5'),
  sha1: hashed('sha1'),
  sha256: hashed('sha256'),
  sha512: named('js_sha512'),
  murmur3: named('js_murmur3'),
  xxhash64: (call) =>
    call.types[0]!.kind === 'bigint' ? `js_xxhash64_bigint(${call.args[0]})` : `js_xxhash64(${call.args[0]})`,
  spooky_hash_v2_32: ({ args }) => `js_spooky_hash(${args[0]}, 4)`,
  spooky_hash_v2_64: ({ args }) => `js_spooky_hash(${args[0]}, 8)`,
  hmac_md5: keyed('md5'),
  hmac_sha1: keyed('sha1'),
  hmac_sha256: keyed('sha256'),
  hmac_sha512: keyed('sha512'),
  from_base32: decoding('js_from_base32'),
  from_base64: decoding('js_from_base64'),
  from_base64url: decoding('js_from_base64url'),
  from_hex: decoding('js_from_hex'),
  from_big_endian_32: named('js_from_big_endian_32'),
  from_big_endian_64: named('js_from_big_endian_64'),
  from_ieee754_32: ({ args }) => `CAST(js_from_ieee754_32(${args[0]}) AS FLOAT)`,
  from_ieee754_64: named('js_from_ieee754_64'),
  from_utf8: (call) => {
    const [bytes, replacement] = call.args
    if (replacement === undefined) return `js_from_utf8(${bytes}, chr(65533))`
    return `js_from_utf8(${bytes}, ${call.types[1]!.kind === 'bigint' ? `js_replacement(${replacement})` : replacement})`
  },
  to_base32: named('js_to_base32'),
  to_base64: named('to_base64'),
  to_base64url: named('js_to_base64url'),
  to_hex: named('hex'),
  to_big_endian_32: ({ args }) => `js_to_big_endian(CAST(${args[0]} AS BIGINT), 4)`,
  to_big_endian_64: ({ args }) => `js_to_big_endian(${args[0]}, 8)`,
  to_ieee754_32: ({ args }) => `js_to_ieee754(CAST(${args[0]} AS DOUBLE), 4)`,
  to_ieee754_64: ({ args }) => `js_to_ieee754(${args[0]}, 8)`,
  to_utf8: named('encode'),
  uuid: () => 'uuid()',
  version: () => "'422'",
  fail: ({ args }) => failureAs('GENERIC_USER_ERROR', '', 'INTEGER', args.at(-1)!),
}
