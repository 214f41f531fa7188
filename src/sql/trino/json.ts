/** The functions of SQL/JSON, whose clauses are part of the grammar (trino.io/docs/422/functions/json.html). */
import type { Expr, Identifier, JsonBehaviour, JsonPathCall, TypeName } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'

type PathFunction = 'json_exists' | 'json_value' | 'json_query'
type Writable<T> = { -readonly [K in keyof T]: T[K] }

export function jsonPath(cursor: Cursor, start: Token): Expr {
  const name = cursor.advance().text.toLowerCase() as PathFunction
  cursor.expectOperator('(')
  const input = jsonInput(cursor)
  cursor.expectOperator(',')
  const literal = cursor.token
  const path = cursor.string()
  const pathAt = cursor.since(literal)
  const passing = cursor.accept('PASSING') ? cursor.list(() => argument(cursor)) : []
  const call: Writable<JsonPathCall> = { input, path, pathAt, passing }
  if (name === 'json_exists') existsClauses(cursor, call)
  else if (name === 'json_value') valueClauses(cursor, call)
  else queryClauses(cursor, call)
  cursor.expectOperator(')')
  return { kind: 'json-path', function: name, call, at: cursor.since(start) }
}

/** An expression, and whether its text or bytes are to be read as JSON. */
function jsonInput(cursor: Cursor): Expr {
  const start = cursor.token
  const of = cursor.rules.expression(cursor)
  if (!cursor.accept('FORMAT')) return of
  const encoding = jsonFormat(cursor)
  return { kind: 'json-format', of, ...(encoding && { encoding }), at: cursor.since(start) }
}

const ENCODINGS = ['utf8', 'utf16', 'utf32'] as const

function jsonFormat(cursor: Cursor): (typeof ENCODINGS)[number] | undefined {
  cursor.expect('JSON')
  return cursor.accept('ENCODING') ? cursor.expectOneOf(ENCODINGS) : undefined
}

function argument(cursor: Cursor): { value: Expr; name: Identifier } {
  const value = jsonInput(cursor)
  cursor.expect('AS')
  return { value, name: cursor.identifier() }
}

function returning(cursor: Cursor): TypeName | undefined {
  return cursor.accept('RETURNING') ? cursor.rules.type(cursor) : undefined
}

/** RETURNING of functions that yield JSON text may say FORMAT JSON, which is what they do anyway, and an encoding. */
function returningJson(cursor: Cursor): Pick<JsonPathCall, 'returning' | 'encoding'> {
  const type = returning(cursor)
  if (!type) return {}
  const encoding = cursor.accept('FORMAT') ? jsonFormat(cursor) : undefined
  return { returning: type, ...(encoding && { encoding }) }
}

function existsClauses(cursor: Cursor, call: Writable<JsonPathCall>): void {
  const kind = cursor.acceptOneOf(['error', 'false', 'true', 'unknown'] as const)
  if (!kind) return
  cursor.expect('ON', 'ERROR')
  call.onError = { kind }
}

function valueClauses(cursor: Cursor, call: Writable<JsonPathCall>): void {
  const type = returning(cursor)
  if (type) call.returning = type
  behaviours(cursor, call, () => {
    const kind = cursor.acceptOneOf(['error', 'null'] as const)
    if (kind) return { kind }
    return cursor.accept('DEFAULT') ? { kind: 'default', value: cursor.rules.expression(cursor) } : undefined
  })
}

function queryClauses(cursor: Cursor, call: Writable<JsonPathCall>): void {
  Object.assign(call, returningJson(cursor))
  const wrapper = wrapperClause(cursor)
  if (wrapper) call.wrapper = wrapper
  const quotes = cursor.acceptOneOf(['keep', 'omit'] as const)
  if (quotes) {
    cursor.expect('QUOTES')
    if (cursor.acceptAll('ON', 'SCALAR')) cursor.expect('STRING')
    call.quotes = quotes
  }
  behaviours(cursor, call, () => {
    const kind = cursor.acceptOneOf(['error', 'null'] as const)
    if (kind) return { kind }
    if (!cursor.accept('EMPTY')) return undefined
    return { kind: `empty-${cursor.expectOneOf(['array', 'object'])}` }
  })
}

function wrapperClause(cursor: Cursor): JsonPathCall['wrapper'] {
  const presence = cursor.acceptOneOf(['with', 'without'] as const)
  if (!presence) return undefined
  const condition =
    presence === 'with' ? (cursor.acceptOneOf(['conditional', 'unconditional'] as const) ?? 'unconditional') : undefined
  cursor.accept('ARRAY')
  cursor.expect('WRAPPER')
  return condition ?? 'without'
}

/** `.. ON EMPTY .. ON ERROR`, each once and in this order. */
function behaviours(cursor: Cursor, call: Writable<JsonPathCall>, rule: () => JsonBehaviour | undefined): void {
  let behaviour = rule()
  if (!behaviour) return
  cursor.expect('ON')
  if (cursor.accept('EMPTY')) {
    call.onEmpty = behaviour
    behaviour = rule()
    if (!behaviour) return
    cursor.expect('ON')
  }
  cursor.expect('ERROR')
  call.onError = behaviour
}

export function jsonObject(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const empty = cursor.atOperator(')') || cursor.at('RETURNING')
  const members = empty ? [] : cursor.list(() => member(cursor))
  const nullOnNull = (empty ? undefined : onNull(cursor)) ?? true
  const uniqueKeys = empty ? false : uniqueness(cursor)
  const output = returningJson(cursor)
  cursor.expectOperator(')')
  const at = cursor.since(start)
  return { kind: 'json-object', members, nullOnNull, uniqueKeys, ...output, at }
}

/** `KEY 'a' VALUE 1`, `'a' VALUE 1` or `'a' : 1`. */
function member(cursor: Cursor): { key: Expr; value: Expr } {
  const keyed = hasKeyWord(cursor)
  if (keyed) cursor.advance()
  const key = cursor.rules.expression(cursor)
  if (keyed || !cursor.acceptOperator(':')) cursor.expect('VALUE')
  return { key, value: jsonInput(cursor) }
}

/** KEY may also be a column: `json_object(key : 1)`, `json_object(key VALUE 1)`. */
function hasKeyWord(cursor: Cursor): boolean {
  if (!cursor.at('KEY')) return false
  const next = cursor.peek()
  if (next.word === 'VALUE') return cursor.peek(2).word === 'VALUE'
  return next.kind !== 'operator' || next.text === '('
}

function onNull(cursor: Cursor): boolean | undefined {
  const what = cursor.acceptOneOf(['absent', 'null'] as const)
  if (!what) return undefined
  cursor.expect('ON', 'NULL')
  return what === 'null'
}

function uniqueness(cursor: Cursor): boolean {
  const presence = cursor.acceptOneOf(['with', 'without'] as const)
  if (!presence) return false
  cursor.expect('UNIQUE')
  cursor.accept('KEYS')
  return presence === 'with'
}

export function jsonArray(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const empty = cursor.atOperator(')') || cursor.at('RETURNING')
  const items = empty ? [] : cursor.list(() => jsonInput(cursor))
  const nullOnNull = (empty ? undefined : onNull(cursor)) ?? false
  const output = returningJson(cursor)
  cursor.expectOperator(')')
  return { kind: 'json-array', items, nullOnNull, ...output, at: cursor.since(start) }
}
