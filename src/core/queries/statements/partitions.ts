/** Statements about partitions: add, drop, rename, list. */

import { compareConstants } from '../../../sql/analysis/constant-order.ts'
import type { HiveStatement, PartitionSpec } from '../../../sql/hive/ast.ts'
import { hiveTypeName } from '../../../sql/hive/type.ts'
import type { Partition, PartitionDescriptor, Table } from '../../catalog/catalog.ts'
import { partitionPath } from '../../catalog/folder-names.ts'
import type { QueryContext } from '../context.ts'
import { isDeltaTable } from '../delta/delta-table.ts'
import { ddlTaskFailure, StatementFailure, taskFailure } from '../failure.ts'
import { done, lines, type StatementOutcome } from '../outcome.ts'
import { convertedValue, partitionConstant } from '../partition-values.ts'
import { requireWhole } from '../seen-tables.ts'
import { tableLayout } from '../table-layout.ts'
import { Turns } from '../turns.ts'
import { deltaPartitions } from './delta-tables.ts'
import { defaultLocation } from './partition-folders.ts'
import { saidLocation } from './said-location.ts'
import { foundTable } from './table-names.ts'

type Of<Kind extends HiveStatement['kind']> = Extract<HiveStatement, { kind: Kind }>
type AlterOf<Kind> = Extract<Of<'alter-table'>['action'], { kind: Kind }>

export async function addPartitions(
  table: Table,
  action: AlterOf<'add-partitions'>,
  context: QueryContext,
): Promise<StatementOutcome> {
  const storage = table.descriptor.StorageDescriptor
  const added = action.partitions.map(({ spec, location }): PartitionDescriptor => {
    const values = convertedValues(table, fullValues(table, spec))
    const place = location === undefined ? defaultLocation(table, values) : saidLocation(location)
    return { Values: values, StorageDescriptor: { ...storage, Location: place } }
  })
  const { catalog } = context.rooms
  const { database, descriptor } = table
  const taken = added.filter(({ Values }) => catalog.partitions.find(context.scope, database, descriptor.Name, Values))
  if (taken.length > 0 && !action.ifNotExists)
    throw ddlTaskFailure('AlreadyExistsException', 'Partition already exists.')
  await catalog.partitions.create(context.scope, database, descriptor.Name, added, action.ifNotExists)
  return done
}

export async function dropPartitions(
  table: Table,
  action: AlterOf<'drop-partitions'>,
  context: QueryContext,
): Promise<StatementOutcome> {
  const { catalog } = context.rooms
  const { database, descriptor } = table
  const doomed: (readonly string[])[] = []
  for (const spec of action.specs) {
    const matching = await partitionValues(table, context, (values) => matchesSpec(table, spec, values))
    if (matching.length === 0 && !action.ifExists) throw partitionNotFound(spec)
    doomed.push(...matching)
  }
  await catalog.partitions.delete(context.scope, database, descriptor.Name, doomed)
  return done
}

export async function renamePartition(
  table: Table,
  action: AlterOf<'rename-partition'>,
  context: QueryContext,
): Promise<StatementOutcome> {
  const [from, to] = [fullValues(table, action.from), convertedValues(table, fullValues(table, action.to))]
  const { database, descriptor } = table
  const { partitions } = context.rooms.catalog
  const existing = requirePartition(table, action.from, context)
  if (partitions.find(context.scope, database, descriptor.Name, to))
    throw ddlTaskFailure('AlreadyExistsException', 'Partition already exists.')
  // The catalog knows no other way to give a partition new values.
  await partitions.create(context.scope, database, descriptor.Name, [{ ...existing.descriptor, Values: to }])
  await partitions.delete(context.scope, database, descriptor.Name, [from])
  return done
}

