/**
 * What a principal sees of a data source: decided as of the lake's own tables, by what is kept about its catalog. A source is
 * asked in the house's name and knows nothing of it; so whoever passes on what it has told does so through here.
 */
import { hiveTypeName } from '../../sql/hive/type.ts'
import type { Principal } from '../call.ts'
import type { ColumnDescriptor, Table } from '../catalog/catalog.ts'
import type { TableDecision } from '../permissions/decision.ts'
import { insufficient } from '../permissions/insufficient.ts'
import { columnsLeft, narrowedType } from '../permissions/narrowed-table.ts'
import type { Permissions } from '../permissions/permissions.ts'
import type { SourceColumn, SourceTable } from './connector.ts'
import type { SourceCatalog } from './source-catalogs.ts'

export interface SourceSight {
  readonly schemas: (names: readonly string[]) => readonly string[]
  readonly tables: (schema: string, names: readonly string[]) => readonly string[]
  /** With the columns that are seen; undefined where nothing of it is. */
  readonly table: (found: SourceTable | undefined) => SourceTable | undefined
  readonly decision: (schema: string, name: string) => TableDecision
  /** Throws where that there is no such thing must not be told. */
  readonly refuseGuess: (name: string) => void
  /** A query in the source's own words reads whatever it says. Throws for whoever may not read everything. */
  readonly requireEverything: () => void
}

export function sourceSight(
  permissions: Permissions,
  principal: Principal,
  { scope, name: catalog }: SourceCatalog,
): SourceSight {
  if (permissions.isUnlimited(principal, scope)) return everything(permissions, principal, scope)
  const database = permissions.databases(principal, scope)
  const decide = permissions.tables(principal, scope)
  const seesSchema = (schema: string): boolean => database(schema).permissions.has('DESCRIBE')
  const decision = (schema: string, name: string): TableDecision => decide({ database: schema, table: name })
  const sees = (schema: string, name: string): boolean => decision(schema, name).permissions.has('DESCRIBE')
  return {
    decision,
    schemas: (names) => names.filter(seesSchema),
    tables: (schema, names) => names.filter((name) => sees(schema, name)),
    table: (found) =>
      found && sees(found.schema, found.name) ? narrowedSource(found, decision(found.schema, found.name)) : undefined,
    refuseGuess(name) {
      if (permissions.hidesNames(principal, scope)) throw insufficient('DESCRIBE', name)
    },
    requireEverything() {
      if (permissions.hides(principal, scope)) throw insufficient('SELECT', catalog)
    },
  }
}

const everything = (permissions: Permissions, principal: Principal, scope: SourceCatalog['scope']): SourceSight => ({
  decision: (database, table) => permissions.table(principal, scope, { database, table }),
  schemas: (names) => names,
  tables: (_, names) => names,
  table: (found) => found,
  refuseGuess: () => {},
  requireEverything: () => {},
})

function narrowedSource(found: SourceTable, decision: TableDecision): SourceTable {
  const left = columnsLeft(asCatalogTable(found), decision)
  if (!left) return found
  const columns = found.columns.flatMap((column) => {
    const part = left.get(column.name.toLowerCase())
    return part ? [{ ...column, type: narrowedType(column.type, part) }] : []
  })
  return { ...found, columns }
}

/** As the catalog of the lake would describe it: permissions are about columns by their names and types. */
export function asCatalogTable({ schema, name, columns }: SourceTable): Table {
  const described = ({ name: Name, type, comment }: SourceColumn): ColumnDescriptor => ({
    Name: Name.toLowerCase(),
    Type: hiveTypeName(type),
    ...(comment !== undefined && { Comment: comment }),
  })
  return {
    database: schema.toLowerCase(),
    descriptor: {
      Name: name.toLowerCase(),
      TableType: 'EXTERNAL_TABLE',
      StorageDescriptor: { Columns: columns.filter(({ partition }) => !partition).map(described) },
      PartitionKeys: columns.filter(({ partition }) => partition).map(described),
    },
    createdAt: '',
    updatedAt: '',
    createdBy: '',
    version: 0,
  }
}
