/** Types as written in CAST and typed literals. Names come out in lower case; `DOUBLE PRECISION` is `double`. */
import type { TypeName, TypeParameter } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Cursor } from './cursor.ts'
import { INTERVAL_FIELDS } from './literals.ts'

export function type(cursor: Cursor): TypeName {
  const start = cursor.token
  cursor.begin('<type>')
  cursor.enter()
  let result = simpleType(cursor, start)
  while (cursor.at('ARRAY')) {
    cursor.advance()
    if (cursor.acceptOperator('[')) {
      cursor.integer()
      cursor.expectOperator(']')
    }
    result = { name: 'array', parameters: [{ kind: 'type', type: result }], at: cursor.since(start) }
  }
  cursor.leave()
  return result
}

function simpleType(cursor: Cursor, start: Token): TypeName {
  const next = cursor.peek()
  const symbol = next.kind === 'operator' ? next.text : ''
  switch (start.word) {
    case 'ROW':
      if (symbol === '(') return rowType(cursor, start)
      break
    case 'INTERVAL':
      if (INTERVAL_FIELDS.some((field) => field.toUpperCase() === next.word)) return intervalType(cursor, start)
      break
    case 'TIMESTAMP':
    case 'TIME':
      return timeType(cursor, start)
    case 'DOUBLE':
      if (next.word === 'PRECISION') {
        cursor.advance()
        cursor.advance()
        return { name: 'double', parameters: [], at: cursor.since(start) }
      }
      break
    case 'ARRAY':
    case 'MAP':
      if (symbol === '<') return angledType(cursor, start)
      break
  }
  const name = cursor.identifier().name.toLowerCase()
  const parameters: TypeParameter[] = []
  if (cursor.acceptOperator('(')) {
    parameters.push(...cursor.list(() => typeParameter(cursor)))
    cursor.expectOperator(')')
  }
  return { name, parameters, at: cursor.since(start) }
}

function typeParameter(cursor: Cursor): TypeParameter {
  cursor.note('<integer>')
  if (cursor.token.kind === 'integer') return { kind: 'number', value: cursor.integer() }
  return { kind: 'type', type: cursor.rules.type(cursor) }
}

function rowType(cursor: Cursor, start: Token): TypeName {
  cursor.advance()
  const parameters = cursor.parenthesized(() => cursor.list(() => rowField(cursor)))
  return { name: 'row', parameters, at: cursor.since(start) }
}

function rowField(cursor: Cursor): TypeParameter {
  if (!namesField(cursor)) return { kind: 'type', type: cursor.rules.type(cursor) }
  const name = cursor.identifier()
  return { kind: 'type', name, type: cursor.rules.type(cursor) }
}

/** `a bigint` names its field; `double precision`, `time without time zone` and `bigint array` do not. */
function namesField(cursor: Cursor): boolean {
  const next = cursor.peek()
  if (!cursor.isIdentifier() || !cursor.isIdentifier(next)) return false
  const after = cursor.peek(2)
  const ends = after.kind === 'eof' || (after.kind === 'operator' && (after.text === ',' || after.text === ')'))
  switch (next.word) {
    case 'PRECISION':
      return !(cursor.token.word === 'DOUBLE' && ends)
    case 'ARRAY':
      return after.kind === 'operator' && (after.text === '(' || after.text === '<')
    case 'WITHOUT':
      return after.word !== 'TIME'
    default:
      return !(cursor.token.word === 'INTERVAL' && INTERVAL_FIELDS.some((f) => f.toUpperCase() === next.word))
  }
}

/** The two families of intervals that Trino has, whatever fields were written. */
function intervalType(cursor: Cursor, start: Token): TypeName {
  cursor.advance()
  const from = cursor.expectOneOf(INTERVAL_FIELDS)
  const to = cursor.accept('TO') ? cursor.expectOneOf(INTERVAL_FIELDS) : from
  return {
    name: from === to ? `interval ${from}` : `interval ${from} to ${to}`,
    parameters: [],
    at: cursor.since(start),
  }
}

function timeType(cursor: Cursor, start: Token): TypeName {
  const base = cursor.advance().text.toLowerCase()
  const parameters = cursor.atOperator('(') ? [cursor.parenthesized(() => typeParameter(cursor))] : []
  let zone = ''
  if (cursor.acceptAll('WITH', 'TIME', 'ZONE')) zone = ' with time zone'
  else cursor.acceptAll('WITHOUT', 'TIME', 'ZONE')
  return { name: base + zone, parameters, at: cursor.since(start) }
}

/** `array<int>`, `map<varchar, int>`. */
function angledType(cursor: Cursor, start: Token): TypeName {
  const name = cursor.advance().text.toLowerCase()
  cursor.expectOperator('<')
  const first = cursor.rules.type(cursor)
  const parameters: TypeParameter[] = [{ kind: 'type', type: first }]
  if (name === 'map') {
    cursor.expectOperator(',')
    parameters.push({ kind: 'type', type: cursor.rules.type(cursor) })
  }
  cursor.expectOperator('>')
  return { name, parameters, at: cursor.since(start) }
}
