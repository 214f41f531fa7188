/** Expected: what java.util.regex.Pattern documents; the matches were taken from a JDK 17. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { javaPattern } from './java-pattern.ts'

/** The first match and its groups, as Java's `find` and `group(i)`. */
function found(pattern: string, text: string): (string | null)[] | null {
  const made = javaPattern(pattern)
  const match = made.regexp.exec(text)
  return match && [0, ...made.groups].map((place) => match[place] ?? null)
}

const FOUND: readonly (readonly [pattern: string, text: string, groups: (string | null)[] | null])[] = [
  ['(a)(x)?b', 'ab', ['ab', 'a', null]],
  // Possessive and atomic: what is taken is not given back.
  ['a++b', 'aaab', ['aaab']],
  ['a++ab', 'aaab', null],
  ['(?>a+)ab', 'aaab', null],
  ['(?>a|ab)c', 'abc', null],
  ['(a|ab)c', 'abc', ['abc', 'ab']],
  ['(x)(?>(y)+)(z)\\1\\3', 'xyyzxz', ['xyyzxz', 'x', 'y', 'z']],
  ['"([^"\\\\]*+)"-(\\d{1,3}+)', '"ab"-1234', ['"ab"-123', 'ab', '123']],
  ['x?+x', 'x', null],
  ['(\\d)\\1(0)', '110', ['110', '1', '0']],
  ['(a)\\11', 'aa1', ['aa1', 'a']],
  ['(?<year>\\d{4})-\\k<year>', '2024-2024', ['2024-2024', '2024']],
  // Spellings.
  ['\\Qa.b*\\E+', 'a.b**', ['a.b**']],
  ['\\p{Alpha}+\\p{Punct}', 'ab!', ['ab!']],
  ['[\\p{Digit}_]+\\P{Digit}', '12_x', ['12_x']],
  ['\\p{Lu}\\pL', 'Éa', ['Éa']],
  ['\\p{IsGreek}+', 'abcδε', ['δε']],
  ['\\p{IsAlphabetic}+', '12é', ['é']],
  ['\\x{1F600}\\x41\\u0042\\0103\\t', '\u{1F600}ABC\t', ['\u{1F600}ABC\t']],
  ['\\h+', 'a \u00a0\tb', [' \u00a0\t']],
  ['a\\Rb', 'a\r\nb', ['a\r\nb']],
  ['\\Aa\\z', 'a\n', null],
  ['\\Aa\\Z', 'a\n', ['a']],
  ['(?i)STRASSE', 'strasse', ['strasse']],
  ['(?i:A)b', 'ab', ['ab']],
  ['(?m)^b$', 'a\nb', ['b']],
  ['(?s)a.b', 'a\nb', ['a\nb']],
  ['(a(?i)b|c)(d)', 'aBd', ['aBd', 'aB', 'd']],
  ['(a(?i)b|c)(d)', 'Cd', ['Cd', 'C', 'd']],
  ['(a(?i)b|c)(d)', 'CD', null],
  ['(?>\\d\\d){1,2}(-)', '2024-', ['2024-', '-']],
  ['(?>(x)|y)+(z)', 'xz', ['xz', 'x', 'z']],
  ['\\"\\-\\_\\/', '"-_/', ['"-_/']],
  // Classes.
  ['[\\w-.]+', 'a-.b', ['a-.b']],
  ['[a-]+', 'a-a', ['a-a']],
  ['[]a]+', 'a]', ['a]']],
  ['[^]a]', 'a]b', ['b']],
  ['[+--]+', ',+-', [',+-']],
  ['[$.(|]+', '(|$.', ['(|$.']],
  ['[\\Q^-]\\E]+', ']^-', [']^-']],
  ['}]', '}]', ['}]']],
]

test('matches and groups are those of Java', () => {
  for (const [pattern, text, groups] of FOUND) assert.deepEqual(found(pattern, text), groups, pattern)
})

test('what JavaScript has no means for is refused', () => {
  for (const pattern of ['[a-z&&[^b]]', '[a[b]]', '\\Ga', '(?x) a', '\\p{InGreek}', '\\X'])
    assert.throws(() => javaPattern(pattern), /^Error: !NOT_SUPPORTED!Regular expression is not supported: /, pattern)
})

test('what is no pattern is none', () => {
  for (const pattern of ['(', 'a)', '(?i)(a', '[a', '\\2(a)', '*a', '\\y', '(?<a>x)(?<a>y)'])
    assert.throws(() => javaPattern(pattern), SyntaxError, pattern)
})

test('groups that have a name are told', () => {
  const { regexp, groups, namedGroups } = javaPattern('(a)(?>b)(?<n>c)(?<=c)(d)')
  const match = regexp.exec('abcd')!
  const held = [groups, namedGroups].map((places) => places.map((place) => match[place]))
  assert.deepEqual(held, [['a', 'c', 'd'], ['c']])
})

test('a whole text is matched or nothing of it', () => {
  const { regexp } = javaPattern('a|ab', { isWhole: true })
  assert.deepEqual([regexp.test('ab'), regexp.test('abc')], [true, false])
})
