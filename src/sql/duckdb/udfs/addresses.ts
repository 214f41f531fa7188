/** IP addresses: canonical text, and networks that contain them. */
import { isIP } from 'node:net'
import { FunctionFailure } from '../failures.ts'
import { type Udf, udf } from './udf.ts'

const wrong = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)

function ipAddress(text: string): string {
  const canonical = canonicalAddress(text)
  if (canonical === undefined)
    throw new FunctionFailure('INVALID_CAST_ARGUMENT', `Cannot cast value to IPADDRESS: ${text}`)
  return canonical
}

/** Addresses of four bytes in decimal, others as RFC 5952 writes them. */
function canonicalAddress(text: string): string | undefined {
  const four = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(text)
  if (four) {
    const parts = four.slice(1).map(Number)
    return parts.every((part) => part <= 255) ? parts.join('.') : undefined
  }
  try {
    return new URL(`http://[${text}]/`).hostname.slice(1, -1)
  } catch {
    return undefined
  }
}

/** Sixteen bytes, those of four behind the prefix of mapped addresses. */
function addressBytes(canonical: string): Uint8Array {
  const bytes = new Uint8Array(16)
  if (isIP(canonical) === 4) {
    bytes.set([0xff, 0xff], 10)
    bytes.set(canonical.split('.').map(Number), 12)
    return bytes
  }
  const [head = '', tail] = canonical.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const write = (from: number, words: readonly number[]): void => {
    for (const [i, group] of words.entries()) bytes.set([group >> 8, group & 0xff], 2 * (from + i))
  }
  write(0, groups(head))
  if (tail !== undefined) write(8 - groups(tail).length, groups(tail))
  return bytes
}

function addressOfBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16)
    throw new FunctionFailure('INVALID_CAST_ARGUMENT', `Invalid IP address binary length: ${bytes.length}`)
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  if (mapped) return bytes.subarray(12).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16))
  return ipAddress(groups.join(':'))
}

const bitsOf = (canonical: string): bigint =>
  addressBytes(canonical).reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n)

/** `network` is an address, a slash and the length of the prefix; below the prefix it must be zero. */
function networkContains(network: string, address: string): boolean {
  const slash = network.indexOf('/')
  if (slash < 0) throw wrong('Invalid CIDR')
  const base = canonicalAddress(network.slice(0, slash))
  if (base === undefined) throw wrong('Invalid network IP address')
  const prefix = Number(network.slice(slash + 1))
  if (!Number.isInteger(prefix) || prefix < 0) throw wrong('Invalid prefix length')
  const length = isIP(base) === 4 ? 32 : 128
  if (prefix > length) throw wrong('Prefix length exceeds address length')
  if (isIP(base) !== isIP(address)) throw wrong('IP address version should be the same')
  const below = BigInt(length - prefix)
  const [from, value] = [base, address].map((text) => BigInt.asUintN(length, bitsOf(text))) as [bigint, bigint]
  if (BigInt.asUintN(Number(below), from) !== 0n) throw wrong('Invalid CIDR')
  return from >> below === value >> below
}

export const addressUdfs: readonly Udf[] = [
  udf('js_ip_address', ['VARCHAR'], 'VARCHAR', ipAddress),
  udf('js_ip_bytes', ['VARCHAR'], 'BLOB', addressBytes),
  udf('js_ip_of_bytes', ['BLOB'], 'VARCHAR', addressOfBytes),
  udf('js_network_contains', ['VARCHAR', 'VARCHAR'], 'BOOLEAN', networkContains),
]
