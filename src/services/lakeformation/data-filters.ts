import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope, Table } from '../../core/catalog/catalog.ts'
import { foldName } from '../../core/catalog/names.ts'
import { Fault } from '../../core/faults.ts'
import { governedNames } from '../../core/federation/governed-names.ts'
import type { Lake } from '../../core/lake.ts'
import { fieldName, fieldPath, fieldsOf, type PartPath, partName } from '../../core/permissions/column-parts.ts'
import { type DataFilter, findFilter, putFilter, type RowCondition } from '../../core/permissions/data-filters.ts'
import { requireGrantor } from '../../core/permissions/grantors.ts'
import { eraseFilter } from '../../core/permissions/openings.ts'
import { type ColumnChoice, type TableName, tablePrefix } from '../../core/permissions/resource.ts'
import { permissionSpace } from '../../core/permissions/spaces.ts'
import type { RelationColumn } from '../../core/queries/relation.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { hiveTypeName } from '../../sql/hive/type.ts'
import { pageOf } from './paging.ts'
import { awsColumns, columnChoice } from './resource-shape.ts'
import { grantedScope, ofHouse } from './scope.ts'

export function dataFilters(lake: Lake): Handlers<typeof Sdk> {
  const { state, permissions } = lake
  /** Throws denied for who may not filter the table: that takes all of its columns, with the option to pass them on. */
  const governed = (call: ServiceCall, input: Sdk.DataCellsFilterResource) => {
    const scope = grantedScope(call, input.TableCatalogId)
    const table = { database: foldName(input.DatabaseName ?? ''), table: foldName(input.TableName ?? '') }
    requireGrantor(permissions, scope, {
      resource: { kind: 'table', ...table },
      permissions: ['SELECT'],
      grantable: [],
    })
    return { scope, table, name: input.Name ?? '' }
  }
  const saved = async (input: Sdk.DataCellsFilter, call: ServiceCall, isNew: boolean) => {
    const { scope, table, name } = governed(call, input)
    const found = await governedNames(lake, call.signal).table(scope, table)
    const columns = await choiceOf(found, input)
    const rows = await rowsOf(found, input.RowFilter)
    await state.transaction((tx) => {
      const known = findFilter(tx, scope, table, name)
      if (isNew && known) throw new Fault('already-exists', 'filter', `Data cells filter ${name} already exists.`)
      if (!isNew && !known) throw missing(name)
      if (!isNew && input.VersionId !== undefined && known!.version !== input.VersionId)
        throw new Fault('conflict', 'filter', `Data cells filter ${name} has been changed.`)
      putFilter(tx, scope, {
        ...table,
        name,
        version: randomUUID(),
        ...(rows && { rows }),
        ...(columns && { columns }),
      })
    })
    return {}
  }
  return {
    CreateDataCellsFilter: ({ TableData }, call) => saved(TableData, call, true),
    UpdateDataCellsFilter: ({ TableData }, call) => saved(TableData, call, false),

    GetDataCellsFilter(input, call) {
      const { scope, table, name } = governed(call, input)
      const found = findFilter(state, scope, table, name)
      if (!found) throw missing(name)
      return { DataCellsFilter: awsFilter(found, scope) }
    },

    async DeleteDataCellsFilter(input, call) {
      const { scope, table, name } = governed(call, input)
      await state.transaction((tx) => {
        if (!eraseFilter(tx, scope, table, name)) throw missing(name)
      })
      return {}
    },

    ListDataCellsFilter(input, call) {
      const scope = grantedScope(call, input.Table?.CatalogId)
      const of = input.Table?.Name === undefined ? undefined : tableIn(input.Table)
      if (of) governed(call, { ...input.Table, TableName: of.table })
      else permissions.isUnlimited(scope.principal, scope) || requireAll(lake, scope)
      const prefix = of && tablePrefix(of)
      const { items, NextToken } = pageOf(
        input,
        (page) => state.list<DataFilter>(permissionSpace('filters', scope), { ...page, ...(prefix && { prefix }) }),
        ({ key }) => key,
      )
      return { DataCellsFilters: items.map(({ doc }) => awsFilter(doc, scope)), NextToken }
    },
  }
}

const tableIn = ({ DatabaseName, Name }: Sdk.TableResource): TableName => ({
  database: foldName(DatabaseName ?? ''),
  table: foldName(Name ?? ''),
})

