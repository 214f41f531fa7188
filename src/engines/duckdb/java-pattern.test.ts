/** Expected matches are what `java.util.regex` is documented to do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { javaPattern } from './java-pattern.ts'

function groups(source: string, line: string, part = false): (string | undefined)[] | undefined {
  const compiled = javaPattern(source, part)
  const match = compiled.pattern.exec(line)
  return match ? compiled.groups.map((place) => match[place]) : undefined
}

test('a whole line must match, or a part of it where that is asked for', () => {
  assert.deepEqual(groups('(\\d+)', '12'), ['12'])
  assert.equal(groups('(\\d+)', 'a 12'), undefined)
  assert.deepEqual(groups('(\\d+)', 'a 12', true), ['12'])
})

test('an atomic group never gives back', () => {
  assert.deepEqual(groups('(?>a+)(b)', 'aab'), ['b'])
  assert.equal(groups('(?>a+)a(b)', 'aab'), undefined)
  assert.deepEqual(groups('(a)(?>bc|b)(c)', 'abcc'), ['a', 'c'])
  assert.equal(groups('(a)(?>bc|b)(c)', 'abc'), undefined)
  assert.deepEqual(groups('(?>\\d\\d){1,2}(-)', '2024-'), ['-'])
  assert.deepEqual(groups('(?>(x)|y)+(z)', 'yxz'), ['x', 'z'])
})

test('flags in a pattern hold to the end of their group, through its alternatives', () => {
  assert.deepEqual(groups('(?i)(abc)', 'aBC'), ['aBC'])
  assert.deepEqual(groups('(a(?i)b|c)(d)', 'aBd'), ['aB', 'd'])
  assert.deepEqual(groups('(a(?i)b|c)(d)', 'Cd'), ['C', 'd'])
  assert.equal(groups('(a(?i)b|c)(d)', 'CD'), undefined)
  assert.deepEqual(groups('(?i:x)(y)', 'Xy'), ['y'])
})

test('back references are to the groups of the source', () => {
  assert.deepEqual(groups('(?>q)(a|b)\\1', 'qaa'), ['a'])
  assert.equal(groups('(?>q)(a|b)\\1', 'qab'), undefined)
})

test('quoted text, classes by name and anchors', () => {
  assert.deepEqual(groups('\\Q(a.b)\\E(\\p{Digit}+)[\\p{Alpha}(]\\z', '(a.b)12('), ['12'])
})

test('groups that have a name are told', () => {
  const { pattern, groups: all, namedGroups } = javaPattern('(a)(?>b)(?<n>c)(?<=c)(d)')
  const match = pattern.exec('abcd')!
  assert.deepEqual(
    [all.map((place) => match[place]), namedGroups.map((place) => match[place])],
    [['a', 'c', 'd'], ['c']],
  )
})

test('what cannot be had is refused', () => {
  for (const source of ['a++b', '(?x)a b', '(a', 'a)', '\\p{Greek}', '[', '\\2(a)'])
    assert.throws(() => javaPattern(source), /Regular expression is not supported/, source)
})
