/**
 * Row filters: conditions that compare columns with constants, in a small part of SQL (lake-formation dg, partiql-support).
 * They are read and typed once, where they are saved, and bound anew to the columns of each relation that they filter.
 */
import { analyzeExpression } from '../../sql/analysis/analyze.ts'
import type { Expr } from '../../sql/ast.ts'
import type { Scalar } from '../../sql/plan.ts'
import { SqlError } from '../../sql/position.ts'
import { parseExpression } from '../../sql/statement.ts'
import { BOOLEAN, type Type, typeName } from '../../sql/types.ts'
import { Fault } from '../faults.ts'
import type { RowCondition } from '../permissions/data-filters.ts'
import type { RelationColumn } from './relation.ts'

/** "Total length of the expression must be less than 2048 characters." */
const MOST_CHARACTERS = 2047

/** Throws `Fault('invalid', 'row filter')`. */
export function readRowFilter(text: string, columns: readonly RelationColumn[]): RowCondition {
  if (text.length > MOST_CHARACTERS) throw invalid(`it is longer than ${MOST_CHARACTERS} characters`)
  try {
    const condition = parseExpression(text)
    checkCondition(condition, columns)
    const read = { text, condition }
    boundCondition([read], columns)
    return read
  } catch (error) {
    if (error instanceof SqlError) throw invalid(error.message)
    throw error
  }
}

const invalid = (why: string): Fault => new Fault('invalid', 'row filter', `Invalid row filter expression: ${why}`)

/** Rows for which one of the conditions holds; none holds of none. Columns have the ids of their places. Throws SqlError. */
export function boundCondition(conditions: readonly RowCondition[], columns: readonly RelationColumn[]): Scalar {
  const fields = columns.map(({ name, type }, id) => ({ name, column: { id, type } }))
  const terms = conditions.map(({ condition }) => {
    const bound = analyzeExpression(condition, NO_TABLES, NO_SESSION, fields, 'Row filter')
    if (bound.type.kind !== 'boolean')
      throw new SqlError('TYPE_MISMATCH', `A row filter must be a boolean, and this is ${typeName(bound.type)}`)
    return bound
  })
  const [first] = terms
  if (first === undefined) return { kind: 'constant', value: false, type: BOOLEAN }
  return terms.length === 1 ? first : { kind: 'or', terms, type: BOOLEAN }
}

const NO_TABLES = {
  table(): never {
    throw new SqlError('NOT_SUPPORTED', 'A row filter reads no table')
  },
}
const NO_SESSION = { now: new Date(0), timeZone: 'UTC', user: '', catalog: '', database: '' }

/** A column, or a field inside it, beside constants: nothing else can be said. */
function checkCondition(expr: Expr, columns: readonly RelationColumn[]): void {
  switch (expr.kind) {
    case 'logical':
      for (const term of expr.terms) checkCondition(term, columns)
      return
    case 'not':
      checkCondition(expr.of, columns)
      return
    case 'compare':
      checkColumn(expr.left, columns)
      checkConstants(expr.right)
      return
    case 'between':
      checkColumn(expr.of, columns)
      checkConstants(expr.low, expr.high)
      return
    case 'in-list':
      checkColumn(expr.of, columns)
      checkConstants(...expr.items)
      return
    case 'like':
      checkColumn(expr.of, columns)
      checkConstants(expr.pattern, ...(expr.escape ? [expr.escape] : []))
      return
    case 'is-null':
      if (checkColumn(expr.of, columns).kind === 'partition')
        throw invalid('IS [NOT] NULL cannot be asked of a partition column')
      return
    default:
      throw invalid('only comparisons of a column with constants, combined by AND, OR and NOT, are supported')
  }
}

function checkColumn(expr: Expr, columns: readonly RelationColumn[]): RelationColumn {
  let node = expr
  while (node.kind === 'field') node = node.of
  if (node.kind !== 'name') throw invalid('the left side of a comparison must be a column')
  const name = node.name.name.toLowerCase()
  const column = columns.find((one) => one.name === name && one.kind !== 'hidden')
  if (!column) throw invalid(`the table has no column ${name}`)
  if (column.kind === 'partition' && node !== expr) throw invalid('fields of a partition column cannot be compared')
  if (node === expr && !COMPARABLE.has(column.type.kind))
    throw invalid(`a column of type ${typeName(column.type)} cannot be compared`)
  return column
}

const COMPARABLE: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  'varchar',
  'char',
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'real',
  'double',
  'decimal',
  'boolean',
])

function checkConstants(...exprs: readonly Expr[]): void {
  for (const expr of exprs) {
    const of = expr.kind === 'unary' ? expr.of : expr
    if (of.kind !== 'string' && of.kind !== 'number' && of.kind !== 'boolean')
      throw invalid('the right side of a comparison must be a constant')
  }
}
