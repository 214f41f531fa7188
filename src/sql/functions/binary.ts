import { type FunctionDefinition, scalar } from './definition.ts'

const hash = (name: string, description: string, result = 'varbinary') =>
  scalar(name, description, [`(varbinary) -> ${result}`])
const keyed = (name: string, description: string) => scalar(name, description, ['(varbinary, varbinary) -> varbinary'])
const decoding = (name: string, description: string) =>
  scalar(name, description, ['(varchar(x)) -> varbinary', '(varbinary) -> varbinary'])
const encoding = (name: string, description: string) => scalar(name, description, ['(varbinary) -> varchar'])

export const binaryFunctions: readonly FunctionDefinition[] = [
  hash('crc32', 'CRC-32', 'bigint'),
  hash('md5', 'MD5'),
  hash('murmur3', '128-bit MurmurHash3'),
  hash('sha1', 'SHA-1'),
  hash('sha256', 'SHA-256'),
  hash('sha512', 'SHA-512'),
  hash('spooky_hash_v2_32', '32-bit SpookyHashV2'),
  hash('spooky_hash_v2_64', '64-bit SpookyHashV2'),
  scalar('xxhash64', '64-bit xxHash', ['(varbinary) -> varbinary']),
  keyed('hmac_md5', 'HMAC with MD5'),
  keyed('hmac_sha1', 'HMAC with SHA-1'),
  keyed('hmac_sha256', 'HMAC with SHA-256'),
  keyed('hmac_sha512', 'HMAC with SHA-512'),
  decoding('from_base32', 'Base32 decoding'),
  decoding('from_base64', 'Base64 decoding'),
  decoding('from_base64url', 'Base64 decoding with the URL alphabet'),
  decoding('from_hex', 'Hexadecimal decoding'),
  scalar('from_big_endian_32', 'Two-complement big-endian decoding', ['(varbinary) -> integer']),
  scalar('from_big_endian_64', 'Two-complement big-endian decoding', ['(varbinary) -> bigint']),
  scalar('from_ieee754_32', 'IEEE 754 decoding', ['(varbinary) -> real']),
  scalar('from_ieee754_64', 'IEEE 754 decoding', ['(varbinary) -> double']),
  scalar('from_utf8', 'UTF-8 decoding', [
    '(varbinary) -> varchar',
    '(varbinary, varchar(x)) -> varchar',
    '(varbinary, bigint) -> varchar',
  ]),
  encoding('to_base32', 'Base32 encoding'),
  encoding('to_base64', 'Base64 encoding'),
  encoding('to_base64url', 'Base64 encoding with the URL alphabet'),
  encoding('to_hex', 'Upper-case hexadecimal encoding'),
  scalar('to_big_endian_32', 'Two-complement big-endian encoding', ['(integer) -> varbinary']),
  scalar('to_big_endian_64', 'Two-complement big-endian encoding', ['(bigint) -> varbinary']),
  scalar('to_ieee754_32', 'IEEE 754 encoding', ['(real) -> varbinary']),
  scalar('to_ieee754_64', 'IEEE 754 encoding', ['(double) -> varbinary']),
  scalar('to_utf8', 'UTF-8 encoding', ['(varchar(x)) -> varbinary']),
  scalar('uuid', 'A random UUID', ['() -> uuid'], { deterministic: false }),
  scalar('version', 'Version of the engine', ['() -> varchar']),
  scalar('fail', 'Raises an error', ['(varchar) -> unknown', '(integer, varchar) -> unknown']),
]
