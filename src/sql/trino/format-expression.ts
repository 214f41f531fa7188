/** Expressions as Trino SQL, with parentheses only where the tree needs them: chains as long as parsed stay flat. */
import type { Call, Expr, Identifier, Query, WindowSpec } from '../ast.ts'
import { quotedText } from '../quotation.ts'
import { formatJson } from './format-json.ts'
import { formatIdentifier, formatName, formatType } from './format-types.ts'
import { formatSortItems, formatWindow } from './format-window.ts'

/** How tightly the outermost operator of an expression binds; 10 is a primary expression. */
function level(e: Expr): number {
  switch (e.kind) {
    case 'lambda':
      return 0
    case 'logical':
      return e.op === 'or' ? 1 : 2
    case 'not':
      return 3
    case 'compare':
    case 'quantified':
    case 'between':
    case 'in-list':
    case 'in-query':
    case 'like':
    case 'is-null':
    case 'is-distinct':
      return 4
    case 'binary-op':
      return e.op === '||' ? 5 : e.op === '+' || e.op === '-' ? 6 : 7
    case 'unary':
      return 8
    case 'at-time-zone':
      return 9
    default:
      return 10
  }
}

const VALUE = 5
const PRIMARY = 10

export type FormatQuery = (query: Query) => string
/** Prints an expression where one that binds at least as tightly as `minimum` is wanted. */
export type FormatExpression = (e: Expr, minimum?: number) => string

export function expressionFormatter(query: FormatQuery): FormatExpression {
  const print: FormatExpression = (e, minimum = 0) => {
    const text = formatExpr(e, print, query)
    return level(e) < minimum ? `(${text})` : text
  }
  return print
}

function formatExpr(e: Expr, print: FormatExpression, query: FormatQuery): string {
  const list = (items: readonly Expr[]): string => items.map((item) => print(item)).join(', ')
  switch (e.kind) {
    case 'null':
      return 'NULL'
    case 'boolean':
      return e.value ? 'TRUE' : 'FALSE'
    case 'number':
      return e.text
    case 'string':
      return quotedText(e.value)
    case 'binary':
      return `X'${e.hex}'`
    case 'typed-literal':
      return `${formatType(e.type)} ${quotedText(e.value)}`
    case 'interval':
      return `INTERVAL ${e.negative ? '-' : ''}${quotedText(e.value)} ${e.from}${e.to ? ` TO ${e.to}` : ''}`
    case 'parameter':
      return '?'
    case 'name':
      return formatIdentifier(e.name)
    case 'field':
      return `${base(e.of, print)}.${formatIdentifier(e.field)}`
    case 'subscript':
      return `${base(e.of, print)}[${print(e.index, VALUE)}]`
    case 'row':
      return `ROW(${list(e.items)})`
    case 'array':
      return `ARRAY[${list(e.items)}]`
    case 'lambda':
      return `(${e.parameters.map(formatIdentifier).join(', ')}) -> ${print(e.body)}`
    case 'call':
      return formatCall(e.call, print)
    case 'exists':
      return `EXISTS (${query(e.query)})`
    case 'scalar-query':
      return `(${query(e.query)})`
    case 'case':
      return formatCase(e, print)
    case 'cast':
      return `${e.safe ? 'TRY_CAST' : 'CAST'}(${print(e.of)} AS ${formatType(e.type)})`
    case 'extract':
      return `EXTRACT(${formatIdentifier(e.field)} FROM ${print(e.of, VALUE)})`
    case 'trim':
      return `TRIM(${e.side} ${e.characters ? `${print(e.characters, VALUE)} ` : ''}FROM ${print(e.of, VALUE)})`
    case 'grouping':
      return `GROUPING(${list(e.of)})`
    case 'current':
      return e.precision === undefined ? e.what : `${e.what}(${e.precision})`
    case 'measure':
      return `${formatIdentifier(e.name)} OVER ${formatOver(e.over, print)}`
    case 'json-path':
    case 'json-object':
    case 'json-array':
    case 'json-format':
      return formatJson(e, print)
    default:
      return formatOperator(e, print, query)
  }
}

/** What `.field` and `[index]` follow; a number would swallow the dot. */
function base(e: Expr, print: FormatExpression): string {
  return e.kind === 'number' ? `(${e.text})` : print(e, PRIMARY)
}

