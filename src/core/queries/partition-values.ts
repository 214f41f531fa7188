/** A partition's values: text in the catalog and in folder names, constants to whoever compares them. */
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

/** Hive's folder name for a missing value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'
