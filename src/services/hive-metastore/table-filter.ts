/** `get_table_names_by_filter`: which tables a filter keeps, by owner, time of last access or a parameter. */
import type { Table } from '../../core/catalog/catalog.ts'
import type { Comparison, Condition, Operand } from '../../core/catalog/partition-expression-parser.ts'
import { Fault } from '../../core/faults.ts'
import { likeMatcher } from '../../sql/like.ts'
import { secondsOf } from './metastore.ts'
import { parseFilter } from './partition-filter.ts'

const OWNER = 'hive_filter_field_owner__'
const LAST_ACCESS = 'hive_filter_field_last_access__'
const PARAMETER = 'hive_filter_field_params__'

type Keeps = (table: Table) => boolean

/** Throws `Fault('invalid')` for what is no filter of tables. */
export function tableFilter(text: string | undefined): Keeps {
  if (!text?.trim()) return () => true
  return compile(parseFilter(text))
}

function compile(condition: Condition): Keeps {
  switch (condition.kind) {
    case 'and': {
      const terms = condition.terms.map(compile)
      return (table) => terms.every((keeps) => keeps(table))
    }
    case 'or': {
      const terms = condition.terms.map(compile)
      return (table) => terms.some((keeps) => keeps(table))
    }
    case 'compare':
      return compared(condition.left, condition.op, condition.right)
    case 'like': {
      const matches = likeMatcher(condition.pattern, condition.escapeSign)
      const read = reader(condition.of)
      return (table) => {
        const value = read(table)
        return value !== undefined && matches(value)
      }
    }
    default:
      throw new Fault('invalid', 'filter', 'Tables are filtered by comparisons and LIKE alone.')
  }
}

/** A parameter that a table does not have is neither equal to a value nor different from it, as the definition has it. */
function compared(left: Operand, op: Comparison, right: Operand): Keeps {
  if (right.kind !== 'literal') throw new Fault('invalid', 'filter', 'A filter of tables compares with a value.')
  const read = reader(left)
  const numeric = left.kind === 'column' && left.name.toLowerCase() === LAST_ACCESS
  return (table) => {
    const value = read(table)
    if (value === undefined) return false
    const order = numeric ? Number(value) - Number(right.text) : value < right.text ? -1 : value > right.text ? 1 : 0
    return { '=': order === 0, '<>': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[
      op
    ]
  }
}

function reader(operand: Operand): (table: Table) => string | undefined {
  const name = operand.kind === 'column' ? operand.name : ''
  const folded = name.toLowerCase()
  if (folded === OWNER) return ({ descriptor }) => descriptor.Owner ?? ''
  if (folded === LAST_ACCESS)
    return ({ descriptor }) => String(secondsOf((descriptor as { LastAccessTime?: string }).LastAccessTime))
  if (!folded.startsWith(PARAMETER)) throw new Fault('invalid', 'filter', `Invalid key name in filter: ${name}`)
  const key = name.slice(PARAMETER.length)
  return ({ descriptor }) => descriptor.Parameters?.[key]
}
