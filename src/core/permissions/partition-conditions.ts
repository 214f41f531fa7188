/**
 * What a row filter says of a partition from its values alone. The other columns of its rows may have any value: a partition
 * is kept unless no row of it can pass.
 */
import type { Comparison, Expr } from '../../sql/ast.ts'
import type { ColumnDescriptor } from '../catalog/catalog.ts'

const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__'

type Value = string | number | bigint | boolean | null
/** Undefined: nothing is known. */
type Truth = boolean | null | undefined

/** `conditions`: one of them is to hold. The values stand in the order of `keys`. */
export function partitionCondition(
  conditions: readonly Expr[],
  keys: readonly ColumnDescriptor[],
): (values: readonly string[]) => boolean {
  const places = new Map(keys.map(({ Name }, i) => [Name.toLowerCase(), i]))
  return (values) => {
    const valueFor = (name: string): Value | undefined => {
      const place = places.get(name)
      return place === undefined ? undefined : typed(values[place] ?? null, keys[place]!.Type)
    }
    return conditions.some((condition) => {
      const truth = truthOf(condition, valueFor)
      return truth === undefined || truth === true
    })
  }
}

function typed(text: string | null, type = 'string'): Value | undefined {
  if (text === null || text === NULL_PARTITION) return null
  if (/^(tinyint|smallint|int|integer|bigint)$/i.test(type)) return /^-?\d+$/.test(text) ? BigInt(text) : undefined
  if (/^(float|double|decimal)/i.test(type)) return Number.isNaN(Number(text)) ? undefined : Number(text)
  if (/^boolean$/i.test(type)) return text.toLowerCase() === 'true'
  return text
}

type ValueFor = (name: string) => Value | undefined

function truthOf(condition: Expr, valueFor: ValueFor): Truth {
  switch (condition.kind) {
    case 'logical': {
      const terms = condition.terms.map((term) => truthOf(term, valueFor))
      const decides = condition.op === 'or'
      if (terms.includes(decides)) return decides
      if (terms.includes(undefined)) return undefined
      return terms.includes(null) ? null : !decides
    }
    case 'not':
      return negated(truthOf(condition.of, valueFor))
    case 'compare':
      return compared(condition.op, columnValue(condition.left, valueFor), constant(condition.right))
    case 'between': {
      const value = columnValue(condition.of, valueFor)
      const [above, below] = [
        compared('>=', value, constant(condition.low)),
        compared('<=', value, constant(condition.high)),
      ]
      const within = above === false || below === false ? false : above && below
      return condition.not ? negated(within) : within
    }
    case 'in-list': {
      const value = columnValue(condition.of, valueFor)
      const equal = condition.items.map((item) => compared('=', value, constant(item)))
      const found =
        equal.includes(true) || (equal.includes(undefined) ? undefined : equal.includes(null) ? null : false)
      return condition.not ? negated(found) : found
    }
    default:
      return undefined
  }
}

const negated = (truth: Truth): Truth => (typeof truth === 'boolean' ? !truth : truth)

const columnValue = (expr: Expr, valueFor: ValueFor): Value | undefined =>
  expr.kind === 'name' ? valueFor(expr.name.name.toLowerCase()) : undefined

function constant(expr: Expr): Value | undefined {
  if (expr.kind === 'string' || expr.kind === 'boolean') return expr.value
  if (expr.kind === 'number') return /^\d+$/.test(expr.text) ? BigInt(expr.text) : Number(expr.text)
  if (expr.kind !== 'unary') return undefined
  const value = constant(expr.of)
  if (typeof value !== 'bigint' && typeof value !== 'number') return undefined
  return expr.op === '-' ? -value : value
}

function compared(op: Comparison, left: Value | undefined, right: Value | undefined): Truth {
  if (left === null || right === null) return null
  if (left === undefined || right === undefined) return undefined
  const isNumber = (value: Value): boolean => typeof value === 'number' || typeof value === 'bigint'
  if (typeof left !== typeof right && !(isNumber(left) && isNumber(right))) return undefined
  switch (op) {
    case '=':
      // A bigint is a number's equal here.
      return !(left < right) && !(left > right)
    case '<>':
      return left < right || left > right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}