export async function showPartitions(
  statement: Of<'show-partitions'>,
  context: QueryContext,
): Promise<StatementOutcome> {
  const table = foundTable(statement.table, context)
  if (isDeltaTable(table)) {
    requireWhole(context, context.scope, table)
    return deltaPartitions(table, context)
  }
  requireKeys(table)
  const { spec } = statement
  const partitions = await partitionValues(
    table,
    context,
    (values) => spec === undefined || matchesSpec(table, spec, values),
  )
  return lines(
    ['partition'],
    partitions.map((values) => partitionPath(table, values)),
  )
}

/** The values of the partitions that are wanted, in the catalog's order. */
async function partitionValues(
  { database, descriptor }: Table,
  { rooms, scope, signal }: QueryContext,
  keep: (values: readonly string[]) => boolean,
): Promise<string[][]> {
  const found: string[][] = []
  const turns = new Turns(signal)
  for (const values of rooms.catalog.partitions.values(scope, database, descriptor.Name)) {
    if (keep(values)) found.push(values)
    if (turns.step()) await turns.rest()
  }
  return found
}

function requireKeys(table: Table): void {
  if ((table.descriptor.PartitionKeys ?? []).length > 0) return
  throw taskFailure(`Table ${table.descriptor.Name} is not a partitioned table`, 1100)
}

/** The partition that a specification names, whole. */
export function requirePartition(
  { database, descriptor }: Table,
  spec: PartitionSpec,
  context: QueryContext,
): Partition {
  const { rooms, scope } = context
  const values = (descriptor.PartitionKeys ?? []).map(
    (key) => spec.find((item) => item.column.name.toLowerCase() === key.Name.toLowerCase())?.value ?? '',
  )
  const found = rooms.catalog.partitions.find(scope, database, descriptor.Name, values)
  if (!found) throw partitionNotFound(spec)
  return found
}

const partitionNotFound = (spec: PartitionSpec): StatementFailure =>
  new StatementFailure(`FAILED: SemanticException [Error 10006]: Partition not found ${specText(spec)}`, {
    category: 2,
    type: 1301,
    leavesText: true,
  })

/** As the catalog keeps them. Throws, as Hive does (`hive.typecheck.on.insert`), for one that is no value of its column. */
const convertedValues = (table: Table, values: readonly string[]): string[] =>
  tableLayout(table).partitionKeys.map(({ name, type }, i) => {
    const value = convertedValue(values[i]!, type)
    if (value !== undefined) return value
    throw new StatementFailure(
      `FAILED: SemanticException [Error 10248]: Cannot add partition column ${name} of type string as it cannot be converted to type ${hiveTypeName(type)}`,
      { category: 2, type: 1006, leavesText: true },
    )
  })

/** The values of a partition in the order of the table's keys; all must be given, each once. */
function fullValues(table: Table, spec: PartitionSpec): string[] {
  const keys = (table.descriptor.PartitionKeys ?? []).map((key) => key.Name.toLowerCase())
  const values = keys.map((key) => spec.find((item) => item.column.name.toLowerCase() === key)?.value)
  if (spec.length !== keys.length || values.includes(undefined))
    throw new StatementFailure(
      `FAILED: SemanticException [Error 10001]: partition spec ${specText(spec)} doesn't contain all (${keys.length}) partition columns`,
      { category: 2, type: 1006, leavesText: true },
    )
  return values as string[]
}

function matchesSpec(table: Table, spec: PartitionSpec, values: readonly string[]): boolean {
  const keys = tableLayout(table).partitionKeys
  return spec.every(({ column, op, value }) => {
    const index = keys.findIndex((key) => key.name === column.name.toLowerCase())
    if (index < 0)
      throw new StatementFailure(`FAILED: SemanticException [Error 10096]: Partition column ${column.name} not found`, {
        category: 2,
        type: 1006,
        leavesText: true,
      })
    const { type } = keys[index]!
    const order = compareConstants(
      partitionConstant(values[index]!, type) ?? values[index]!,
      partitionConstant(value, type) ?? value,
      type,
    )
    if (order === undefined) return false
    return { '=': order === 0, '<>': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[
      op
    ]
  })
}

const specText = (spec: PartitionSpec): string =>
  `{${spec.map(({ column, value }) => `${column.name}=${value}`).join(', ')}}`
