/** Functions of standard SQL whose arguments are separated by keywords. */
import type { Expr, Identifier, QualifiedName } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { Position } from '../position.ts'
import { plainCall } from './calls.ts'
import type { Cursor } from './cursor.ts'
import { sortItems } from './sort-items.ts'

function builtIn(name: string, at: Position): QualifiedName {
  return { parts: [{ name, quoted: false, at }], at }
}

function ordinary(name: string, args: readonly Expr[], cursor: Cursor, start: Token): Expr {
  const at = cursor.since(start)
  return { kind: 'call', call: plainCall(builtIn(name, at), args), at }
}

export function extract(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const field: Identifier = cursor.identifier()
  cursor.expect('FROM')
  const of = cursor.rules.value(cursor)
  cursor.expectOperator(')')
  return { kind: 'extract', field, of, at: cursor.since(start) }
}

const SIDES = ['both', 'leading', 'trailing'] as const

/** `trim(x)`, `trim(x, 'chars')`, `trim(LEADING 'chars' FROM x)`, `trim(FROM x)`. */
export function trim(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const named = beginsTrimSide(cursor) ? cursor.acceptOneOf(SIDES) : undefined
  let characters: Expr | undefined
  let of: Expr
  if (cursor.accept('FROM')) of = cursor.rules.value(cursor)
  else {
    of = cursor.rules.value(cursor)
    if (cursor.accept('FROM')) {
      characters = of
      of = cursor.rules.value(cursor)
    } else if (named) cursor.fail()
    else if (cursor.acceptOperator(',')) characters = cursor.rules.value(cursor)
  }
  cursor.expectOperator(')')
  return { kind: 'trim', side: named ?? 'both', of, ...(characters && { characters }), at: cursor.since(start) }
}

/** BOTH, LEADING and TRAILING are also names, as in `trim(both)`. */
function beginsTrimSide(cursor: Cursor): boolean {
  const next = cursor.peek()
  return next.kind !== 'operator' || next.text === '(' || next.text === '-'
}

const NORMAL_FORMS = ['nfc', 'nfd', 'nfkc', 'nfkd'] as const

export function normalize(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const of = cursor.rules.value(cursor)
  const formStart = cursor.acceptOperator(',') ? cursor.token : undefined
  const form = formStart ? cursor.expectOneOf(NORMAL_FORMS) : 'nfc'
  const literal: Expr = { kind: 'string', value: form.toUpperCase(), at: cursor.since(formStart ?? start) }
  cursor.expectOperator(')')
  return ordinary('normalize', [of, literal], cursor, start)
}

/** Trino's parser turns `position(a IN b)` into `strpos(b, a)`. */
export function position(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const wanted = cursor.rules.value(cursor)
  cursor.expect('IN')
  const text = cursor.rules.value(cursor)
  cursor.expectOperator(')')
  return ordinary('strpos', [text, wanted], cursor, start)
}

/** `substring(x FROM 2 FOR 3)` is `substr(x, 2, 3)`; with commas it is an ordinary call of `substring`. */
export function substring(cursor: Cursor, start: Token): Expr {
  const name = cursor.identifier()
  cursor.expectOperator('(')
  const args: Expr[] = [cursor.rules.expression(cursor)]
  if (cursor.accept('FROM')) {
    args.push(cursor.rules.value(cursor))
    if (cursor.accept('FOR')) args.push(cursor.rules.value(cursor))
    cursor.expectOperator(')')
    return ordinary('substr', args, cursor, start)
  }
  while (cursor.acceptOperator(',')) args.push(cursor.rules.expression(cursor))
  cursor.expectOperator(')')
  const call = plainCall({ parts: [name], at: name.at }, args)
  return { kind: 'call', call, at: cursor.since(start) }
}

export function grouping(cursor: Cursor, start: Token): Expr {
  cursor.advance()
  cursor.expectOperator('(')
  const of = cursor.atOperator(')') ? [] : cursor.list(() => columnReference(cursor))
  cursor.expectOperator(')')
  return { kind: 'grouping', of, at: cursor.since(start) }
}

function columnReference(cursor: Cursor): Expr {
  const start = cursor.token
  const first = cursor.identifier()
  let of: Expr = { kind: 'name', name: first, at: first.at }
  while (cursor.acceptOperator('.')) of = { kind: 'field', of, field: cursor.identifier(), at: cursor.since(start) }
  return of
}

/** The arguments of the call are the value and the separator, which is empty when not given. */
export function listagg(cursor: Cursor, start: Token): Expr {
  const { name, at } = listaggName(cursor)
  cursor.expectOperator('(')
  const distinct = cursor.accept('DISTINCT')
  if (!distinct) cursor.accept('ALL')
  const args = [cursor.rules.expression(cursor)]
  const separator: Position = cursor.token
  const text = cursor.acceptOperator(',') ? cursor.string() : ''
  args.push({ kind: 'string', value: text, at: cursor.since(separator) })
  const truncate = cursor.accept('ON') ? overflow(cursor) : undefined
  cursor.expectOperator(')')
  cursor.expect('WITHIN', 'GROUP')
  cursor.expectOperator('(')
  cursor.expect('ORDER', 'BY')
  const withinGroup = sortItems(cursor)
  cursor.expectOperator(')')
  const call = {
    ...plainCall({ parts: [{ name, quoted: false, at }], at }, args),
    distinct,
    withinGroup,
    ...(truncate && { truncate }),
  }
  return { kind: 'call', call, at: cursor.since(start) }
}

function listaggName(cursor: Cursor): { name: string; at: Position } {
  const token = cursor.advance()
  return { name: token.text, at: cursor.since(token) }
}

/** After ON: what to do when the text grows beyond the limit of a value. */
function overflow(cursor: Cursor): { filler: string; withCount: boolean } | undefined {
  cursor.expect('OVERFLOW')
  if (cursor.accept('ERROR')) return undefined
  cursor.expect('TRUNCATE')
  cursor.note('<string>')
  const filler = cursor.token.kind.endsWith('string') ? cursor.string() : '...'
  const withCount = cursor.expectOneOf(['with', 'without']) === 'with'
  cursor.expect('COUNT')
  return { filler, withCount }
}
