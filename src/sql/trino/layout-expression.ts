/** Expressions as Trino's own formatter writes them: every operation in parentheses. */
import type { Call, Expr, FrameBound, Identifier, Query, SortItem, WindowFrame, WindowSpec } from '../ast.ts'
import type { Operator } from './format-expression.ts'
import { formatIdentifier, formatName } from './format-types.ts'
import { layoutJson } from './layout-json.ts'
import { layoutLiteral, layoutNumber, layoutString, layoutType, type Source } from './layout-types.ts'

/** What has no layout here; its text stays as it was written. */
export class NoLayout extends Error {}

export class ExpressionLayout {
  readonly #source: Source
  readonly #query: (query: Query) => string

  /** `query`: how one inside of an expression is laid out. */
  constructor(source: Source, query: (query: Query) => string) {
    this.#source = source
    this.#query = query
  }

  readonly text = (e: Expr): string => {
    const print = this.text
    switch (e.kind) {
      case 'null':
        return 'null'
      case 'boolean':
        return String(e.value)
      case 'number':
        return layoutNumber(e.text)
      case 'string':
        return layoutString(e.value)
      case 'binary':
        return `X'${e.hex.toUpperCase()}'`
      case 'typed-literal':
        return layoutLiteral(e.type, e.value, this.#source)
      case 'interval': {
        const fields = [e.from, ...(e.to ? [e.to] : [])].map((field) => field.toUpperCase())
        return `INTERVAL ${e.negative ? '-' : ''}${layoutString(e.value)} ${fields.join(' TO ')}`
      }
      case 'parameter':
        return '?'
      case 'name':
        return formatIdentifier(e.name)
      case 'field':
        return `${print(e.of)}.${formatIdentifier(e.field)}`
      case 'subscript':
        return `${this.#element(e.of)}[${print(e.index)}]`
      case 'row':
        return `ROW (${this.list(e.items)})`
      case 'array':
        return `ARRAY[${e.items.map(this.#element).join(',')}]`
      case 'lambda':
        return `(${e.parameters.map(formatIdentifier).join(', ')}) -> ${print(e.body)}`
      case 'call':
        return this.#call(e.call)
      case 'case':
        return this.#case(e)
      case 'cast':
        return `${e.safe ? 'TRY_CAST' : 'CAST'}(${print(e.of)} AS ${layoutType(e.type, this.#source)})`
      case 'extract':
        return `EXTRACT(${e.field.name.toUpperCase()} FROM ${print(e.of)})`
      case 'trim':
        return `trim(${e.side.toUpperCase()} ${e.characters ? `${print(e.characters)} ` : ''}FROM ${print(e.of)})`
      case 'grouping':
        return `GROUPING (${this.list(e.of)})`
      case 'current':
        if (!/date|time/.test(e.what)) return e.what.toUpperCase()
        return e.precision === undefined ? e.what : `${e.what}(${e.precision})`
      case 'json-path':
      case 'json-object':
      case 'json-array':
      case 'json-format':
        return layoutJson(e, print, this.#source)
      case 'measure':
        throw new NoLayout('measures')
      default:
        return this.#operator(e)
    }
  }

  /** In an array, and before a subscript, a row stands close to its parenthesis. */
  readonly #element = (e: Expr): string =>
    e.kind === 'row' ? `ROW(${e.items.map(this.#element).join(', ')})` : this.text(e)

  list(items: readonly Expr[]): string {
    return items.map(this.text).join(', ')
  }

  sortItems(items: readonly SortItem[]): string {
    const texts = items.map(({ expr, descending, nullsFirst }) => {
      const nulls = nullsFirst === undefined ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST'
      return `${this.text(expr)} ${descending ? 'DESC' : 'ASC'}${nulls}`
    })
    return `ORDER BY ${texts.join(', ')}`
  }

  /** In its parentheses. */
  window({ base, partitionBy, orderBy, frame }: WindowSpec): string {
    const parts = [
      ...(base ? [formatIdentifier(base)] : []),
      ...(partitionBy.length > 0 ? [`PARTITION BY ${this.list(partitionBy)}`] : []),
      ...(orderBy.length > 0 ? [this.sortItems(orderBy)] : []),
      ...(frame ? [this.#frame(frame)] : []),
    ]
    return `(${parts.join(' ')})`
  }

  #frame({ unit, start, end, recognition }: WindowFrame): string {
    if (recognition) throw new NoLayout('row patterns')
    const first = this.#bound(start)
    return `${unit.toUpperCase()} ${end ? `BETWEEN ${first} AND ${this.#bound(end)}` : first}`
  }

  #bound(bound: FrameBound): string {
    const words = bound.kind.replace('-', ' ').toUpperCase()
    return 'value' in bound ? `${this.text(bound.value)} ${words}` : words
  }

  #case(e: Extract<Expr, { kind: 'case' }>): string {
    const whens = e.whens.map(({ when, then }) => `WHEN ${this.text(when)} THEN ${this.text(then)}`)
    const operand = e.operand ? [this.text(e.operand)] : []
    const otherwise = e.otherwise ? [`ELSE ${this.text(e.otherwise)}`] : []
    return `(${['CASE', ...operand, ...whens, ...otherwise, 'END'].join(' ')})`
  }

  #operator(e: LaidOut): string {
    const text = this.#positive(e)
    return 'not' in e && e.not && e.kind !== 'is-null' ? `(NOT ${text})` : text
  }

  #positive(e: LaidOut): string {
    const print = this.text
    switch (e.kind) {
      case 'unary':
        return e.op === '-' ? `-(${print(e.of)})` : `+${print(e.of)}`
      case 'binary-op':
        if (e.op === '||') return `concat(${print(e.left)}, ${print(e.right)})`
        return `(${print(e.left)} ${e.op} ${print(e.right)})`
      case 'compare':
        return `(${print(e.left)} ${e.op} ${print(e.right)})`
      case 'quantified':
        return `(${print(e.left)} ${e.op} ${e.quantifier.toUpperCase()} (${this.#query(e.query)}))`
      case 'logical':
        return `(${e.terms.map(print).join(e.op === 'or' ? ' OR ' : ' AND ')})`
      case 'not':
        return `(NOT ${print(e.of)})`
      case 'between':
        return `(${print(e.of)} BETWEEN ${print(e.low)} AND ${print(e.high)})`
      case 'in-list':
        return `(${print(e.of)} IN (${this.list(e.items)}))`
      case 'in-query':
        return `(${print(e.of)} IN (${this.#query(e.query)}))`
      case 'like':
        return `(${print(e.of)} LIKE ${print(e.pattern)}${e.escape ? ` ESCAPE ${print(e.escape)}` : ''})`
      case 'is-null':
        return `(${print(e.of)} IS ${e.not ? 'NOT ' : ''}NULL)`
      case 'is-distinct':
        return `(${print(e.left)} IS DISTINCT FROM ${print(e.right)})`
      case 'at-time-zone':
        return `${print(e.of)} AT TIME ZONE ${print(e.zone)}`
      case 'exists':
        return `(EXISTS (${this.#query(e.query)}))`
      case 'scalar-query':
        return `(${this.#query(e.query)})`
    }
  }

