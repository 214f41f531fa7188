import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountOfKeyId, newKeyId } from './key-ids.ts'

/** As those who have taken AWS's ids apart read them: of the first six bytes, all but the first bit and the last seven. */
function accountIn(id: string): bigint {
  const letters = [...id.slice(4)].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
  const bits = letters.map((value) => value.toString(2).padStart(5, '0')).join('')
  return BigInt(`0b${bits.slice(1, 41)}`)
}

test('an id tells its account, and nothing else', () => {
  for (const account of ['000000000000', '111111111111', '123456789012', '999999999999'])
    for (const prefix of ['AKIA', 'ASIA'] as const) {
      const id = newKeyId(prefix, account)
      assert.match(id, /^A[KS]IA[Q-Z2-7][A-Z2-7]{15}$/)
      assert.equal(accountIn(id), BigInt(account))
      assert.equal(accountOfKeyId(id), account)
    }
  assert.equal(new Set(Array.from({ length: 500 }, () => newKeyId('ASIA', '123456789012'))).size, 500)
  assert.equal(accountOfKeyId('test'), undefined)
  assert.equal(accountOfKeyId('AKIAIOSFODNN7EXAMPL1'), undefined)
})
