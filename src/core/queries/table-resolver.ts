/** Names to tables: the one place where a query's names meet the catalog. */
import { resolveType } from '../../sql/analysis/type-resolution.ts'
import type { Scalar } from '../../sql/plan.ts'
import { SqlError } from '../../sql/position.ts'
import type { CatalogFunction, ResolvedTable, Resolver, VersionPointer } from '../../sql/resolver.ts'
import { parseQuery, parseType } from '../../sql/statement.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { dottedName } from '../catalog/dotted-name.ts'
import { catalogBehind } from '../catalog/links.ts'
import type { SourceTable } from '../federation/connector.ts'
import type { SourceCatalog } from '../federation/source-catalogs.ts'
import { type SourceSight, sourceSight } from '../federation/source-sight.ts'
import type { TableDecision } from '../permissions/decision.ts'
import { insufficient } from '../permissions/insufficient.ts'
import { visibilityOf } from '../permissions/visibility.ts'
import { DEFAULT_CATALOG, type NameContext, ofHouse, sourceNamed } from './context.ts'
import type { DescribedTable } from './described-table.ts'
import { type DescribedAnswers, describesItself } from './described-tables.ts'
import { isIcebergTable } from './iceberg/iceberg-table.ts'
import { metadataTableName } from './iceberg/metadata-tables.ts'
import { informationSchema, type ListedCatalog, listedLake } from './information-schema.ts'
import { partitionedName, partitionsTable } from './partitions-table.ts'
import type { RelationColumn } from './relation.ts'
import { refuseGuess, requireWhole } from './seen-tables.ts'
import {
  listedTables,
  missingSourceTable,
  type SourceAnswers,
  type SourceTableColumn,
  seenAnswers,
  sourceColumns,
} from './source-tables.ts'
import { type TableLayout, tableLayout } from './table-layout.ts'
import { requireSeen, type Seen, sightOf, type TableSight } from './table-sight.ts'
import { isView, readViewText } from './view-text.ts'

/** A table that the plan scans, under the id its scans carry. */
export type ResolvedRelation = LakeRelation | SourceRelation

export interface LakeRelation {
  readonly kind: 'lake'
  readonly id: string
  /** Of the catalog that has it, which need not be the statement's. */
  readonly scope: Scope
  readonly table: Table
  readonly layout: TableLayout
  /** Of a table that describes itself, what was read of it. */
  readonly described?: DescribedTable
  /** What the principal sees of it, where that is not all. */
  readonly sight?: TableSight
}

/** A table of a data source. */
export interface SourceRelation {
  readonly kind: 'source'
  readonly id: string
  readonly catalog: SourceCatalog
  readonly table: SourceTable
  readonly columns: readonly SourceTableColumn[]
  /** What the principal sees of it, where that is not all. */
  readonly sight?: TableSight
}

/** What others say of tables; throws `Unanswered` where it has not been asked. */
export interface TableAnswers {
  readonly described: DescribedAnswers
  readonly source: SourceAnswers
}

/** Resolves in one context and remembers what it handed out; every reference to a table is a relation of its own. */
export class TableResolver implements Resolver {
  readonly relations: Map<string, ResolvedRelation>
  /** `database.view` of every view that was read, those inside views too. */
  readonly views: Set<string>
  readonly #context: NameContext
  readonly #answers: TableAnswers

  /** `outer`: of the query that reads the view whose names this one resolves. */
  constructor(context: NameContext, answers: TableAnswers, outer?: Pick<TableResolver, 'relations' | 'views'>) {
    this.#context = context
    this.#answers = answers
    this.relations = outer?.relations ?? new Map()
    this.views = outer?.views ?? new Set()
  }

  get narrows(): boolean {
    return this.relations
      .values()
      .some(({ sight }) => sight?.narrowings !== undefined || sight?.cellFilters?.some(({ value }) => isStruct(value)))
  }

