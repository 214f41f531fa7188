/** Statements about whole tables that are not their creation: drop and list. */
import type { HiveStatement } from '../../../sql/hive/ast.ts'
import { meantTable } from '../../catalog/links.ts'
import { paged } from '../../resources/paging.ts'
import type { QueryContext } from '../context.ts'
import { StatementFailure } from '../failure.ts'
import { isIcebergTable } from '../iceberg/iceberg-table.ts'
import { filesOfTable } from '../iceberg/table-files.ts'
import { done, lines, type StatementOutcome } from '../outcome.ts'
import { isView } from '../view-text.ts'
import { missingDatabase } from './databases.ts'
import { allColumns, pad } from './describe-table.ts'
import { icebergColumns, icebergTableProperties } from './iceberg-description.ts'
import { laidTables } from './laid-tables.ts'
import { matchingTables } from './name-pattern.ts'
import { findTable, foundTable, tableName } from './table-names.ts'
import { describeView } from './views.ts'

type Of<Kind extends HiveStatement['kind']> = Extract<HiveStatement, { kind: Kind }>

/**
 * Data stays where it is, but an Iceberg table's, which goes with it:
 * https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-drop-table.html
 */
export async function dropTable(statement: Of<'drop-table'>, context: QueryContext): Promise<StatementOutcome> {
  const table = findTable(statement.name, context)
  if (!table && statement.ifExists) return done
  const found = foundTable(statement.name, context)
  if (isView(found))
    throw new StatementFailure(`FAILED: SemanticException [Error 10145]: Cannot drop a view with DROP TABLE`, {
      category: 2,
      type: 1006,
      leavesText: true,
    })
  const { catalog, files, forwarded } = context.rooms
  const own = isIcebergTable(found) ? await filesOfTable(found, context) : undefined
  // What may not be deleted keeps its table.
  for (const uri of own ?? []) forwarded?.permits.require('DeleteObject', uri)
  await catalog.tables.delete(context.scope, found.database, found.descriptor.Name)
  // Others may have taken some of them away.
  if (own) await files.delete([...own].filter((uri) => files.stat(uri)))
  // A database may be a link into a table bucket; a table that is one has no place of its own.
  const { scope } = meantTable(context.scope, found)
  if (!found.descriptor.TargetTable)
    await laidTables({ ...context, scope })?.remove(found.descriptor.StorageDescriptor?.Location ?? '')
  return done
}

export function showTables(statement: Of<'show-tables'> | Of<'show-views'>, context: QueryContext): StatementOutcome {
  const database = statement.database?.parts.at(-1)?.name.toLowerCase() ?? context.database
  const { catalog } = context.rooms
  if (!catalog.databases.find(context.scope, database)) throw missingDatabase(database)
  const tables = [
    ...paged(
      (page) => catalog.tables.list(context.scope, database, page),
      (t) => t.descriptor.Name,
    ),
  ]
  const shown = tables.filter((t) => statement.kind === 'show-tables' || isView(t)).map((t) => t.descriptor.Name)
  const names = matchingTables(statement.pattern, shown)
  return statement.kind === 'show-views' ? lines(['views'], names, { kind: 'varchar' }) : lines(['tab_name'], names)
}

export function showColumns(
  statement: Of<'show-columns'>,
  context: QueryContext,
): StatementOutcome | Promise<StatementOutcome> {
  const table = foundTable(statement.table, context)
  if (isView(table)) return describeView(statement, context)
  if (isIcebergTable(table)) return icebergColumns(table, context)
  return lines(
    ['field'],
    allColumns(table).map((column) => pad(column.Name)),
  )
}

export async function showTableProperties(
  statement: Of<'show-tblproperties'>,
  context: QueryContext,
): Promise<StatementOutcome> {
  const { database, table: name } = tableName(statement.table, context)
  const table = foundTable(statement.table, context)
  const parameters = isIcebergTable(table)
    ? await icebergTableProperties(table, context)
    : (table.descriptor.Parameters ?? {})
  if (statement.property !== undefined) {
    const value = parameters[statement.property]
    return lines(
      ['prpt_name', 'prpt_value'],
      [value ?? `Table ${database}.${name} does not have property: ${statement.property}`],
    )
  }
  const text = Object.entries(parameters).map(([key, value]) => `${key}\t${value}`)
  return lines(
    ['prpt_name', 'prpt_value'],
    text.flatMap((line) => line.split('\n')),
  )
}
