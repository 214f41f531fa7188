/** Operators and predicates, loosest first: OR, AND, NOT, one predicate, then `||`, `+ -`, `* / %`, sign, AT TIME ZONE. */
import type { Comparison, Expr } from '../ast.ts'
import { comparison } from '../comparison.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { interval } from './literals.ts'
import { holdsQuery } from './parentheses.ts'

export function expression(cursor: Cursor): Expr {
  cursor.begin('<expression>')
  cursor.enter()
  const result = disjunction(cursor)
  cursor.leave()
  return result
}

function disjunction(cursor: Cursor): Expr {
  const start = cursor.token
  const first = conjunction(cursor)
  if (!cursor.at('OR')) return first
  const terms = [first]
  while (cursor.accept('OR')) terms.push(operand(cursor, conjunction))
  return { kind: 'logical', op: 'or', terms, at: cursor.since(start) }
}

function conjunction(cursor: Cursor): Expr {
  const start = cursor.token
  const first = negation(cursor)
  if (!cursor.at('AND')) return first
  const terms = [first]
  while (cursor.accept('AND')) terms.push(operand(cursor, negation))
  return { kind: 'logical', op: 'and', terms, at: cursor.since(start) }
}

/** What follows an operator: errors call it an expression. */
function operand(cursor: Cursor, rule: (cursor: Cursor) => Expr): Expr {
  cursor.begin('<expression>')
  return rule(cursor)
}

function negation(cursor: Cursor): Expr {
  const start = cursor.token
  if (!cursor.accept('NOT')) return predicated(cursor)
  cursor.enter()
  const of = operand(cursor, negation)
  cursor.leave()
  return { kind: 'not', of, at: cursor.since(start) }
}

function predicated(cursor: Cursor): Expr {
  const start = cursor.token
  const left = binary(cursor, 1)
  cursor.note('<predicate>')
  const operator = cursor.token
  const op = comparison(operator)
  if (op) return compare(cursor, op, left, start)
  switch (operator.word) {
    case 'IS':
      return isPredicate(cursor, left, start)
    case 'NOT':
    case 'BETWEEN':
    case 'IN':
    case 'LIKE':
      return negatablePredicate(cursor, left, start)
    default:
      return left
  }
}

function compare(cursor: Cursor, op: Comparison, left: Expr, start: Token): Expr {
  const operator = cursor.advance()
  const quantifier = cursor.token.word
  for (const word of ['ALL', 'ANY', 'SOME']) cursor.note(word)
  if ((quantifier === 'ALL' || quantifier === 'ANY' || quantifier === 'SOME') && holdsQuery(cursor, cursor.index + 1)) {
    if (cursor.peek().text === '(') {
      cursor.advance()
      const query = cursor.parenthesized(() => cursor.rules.query(cursor))
      const name = quantifier.toLowerCase() as 'all' | 'any' | 'some'
      return { kind: 'quantified', op, quantifier: name, left, query, at: cursor.since(start, operator) }
    }
  }
  cursor.beginPlain()
  const right = cursor.rules.value(cursor)
  return { kind: 'compare', op, left, right, at: cursor.since(start, operator) }
}

function isPredicate(cursor: Cursor, of: Expr, start: Token): Expr {
  const operator = cursor.advance()
  const not = cursor.accept('NOT')
  if (cursor.accept('NULL')) return { kind: 'is-null', of, not, at: cursor.since(start, operator) }
  cursor.expect('DISTINCT', 'FROM')
  const right = cursor.rules.value(cursor)
  return { kind: 'is-distinct', left: of, right, not, at: cursor.since(start, operator) }
}

function negatablePredicate(cursor: Cursor, of: Expr, start: Token): Expr {
  const operator = cursor.token
  const not = cursor.accept('NOT')
  if (cursor.accept('BETWEEN')) {
    const low = cursor.rules.value(cursor)
    cursor.expect('AND')
    const high = cursor.rules.value(cursor)
    return { kind: 'between', of, low, high, not, at: cursor.since(start, operator) }
  }
  if (cursor.accept('LIKE')) {
    const pattern = cursor.rules.value(cursor)
    const escapedBy = cursor.accept('ESCAPE') ? cursor.rules.value(cursor) : undefined
    return {
      kind: 'like',
      of,
      pattern,
      ...(escapedBy && { escape: escapedBy }),
      not,
      at: cursor.since(start, operator),
    }
  }
  cursor.expect('IN')
  if (holdsSingleQuery(cursor)) {
    const query = cursor.parenthesized(() => cursor.rules.query(cursor))
    return { kind: 'in-query', of, query, not, at: cursor.since(start, operator) }
  }
  const items = cursor.parenthesized(() => {
    cursor.note('<query>')
    return cursor.list(() => cursor.rules.expression(cursor))
  })
  return { kind: 'in-list', of, items, not, at: cursor.since(start, operator) }
}

/** `IN ((SELECT 1))` is a list of one scalar subquery; `IN (SELECT 1)` and `IN ((SELECT 1) UNION ..)` are queries. */
function holdsSingleQuery(cursor: Cursor): boolean {
  if (cursor.token.text !== '(' || !holdsQuery(cursor)) return false
  const inner = cursor.peek()
  if (inner.text !== '(' || inner.closes < 0) return true
  return cursor.tokens[inner.closes + 1]?.text !== ')'
}

export function value(cursor: Cursor): Expr {
  cursor.begin('<expression>')
  cursor.enter()
  const result = binary(cursor, 1)
  cursor.leave()
  return result
}

type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '||'
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = { '||': 1, '+': 2, '-': 2, '*': 3, '/': 3, '%': 3 }
const BINARY_OPERATORS = Object.keys(PRECEDENCE) as readonly BinaryOperator[]

function binary(cursor: Cursor, minimum: number): Expr {
  const start = cursor.token
  let left = signed(cursor)
  for (;;) {
    const op = BINARY_OPERATORS.find((symbol) => cursor.atOperator(symbol))
    if (!op || PRECEDENCE[op] < minimum) return left
    const operator = cursor.advance()
    cursor.begin('<expression>')
    cursor.beginPlain()
    const right = binary(cursor, PRECEDENCE[op] + 1)
    left = { kind: 'binary-op', op, left, right, at: cursor.since(start, operator) }
  }
}

const isNumber = (token: Token): boolean =>
  token.kind === 'integer' || token.kind === 'decimal' || token.kind === 'double'

function signed(cursor: Cursor): Expr {
  const start = cursor.token
  if (start.kind !== 'operator' || (start.text !== '-' && start.text !== '+')) return zoned(cursor)
  // `-1` is one literal, which is how the smallest bigint can be written at all.
  if (start.text === '-' && isNumber(cursor.peek())) return zoned(cursor)
  cursor.advance()
  cursor.enter()
  const of = operand(cursor, signed)
  cursor.leave()
  return { kind: 'unary', op: start.text, of, at: cursor.since(start) }
}

function zoned(cursor: Cursor): Expr {
  const start = cursor.token
  let of = cursor.rules.primary(cursor)
  while (cursor.atAll('AT', 'TIME')) {
    const operator = cursor.advance()
    cursor.advance()
    cursor.expect('ZONE')
    const zoneStart = cursor.token
    const zone: Expr = cursor.at('INTERVAL')
      ? interval(cursor)
      : { kind: 'string', value: cursor.string(), at: cursor.since(zoneStart) }
    of = { kind: 'at-time-zone', of, zone, at: cursor.since(start, operator) }
  }
  return of
}
