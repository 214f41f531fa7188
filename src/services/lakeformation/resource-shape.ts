/** Resources as Lake Formation spells them. */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import { withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import { foldName } from '../../core/catalog/names.ts'
import { Fault } from '../../core/faults.ts'
import { type ColumnChoice, type Resource, sortedNames, type TagCondition } from '../../core/permissions/resource.ts'

/** As handlers are given it: what is required is there. */
export type ResourceInput = Sdk.Resource

export const catalogIdOf = (resource: ResourceInput = {}): string | undefined => {
  const { Catalog, Database, Table, TableWithColumns, DataLocation, DataCellsFilter, LFTag, LFTagPolicy } = resource
  return (
    Catalog?.Id ??
    (Database ?? Table ?? TableWithColumns ?? DataLocation ?? LFTag ?? LFTagPolicy ?? resource.LFTagExpression)
      ?.CatalogId ??
    DataCellsFilter?.TableCatalogId
  )
}

const invalid = (message: string): Fault => new Fault('invalid', 'resource', message)

/** Throws `Fault('invalid', 'resource')` unless it names exactly one. */
export function resourceOf(input: ResourceInput): Resource {
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  if (given.length !== 1) throw invalid('Resource must have exactly one of the fields set.')
  const { Catalog, Database, Table, TableWithColumns, DataLocation, DataCellsFilter, LFTag, LFTagPolicy } = input
  if (Catalog) return { kind: 'catalog' }
  if (Database) return { kind: 'database', database: foldName(required(Database.Name)) }
  if (Table) return tableOf(Table)
  if (TableWithColumns) return columnsOf(TableWithColumns)
  if (DataLocation) return { kind: 'location', arn: withoutEndSlashes(required(DataLocation.ResourceArn)) }
  if (DataCellsFilter) {
    const { DatabaseName, TableName, Name } = DataCellsFilter
    const [database, table] = [foldName(required(DatabaseName)), foldName(required(TableName))]
    return { kind: 'filter', database, table, name: required(Name) }
  }
  if (LFTag) return { kind: 'tag', ...conditionOf(LFTag) }
  if (LFTagPolicy) return taggedOf(LFTagPolicy)
  return { kind: 'tag-expression', name: required(input.LFTagExpression?.Name) }
}

function tableOf({ DatabaseName, Name, TableWildcard }: Sdk.TableResource): Resource {
  const database = foldName(required(DatabaseName))
  if ((Name === undefined) === (TableWildcard === undefined))
    throw invalid('Either the name of a table or a wildcard must be given.')
  return Name === undefined ? { kind: 'tables', database } : { kind: 'table', database, table: foldName(Name) }
}

function columnsOf(input: Sdk.TableWithColumnsResource): Resource {
  const [database, table] = [foldName(required(input.DatabaseName)), foldName(required(input.Name))]
  const columns = columnChoice(input)
  // All of a table's columns are the table.
  return columns ? { kind: 'columns', database, table, ...columns } : { kind: 'table', database, table }
}

/** Undefined where all columns are meant. */
export function columnChoice({
  ColumnNames,
  ColumnWildcard,
}: Pick<Sdk.TableWithColumnsResource, 'ColumnNames' | 'ColumnWildcard'>): ColumnChoice | undefined {
  if ((ColumnNames === undefined || ColumnNames.length === 0) === (ColumnWildcard === undefined))
    throw invalid('Either names of columns or a wildcard must be given.')
  if (ColumnNames?.length) return { include: sortedNames(ColumnNames) }
  const except = sortedNames(ColumnWildcard?.ExcludedColumnNames ?? [])
  return except.length === 0 ? undefined : { except }
}

const conditionOf = ({ TagKey, TagValues }: Sdk.LFTag): TagCondition => ({
  key: required(TagKey).toLowerCase(),
  values: [...new Set((TagValues ?? []).map((value) => value.toLowerCase()))].sort(),
})

export const conditionsOf = (expression: readonly Sdk.LFTag[]): TagCondition[] =>
  expression.map(conditionOf).sort((a, b) => (a.key < b.key ? -1 : 1))

function taggedOf({ ResourceType, Expression, ExpressionName }: Sdk.LFTagPolicyResource): Resource {
  const kind = ResourceType === 'DATABASE' ? 'tagged-databases' : 'tagged-tables'
  if (ExpressionName !== undefined) return { kind, expression: ExpressionName }
  if (!Expression?.length) throw invalid('An LF-Tag expression must be given.')
  return { kind, conditions: conditionsOf(Expression) }
}

function required(value: string | undefined): string {
  if (value === undefined || value === '') throw invalid('A name of the resource is missing.')
  return value
}

export function awsResource(resource: Resource, CatalogId: string): Sdk.Resource {
  switch (resource.kind) {
    case 'catalog':
      return { Catalog: { Id: CatalogId } }
    case 'database':
      return { Database: { CatalogId, Name: resource.database } }
    case 'tables':
      return { Table: { CatalogId, DatabaseName: resource.database, TableWildcard: {} } }
    case 'table':
      return { Table: { CatalogId, DatabaseName: resource.database, Name: resource.table } }
    case 'columns':
      return {
        TableWithColumns: { CatalogId, DatabaseName: resource.database, Name: resource.table, ...awsColumns(resource) },
      }
    case 'filter': {
      const { database: DatabaseName, table: TableName, name: Name } = resource
      return { DataCellsFilter: { TableCatalogId: CatalogId, DatabaseName, TableName, Name } }
    }
    case 'location':
      return { DataLocation: { CatalogId, ResourceArn: resource.arn } }
    case 'tag':
      return { LFTag: { CatalogId, TagKey: resource.key, TagValues: [...resource.values] } }
    case 'tag-expression':
      return { LFTagExpression: { CatalogId, Name: resource.name } }
    case 'tagged-databases':
    case 'tagged-tables': {
      const ResourceType = resource.kind === 'tagged-databases' ? 'DATABASE' : 'TABLE'
      const what =
        'expression' in resource
          ? { ExpressionName: resource.expression }
          : { Expression: resource.conditions.map(awsTag) }
      return { LFTagPolicy: { CatalogId, ResourceType, ...what } }
    }
  }
}

export const awsColumns = (
  choice: ColumnChoice | undefined,
): Pick<Sdk.DataCellsFilter, 'ColumnNames' | 'ColumnWildcard'> => {
  if (!choice) return { ColumnWildcard: { ExcludedColumnNames: [] } }
  return 'include' in choice
    ? { ColumnNames: [...choice.include] }
    : { ColumnWildcard: { ExcludedColumnNames: [...choice.except] } }
}

export const awsTag = ({ key, values }: TagCondition): Sdk.LFTag => ({ TagKey: key, TagValues: [...values] })
