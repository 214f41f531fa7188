import type { Comparison } from './ast.ts'
import type { Token } from './lexer.ts'

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['=', '='],
  ['<>', '<>'],
  ['!=', '<>'],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
])

export function comparison(token: Token): Comparison | undefined {
  return token.kind === 'operator' ? COMPARISONS.get(token.text) : undefined
}
