/** JSON_EXISTS, JSON_VALUE and JSON_QUERY: what their clauses make of the items that a path finds. */

import { parsePath } from '../../json-path/parser.ts'
import type { SqlErrorName } from '../../position.ts'
import { FunctionFailure } from '../failures.ts'
import { exactNumber, numberOf, numberType } from './json-numbers.ts'
import { evaluate, type Item, PathError } from './json-path.ts'
import { type Json, jsonText, parseJson } from './json-text.ts'
import { type Udf, type UdfType, udf } from './udf.ts'

/** Name and kind of each parameter of PASSING, as JSON; their values come as texts. */
type Parameters = readonly (readonly [name: string, kind: string])[]
type Values = readonly (string | null)[]

/** Why nothing was found, and the error that it is where an error is asked for. */
class Nothing {
  readonly code: SqlErrorName
  readonly text: string
  constructor(code: SqlErrorName, text: string) {
    this.code = code
    this.text = text
  }
  failure(): FunctionFailure {
    return new FunctionFailure(this.code, this.text)
  }
}

const unreadable = () => new Nothing('JSON_INPUT_CONVERSION_ERROR', 'conversion to JSON failed: ')
const noValue = (reason: string) =>
  new Nothing('JSON_VALUE_RESULT_ERROR', `cannot extract SQL scalar from JSON: JSON path found ${reason}`)
const noOutput = (reason: string) =>
  new Nothing('JSON_OUTPUT_CONVERSION_ERROR', `conversion from JSON failed: JSON path ${reason}`)

function itemsAt(text: string, path: string, names: string, values: Values): readonly Item[] | Nothing {
  const root = pathInput(text)
  if (!root) return unreadable()
  const variables = variablesOf(names, values)
  if (!variables) return unreadable()
  const { strict, root: expr } = parsePath(path)
  try {
    return evaluate(expr, { strict, root, variables, identified: [] })
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    return new Nothing('PATH_EVALUATION_ERROR', `path evaluation failed: ${error.message}`)
  }
}

/** Undefined when one of them is no JSON although it should be. */
function variablesOf(names: string, values: Values): ReadonlyMap<string, readonly Item[]> | undefined {
  const variables = new Map<string, readonly Item[]>()
  for (const [i, [name, kind]] of (JSON.parse(names) as Parameters).entries()) {
    const items = parameterItems(kind, values[i]!)
    if (!items) return undefined
    variables.set(name, items)
  }
  return variables
}

function parameterItems(kind: string, text: string | null): readonly Item[] | undefined {
  if (text === null) return kind === 'json' ? [] : [{ kind: 'null', text: 'null' }]
  switch (kind) {
    case 'json': {
      const json = pathInput(text)
      return json && [json]
    }
    case 'number':
      return [exactNumber(text)]
    case 'boolean':
      return [{ kind: 'boolean', text }]
    case 'string':
      return [{ kind: 'string', value: text }]
    default:
      return [{ kind: 'moment', type: kind, text }]
  }
}

/** JSON as Trino holds it: fractions are doubles, the last of equal keys counts. */
function pathInput(text: string): Json | undefined {
  const json = parseJson(text)
  return json && held(json)
}

function held(json: Json): Json {
  switch (json.kind) {
    case 'object':
      return { kind: 'object', members: [...new Map(json.members)].map(([key, value]) => [key, held(value)] as const) }
    case 'array':
      return { kind: 'array', items: json.items.map(held) }
    case 'number':
      return numberOf(json.text)
    default:
      return json
  }
}

function jsonInput(text: string): string {
  const json = pathInput(text)
  if (!json) throw unreadable().failure()
  return jsonText(json)
}

function jsonExists(text: string, path: string, onError: string, names: string, values: Values): boolean | null {
  const found = itemsAt(text, path, names, values)
  if (!(found instanceof Nothing)) return found.length > 0
  if (onError === 'ERROR') throw found.failure()
  return onError === 'UNKNOWN' ? null : onError === 'TRUE'
}

/**
 * The scalar behind a letter for its type: `s` text, `b` boolean, `i` integer, `l` bigint, `d` double, `e` decimal, `t`
 * date or time; `E` and `R` alone for the defaults ON EMPTY and ON ERROR.
 */
