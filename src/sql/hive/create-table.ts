/** CREATE [EXTERNAL] TABLE: every clause, in the order that Hive wants them (ug/create-table.html). */
import type { Identifier } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { HiveStatement, HiveTable, StringProperty } from './ast.ts'
import { columns, partitionColumns } from './columns.ts'
import type { HiveCursor } from './cursor.ts'

/** CREATE has been read. */
export function createTable(cursor: HiveCursor, start: Token): HiveStatement {
  const external = cursor.accept('EXTERNAL')
  cursor.expect('TABLE')
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS')
  const name = cursor.qualifiedName()
  const listed = cursor.atOperator('(') ? columns(cursor) : []
  const comment = cursor.accept('COMMENT') ? cursor.collapsedString() : undefined
  const partitionedBy = cursor.accept('PARTITIONED', 'BY') ? partitionColumns(cursor) : []
  const clusteredBy = cursor.accept('CLUSTERED', 'BY') ? clustering(cursor) : undefined
  const format = cursor.accept('ROW', 'FORMAT') ? rowFormat(cursor) : undefined
  const storedAs = cursor.accept('STORED', 'AS') ? storage(cursor) : undefined
  // AWS's synopsis puts the properties of the serde here, Hive's grammar directly after its name: both are taken.
  const serdeProperties =
    format?.kind === 'serde' && cursor.accept('WITH', 'SERDEPROPERTIES') ? properties(cursor) : undefined
  const location = cursor.accept('LOCATION') ? cursor.string() : undefined
  const tableProperties = cursor.accept('TBLPROPERTIES') ? properties(cursor) : []
  return {
    kind: 'create-table',
    name,
    external,
    ifNotExists,
    columns: listed,
    ...(comment !== undefined && { comment }),
    partitionedBy,
    ...(clusteredBy && { clusteredBy }),
    ...(format && { rowFormat: withProperties(format, serdeProperties) }),
    ...(storedAs && { storedAs }),
    ...(location !== undefined && { location }),
    properties: tableProperties,
    at: cursor.since(start),
  }
}

/** `('key' = 'value', ..)` */
export function properties(cursor: HiveCursor): StringProperty[] {
  return cursor.parenthesized(() =>
    cursor.list(() => {
      const name = cursor.string()
      cursor.expectOperator('=')
      return { name, value: cursor.collapsedString() }
    }),
  )
}

function clustering(cursor: HiveCursor): HiveTable['clusteredBy'] {
  const names = cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
  const sortedBy = cursor.accept('SORTED', 'BY') ? cursor.parenthesized(() => cursor.list(() => sorted(cursor))) : []
  cursor.expect('INTO')
  const buckets = cursor.integer()
  cursor.expect('BUCKETS')
  return { columns: names, sortedBy, buckets }
}

function sorted(cursor: HiveCursor): { column: Identifier; descending: boolean } {
  const column = cursor.identifier()
  const descending = cursor.accept('DESC')
  if (!descending) cursor.accept('ASC')
  return { column, descending }
}

type RowFormat = NonNullable<HiveTable['rowFormat']>

function rowFormat(cursor: HiveCursor): RowFormat {
  if (cursor.accept('SERDE')) {
    const library = cursor.string()
    const serdeProperties = cursor.accept('WITH', 'SERDEPROPERTIES') ? properties(cursor) : []
    return { kind: 'serde', library, properties: serdeProperties }
  }
  cursor.expect('DELIMITED')
  const text = (...words: string[]): string | undefined => (cursor.accept(...words) ? cursor.string() : undefined)
  const fieldsTerminatedBy = text('FIELDS', 'TERMINATED', 'BY')
  const escapedBy = fieldsTerminatedBy === undefined ? undefined : text('ESCAPED', 'BY')
  const collectionItemsTerminatedBy = text('COLLECTION', 'ITEMS', 'TERMINATED', 'BY')
  const mapKeysTerminatedBy = text('MAP', 'KEYS', 'TERMINATED', 'BY')
  const linesTerminatedBy = text('LINES', 'TERMINATED', 'BY')
  const nullDefinedAs = text('NULL', 'DEFINED', 'AS')
  return {
    kind: 'delimited',
    ...(fieldsTerminatedBy !== undefined && { fieldsTerminatedBy }),
    ...(escapedBy !== undefined && { escapedBy }),
    ...(collectionItemsTerminatedBy !== undefined && { collectionItemsTerminatedBy }),
    ...(mapKeysTerminatedBy !== undefined && { mapKeysTerminatedBy }),
    ...(linesTerminatedBy !== undefined && { linesTerminatedBy }),
    ...(nullDefinedAs !== undefined && { nullDefinedAs }),
  }
}

function withProperties(format: RowFormat, more: readonly StringProperty[] | undefined): RowFormat {
  return format.kind === 'serde' && more ? { ...format, properties: [...format.properties, ...more] } : format
}

function storage(cursor: HiveCursor): HiveTable['storedAs'] {
  if (cursor.accept('INPUTFORMAT')) {
    const inputFormat = cursor.string()
    cursor.expect('OUTPUTFORMAT')
    return { kind: 'classes', inputFormat, outputFormat: cursor.string() }
  }
  return { kind: 'format', format: cursor.identifier().name }
}
