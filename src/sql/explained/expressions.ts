/** Expressions of a plan as Trino shows them in plans. */
import type { Constant, Frame, Rel, ResolvedFunction, Scalar, SortKey } from '../plan.ts'
import { quotedName, quotedText } from '../quotation.ts'
import { type Type, typeName } from '../types.ts'
import type { Symbols } from './symbols.ts'

const OPERATORS: Readonly<Record<string, string>> = {
  $add: '+',
  $subtract: '-',
  $multiply: '*',
  $divide: '/',
  $modulus: '%',
  $eq: '=',
  $ne: '<>',
  $lt: '<',
  $le: '<=',
  $gt: '>',
  $ge: '>=',
  $like: 'LIKE',
  $is_distinct: 'IS DISTINCT FROM',
  $concat: '||',
  $at_timezone: 'AT TIME ZONE',
}

/** A query inside an expression is shown beside it; `name` is what stands in its place. */
export interface Subquery {
  readonly name: string
  readonly kind: string
  readonly query: Rel
}

export class ExpressionTexts {
  /** Met while texts were made. */
  readonly subqueries: Subquery[] = []
  private readonly symbols: Symbols

  constructor(symbols: Symbols) {
    this.symbols = symbols
  }

  column(id: number): string {
    return quotedName(this.symbols.of(id))
  }

  list(scalars: readonly Scalar[]): string {
    return scalars.map((scalar) => this.text(scalar)).join(', ')
  }

  text(scalar: Scalar): string {
    switch (scalar.kind) {
      case 'constant':
        return constantText(scalar.value, scalar.type)
      case 'column':
        return this.column(scalar.id)
      case 'call':
        return this.call(scalar.function, scalar.args)
      case 'cast':
        return `${scalar.safe ? 'TRY_CAST' : 'CAST'}(${this.text(scalar.of)} AS ${typeName(scalar.type)})`
      case 'and':
      case 'or':
        return `(${scalar.terms.map((term) => this.text(term)).join(` ${scalar.kind.toUpperCase()} `)})`
      case 'not':
        return `(NOT ${this.text(scalar.of)})`
      case 'is-null':
        return `(${this.text(scalar.of)} IS NULL)`
      case 'case': {
        const whens = scalar.whens.map((arm) => ` WHEN ${this.text(arm.when)} THEN ${this.text(arm.then)}`)
        return `(CASE${whens.join('')}${scalar.otherwise ? ` ELSE ${this.text(scalar.otherwise)}` : ''} END)`
      }
      case 'coalesce':
        return `COALESCE(${this.list(scalar.items)})`
      case 'nullif':
        return `NULLIF(${this.text(scalar.left)}, ${this.text(scalar.right)})`
      case 'try':
        return `try(${this.text(scalar.of)})`
      case 'in':
        return `(${this.text(scalar.of)} IN (${this.list(scalar.items)}))`
      case 'row':
        return `ROW (${this.list(scalar.items)})`
      case 'array':
        return `ARRAY[${this.list(scalar.items)}]`
      case 'field':
        return `${this.text(scalar.of)}[${scalar.index + 1}]`
      case 'lambda': {
        for (const [i, parameter] of scalar.parameters.entries()) this.symbols.name(parameter.id, `lambda_${i}`)
        return `(${scalar.parameters.map((parameter) => this.column(parameter.id)).join(', ')}) -> ${this.text(scalar.body)}`
      }
      case 'scalar-query':
        return this.subquery('SCALAR', scalar.query)
      case 'exists':
        return `EXISTS(${this.subquery('EXISTS', scalar.query)})`
      case 'in-query':
        return `(${this.text(scalar.of)} IN ${this.subquery('IN', scalar.query)})`
      case 'quantified': {
        const quantifier = scalar.all ? 'ALL' : 'ANY'
        return `(${this.text(scalar.of)} ${scalar.op} ${quantifier} ${this.subquery('QUANTIFIED', scalar.query)})`
      }
    }
  }

  call({ name, external }: ResolvedFunction, args: readonly Scalar[]): string {
    if (external) return `${external.method}(${this.list(args)})`
    const operator = OPERATORS[name]
    if (operator && args.length === 2) return `(${this.text(args[0]!)} ${operator} ${this.text(args[1]!)})`
    if (name === '$negate') return `-(${this.text(args[0]!)})`
    if (name === '$subscript') return `${this.text(args[0]!)}[${this.text(args[1]!)}]`
    return `${name.replace('$', '')}(${this.list(args)})`
  }

  /** `count(*)` where there is nothing to count but rows. */
  aggregate(fn: ResolvedFunction, args: readonly Scalar[], distinct: boolean): string {
    if (fn.name === 'count' && args.length === 0) return 'count(*)'
    return distinct ? `${fn.name}(DISTINCT ${this.list(args)})` : this.call(fn, args)
  }

  sort(keys: readonly SortKey[]): string {
    const texts = keys.map(({ of, descending, nullsFirst }) => {
      const key = of.kind === 'column' ? this.symbols.of(of.id) : this.text(of)
      return `${key} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`
    })
    return `[${texts.join(', ')}]`
  }

  frame(frame: Frame | undefined): string {
    if (!frame) return 'RANGE UNBOUNDED_PRECEDING CURRENT_ROW'
    const bound = (edge: Frame['start']) => {
      const words = edge.kind.replaceAll('-', '_').toUpperCase()
      return 'value' in edge ? `${words} ${this.text(edge.value)}` : words
    }
    return `${frame.unit.toUpperCase()} ${bound(frame.start)} ${bound(frame.end)}`
  }

  private subquery(kind: string, query: Rel): string {
    const name = `subquery_${this.subqueries.length}`
    this.subqueries.push({ name, kind, query })
    return `"${name}"`
  }
}

function constantText(value: Constant, type: Type): string {
  if (value === null) return type.kind === 'unknown' ? 'null' : `CAST(null AS ${typeName(type)})`
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`
  switch (type.kind) {
    case 'integer':
    case 'boolean':
      return String(value)
    case 'varchar':
      return quotedText(String(value))
    default: {
      const name = /^(interval|timestamp|time|decimal|char)/.exec(type.kind)?.[0] ?? type.kind
      return `${name.toUpperCase()} ${quotedText(String(value))}`
    }
  }
}
