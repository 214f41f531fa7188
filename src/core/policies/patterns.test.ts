// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policies write their variables so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileArnPattern, compilePattern, type RequestContext } from './patterns.ts'

const form = { variables: true, wildcards: true }
const context: RequestContext = { get: (key) => (key === 'aws:username' ? 'ann' : undefined) }
const matches = (pattern: string, value: string) => compilePattern(pattern, form).matches(value, context)

test('stars, question marks and what stands between them', () => {
  for (const [pattern, value] of [
    ['a*b', 'ab'],
    ['a*b', 'axbxb'],
    ['*a?c*', 'xxabcx'],
    ['a*?', 'ab'],
    ['**', ''],
    ['?*?', 'ab'],
    ['${aws:username}/*', 'ann/x'],
    ['${*}${?}${$}', '*?$'],
    ["${aws:none, 'all'}*", 'alliance'],
    ['${${aws:username}', '${${aws:username}'],
  ] as const)
    assert.equal(matches(pattern, value), pattern !== '${${aws:username}', pattern)
  for (const [pattern, value] of [
    ['a*a', 'a'],
    ['ab*ba', 'aba'],
    ['*a?c*', 'xxac'],
    ['?*?', 'a'],
    ['${aws:none}*', 'x'],
    ['${*}', 'x'],
  ] as const)
    assert.equal(matches(pattern, value), false, pattern)
})

/** Whoever takes the square of such a length does not end today. */
const LONG = 1 << 18

test('patterns of a million letters', () => {
  assert.equal(matches('${'.repeat(LONG), '${'.repeat(LONG)), true)
  assert.equal(matches('${*}'.repeat(LONG), '*'.repeat(LONG)), true)
  assert.equal(matches('a'.repeat(LONG), 'a'.repeat(LONG)), true)
  assert.equal(matches(`*${'a'.repeat(LONG)}b`, 'a'.repeat(LONG * 2)), false)
  assert.equal(matches(`*${'a?'.repeat(LONG)}b*`, 'a'.repeat(LONG)), false)
  assert.equal(matches('${aws:username}'.repeat(LONG), 'ann'), false)
  const opened = compilePattern('${'.repeat(LONG), { ...form, ignoreCase: true })
  assert.equal(opened.matches('${'.repeat(LONG), context), true)
  const arn = compileArnPattern(`arn:aws:s3:::${'${'.repeat(LONG)}`, form)
  assert.equal(arn.matches('arn:aws:s3:::a', context), false)
})
