/**
 * Ids of access keys: which account a key is of can be read from it, as on AWS, where GetAccessKeyInfo does so of any key. After
 * the prefix, in base 32: a bit that is set, the 40 bits of the account's number, and what is drawn.
 */
import { randomBytes } from 'node:crypto'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ID_BITS = 80n
const DRAWN_BITS = 39n
const ACCOUNT_BITS = 40n

/** `AKIA` is of a key that lasts, `ASIA` of a session's. */
export function newKeyId(prefix: 'AKIA' | 'ASIA', account: string): string {
  const drawn = BigInt(`0x${randomBytes(10).toString('hex')}`)
  const number = /^\d{12}$/.test(account) ? BigInt(account) : drawn & ((1n << ACCOUNT_BITS) - 1n)
  const bits = (1n << (ID_BITS - 1n)) | (number << DRAWN_BITS) | (drawn & ((1n << DRAWN_BITS) - 1n))
  return prefix + Array.from({ length: 16 }, (_, i) => BASE32[Number((bits >> BigInt(75 - 5 * i)) & 31n)]).join('')
}

/** Undefined for what is no such id. Whether there is the account, or the key, it does not say. */
export function accountOfKeyId(id: string): string | undefined {
  const [, drawn] = /^A[KS]IA([A-Z2-7]{16})$/.exec(id) ?? []
  if (drawn === undefined) return undefined
  let bits = 0n
  for (const letter of drawn) bits = (bits << 5n) | BigInt(BASE32.indexOf(letter))
  const number = (bits >> DRAWN_BITS) & ((1n << ACCOUNT_BITS) - 1n)
  return number < 10n ** 12n ? String(number).padStart(12, '0') : undefined
}