function jsonValue(
  text: string,
  path: string,
  onEmpty: string,
  onError: string,
  names: string,
  values: Values,
): string | null {
  const otherwise = (clause: string, mark: string, nothing: Nothing): string | null => {
    if (clause === 'ERROR') throw nothing.failure()
    return clause === 'DEFAULT' ? mark : null
  }
  const found = itemsAt(text, path, names, values)
  if (found instanceof Nothing) return otherwise(onError, 'R', found)
  const [item] = found
  if (!item) return otherwise(onEmpty, 'E', noValue('no items'))
  if (found.length > 1) return otherwise(onError, 'R', noValue('multiple items'))
  if (item.kind === 'null') return null
  return markedScalar(item) ?? otherwise(onError, 'R', noValue('an item that cannot be converted to an SQL value'))
}

const NUMBER_MARKS = { integer: 'i', bigint: 'l', decimal: 'e', double: 'd' }

function markedScalar(item: Item): string | undefined {
  switch (item.kind) {
    case 'string':
      return `s${item.value}`
    case 'boolean':
      return `b${item.text}`
    case 'moment':
      return `t${item.text}`
    case 'number': {
      const type = numberType(item)
      return type && `${NUMBER_MARKS[type]}${item.text}`
    }
    default:
      return undefined
  }
}

function jsonQuery(
  text: string,
  path: string,
  wrapper: string,
  quotes: string,
  onEmpty: string,
  onError: string,
  names: string,
  values: Values,
): string | null {
  const found = itemsAt(text, path, names, values)
  if (found instanceof Nothing) return emptied(onError, found)
  if (found.length === 0) return emptied(onEmpty, noOutput('found no items'))
  const moment = found.find((item) => item.kind === 'moment')
  if (moment)
    return emptied(
      onError,
      noOutput(`returned a scalar SQL value of type ${moment.type} that cannot be represented as JSON`),
    )
  const items = found as readonly Json[]
  const [item] = items
  const isScalar = item!.kind !== 'array' && item!.kind !== 'object'
  const wrapped = wrapper === 'UNCONDITIONAL' || (wrapper === 'CONDITIONAL' && (items.length > 1 || isScalar))
  if (wrapped) return `[${items.map(jsonText).join(',')}]`
  if (items.length > 1) return emptied(onError, noOutput('found multiple items'))
  return quotes === 'OMIT' && item!.kind === 'string' ? item!.value : jsonText(item!)
}

function emptied(clause: string, nothing: Nothing): string | null {
  if (clause === 'ERROR') throw nothing.failure()
  if (clause === 'EMPTY ARRAY') return '[]'
  return clause === 'EMPTY OBJECT' ? '{}' : null
}

const ENCODINGS: Readonly<Record<string, BufferEncoding>> = { utf8: 'utf8', utf16: 'utf16le' }

function encoded(text: string, encoding: string): Uint8Array {
  if (encoding !== 'utf32') return Uint8Array.from(Buffer.from(text, ENCODINGS[encoding]))
  const points = Array.from(text, (character) => character.codePointAt(0)!)
  const view = new DataView(new ArrayBuffer(4 * points.length))
  for (const [i, point] of points.entries()) view.setUint32(4 * i, point, true)
  return new Uint8Array(view.buffer)
}

function decoded(bytes: Uint8Array, encoding: string): string {
  if (encoding !== 'utf32') return Buffer.from(bytes).toString(ENCODINGS[encoding])
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const points = Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getUint32(4 * i, true))
  return points.map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd')).join('')
}

const texts = (count: number): UdfType[] => Array<UdfType>(count).fill('VARCHAR')

export const sqlJsonUdfs: readonly Udf[] = [
  udf('js_json_exists', [...texts(4), 'VARCHAR[]'], 'BOOLEAN', jsonExists),
  udf('js_json_value', [...texts(5), 'VARCHAR[]'], 'VARCHAR', jsonValue),
  udf('js_json_query', [...texts(7), 'VARCHAR[]'], 'VARCHAR', jsonQuery),
  udf('js_json_input', ['VARCHAR'], 'VARCHAR', jsonInput),
  udf('js_encode', ['VARCHAR', 'VARCHAR'], 'BLOB', encoded),
  udf('js_decode', ['BLOB', 'VARCHAR'], 'VARCHAR', decoded),
]