  table(name: readonly string[], version?: VersionPointer): ResolvedTable {
    const full = qualifiedName(name, this.#context)
    const { catalog, database, table } = full
    const asked = this.#context.lakeCatalogs.find(catalog)?.scope
    if (!asked) {
      if (version) throw unversioned()
      return this.#sourceTable(full)
    }
    const { rooms, principal } = this.#context
    if (database === 'information_schema')
      return this.#listing(listedLake(rooms.catalog, { ...asked, principal }), table)
    // What files hold is told by all of a table's columns, whoever may see which.
    const scope = ofHouse(asked)
    const found = rooms.catalog.tables.find(scope, database, table)
    // A link is seen or not by itself.
    if (found?.abroad && !rooms.catalog.tables.find({ ...asked, principal }, database, table))
      throw insufficient('DESCRIBE', table)
    if (found?.descriptor.TargetTable && !found.descriptor.StorageDescriptor)
      throw new SqlError('TABLE_NOT_FOUND', `The target of the resource link '${database}.${table}' does not exist`)
    const resolved = found ? this.#found(scope, found, version) : this.#about(scope, database, table)
    if (resolved && !found && version) throw unversioned()
    if (resolved) return { ...resolved, name: [catalog, database, table] }
    // `t$files` is guessed as t is: whether there is a t, and of which kind, is not told.
    const home = rooms.catalog.databases.find(scope, database)
    const behind = catalogBehind(scope, home)
    refuseGuess(this.#context, behind, metadataTableName(table)?.table ?? partitionedName(table) ?? table)
    if (!home) throw new SqlError('SCHEMA_NOT_FOUND', `Schema '${database}' does not exist`)
    throw new SqlError('TABLE_NOT_FOUND', `Table '${DEFAULT_CATALOG}.${database}.${table}' does not exist`)
  }

  #sourceTable({ catalog, database, table }: FullTableName): ResolvedTable {
    const source = this.#context.sourceCatalogs.find(catalog)
    if (!source) throw new SqlError('CATALOG_NOT_FOUND', `Catalog '${catalog}' does not exist`)
    const answers = this.#answers.source
    const sight = this.#sourceSight(source)
    if (database === 'information_schema') {
      const seen = seenAnswers(answers, source, sight)
      const schemas = () => seen.schemas(source).map((schema) => schema.toLowerCase())
      return this.#listing({ name: catalog, schemas, tables: () => listedTables(seen, source) }, table)
    }
    const decision = sight.decision(database, table)
    if (!decision.permissions.has('DESCRIBE')) throw insufficient('DESCRIBE', table)
    const found = answers.table(source, database, table)
    if (!found) {
      sight.refuseGuess(table)
      throw missingSourceTable(answers, source, database, table)
    }
    const isLimited = !this.#context.rooms.permissions.isUnlimited(this.#context.principal, source.scope)
    return { ...this.#scanned(source, found, isLimited ? decision : undefined), name: [catalog, database, table] }
  }

  #sourceSight(source: SourceCatalog): SourceSight {
    return sourceSight(this.#context.rooms.permissions, this.#context.principal, source)
  }

  tableFunction(name: readonly string[]): CatalogFunction | undefined {
    if (name.length < 2 || name.length > 3) return undefined
    const { catalog, database, table } = qualifiedName(name, this.#context)
    const source = sourceNamed(catalog, this.#context)
    if (!source) return undefined
    this.#sourceSight(source).requireEverything()
    const answers = this.#answers.source
    const found = answers
      .functions(source)
      .find((one) => one.schema.toLowerCase() === database && one.name.toLowerCase() === table)
    return (
      found && {
        arguments: found.arguments,
        call: (values) => this.#scanned(source, answers.called(source, found, values)),
      }
    )
  }

  #scanned(
    catalog: SourceCatalog,
    table: SourceTable,
    decision?: TableDecision,
  ): ResolvedTable & { readonly kind: 'table' } {
    const id = `r${this.relations.size}`
    const columns = sourceColumns(table)
    const seen = decision && sightOf((named) => visibilityOf(decision, named), columns)
    const sight = seen && seen.columns !== columns ? seen : undefined
    this.relations.set(id, { kind: 'source', id, catalog, table, columns, ...(sight && { sight }) })
    return { kind: 'table', relation: id, columns: visible(sight?.columns ?? columns) }
  }

  #listing(catalog: ListedCatalog, table: string): ResolvedTable {
    return { kind: 'view', query: parseQuery(informationSchema(catalog, table)), resolver: this }
  }

  #found(scope: Scope, table: Table, version: VersionPointer | undefined): ResolvedTable {
    const seen = requireSeen(this.#context, scope, table)
    if (version && !isIcebergTable(table)) throw unversioned()
    return isView(table) ? this.#view(table, seen) : this.#relation(scope, table, version, seen)
  }

  /** `t$partitions` and others of the kind, which tell of a table. */
  #about(scope: Scope, database: string, name: string): ResolvedTable | undefined {
    const { rooms } = this.#context
    const asked = metadataTableName(name)
    const table = asked && rooms.catalog.tables.find(scope, database, asked.table)
    if (!table || !isIcebergTable(table)) return this.#partitions(scope, database, name)
    requireSeen(this.#context, scope, table)
    requireWhole(this.#context, scope, table)
    const text = this.#answers.described.about(table, asked.about)
    return { kind: 'view', query: parseQuery(text), resolver: this }
  }

  #partitions(scope: Scope, database: string, name: string): ResolvedTable | undefined {
    const { rooms } = this.#context
    const base = partitionedName(name)
    const table = base === undefined ? undefined : rooms.catalog.tables.find(scope, database, base)
    const asking = { ...scope, principal: this.#context.principal }
    const text = table && !isView(table) ? partitionsTable(rooms.catalog, asking, table) : undefined
    return text === undefined ? undefined : { kind: 'view', query: parseQuery(text), resolver: this }
  }

  #relation(scope: Scope, table: Table, version: VersionPointer | undefined, seen: Seen): ResolvedTable {
    const id = `r${this.relations.size}`
    const described = describesItself(table) ? this.#answers.described.table(table, version) : undefined
    const layout = described?.layout ?? tableLayout(table)
    const sight = seen === 'whole' ? undefined : this.#sight(table, layout, version, seen)
    this.relations.set(id, {
      kind: 'lake',
      id,
      scope,
      table,
      layout,
      ...(described && { described }),
      ...(sight && { sight }),
    })
    return { kind: 'table', relation: id, columns: visible(sight?.columns ?? layout.columns) }
  }

  #sight(
    table: Table,
    { columns }: TableLayout,
    version: VersionPointer | undefined,
    seen: Exclude<Seen, 'whole'>,
  ): TableSight | undefined {
    const current = version ? this.#answers.described.table(table).layout.columns : columns
    const sight = sightOf(seen, columns, current)
    return sight.columns === columns ? undefined : sight
  }

  /** Of a view too something must be granted; what it reads, it reads as whoever reads it (athena ug, lf-athena-limitations). */
  #view(table: Table, seen: Seen): ResolvedTable {
    if (seen !== 'whole' && !seen([]).isWhole)
      throw new SqlError('COLUMN_NOT_FOUND', 'Relation contains no accessible columns')
    const view = readViewText(table)
    this.views.add(dottedName(table))
    const context = { ...this.#context, catalog: view.catalog.toLowerCase(), database: view.schema.toLowerCase() }
    return {
      kind: 'view',
      query: parseQuery(view.originalSql),
      columns: view.columns.map(({ name, type }) => ({ name, type: resolveType(parseType(type)) })),
      resolver: new TableResolver(context, this.#answers, this),
    }
  }
}

const isStruct = ({ type }: Scalar): boolean => type.kind === 'row'

const unversioned = (): SqlError => new SqlError('NOT_SUPPORTED', 'This connector does not support versioned tables')

const visible = (columns: readonly RelationColumn[]) =>
  columns.map((c) => ({ name: c.name, type: c.type, hidden: c.kind === 'hidden' }))

export interface FullTableName {
  readonly catalog: string
  readonly database: string
  readonly table: string
}

/** Completes a name from the context; all parts folded. */
export function qualifiedName(
  name: readonly string[],
  context: Pick<NameContext, 'catalog' | 'database'>,
): FullTableName {
  const parts = name.map((part) => part.toLowerCase())
  if (parts.length > 3) throw new SqlError('SYNTAX_ERROR', `Too many dots in table name: ${parts.join('.')}`)
  const table = parts.at(-1)!
  return { catalog: parts.at(-3) ?? context.catalog, database: parts.at(-2) ?? context.database, table }
}
