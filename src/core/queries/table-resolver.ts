/** Names to tables: the one place where a query's names meet the catalog. */
import { resolveType } from '../../sql/analysis/type-resolution.ts'
import { SqlError } from '../../sql/position.ts'
import type { ResolvedTable, Resolver } from '../../sql/resolver.ts'
import { parseQuery, parseType } from '../../sql/statement.ts'
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import { DEFAULT_CATALOG, isGlueCatalog, type NameContext } from './context.ts'
import type { DeltaTable } from './delta/delta-files.ts'
import { deltaName, isDeltaTable } from './delta/delta-table.ts'
import { informationSchema } from './information-schema.ts'
import { partitionedName, partitionsTable } from './partitions-table.ts'
import { type TableLayout, tableLayout } from './table-layout.ts'
import { isView, readViewText } from './view-text.ts'

/** A table that the plan scans, under the id its scans carry. */
export interface ResolvedRelation {
  readonly id: string
  readonly table: Table
  readonly layout: TableLayout
  /** Of a Delta table, what its log says. */
  readonly delta?: DeltaTable
}

/** By `database.table`, the Delta tables whose log has been read. */
export type DeltaTables = ReadonlyMap<string, DeltaTable>

/** Thrown where a Delta table is met whose log has not been read: resolving does not wait for objects. */
export class UnreadDeltaTable extends Error {
  override readonly name = 'UnreadDeltaTable'
  readonly table: Table

  constructor(table: Table) {
    super(`the log of ${deltaName(table)} has not been read`)
    this.table = table
  }
}

type Names = Pick<NameContext, 'catalog' | 'database' | 'catalogAliases'>

/** Resolves in one context and remembers what it handed out; every reference to a table is a relation of its own. */
class TableResolver implements Resolver {
  readonly relations: Map<string, ResolvedRelation>
  /** `database.view` of every view that was read, those inside views too. */
  readonly views: Set<string>
  readonly #catalog: Catalog
  readonly #scope: Scope
  readonly #context: Names
  readonly deltaTables: DeltaTables

  constructor(
    catalog: Catalog,
    scope: Scope,
    context: Names,
    outer: Pick<TableResolver, 'relations' | 'views' | 'deltaTables'>,
  ) {
    this.#catalog = catalog
    this.#scope = scope
    this.#context = context
    this.relations = outer.relations
    this.views = outer.views
    this.deltaTables = outer.deltaTables
  }

  table(name: readonly string[]): ResolvedTable {
    const { catalog, database, table } = this.qualify(name)
    if (!isGlueCatalog(catalog, this.#context))
      throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${catalog}' does not exist`)
    if (database === 'information_schema')
      return { kind: 'view', query: parseQuery(informationSchema(this.#catalog, this.#scope, table)), resolver: this }
    const found = this.#catalog.tables.find(this.#scope, database, table)
    if (found?.descriptor.TargetTable && !found.descriptor.StorageDescriptor)
      throw new SqlError('TABLE_NOT_FOUND', `The target of the resource link '${database}.${table}' does not exist`)
    if (found)
      return { ...(isView(found) ? this.#view(found) : this.#relation(found)), name: [catalog, database, table] }
    const partitions = this.#partitions(database, table)
    if (partitions) return { ...partitions, name: [catalog, database, table] }
    if (!this.#catalog.databases.find(this.#scope, database))
      throw new SqlError('SCHEMA_NOT_FOUND', `Schema '${database}' does not exist`)
    throw new SqlError('TABLE_NOT_FOUND', `Table '${DEFAULT_CATALOG}.${database}.${table}' does not exist`)
  }

  /** Completes a name from the context; all parts folded. */
  qualify(name: readonly string[]): { catalog: string; database: string; table: string } {
    const parts = name.map((part) => part.toLowerCase())
    if (parts.length > 3) throw new SqlError('SYNTAX_ERROR', `Too many dots in table name: ${parts.join('.')}`)
    const table = parts.at(-1)!
    return { catalog: parts.at(-3) ?? this.#context.catalog, database: parts.at(-2) ?? this.#context.database, table }
  }

  #partitions(database: string, name: string): ResolvedTable | undefined {
    const base = partitionedName(name)
    const table = base === undefined ? undefined : this.#catalog.tables.find(this.#scope, database, base)
    const text = table && !isView(table) ? partitionsTable(this.#catalog, this.#scope, table) : undefined
    return text === undefined ? undefined : { kind: 'view', query: parseQuery(text), resolver: this }
  }

  #relation(table: Table): ResolvedTable {
    const id = `r${this.relations.size}`
    const delta = isDeltaTable(table) ? this.deltaTables.get(deltaName(table)) : undefined
    if (!delta && isDeltaTable(table)) throw new UnreadDeltaTable(table)
    const layout = delta?.layout ?? tableLayout(table)
    this.relations.set(id, { id, table, layout, ...(delta && { delta }) })
    const columns = layout.columns.map((c) => ({ name: c.name, type: c.type, hidden: c.kind === 'hidden' }))
    return { kind: 'table', relation: id, columns }
  }

  #view(table: Table): ResolvedTable {
    const view = readViewText(table)
    this.views.add(`${table.database}.${table.descriptor.Name}`)
    const { catalogAliases } = this.#context
    const context = { catalog: view.catalog.toLowerCase(), database: view.schema.toLowerCase(), catalogAliases }
    return {
      kind: 'view',
      query: parseQuery(view.originalSql),
      columns: view.columns.map(({ name, type }) => ({ name, type: resolveType(parseType(type)) })),
      resolver: new TableResolver(this.#catalog, this.#scope, context, this),
    }
  }
}

export const resolverOf = (
  { rooms, scope, ...names }: NameContext,
  deltaTables: DeltaTables = new Map(),
): TableResolver =>
  new TableResolver(rooms.catalog, scope, names, { relations: new Map(), views: new Set(), deltaTables })
