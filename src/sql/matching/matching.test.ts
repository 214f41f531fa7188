/** The matcher against JavaScript's regular expressions, which prefer their alternatives by the same rules. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pattern } from '../row-matching.ts'
import { type MatchingPlan, matchRows } from './matching.ts'
import { programOf } from './program.ts'

const LABELS = 3

function planText(pattern: Pattern, more: Partial<MatchingPlan> = {}): string {
  const plan: MatchingPlan = {
    program: programOf(pattern),
    skip: { kind: 'past-last-row' },
    rows: { each: false },
    labels: ['A', 'B', 'C'],
    conditions: Array.from({ length: LABELS }, (_, first) => ({ bit: { first, varies: false } })),
    bits: LABELS,
    words: 1,
    readsHistory: false,
    tracks: [],
    leaves: [],
    leafLists: 0,
    reach: { back: [], ahead: [] },
    slots: [
      { labels: [], end: 'first', offset: 0, final: true, distance: 0, of: 'row' },
      { labels: [], end: 'last', offset: 0, final: true, distance: 0, of: 'row' },
    ],
    lists: [],
    ...more,
  }
  return JSON.stringify(plan)
}

/** Row `i` may have label `l` when bit `l` of `masks[i]` is set. */
const bits = (masks: readonly number[]): number[] =>
  masks.map((mask) => [0, 1, 2].reduce((word, label) => word + ((mask >> label) & 1) * 4 ** label, 0))

/** First and last row (from 1) of each match; none for an empty one. */
const found = (pattern: Pattern, masks: readonly number[]): number[][] =>
  matchRows(planText(pattern), bits(masks)).map(([, , first, last]) => (first === 0 ? [] : [first!, last!]))

/** Each row is one of eight signs, after the labels it may have. */
function regex(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'label':
      return `[${[0, 1, 2, 3, 4, 5, 6, 7].filter((mask) => (mask >> pattern.label) & 1).join('')}]`
    case 'sequence':
      return `(?:${pattern.items.map(regex).join('')})`
    case 'alternation':
      return `(?:${pattern.items.map(regex).join('|')})`
    case 'repetition':
      return `(?:${regex(pattern.of)}){${pattern.min},${pattern.max ?? ''}}${pattern.reluctant ? '?' : ''}`
    default:
      return '(?:)'
  }
}

function expected(pattern: Pattern, masks: readonly number[]): number[][] {
  const text = masks.join('')
  const expression = new RegExp(regex(pattern), 'y')
  const matches: number[][] = []
  for (let at = 0; at < text.length; ) {
    expression.lastIndex = at
    const length = expression.exec(text)?.[0].length
    if (length !== undefined) matches.push(length === 0 ? [] : [at + 1, at + length])
    at += Math.max(1, length ?? 1)
  }
  return matches
}

/** The same sequence each time. */
function random(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % limit
  }
}

function randomPattern(next: (limit: number) => number, depth: number): Pattern {
  const kind = depth === 0 ? 0 : next(6)
  const items = () => Array.from({ length: 1 + next(3) }, () => randomPattern(next, depth - 1))
  if (kind <= 1) return { kind: 'label', label: next(LABELS) }
  if (kind === 2) return { kind: 'sequence', items: items() }
  if (kind === 3) return { kind: 'alternation', items: items() }
  if (kind === 4 && next(4) === 0) return { kind: 'empty' }
  const min = next(3)
  const max = next(2) === 0 ? {} : { max: Math.max(1, min + next(3)) }
  const of = randomPattern(next, depth - 1)
  // Rounds of nothing are where the rules differ.
  return isNullable(of) ? of : { kind: 'repetition', of, min, ...max, reluctant: next(2) === 0 }
}

function isNullable(pattern: Pattern): boolean {
  if (pattern.kind === 'sequence') return pattern.items.every(isNullable)
  if (pattern.kind === 'alternation') return pattern.items.some(isNullable)
  return pattern.kind === 'empty' || (pattern.kind === 'repetition' && pattern.min === 0)
}

test('thousands of patterns match what a regular expression matches', () => {
  const next = random(7)
  for (let i = 0; i < 3000; i++) {
    const pattern = randomPattern(next, 3)
    const masks = Array.from({ length: 1 + next(12) }, () => next(8))
    assert.deepEqual(found(pattern, masks), expected(pattern, masks), `${regex(pattern)} on ${masks.join('')}`)
  }
})

const A: Pattern = { kind: 'label', label: 0 }
const B: Pattern = { kind: 'label', label: 1 }
const plus = (of: Pattern): Pattern => ({ kind: 'repetition', of, min: 1, reluctant: false })

test('a search that comes to nothing is not made again from every row', () => {
  const never: Pattern = { kind: 'sequence', items: [plus(plus(A)), B] }
  assert.deepEqual(found(never, new Array(50_000).fill(1)), [])
})

test('permutations are tried in the order of their places', () => {
  const pattern: Pattern = { kind: 'permutation', items: [A, B] }
  assert.deepEqual(found(pattern, [2, 1, 1, 2]), [
    [1, 2],
    [3, 4],
  ])
})

test('anchors hold at the ends of the partition', () => {
  const whole: Pattern = { kind: 'sequence', items: [{ kind: 'partition-start' }, plus(A), { kind: 'partition-end' }] }
  assert.deepEqual(found(whole, [1, 1, 1]), [[1, 3]])
  assert.deepEqual(found(whole, [1, 1, 2]), [])
})

test('a condition that failed is told when the pattern comes to it, and only then', () => {
  const pattern: Pattern = { kind: 'sequence', items: [A, B] }
  const failed = 2 * 4
  assert.deepEqual(matchRows(planText(pattern), [1, failed]), [[-1, 2, 1]])
  assert.deepEqual(matchRows(planText(pattern), [failed, 0]), [])
})

test('skipping to a row that is not there, or nowhere, is an error', () => {
  const to = (labels: number[]) => planText(A, { skip: { kind: 'to-first', labels } })
  assert.throws(() => matchRows(to([0]), [1]), /cannot skip to first row of match/)
  assert.throws(() => matchRows(to([1]), [1]), /pattern variable is not present in match/)
})

test('a pattern that would be endless when written out is refused', () => {
  const many: Pattern = { kind: 'repetition', of: A, min: 2_000_000_000, reluctant: false }
  assert.throws(() => programOf(many), { code: 'NOT_SUPPORTED' })
})
