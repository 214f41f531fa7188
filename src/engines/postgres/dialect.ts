/** How PostgreSQL writes values, and which of its comparisons are those of the plan. */
import type { SourceTable } from '../../core/federation/connector.ts'
import { quotedName, quotedText } from '../../sql/quotation.ts'
import type { Comparison, Dialect } from '../databases/conditions.ts'
import { constantText, type OwnConstants } from '../databases/constant-text.ts'
import { detailOf } from './catalog.ts'
import type { ColumnDeclaration } from './columns.ts'

export const dialectFor = (table: SourceTable): Dialect => ({
  name: quotedName,
  literal: (value, type) => constantText(value, type, OWN),
  comparison(column) {
    const place = table.columns.findIndex(({ name }) => name === column)
    const declaration = detailOf(table).declarations[place]!
    return declaration.isArray ? undefined : comparisonOf(quotedName(column), declaration)
  },
})

function comparisonOf(
  name: string,
  { typeName, modifier, isBlurred = false }: ColumnDeclaration,
): Comparison | undefined {
  switch (typeName) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return { operand: name, isOrdered: true, isExact: true }
    // Of one without a declaration, digits are lost when it is read.
    case 'numeric':
      return modifier < 0 ? undefined : { operand: name, isOrdered: true, isExact: true }
    // NaN is above all numbers there.
    case 'float8':
      return { operand: name, isOrdered: true, isExact: false }
    // Collations order texts in ways of their own; bytes are ordered as the plan orders them.
    case 'text':
    case 'varchar':
      return { operand: `${name} COLLATE "C"`, equal: name, isOrdered: true, isExact: !isBlurred }
    case 'bpchar':
      return { operand: name, isOrdered: false, isExact: false }
    case 'uuid':
      return { operand: `${name}::text`, isOrdered: true, isExact: true }
    default:
      return undefined
  }
}

const OWN: OwnConstants = {
  boolean: String,
  double: (digits) => `${digits}::float8`,
  // No text of PostgreSQL's holds NUL.
  text: (value) => (value.includes('\0') ? undefined : quotedText(value)),
}
