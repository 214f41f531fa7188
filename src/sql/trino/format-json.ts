import type { Expr, JsonBehaviour, JsonPathCall } from '../ast.ts'
import { quotedText } from '../quotation.ts'
import { formatIdentifier, formatType } from './format-types.ts'

type Print = (e: Expr) => string
type JsonExpr = Extract<Expr, { kind: 'json-path' | 'json-object' | 'json-array' | 'json-format' }>

export function formatJson(e: JsonExpr, print: Print): string {
  switch (e.kind) {
    case 'json-format':
      return `${print(e.of)} FORMAT JSON${e.encoding ? ` ENCODING ${e.encoding.toUpperCase()}` : ''}`
    case 'json-path':
      return `${e.function.toUpperCase()}(${formatPathCall(e.call, print)})`
    case 'json-object': {
      const members = e.members.map(({ key, value }) => `KEY ${print(key)} VALUE ${print(value)}`).join(', ')
      const clauses = e.members.length === 0 ? '' : ` ${onNull(e.nullOnNull)}${e.uniqueKeys ? ' WITH UNIQUE KEYS' : ''}`
      return `JSON_OBJECT(${members}${clauses}${returning(e.returning)})`
    }
    case 'json-array': {
      const clauses = e.items.length === 0 ? '' : ` ${onNull(e.nullOnNull)}`
      return `JSON_ARRAY(${e.items.map((item) => print(item)).join(', ')}${clauses}${returning(e.returning)})`
    }
  }
}

const onNull = (nullOnNull: boolean): string => (nullOnNull ? 'NULL ON NULL' : 'ABSENT ON NULL')

function returning(type: JsonPathCall['returning']): string {
  return type ? ` RETURNING ${formatType(type)}` : ''
}

function formatPathCall(call: JsonPathCall, print: Print): string {
  const passing = call.passing.map(({ value, name }) => `${print(value)} AS ${formatIdentifier(name)}`)
  const behaviour = (what: JsonBehaviour | undefined, when: string): string =>
    what ? ` ${formatBehaviour(what, print)} ON ${when}` : ''
  return [
    `${print(call.input)}, ${quotedText(call.path)}`,
    passing.length > 0 ? ` PASSING ${passing.join(', ')}` : '',
    returning(call.returning),
    call.wrapper ? ` ${WRAPPERS[call.wrapper]} WRAPPER` : '',
    call.quotes ? ` ${call.quotes.toUpperCase()} QUOTES` : '',
    behaviour(call.onEmpty, 'EMPTY'),
    behaviour(call.onError, 'ERROR'),
  ].join('')
}

const WRAPPERS = { without: 'WITHOUT', conditional: 'WITH CONDITIONAL', unconditional: 'WITH UNCONDITIONAL' }

function formatBehaviour(behaviour: JsonBehaviour, print: Print): string {
  if (behaviour.kind === 'default') return `DEFAULT ${print(behaviour.value)}`
  return behaviour.kind.replace('-', ' ').toUpperCase()
}
