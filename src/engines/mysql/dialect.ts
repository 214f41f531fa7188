/** How MySQL writes values, and which of its comparisons are those of the plan. */
import type { SourceTable } from '../../core/federation/connector.ts'
import { quotedText } from '../../sql/quotation.ts'
import type { Type } from '../../sql/types.ts'
import type { Comparison, Dialect } from '../databases/conditions.ts'
import { constantText, type OwnConstants } from '../databases/constant-text.ts'
import { detailOf, quoted } from './catalog.ts'

export const dialectFor = (table: SourceTable): Dialect => ({
  name: quoted,
  literal: (value, type) => constantText(value, type, OWN),
  comparison(column, type) {
    const place = table.columns.findIndex(({ name }) => name === column)
    return comparisonOf(quoted(column), detailOf(table).declarations[place]!.dataType, type)
  },
})

function comparisonOf(name: string, dataType: string, { kind }: Type): Comparison | undefined {
  switch (dataType) {
    case 'tinyint':
      // Any number but 0 is true.
      return kind === 'boolean' ? undefined : exactly(name)
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
    case 'double':
    case 'date':
    case 'datetime':
    case 'timestamp':
      return exactly(name)
    // A number below 100 that a year is compared with stands for one of this century or the last.
    case 'year':
      return exactly(`(${name} + 0)`)
    case 'decimal':
      return kind === 'decimal' ? exactly(name) : undefined
    case 'bit':
      return kind === 'boolean' ? exactly(name) : undefined
    // Collations hold more texts equal, and order them in ways of their own; bytes are ordered as the plan orders texts.
    case 'char':
    case 'varchar':
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return {
        operand: `CAST(CONVERT(${name} USING utf8mb4) AS BINARY)`,
        equal: name,
        isOrdered: true,
        isExact: false,
      }
    default:
      return undefined
  }
}

const exactly = (operand: string): Comparison => ({ operand, isOrdered: true, isExact: true })

const OWN: OwnConstants = {
  boolean: (value) => (value ? '1' : '0'),
  double: (digits) => digits,
  text: quotedText,
}
