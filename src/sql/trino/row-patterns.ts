/** MATCH_RECOGNIZE, and what a window frame may say of row patterns. */
import type { SortItem, TableExpr } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import type {
  Definition,
  MatchRecognize,
  Measure,
  PatternRecognition,
  Quantifier,
  RowPattern,
  RowsPerMatch,
  SkipTo,
  Subset,
} from './row-pattern-ast.ts'
import { acceptOrderBy, sortItems } from './sort-items.ts'

/** At MATCH_RECOGNIZE, which follows `relation`. */
export function matchRecognize(cursor: Cursor, relation: TableExpr, start: Token): MatchRecognize {
  cursor.expect('MATCH_RECOGNIZE')
  cursor.expectOperator('(')
  const partitionBy = cursor.accept('PARTITION') ? partitioning(cursor) : []
  const orderBy: SortItem[] = acceptOrderBy(cursor) ? sortItems(cursor) : []
  const measures = acceptMeasures(cursor)
  const rows = rowsPerMatch(cursor)
  const afterMatch = acceptAfterMatch(cursor)
  const mode = acceptMode(cursor)
  const pattern = patternClause(cursor)
  const subsets = acceptSubsets(cursor)
  cursor.expect('DEFINE')
  const definitions = cursor.list(() => definition(cursor))
  cursor.expectOperator(')')
  return {
    kind: 'match-recognize',
    relation,
    partitionBy,
    orderBy,
    measures,
    rows,
    ...(afterMatch && { afterMatch }),
    ...(mode && { mode }),
    pattern,
    subsets,
    definitions,
    at: cursor.since(start),
  }
}

function partitioning(cursor: Cursor): MatchRecognize['partitionBy'] {
  cursor.expect('BY')
  return cursor.list(() => cursor.rules.expression(cursor))
}

/** After the extent of a window frame; `measures` stood before it. */
export function frameRecognition(
  cursor: Cursor,
  measures: readonly Measure[],
): Partial<PatternRecognition> | undefined {
  const afterMatch = acceptAfterMatch(cursor)
  const mode = acceptMode(cursor)
  const pattern = cursor.at('PATTERN') ? patternClause(cursor) : undefined
  const subsets = acceptSubsets(cursor)
  const definitions = cursor.accept('DEFINE') ? cursor.list(() => definition(cursor)) : []
  if (!afterMatch && !mode && !pattern && measures.length + subsets.length + definitions.length === 0) return undefined
  return {
    measures,
    ...(afterMatch && { afterMatch }),
    ...(mode && { mode }),
    ...(pattern && { pattern }),
    subsets,
    definitions,
  }
}

export function acceptMeasures(cursor: Cursor): Measure[] {
  if (!cursor.accept('MEASURES')) return []
  return cursor.list(() => {
    const start = cursor.token
    const expr = cursor.rules.expression(cursor)
    cursor.expect('AS')
    return { expr, name: cursor.identifier(), at: cursor.since(start) }
  })
}

function rowsPerMatch(cursor: Cursor): RowsPerMatch {
  if (cursor.accept('ONE')) {
    cursor.expect('ROW', 'PER', 'MATCH')
    return 'one'
  }
  if (!cursor.accept('ALL')) return 'one'
  cursor.expect('ROWS', 'PER', 'MATCH')
  if (cursor.accept('WITH')) {
    cursor.expect('UNMATCHED', 'ROWS')
    return 'all-with-unmatched'
  }
  const handling = cursor.acceptOneOf(['omit', 'show'] as const)
  if (handling) cursor.expect('EMPTY', 'MATCHES')
  return handling === 'omit' ? 'all-omit-empty' : 'all-show-empty'
}

function acceptAfterMatch(cursor: Cursor): SkipTo | undefined {
  if (!cursor.accept('AFTER')) return undefined
  cursor.expect('MATCH')
  const start = cursor.token
  cursor.expect('SKIP')
  if (cursor.accept('PAST')) {
    cursor.expect('LAST', 'ROW')
    return { kind: 'past-last-row', at: cursor.since(start) }
  }
  cursor.expect('TO')
  if (cursor.atAll('NEXT', 'ROW')) {
    cursor.expect('NEXT', 'ROW')
    return { kind: 'to-next-row', at: cursor.since(start) }
  }
  // FIRST and LAST may themselves be labels.
  const named = cursor.isIdentifier(cursor.peek()) && cursor.peek().word !== 'INITIAL' && cursor.peek().word !== 'SEEK'
  const patternNext = cursor.peek().word === 'PATTERN' && cursor.peek(2).text === '('
  const side = named && !patternNext ? cursor.acceptOneOf(['first', 'last'] as const) : undefined
  const label = cursor.identifier()
  return { kind: side === 'first' ? 'to-first' : 'to-last', label, at: cursor.since(start) }
}

