/**
 * A term of a filter that compares a floating-point number with a query's. What keeps NaN out of a comparison names its
 * operands twice, and a query that is named, or evaluated under a name, is no join to the optimiser any more. To a filter
 * unknown is as good as false, so the query answers NULL for NaN and stays where it is.
 */
import type { Rel, Scalar } from '../plan.ts'
import type { Printing } from './context.ts'
import { positiveZero } from './functions/comparison.ts'

const OPERATORS: Readonly<Record<string, string>> = { $eq: '=', $lt: '<', $le: '<=', $gt: '>', $ge: '>=' }
/** A column is cheap to name twice. */
const COLUMN = /^c\d+$/

/** Undefined where the term is no such comparison. `print`: of an expression. */
export function queryComparison(
  term: Scalar,
  print: (scalar: Scalar) => string,
  printing: Printing,
): string | undefined {
  if (term.kind !== 'call') return undefined
  const operator = OPERATORS[term.function.name]
  const { kind } = term.function.parameters[0] ?? {}
  if (!operator || (kind !== 'double' && kind !== 'real')) return undefined
  const at = term.args.findIndex((arg) => arg.kind === 'scalar-query')
  if (at < 0) return undefined
  const other = print(term.args[1 - at]!)
  const query = withoutNan((term.args[at] as Scalar & { readonly query: Rel }).query, printing)
  const side = operator === '=' ? positiveZero(other) : other
  const text = at === 0 ? `(${query} ${operator} ${side})` : `(${side} ${operator} ${query})`
  // NaN is the greatest number to DuckDB.
  const mayPass = at === 0 ? operator.startsWith('<') : operator.startsWith('>')
  if (!mayPass) return text
  return COLUMN.test(other) ? `(${text} AND NOT isnan(${other}))` : undefined
}

function withoutNan(query: Rel, printing: Printing): string {
  const value = printing.fresh('n')
  const item = `CASE WHEN isnan(${value}) THEN NULL ELSE ${value} END`
  return `(SELECT ${item} FROM (${printing.query(query)}) AS ${printing.fresh('q')}(${value}))`
}
