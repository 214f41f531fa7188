/** Row patterns and the clauses around them as Trino SQL. */
import type { Expr } from '../ast.ts'
import { formatIdentifier, formatNames } from './format-types.ts'
import type { MatchRecognize, PatternRecognition, Quantifier, RowPattern, SkipTo } from './row-pattern-ast.ts'

type Print = (e: Expr) => string

const ROWS: Readonly<Record<MatchRecognize['rows'], string>> = {
  one: 'ONE ROW PER MATCH',
  'all-show-empty': 'ALL ROWS PER MATCH SHOW EMPTY MATCHES',
  'all-omit-empty': 'ALL ROWS PER MATCH OMIT EMPTY MATCHES',
  'all-with-unmatched': 'ALL ROWS PER MATCH WITH UNMATCHED ROWS',
}

/** What stands in the parentheses of MATCH_RECOGNIZE after PARTITION BY and ORDER BY. */
export function formatRecognition(match: MatchRecognize, print: Print): string[] {
  return [...formatMeasures(match, print), ROWS[match.rows], ...formatMatching(match, print)]
}

export function formatMeasures({ measures = [] }: Partial<PatternRecognition>, print: Print): string[] {
  if (measures.length === 0) return []
  return [`MEASURES ${measures.map(({ expr, name }) => `${print(expr)} AS ${formatIdentifier(name)}`).join(', ')}`]
}

/** From AFTER MATCH to DEFINE. */
export function formatMatching(recognition: Partial<PatternRecognition>, print: Print): string[] {
  const { afterMatch, mode, pattern, subsets = [], definitions = [] } = recognition
  const sets = subsets.map(({ name, elements }) => `${formatIdentifier(name)} = ${formatNames(elements)}`)
  const defined = definitions.map(({ name, expr }) => `${formatIdentifier(name)} AS ${print(expr)}`)
  return [
    ...(afterMatch ? [`AFTER MATCH SKIP ${formatSkip(afterMatch)}`] : []),
    ...(mode ? [mode.kind.toUpperCase()] : []),
    ...(pattern ? [`PATTERN (${formatPattern(pattern)})`] : []),
    ...(sets.length > 0 ? [`SUBSET ${sets.join(', ')}`] : []),
    ...(defined.length > 0 ? [`DEFINE ${defined.join(', ')}`] : []),
  ]
}

function formatSkip(skip: SkipTo): string {
  const words = skip.kind.replaceAll('-', ' ').toUpperCase()
  return 'label' in skip ? `${words} ${formatIdentifier(skip.label)}` : words
}

function formatPattern(pattern: RowPattern): string {
  switch (pattern.kind) {
    case 'label':
      return formatIdentifier(pattern.name)
    case 'empty':
      return '()'
    case 'partition-start':
      return '^'
    case 'partition-end':
      return '$'
    case 'sequence':
      return pattern.items.map(formatPart).join(' ')
    case 'alternation':
      return pattern.items.map(formatPart).join(' | ')
    case 'permutation':
      return `PERMUTE(${pattern.items.map(formatPattern).join(', ')})`
    case 'exclusion':
      return `{- ${formatPattern(pattern.of)} -}`
    case 'quantified':
      return formatPart(pattern.of) + formatQuantifier(pattern.quantifier)
  }
}

const formatPart = (pattern: RowPattern): string =>
  pattern.kind === 'sequence' || pattern.kind === 'alternation' || pattern.kind === 'quantified'
    ? `(${formatPattern(pattern)})`
    : formatPattern(pattern)

function formatQuantifier({ min, max, reluctant }: Quantifier): string {
  const bounds = max === undefined ? (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`) : `{${min},${max}}`
  return bounds + (reluctant ? '?' : '')
}