function acceptMode(cursor: Cursor): PatternRecognition['mode'] {
  const start = cursor.token
  const kind = cursor.acceptOneOf(['initial', 'seek'] as const)
  return kind && { kind, at: cursor.since(start) }
}

function patternClause(cursor: Cursor): RowPattern {
  cursor.expect('PATTERN')
  return cursor.parenthesized(() => alternation(cursor))
}

function acceptSubsets(cursor: Cursor): Subset[] {
  if (!cursor.accept('SUBSET')) return []
  return cursor.list(() => {
    const start = cursor.token
    const name = cursor.identifier()
    cursor.expectOperator('=')
    const elements = cursor.columnAliases()
    return { name, elements, at: cursor.since(start) }
  })
}

function definition(cursor: Cursor): Definition {
  const start = cursor.token
  const name = cursor.identifier()
  cursor.expect('AS')
  return { name, expr: cursor.rules.expression(cursor), at: cursor.since(start) }
}

function alternation(cursor: Cursor): RowPattern {
  const start = cursor.token
  cursor.enter()
  const items = [sequence(cursor)]
  while (cursor.acceptOperator('|')) items.push(sequence(cursor))
  cursor.leave()
  return items.length === 1 ? items[0]! : { kind: 'alternation', items, at: cursor.since(start) }
}

function sequence(cursor: Cursor): RowPattern {
  const start = cursor.token
  const items = [quantified(cursor)]
  while (beginsPattern(cursor)) items.push(quantified(cursor))
  return items.length === 1 ? items[0]! : { kind: 'sequence', items, at: cursor.since(start) }
}

/** `{-` opens an exclusion, `{2}` has followed its pattern already. */
function beginsPattern(cursor: Cursor): boolean {
  const { token } = cursor
  if (token.kind !== 'operator') return cursor.isIdentifier()
  return token.text === '(' || token.text === '^' || token.text === '$' || opensExclusion(cursor)
}

const opensExclusion = (cursor: Cursor): boolean =>
  cursor.token.text === '{' && cursor.peek().text === '-' && cursor.peek().start === cursor.token.end

function quantified(cursor: Cursor): RowPattern {
  const start = cursor.token
  const of = primary(cursor)
  const quantifier = acceptQuantifier(cursor)
  return quantifier ? { kind: 'quantified', of, quantifier, at: cursor.since(start) } : of
}

function primary(cursor: Cursor): RowPattern {
  const start = cursor.token
  if (cursor.acceptOperator('^')) return { kind: 'partition-start', at: cursor.since(start) }
  if (cursor.acceptOperator('$')) return { kind: 'partition-end', at: cursor.since(start) }
  if (opensExclusion(cursor)) {
    cursor.advance()
    cursor.advance()
    const of = alternation(cursor)
    cursor.expectOperator('-')
    cursor.expectOperator('}')
    return { kind: 'exclusion', of, at: cursor.since(start) }
  }
  if (cursor.acceptOperator('(')) {
    if (cursor.acceptOperator(')')) return { kind: 'empty', at: cursor.since(start) }
    const inner = alternation(cursor)
    cursor.expectOperator(')')
    return inner
  }
  if (start.word === 'PERMUTE' && cursor.peek().text === '(') {
    cursor.advance()
    const items = cursor.parenthesized(() => cursor.list(() => alternation(cursor)))
    return { kind: 'permutation', items, at: cursor.since(start) }
  }
  const name = cursor.identifier()
  return { kind: 'label', name, at: name.at }
}

function acceptQuantifier(cursor: Cursor): Quantifier | undefined {
  const start = cursor.token
  const bounds = acceptBounds(cursor)
  if (!bounds) return undefined
  const reluctant = cursor.acceptOperator('?')
  return { ...bounds, reluctant, at: cursor.since(start) }
}

function acceptBounds(cursor: Cursor): { readonly min: number; readonly max?: number } | undefined {
  if (cursor.acceptOperator('*')) return { min: 0 }
  if (cursor.acceptOperator('+')) return { min: 1 }
  // Two question marks are a quantifier and its reluctance.
  if (cursor.acceptOperator('?')) return { min: 0, max: 1 }
  if (opensExclusion(cursor) || !cursor.acceptOperator('{')) return undefined
  const min = cursor.token.kind === 'integer' ? cursor.integer() : undefined
  if (min !== undefined && cursor.acceptOperator('}')) return { min, max: min }
  cursor.expectOperator(',')
  const max = cursor.token.kind === 'integer' ? cursor.integer() : undefined
  cursor.expectOperator('}')
  return { min: min ?? 0, ...(max !== undefined && { max }) }
}
