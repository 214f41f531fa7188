/** The columns that Hive's statements name, as the catalog keeps them. */
import type { HiveColumn } from '../../../sql/hive/ast.ts'
import { parseHiveType } from '../../../sql/hive/type.ts'
import type { ColumnDescriptor } from '../../catalog/catalog.ts'
import { StatementFailure } from '../failure.ts'

/** Hive's word on a type it does not know; the name is folded as the catalog folds it. */
export function columnDescriptor(column: HiveColumn): ColumnDescriptor {
  try {
    parseHiveType(column.type)
  } catch {
    throw new StatementFailure(
      `FAILED: ParseException line ${column.at.line}:${column.at.column - 1} cannot recognize input near '${column.name.name}' '${column.type}' in column type`,
      {
        category: 1,
        type: 1003,
        leavesText: true,
      },
    )
  }
  return {
    Name: column.name.name.toLowerCase(),
    Type: column.type,
    ...(column.comment === undefined ? {} : { Comment: column.comment }),
  }
}
