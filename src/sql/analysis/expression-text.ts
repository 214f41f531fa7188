/** Expressions as Trino shows them inside error messages. */
import type { Call, Expr, Identifier, TypeName } from '../ast.ts'
import { quotedName, quotedText } from '../quotation.ts'
import { isDouble } from './literals.ts'

export function expressionText(expr: Expr): string {
  switch (expr.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(expr.value)
    case 'number':
      return isDouble(expr.text) ? scientific(Number(expr.text)) : expr.text
    case 'string':
      return quotedText(expr.value)
    case 'binary':
      return `X'${expr.hex}'`
    case 'typed-literal':
      return `${typeText(expr.type).toUpperCase()} '${expr.value}'`
    case 'interval':
      return `INTERVAL ${expr.negative ? '- ' : ''}'${expr.value}' ${expr.from.toUpperCase()}`
    case 'parameter':
      return '?'
    case 'name':
      return identifierText(expr.name)
    case 'field':
      return `${expressionText(expr.of)}.${identifierText(expr.field)}`
    case 'subscript':
      return `${expressionText(expr.of)}[${expressionText(expr.index)}]`
    case 'unary':
      return `${expr.op}${expressionText(expr.of)}`
    case 'binary-op':
    case 'compare':
      return `(${expressionText(expr.left)} ${expr.op} ${expressionText(expr.right)})`
    case 'quantified':
      return `(${expressionText(expr.left)} ${expr.op} ${expr.quantifier.toUpperCase()} (subquery))`
    case 'logical':
      return `(${expr.terms.map(expressionText).join(` ${expr.op.toUpperCase()} `)})`
    case 'not':
      return `(NOT ${expressionText(expr.of)})`
    case 'between':
      return negated(
        expr.not,
        `(${expressionText(expr.of)} BETWEEN ${expressionText(expr.low)} AND ${expressionText(expr.high)})`,
      )
    case 'in-list':
      return negated(expr.not, `(${expressionText(expr.of)} IN (${list(expr.items)}))`)
    case 'in-query':
      return negated(expr.not, `(${expressionText(expr.of)} IN (subquery))`)
    case 'like': {
      const suffix = expr.escape ? ` ESCAPE ${expressionText(expr.escape)}` : ''
      return negated(expr.not, `(${expressionText(expr.of)} LIKE ${expressionText(expr.pattern)}${suffix})`)
    }
    case 'is-null':
      return `(${expressionText(expr.of)} IS ${expr.not ? 'NOT ' : ''}NULL)`
    case 'is-distinct':
      return `(${expressionText(expr.left)} IS ${expr.not ? 'NOT ' : ''}DISTINCT FROM ${expressionText(expr.right)})`
    case 'exists':
      return '(EXISTS (subquery))'
    case 'scalar-query':
      return '(subquery)'
    case 'case':
      return caseText(expr)
    case 'cast':
      return `${expr.safe ? 'TRY_CAST' : 'CAST'}(${expressionText(expr.of)} AS ${typeText(expr.type)})`
    case 'extract':
      return `EXTRACT(${expr.field.name.toUpperCase()} FROM ${expressionText(expr.of)})`
    case 'at-time-zone':
      return `${expressionText(expr.of)} AT TIME ZONE ${expressionText(expr.zone)}`
    case 'row':
      return `ROW (${list(expr.items)})`
    case 'array':
      return `ARRAY[${list(expr.items)}]`
    case 'lambda':
      return `(${expr.parameters.map(identifierText).join(', ')}) -> ${expressionText(expr.body)}`
    case 'call':
      return `${callText(expr.call)}${expr.call.over ? ` OVER ${overText(expr.call.over)}` : ''}`
    case 'measure':
      return `${identifierText(expr.name)} OVER ${overText(expr.over)}`
    case 'trim':
      return `trim(${expr.side.toUpperCase()} FROM ${expressionText(expr.of)})`
    case 'grouping':
      return `GROUPING (${list(expr.of)})`
    case 'current':
      return expr.what
    case 'json-path':
      return `${expr.function.toUpperCase()}(...)`
    case 'json-object':
      return 'JSON_OBJECT(...)'
    case 'json-array':
      return 'JSON_ARRAY(...)'
    case 'json-format':
      return `${expressionText(expr.of)} FORMAT JSON`
  }
}

const list = (items: readonly Expr[]): string => items.map(expressionText).join(', ')
const negated = (not: boolean, text: string): string => (not ? `(NOT ${text})` : text)

function identifierText(identifier: Identifier): string {
  return identifier.quoted ? quotedName(identifier.name) : identifier.name
}

export function callText(call: Call): string {
  const name = call.name.parts.map(identifierText).join('.')
  const star = call.starLabel ? `${identifierText(call.starLabel)}.*` : '*'
  const args = call.star ? star : `${call.distinct ? 'DISTINCT ' : ''}${list(call.args)}`
  return `${name}(${args})`
}

function overText(over: NonNullable<Call['over']>): string {
  if (!('kind' in over)) return identifierText(over)
  const partition = over.partitionBy.length > 0 ? [`PARTITION BY ${list(over.partitionBy)}`] : []
  const keys = over.orderBy.map(({ expr, descending, nullsFirst }) => {
    const nulls = nullsFirst === undefined ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST'
    return `${expressionText(expr)} ${descending ? 'DESC' : 'ASC'}${nulls}`
  })
  const order = keys.length > 0 ? [`ORDER BY ${keys.join(', ')}`] : []
  return `(${[...(over.base ? [identifierText(over.base)] : []), ...partition, ...order].join(' ')})`
}

function caseText(expr: Expr & { kind: 'case' }): string {
  const operand = expr.operand ? ` ${expressionText(expr.operand)}` : ''
  const whens = expr.whens.map((w) => ` WHEN ${expressionText(w.when)} THEN ${expressionText(w.then)}`).join('')
  const otherwise = expr.otherwise ? ` ELSE ${expressionText(expr.otherwise)}` : ''
  return `(CASE${operand}${whens}${otherwise} END)`
}

function typeText(name: TypeName): string {
  if (name.parameters.length === 0) return name.name
  return `${name.name}(${name.parameters.map((p) => (p.kind === 'number' ? String(p.value) : typeText(p.type))).join(', ')})`
}

/** `1.05E1` for 10.5. */
const scientific = (value: number): string => value.toExponential().replace('e+', 'E').replace('e', 'E')
