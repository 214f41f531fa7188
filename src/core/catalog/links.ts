/**
 * Resource links: databases and tables that stand for others. What is asked of a link is asked of its target, one link
 * far; what is deleted is the link. docs: lake-formation dg, resource-links-about and resource-links-glue-apis.
 */
import { Fault } from '../faults.ts'
import type { TableName } from '../permissions/resource.ts'
import type { StateReader, StateTransaction } from '../ports.ts'
import type { Database, LinkTarget, Scope, Table } from './catalog.ts'
import { databaseMissing, foldName, space, type TableDocument, tableKey } from './names.ts'

/** A table by the name it was asked for, and what it links to; the same where it is no link. */
export interface LocatedTable {
  readonly own: TableDocument
  /** Undefined where the target is not there. */
  readonly target: TableDocument | undefined
}

export function findDatabase(state: StateReader, scope: Scope, folded: string): Database | undefined {
  return state.get<Database>(space('databases', scope), folded)?.doc
}

/** Where the tables of a database are: its folded name, or that of its target. Throws not-found. */
export function requireDatabase(state: StateReader, scope: Scope, name: string): string {
  const folded = foldName(name)
  const found = findDatabase(state, scope, folded)
  if (!found) throw databaseMissing(folded)
  const { TargetDatabase } = found.descriptor
  if (!TargetDatabase) return folded
  if (!isLocal(scope, TargetDatabase)) throw notShared(TargetDatabase)
  const target = foldName(TargetDatabase.DatabaseName ?? '')
  if (!findDatabase(state, scope, target)) throw databaseMissing(target)
  return target
}

export function locateTable(
  state: StateReader,
  scope: Scope,
  database: string,
  name: string,
): LocatedTable | undefined {
  const [home, folded] = [foldName(database), foldName(name)]
  const direct = tableAt(state, scope, home, folded)
  if (direct) return { own: direct, target: targetOf(state, scope, direct) }
  const linked = findDatabase(state, scope, home)?.descriptor.TargetDatabase
  const own =
    linked && isLocal(scope, linked) ? tableAt(state, scope, foldName(linked.DatabaseName ?? ''), folded) : undefined
  // Of two links in a row the first is followed.
  return own && { own, target: own }
}

function targetOf(state: StateReader, scope: Scope, own: TableDocument): TableDocument | undefined {
  const { TargetTable } = own.descriptor
  if (!TargetTable) return own
  if (!isLocal(scope, TargetTable)) return undefined
  return tableAt(state, scope, foldName(TargetTable.DatabaseName ?? ''), foldName(TargetTable.Name ?? ''))
}

const tableAt = (state: StateReader, scope: Scope, database: string, name: string): TableDocument | undefined =>
  state.get<TableDocument>(space('tables', scope), tableKey(database, name))?.doc

/** What a table of the catalog is the data of: the target of a link, by its folded name, and the catalog that has it. */
export function meantTable(
  scope: Scope,
  { database, descriptor, abroad }: Pick<Table, 'database' | 'descriptor' | 'abroad'>,
): { readonly scope: Scope; readonly name: TableName } {
  if (abroad)
    return { scope: { ...scope, account: abroad.account }, name: { database: abroad.database, table: abroad.name } }
  const { Name, TargetTable } = descriptor
  if (!TargetTable || !isLocal(scope, TargetTable)) return { scope, name: { database, table: Name } }
  return {
    scope,
    name: { database: foldName(TargetTable.DatabaseName ?? ''), table: foldName(TargetTable.Name ?? '') },
  }
}

/** An account's own catalog, or one below it: `123456789012`, `123456789012:s3tablescatalog/sales`. */
export const CATALOG_ID = /^\d{12}(?::(?:s3tablescatalog\/)?[a-z0-9_-]+)?$/

/** In another catalog, of another account or of the same one, in the same region: the ways to other regions are closed. */
export const leadsAbroad = ({ account, region }: Scope, { CatalogId, Region = region }: LinkTarget): boolean =>
  CatalogId !== undefined && CATALOG_ID.test(CatalogId) && CatalogId !== account && Region === region

/** The catalog that has what is in a database: where that is a link into another one, its target's. */
export function catalogBehind(scope: Scope, database: Database | undefined): Scope {
  const target = database?.descriptor.TargetDatabase
  return target?.CatalogId !== undefined && leadsAbroad(scope, target) ? { ...scope, account: target.CatalogId } : scope
}

const LINKS_ABROAD = 'catalog/links-abroad'
const catalogKey = ({ account, region }: Scope): string => `${account}/${region}`

/** To be called where a link may be made: where there is none abroad, nobody looks for one. */
export function noteLink(tx: StateTransaction, scope: Scope, target: LinkTarget | undefined): void {
  if (target && leadsAbroad(scope, target)) tx.put(LINKS_ABROAD, catalogKey(scope), true)
}

export const hasLinksAbroad = (state: StateReader, scope: Scope): boolean =>
  state.get(LINKS_ABROAD, catalogKey(scope)) !== undefined

/** Into the same catalog; a link to another is followed before (`linked-catalog`). */
export const isLocal = ({ account, region }: Scope, { CatalogId = account, Region = region }: LinkTarget): boolean =>
  CatalogId === account && Region === region

const notShared = ({ CatalogId }: LinkTarget): Fault =>
  new Fault('denied', 'link', `The resource link leads to the catalog ${CatalogId}, which is out of reach.`)

/** The table that is meant: a link's target. Throws not-found for it, or for its database. */
export function requireTable(state: StateReader, scope: Scope, database: string, name: string): TableDocument {
  const found = locateTable(state, scope, database, name)
  if (found?.target) return found.target
  const link = found?.own.descriptor.TargetTable
  if (link && !isLocal(scope, link)) throw notShared(link)
  if (!found) requireDatabase(state, scope, database)
  throw new Fault('not-found', 'table', `Table ${foldName(name)} not found.`)
}
