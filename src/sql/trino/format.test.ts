import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QUERIES, WRITES } from '../samples.ts'
import { parseStatement } from '../statement.ts'
import { formatExpression, formatStatement, type TrinoStatement } from './format.ts'
import { parseExpression } from './parser.ts'

/** A tree without what may differ between two texts of it. */
function bare(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(bare)
  if (typeof tree !== 'object' || tree === null) return tree
  const sourceText = 'kind' in tree && tree.kind === 'prepare' ? 'text' : 'queryText'
  const kept = Object.entries(tree).filter(([key]) => key !== 'at' && key !== sourceText)
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value)]))
}

for (const sql of [...QUERIES, ...WRITES])
  test(`printed and parsed again: ${sql.slice(0, 60)}`, () => {
    const tree = parseStatement(sql) as TrinoStatement
    assert.deepEqual(bare(parseStatement(formatStatement(tree))), bare(tree), formatStatement(tree))
  })

test('parentheses appear only where the tree needs them', () => {
  const same = [
    'a + b * c',
    '(a + b) * c',
    'a - (b - c)',
    'a OR b AND NOT c',
    '(a OR b) AND c',
    '- -a',
    '(1).b',
    'a[1].b',
    '(-1)[2]',
  ]
  for (const sql of same.slice(0, 5)) assert.equal(formatExpression(parseExpression(sql)), sql)
  for (const sql of same)
    assert.deepEqual(bare(parseExpression(formatExpression(parseExpression(sql)))), bare(parseExpression(sql)))
})

test('a long chain is printed flat, so that it can be parsed again', () => {
  const chain = parseExpression(Array.from({ length: 1000 }, () => 'a').join(' + '))
  assert.deepEqual(bare(parseExpression(formatExpression(chain))), bare(chain))
})