function requireAll({ permissions }: Lake, scope: Scope): void {
  requireGrantor(permissions, scope, { resource: { kind: 'catalog' }, permissions: ['ALL'], grantable: ['ALL'] })
}

const missing = (name: string): Fault => new Fault('not-found', 'filter', `Data cells filter ${name} not found.`)

/** Column names that engines keep for themselves (lake-formation dg, data-filtering-notes). */
const RESERVED: ReadonlySet<string> = new Set(
  'ctid oid xmin cmin xmax cmax tableoid insertxid deletexid importoid redcatuniqueid'.split(' '),
)

async function choiceOf(table: Table, input: Sdk.DataCellsFilter): Promise<ColumnChoice | undefined> {
  const { declaredColumns } = await import('../../core/queries/table-layout.ts')
  const { columns } = declaredColumns(table)
  const reserved = columns.find(({ name }) => RESERVED.has(name))
  if (reserved) throw invalid(`The column name ${reserved.name} is restricted.`)
  const choice = columnChoice(input)
  if (!choice) return undefined
  if ('include' in choice) for (const name of choice.include) checkName(name, columns)
  else
    for (const name of choice.except)
      if (checkName(name, columns).kind === 'partition') throw invalid('A partition key cannot be excluded.')
  return choice
}

/** "You can include or exclude five-levels of nested fields in a data filter": the column is the first. */
const MOST_LEVELS = 5

/** The column that is named, or inside of which a field is (lake-formation dg, data-filtering-notes). */
function checkName(name: string, columns: readonly RelationColumn[]): RelationColumn {
  const column = columns.find((one) => one.name === name)
  const path = fieldPath(name)
  if (!path) return column ?? missingColumn(name)
  const around = columns.find((one) => one.name === path[0])
  const wrong = around ? whyNoField(around, path) : `Column ${name} not found.`
  if (column && wrong === undefined)
    throw invalid(`${name} is ambiguous: there is a column of that name, and a field inside of ${path[0]}.`)
  if (column) return column
  if (wrong !== undefined) throw invalid(wrong)
  return around!
}

/** Undefined where the path leads to a field of a struct. */
function whyNoField(column: RelationColumn, path: PartPath): string | undefined {
  const name = partName(path)
  let type = column.type
  for (const [i, step] of path.slice(1).entries()) {
    const field = fieldsOf(type).find((one) => fieldName(one) === step)
    if (!field && type.kind !== 'row')
      return `Only fields of structs can be named: ${partName(path.slice(0, i + 1))} in ${name} is of the type ${hiveTypeName(type)}.`
    if (!field) return `Column ${name} not found.`
    type = field.type
  }
  if (column.kind === 'partition') return `Fields of a partition key cannot be named: ${name}.`
  return path.length > MOST_LEVELS ? `Fields can be named down to ${MOST_LEVELS} levels: ${name}.` : undefined
}

const invalid = (message: string): Fault => new Fault('invalid', 'filter', message)

function missingColumn(name: string): never {
  throw invalid(`Column ${name} not found.`)
}

async function rowsOf(table: Table, filter: Sdk.RowFilter | undefined): Promise<RowCondition | undefined> {
  const { FilterExpression, AllRowsWildcard } = filter ?? {}
  if ((FilterExpression === undefined) === (AllRowsWildcard === undefined))
    throw invalid('Either a filter expression or all rows must be given.')
  // The compiler is not loaded by a server that nobody has asked for a query.
  const [{ readRowFilter }, { declaredColumns }] = await Promise.all([
    import('../../core/queries/row-filters.ts'),
    import('../../core/queries/table-layout.ts'),
  ])
  if (FilterExpression === undefined || /^\s*true\s*$/i.test(FilterExpression)) return undefined
  return readRowFilter(FilterExpression, declaredColumns(table).columns)
}

const awsFilter = (
  { database, table, name, rows, columns, version }: DataFilter,
  scope: Scope,
): Sdk.DataCellsFilter => ({
  TableCatalogId: ofHouse(scope).account,
  DatabaseName: database,
  TableName: table,
  Name: name,
  RowFilter: rows ? { FilterExpression: rows.text } : { AllRowsWildcard: {}, FilterExpression: 'TRUE' },
  ...awsColumns(columns),
  VersionId: version,
})
