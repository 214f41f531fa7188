/** A partition's values: text in the catalog and in folder names, constants to whoever compares them. */
import { dateOfDay, dayOfDate } from '../../sql/days.ts'
import type { Constant } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'

/** The value that a partition's text stands for in a column of this type; undefined when it is not one. */
export function partitionConstant(text: string | null, type: Type): Constant | undefined {
  if (text === null) return null
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined
    case 'varchar':
    case 'char':
      return text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined
    default:
      return undefined
  }
}

const INTEGER_BITS: Partial<Record<Type['kind'], number>> = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 }

/** The text of a value that a statement gives a column, as Hive keeps it; undefined for one that is not of its type. */
export function convertedValue(text: string, type: Type): string | undefined {
  if (text === DEFAULT_PARTITION) return text
  const bits = INTEGER_BITS[type.kind]
  if (bits !== undefined) {
    const value = partitionConstant(text, type)
    return typeof value === 'bigint' && BigInt.asIntN(bits, value) === value ? text : undefined
  }
  if (type.kind !== 'date') return isValue(text, type) ? text : undefined
  const date = text.replace(/-(\d)(?!\d)/g, '-0$1')
  return isDate(date) ? date : undefined
}

function isDate(text: string): boolean {
  const day = dayOfDate(text)
  return day !== undefined && dateOfDay(day) === text
}

/** Whether Hive's converters make a value of a text; of a boolean and of texts they make one of any. */
function isValue(text: string, type: Type): boolean {
  switch (type.kind) {
    case 'real':
    case 'double':
      return /^\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)\s*$/.test(text)
    case 'decimal': {
      const [, whole] = /^[+-]?0*(\d*)(?:\.\d*)?$/.exec(text) ?? []
      return whole !== undefined && /\d/.test(text) && whole.length <= type.precision - type.scale
    }
    case 'timestamp': {
      const [, date, time] = /^(\S{10})(?:[ T](\d\d:\d\d:\d\d)(?:\.\d{1,9})?)?$/.exec(text) ?? []
      return date !== undefined && isDate(date) && (time ?? '00:00:00') < '24' && !/:[6-9]/.test(text)
    }
    default:
      return true
  }
}

/** Hive's folder name for a missing value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'
