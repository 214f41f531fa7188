/** ALTER TABLE: columns, partitions, location, properties, name. */
import type { QualifiedName } from '../ast.ts'
import type { Token } from '../lexer.ts'
import type { AlterTableAction, HiveStatement, PartitionSpec } from './ast.ts'
import { column, columns } from './columns.ts'
import { properties } from './create-table.ts'
import type { HiveCursor } from './cursor.ts'
import { partitionSpec } from './partition-spec.ts'

/** ALTER has been read. */
export function alterTable(cursor: HiveCursor, start: Token): HiveStatement {
  cursor.expect('TABLE')
  const name: QualifiedName = cursor.qualifiedName()
  const action = cursor.accept('PARTITION') ? partitionAction(cursor) : tableAction(cursor)
  return { kind: 'alter-table', name, action, at: cursor.since(start) }
}

function partitionAction(cursor: HiveCursor): AlterTableAction {
  const spec = partitionSpec(cursor)
  if (cursor.accept('RENAME', 'TO', 'PARTITION'))
    return { kind: 'rename-partition', from: spec, to: partitionSpec(cursor) }
  return locationOrColumns(cursor, spec) ?? cursor.fail()
}

function tableAction(cursor: HiveCursor): AlterTableAction {
  if (cursor.accept('ADD', 'IF', 'NOT', 'EXISTS')) return addPartitions(cursor, true)
  if (cursor.token.word === 'ADD' && cursor.peek().word === 'PARTITION') {
    cursor.advance()
    return addPartitions(cursor, false)
  }
  if (cursor.accept('DROP')) return dropAction(cursor)
  if (cursor.accept('RENAME', 'TO')) return { kind: 'rename', to: cursor.qualifiedName() }
  if (cursor.accept('CHANGE')) return changeColumn(cursor)
  if (cursor.accept('SET', 'TBLPROPERTIES')) return { kind: 'set-properties', properties: properties(cursor) }
  if (cursor.accept('UNSET', 'TBLPROPERTIES')) {
    cursor.accept('IF', 'EXISTS')
    return { kind: 'unset-properties', names: cursor.parenthesized(() => cursor.list(() => cursor.string())) }
  }
  return locationOrColumns(cursor) ?? failWithin(cursor)
}

/** The actions that take a partition or the whole table. */
function locationOrColumns(cursor: HiveCursor, spec?: PartitionSpec): AlterTableAction | undefined {
  const where = spec ? { spec } : {}
  if (cursor.accept('SET', 'LOCATION')) return { kind: 'set-location', location: cursor.string(), ...where }
  const adding = cursor.accept('ADD', 'COLUMNS')
  if (!adding && !cursor.accept('REPLACE', 'COLUMNS')) return undefined
  const listed = columns(cursor)
  acceptReach(cursor)
  return { kind: adding ? 'add-columns' : 'replace-columns', columns: listed, ...where }
}

/** Errors point at the word after the verb, which is what the grammar could not take. */
function failWithin(cursor: HiveCursor): never {
  if (['ADD', 'SET', 'UNSET', 'REPLACE', 'RENAME'].includes(cursor.token.word)) cursor.advance()
  return cursor.fail()
}

/** Whether existing partitions follow: Athena takes the words, and every partition reads by the table's schema anyway. */
function acceptReach(cursor: HiveCursor): void {
  if (!cursor.accept('CASCADE')) cursor.accept('RESTRICT')
}

function addPartitions(cursor: HiveCursor, ifNotExists: boolean): AlterTableAction {
  const partitions: { spec: PartitionSpec; location?: string }[] = []
  cursor.expect('PARTITION')
  do {
    const spec = partitionSpec(cursor)
    const location = cursor.accept('LOCATION') ? cursor.string() : undefined
    partitions.push({ spec, ...(location !== undefined && { location }) })
  } while (cursor.accept('PARTITION'))
  return { kind: 'add-partitions', ifNotExists, partitions }
}

function dropAction(cursor: HiveCursor): AlterTableAction {
  if (cursor.accept('COLUMN')) return { kind: 'drop-column', column: cursor.identifier() }
  const ifExists = cursor.accept('IF', 'EXISTS')
  cursor.expect('PARTITION')
  const specs = [partitionSpec(cursor)]
  while (cursor.acceptOperator(',')) {
    cursor.expect('PARTITION')
    specs.push(partitionSpec(cursor))
  }
  return { kind: 'drop-partitions', ifExists, specs }
}

function changeColumn(cursor: HiveCursor): AlterTableAction {
  cursor.accept('COLUMN')
  const from = cursor.identifier()
  const to = column(cursor)
  const place = cursor.accept('FIRST') ? 'first' : cursor.accept('AFTER') ? { after: cursor.identifier() } : undefined
  acceptReach(cursor)
  return { kind: 'change-column', from, to, ...(place && { place }) }
}
