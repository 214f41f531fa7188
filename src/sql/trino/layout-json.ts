/** The JSON functions of standard SQL as Trino's own formatter writes them: with what is left unsaid. */
import type { Expr, JsonBehaviour, JsonEncoding, JsonPathCall, TypeName } from '../ast.ts'
import { formatIdentifier } from './format-types.ts'
import { layoutString, layoutType, type Source } from './layout-types.ts'

type Print = (e: Expr) => string
type JsonExpr = Extract<Expr, { kind: 'json-path' | 'json-object' | 'json-array' | 'json-format' }>

export function layoutJson(e: JsonExpr, print: Print, source: Source): string {
  switch (e.kind) {
    case 'json-format':
      return print(e.of) + format(e.encoding)
    case 'json-path':
      return `${e.function.toUpperCase()}(${pathCall(e.function, e.call, print, source)})`
    case 'json-object': {
      const members = e.members.map(({ key, value }) => `KEY ${print(key)} VALUE ${print(value)}`).join(', ')
      const keys = ` ${onNull(e.nullOnNull)} ${e.uniqueKeys ? 'WITH' : 'WITHOUT'} UNIQUE KEYS`
      return `JSON_OBJECT(${members}${members ? keys : ''}${returning(e, source)})`
    }
    case 'json-array': {
      const items = e.items.map((item) => print(item)).join(', ')
      return `JSON_ARRAY(${items}${items ? ` ${onNull(e.nullOnNull)}` : ''}${returning(e, source)})`
    }
  }
}

const onNull = (nullOnNull: boolean): string => (nullOnNull ? 'NULL ON NULL' : 'ABSENT ON NULL')

const format = (encoding: JsonEncoding | undefined): string =>
  ` FORMAT JSON${encoding ? ` ENCODING ${encoding.toUpperCase()}` : ''}`

interface Returning {
  readonly returning?: TypeName
  readonly encoding?: JsonEncoding
}

function returning({ returning: type, encoding }: Returning, source: Source): string {
  return type ? ` RETURNING ${layoutType(type, source)}${encoding ? format(encoding) : ''}` : ''
}

function pathCall(
  name: 'json_exists' | 'json_value' | 'json_query',
  call: JsonPathCall,
  print: Print,
  source: Source,
): string {
  const passing = call.passing.map((one) => `${print(one.value)} AS ${formatIdentifier(one.name)}`)
  const input = call.input.kind === 'json-format' ? print(call.input) : `${print(call.input)} FORMAT JSON`
  const behaviour = (what: JsonBehaviour, when: string): string => ` ${behaviourText(what, print)} ON ${when}`
  const { onEmpty = NULL, onError = name === 'json_exists' ? FALSE : NULL } = call
  return [
    `${input}, ${layoutString(call.path)}`,
    passing.length > 0 ? ` PASSING ${passing.join(', ')}` : '',
    returning(call, source),
    name === 'json_query' ? ` ${WRAPPERS[call.wrapper ?? 'without']} ARRAY WRAPPER` : '',
    call.quotes ? ` ${call.quotes.toUpperCase()} QUOTES ON SCALAR STRING` : '',
    name === 'json_exists' ? '' : behaviour(onEmpty, 'EMPTY'),
    behaviour(onError, 'ERROR'),
  ].join('')
}

const NULL: JsonBehaviour = { kind: 'null' }
const FALSE: JsonBehaviour = { kind: 'false' }
const WRAPPERS = { without: 'WITHOUT', conditional: 'WITH CONDITIONAL', unconditional: 'WITH UNCONDITIONAL' }

function behaviourText(behaviour: JsonBehaviour, print: Print): string {
  if (behaviour.kind === 'default') return `DEFAULT ${print(behaviour.value)}`
  return behaviour.kind.replace('-', ' ').toUpperCase()
}