  #call(call: Call): string {
    if (call.mode || call.starLabel) throw new NoLayout('row patterns')
    const only = call.name.parts.length === 1 && !call.name.parts[0]!.quoted ? call.name.parts[0]!.name : ''
    const own = SPELLINGS[only.toLowerCase()]
    const counts = call.args.length === 0 && call.name.parts.at(-1)!.name.toLowerCase() === 'count'
    const args = call.star || counts ? '*' : this.list(call.args)
    const orderBy = call.orderBy.length > 0 ? ` ${this.sortItems(call.orderBy)}` : ''
    const inside = `${call.distinct ? 'DISTINCT ' : ''}${args}${orderBy}${call.withinGroup ? overflow(call) : ''}`
    const within = call.withinGroup ? ` WITHIN GROUP (${this.sortItems(call.withinGroup)})` : ''
    const nulls = call.nulls ? ` ${call.nulls.toUpperCase()} NULLS` : ''
    const filter = call.filter ? ` FILTER (WHERE ${this.text(call.filter)})` : ''
    const over = call.over ? ` OVER ${this.#over(call.over)}` : ''
    return `${own ?? formatName(call.name)}(${inside})${within}${nulls}${filter}${over}`
  }

  #over(over: Identifier | WindowSpec): string {
    return 'kind' in over ? this.window(over) : formatIdentifier(over)
  }
}

type LaidOut = Operator | Extract<Expr, { kind: 'exists' | 'scalar-query' }>

/** Calls that Trino's parser makes nodes of their own of, whose names then have one spelling. */
const SPELLINGS: Readonly<Record<string, string>> = {
  coalesce: 'COALESCE',
  format: 'format',
  if: 'IF',
  listagg: 'LISTAGG',
  normalize: '"normalize"',
  nullif: 'NULLIF',
  try: 'TRY',
}

function overflow({ truncate }: Call): string {
  if (!truncate) return ' ON OVERFLOW  ERROR'
  const count = truncate.withCount ? 'WITH' : 'WITHOUT'
  return ` ON OVERFLOW  TRUNCATE ${layoutString(truncate.filler)} ${count} COUNT`
}
