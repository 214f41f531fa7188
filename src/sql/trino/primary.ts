/** What operators stand between: literals, names, calls, CASE, casts, subqueries, constructors; with `[..]` and `.field`. */
import type { CurrentValue, Expr, Identifier } from '../ast.ts'
import type { Token } from '../lexer.ts'
import { beginsMode, call, callee } from './calls.ts'
import type { Cursor } from './cursor.ts'
import { jsonArray, jsonObject, jsonPath } from './json.ts'
import { beginsInterval, binaryLiteral, interval, isStringKind, number } from './literals.ts'
import { holdsQuery, opensLambda } from './parentheses.ts'
import { extract, grouping, listagg, normalize, position, substring, trim } from './special-calls.ts'
import { over } from './windows.ts'

export function primary(cursor: Cursor): Expr {
  const start = cursor.token
  let of = cursor.primary(() => base(cursor))
  for (;;) {
    if (cursor.acceptOperator('[')) {
      const index = cursor.rules.value(cursor)
      cursor.expectOperator(']')
      of = { kind: 'subscript', of, index, at: cursor.since(start) }
    } else if (cursor.atOperator('.')) {
      const next = cursor.peek()
      if (next.kind === 'operator' && next.text === '*') {
        cursor.starred = of
        return of
      }
      cursor.advance()
      cursor.note('*')
      const field = cursor.identifier()
      of = { kind: 'field', of, field, at: cursor.since(start) }
    } else return of
  }
}

function base(cursor: Cursor): Expr {
  const { token } = cursor
  switch (token.kind) {
    case 'integer':
    case 'decimal':
    case 'double':
      return number(cursor)
    case 'string':
    case 'unicode-string':
      return { kind: 'string', value: cursor.string(), at: cursor.since(token) }
    case 'binary':
      return binaryLiteral(cursor)
    case 'operator':
      return symbolic(cursor, token)
    case 'word':
      return keyword(cursor, token) ?? name(cursor, token)
    default:
      return name(cursor, token)
  }
}

function symbolic(cursor: Cursor, start: Token): Expr {
  if (start.text === '-') return number(cursor)
  if (start.text === '?') {
    cursor.advance()
    return { kind: 'parameter', index: cursor.parameters++, at: cursor.since(start) }
  }
  if (start.text !== '(') return cursor.fail()
  if (opensLambda(cursor)) return lambda(cursor, start)
  if (holdsQuery(cursor)) {
    const query = cursor.parenthesized(() => cursor.rules.query(cursor))
    return { kind: 'scalar-query', query, at: cursor.since(start) }
  }
  const { isPlain } = cursor
  const items = cursor.parenthesized(() => {
    // `() -> 1` is a lambda.
    cursor.note(')')
    cursor.note('<query>')
    return rowItems(cursor, isPlain)
  })
  const isParameter = items.length === 1 && items[0]!.kind === 'name'
  if (isParameter) cursor.note('->')
  return items.length === 1 ? (items[0] as Expr) : { kind: 'row', items, at: cursor.since(start) }
}

/** In parentheses: names alone might still be the parameters of a lambda. */
export function rowItems(cursor: Cursor, isPlain: boolean): Expr[] {
  const items = [cursor.rules.expression(cursor)]
  while (cursor.acceptOperator(',')) {
    if (items.every(({ kind }) => kind === 'name')) cursor.note('<identifier>')
    items.push(cursor.rules.expression(cursor))
    if (isPlain) cursor.settle()
  }
  return items
}

function lambda(cursor: Cursor, start: Token): Expr {
  const parameters: Identifier[] = []
  cursor.expectOperator('(')
  if (cursor.token.text !== ')') parameters.push(...cursor.list(() => cursor.identifier()))
  cursor.expectOperator(')')
  cursor.expectOperator('->')
  const body = cursor.rules.expression(cursor)
  return { kind: 'lambda', parameters, body, at: cursor.since(start) }
}