function formatCase(e: Extract<Expr, { kind: 'case' }>, print: FormatExpression): string {
  const whens = e.whens.map(({ when, then }) => `WHEN ${print(when)} THEN ${print(then)}`)
  const operand = e.operand ? [print(e.operand)] : []
  const otherwise = e.otherwise ? [`ELSE ${print(e.otherwise)}`] : []
  return ['CASE', ...operand, ...whens, ...otherwise, 'END'].join(' ')
}

export type Operator = Extract<
  Expr,
  {
    kind:
      | 'unary'
      | 'binary-op'
      | 'compare'
      | 'quantified'
      | 'logical'
      | 'not'
      | 'between'
      | 'in-list'
      | 'in-query'
      | 'like'
      | 'is-null'
      | 'is-distinct'
      | 'at-time-zone'
  }
>

function formatOperator(e: Operator, print: FormatExpression, query: FormatQuery): string {
  const not = 'not' in e && e.not ? 'NOT ' : ''
  const value = (operand: Expr): string => print(operand, VALUE)
  switch (e.kind) {
    case 'unary': {
      const inner = e.of.kind === 'number' ? `(${e.of.text})` : print(e.of, 8)
      return inner.startsWith('-') ? `${e.op} ${inner}` : e.op + inner
    }
    case 'binary-op':
      return `${print(e.left, level(e))} ${e.op} ${print(e.right, level(e) + 1)}`
    case 'compare':
      return `${value(e.left)} ${e.op} ${value(e.right)}`
    case 'quantified':
      return `${value(e.left)} ${e.op} ${e.quantifier.toUpperCase()} (${query(e.query)})`
    case 'logical':
      return e.terms.map((term) => print(term, level(e) + 1)).join(e.op === 'or' ? ' OR ' : ' AND ')
    case 'not':
      return `NOT ${print(e.of, 3)}`
    case 'between':
      return `${value(e.of)} ${not}BETWEEN ${value(e.low)} AND ${value(e.high)}`
    case 'in-list':
      return `${value(e.of)} ${not}IN (${e.items.map((item) => print(item)).join(', ')})`
    case 'in-query':
      return `${value(e.of)} ${not}IN (${query(e.query)})`
    case 'like':
      return `${value(e.of)} ${not}LIKE ${value(e.pattern)}${e.escape ? ` ESCAPE ${value(e.escape)}` : ''}`
    case 'is-null':
      return `${value(e.of)} IS ${not}NULL`
    case 'is-distinct':
      return `${value(e.left)} IS ${not}DISTINCT FROM ${value(e.right)}`
    case 'at-time-zone':
      return `${print(e.of, 9)} AT TIME ZONE ${print(e.zone)}`
  }
}

function formatCall(call: Call, print: FormatExpression): string {
  const orderBy = call.orderBy.length > 0 ? ` ORDER BY ${formatSortItems(call.orderBy, print)}` : ''
  const mode = call.mode ? `${call.mode.kind.toUpperCase()} ` : ''
  const star = call.starLabel ? `${formatIdentifier(call.starLabel)}.*` : '*'
  const args = call.star ? star : (call.distinct ? 'DISTINCT ' : '') + formatArguments(call, print)
  const within = call.withinGroup ? ` WITHIN GROUP (ORDER BY ${formatSortItems(call.withinGroup, print)})` : ''
  const filter = call.filter ? ` FILTER (WHERE ${print(call.filter)})` : ''
  const nulls = call.nulls ? ` ${call.nulls.toUpperCase()} NULLS` : ''
  const over = call.over ? ` OVER ${formatOver(call.over, print)}` : ''
  return `${mode}${formatName(call.name)}(${args}${orderBy}${overflow(call)})${within}${filter}${nulls}${over}`
}

function formatOver(over: Identifier | WindowSpec, print: FormatExpression): string {
  return 'kind' in over ? formatWindow(over, print) : formatIdentifier(over)
}

/** The form of `normalize` is a keyword, though the tree keeps it as a string like Trino's own does. */
function formatArguments(call: Call, print: FormatExpression): string {
  const [first, second] = call.args
  const name = call.name.parts[0]
  const keyword = name && !name.quoted && call.name.parts.length === 1 && name.name.toLowerCase() === 'normalize'
  if (keyword && first && second?.kind === 'string') return `${print(first, VALUE)}, ${second.value}`
  return call.args.map((argument) => print(argument)).join(', ')
}

function overflow({ truncate }: Call): string {
  if (!truncate) return ''
  return ` ON OVERFLOW TRUNCATE ${quotedText(truncate.filler)} ${truncate.withCount ? 'WITH' : 'WITHOUT'} COUNT`
}