const CURRENT_VALUES: ReadonlySet<string> = new Set<CurrentValue>([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'current_user',
  'current_catalog',
  'current_schema',
  'current_path',
])
const WITH_PRECISION = new Set(['CURRENT_TIME', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP'])

/** Forms that begin with a keyword of their own; undefined when the word is just a name here. */
function keyword(cursor: Cursor, start: Token): Expr | undefined {
  const next = cursor.peek()
  const opens = next.kind === 'operator' && next.text === '('
  switch (start.word) {
    case 'NULL':
      cursor.advance()
      return { kind: 'null', at: cursor.since(start) }
    case 'TRUE':
    case 'FALSE':
      cursor.advance()
      return { kind: 'boolean', value: start.word === 'TRUE', at: cursor.since(start) }
    case 'CASE':
      return caseExpression(cursor, start)
    case 'CAST':
      return cast(cursor, start, false)
    case 'TRY_CAST':
      return opens ? cast(cursor, start, true) : undefined
    case 'INTERVAL':
      return beginsInterval(cursor) ? interval(cursor) : undefined
    case 'ARRAY':
      return next.kind === 'operator' && next.text === '[' ? arrayConstructor(cursor, start) : undefined
    case 'ROW':
      return opens ? rowConstructor(cursor, start) : undefined
    case 'EXISTS': {
      cursor.advance()
      const query = cursor.parenthesized(() => cursor.rules.query(cursor))
      return { kind: 'exists', query, at: cursor.since(start) }
    }
    case 'EXTRACT':
      return extract(cursor, start)
    case 'TRIM':
      return trim(cursor, start)
    case 'NORMALIZE':
      return normalize(cursor, start)
    case 'LISTAGG':
      return listagg(cursor, start)
    case 'GROUPING':
      return grouping(cursor, start)
    case 'POSITION':
      return opens ? position(cursor, start) : undefined
    case 'SUBSTRING':
      return opens ? substring(cursor, start) : undefined
    case 'JSON_EXISTS':
    case 'JSON_VALUE':
    case 'JSON_QUERY':
      return jsonPath(cursor, start)
    case 'JSON_OBJECT':
      return jsonObject(cursor, start)
    case 'JSON_ARRAY':
      return jsonArray(cursor, start)
    case 'DOUBLE':
      return next.word === 'PRECISION' && isStringKind(cursor.peek(2).kind) ? doublePrecision(cursor, start) : undefined
    default:
      return currentValue(cursor, start)
  }
}

function currentValue(cursor: Cursor, start: Token): Expr | undefined {
  const what = start.text.toLowerCase()
  if (!CURRENT_VALUES.has(what)) return undefined
  cursor.advance()
  const precision =
    WITH_PRECISION.has(start.word) && cursor.atOperator('(') ? cursor.parenthesized(() => cursor.integer()) : undefined
  return {
    kind: 'current',
    what: what as CurrentValue,
    ...(precision !== undefined && { precision }),
    at: cursor.since(start),
  }
}

function doublePrecision(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.advance()
  const type = { name: 'double', parameters: [], at: cursor.since(start) }
  return { kind: 'typed-literal', type, value: cursor.string(), at: cursor.since(start) }
}

function caseExpression(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  const operand = cursor.at('WHEN') ? undefined : cursor.rules.expression(cursor)
  const whens: { when: Expr; then: Expr }[] = []
  if (!cursor.at('WHEN')) cursor.fail()
  while (cursor.accept('WHEN')) {
    const when = cursor.rules.expression(cursor)
    cursor.expect('THEN')
    // biome-ignore lint/suspicious/noThenProperty: the clause's own name, and nothing awaits it
    whens.push({ when, then: cursor.rules.expression(cursor) })
  }
  const otherwise = cursor.accept('ELSE') ? cursor.rules.expression(cursor) : undefined
  cursor.expect('END')
  return { kind: 'case', ...(operand && { operand }), whens, ...(otherwise && { otherwise }), at: cursor.since(start) }
}

function cast(cursor: Cursor, start: Token, safe: boolean): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const of = cursor.rules.expression(cursor)
  cursor.expect('AS')
  const type = cursor.rules.type(cursor)
  cursor.expectOperator(')')
  return { kind: 'cast', of, type, safe, at: cursor.since(start) }
}

function arrayConstructor(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.advance()
  const items = cursor.atOperator(']') ? [] : cursor.list(() => cursor.rules.expression(cursor))
  cursor.expectOperator(']')
  return { kind: 'array', items, at: cursor.since(start) }
}

function rowConstructor(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  const items = cursor.parenthesized(() => {
    // A function might be called `row`.
    for (const alternative of [')', '*', 'ALL', 'DISTINCT', 'ORDER']) cursor.note(alternative)
    return cursor.list(() => cursor.rules.expression(cursor))
  })
  return { kind: 'row', items, at: cursor.since(start) }
}

/** A column, a measure of a window, a lambda of one parameter, a literal with its type before it, or a call. */
function name(cursor: Cursor, start: Token): Expr {
  if (!cursor.isIdentifier()) return cursor.fail()
  const next = cursor.peek()
  if (next.kind === 'operator' && next.text === '->') {
    const parameters = [cursor.identifier()]
    cursor.advance()
    const body = cursor.rules.expression(cursor)
    return { kind: 'lambda', parameters, body, at: cursor.since(start) }
  }
  if (isStringKind(next.kind)) {
    const typeName = cursor.identifier()
    const type = { name: typeName.name.toLowerCase(), parameters: [], at: typeName.at }
    return { kind: 'typed-literal', type, value: cursor.string(), at: cursor.since(start) }
  }
  if (callee(cursor) || beginsMode(cursor)) return call(cursor, start)
  const identifier = cursor.identifier()
  const measured = cursor.token.word === 'OVER' ? over(cursor) : undefined
  if (measured) return { kind: 'measure', name: identifier, over: measured, at: cursor.since(start) }
  cursor.endName()
  return { kind: 'name', name: identifier, at: identifier.at }
}
