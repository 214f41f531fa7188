/** What the methods of the metastore work on: one scope of the catalog, the lake's files, and where databases go. */
import type { Catalog, Scope, Table } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Files } from '../../core/objects/files.ts'
import type { Clock } from '../../core/ports.ts'
import { noSuchObject } from './faults.ts'

export interface Metastore {
  readonly catalog: Catalog
  readonly files: Files
  readonly clock: Clock
  readonly scope: Scope
  /** Whose name stands for what is created. */
  readonly principal: string
  /** The folder of databases that say nothing of their own, without a slash at its end. */
  readonly warehouse: string
}

/** The only one: what clients of Hive 3 call the catalog where they are not told otherwise. */
export const CATALOG_NAME = 'hive'
export const DEFAULT_DATABASE = 'default'

/**
 * Clients of Hive 3 put the catalog in front of a database: `@hive#sales`, `@hive#` where they name none, `@hive#!` for
 * an empty name (MetaStoreUtils.parseDbName). Throws NoSuchObjectException for another catalog.
 */
export function databaseName(text: string | undefined): string {
  const [, catalog, name = text ?? ''] = /^@([^#]*)#(.*)$/s.exec(text ?? '') ?? []
  if (catalog !== undefined && catalog.toLowerCase() !== CATALOG_NAME) throw noSuchObject(`No catalog ${catalog}`)
  return name === '!' ? '' : name
}

/** As `databaseName`, where it has to name one. */
export function requireName(text: string | undefined, what: string): string {
  const name = what === 'database' ? databaseName(text) : (text ?? '')
  if (name === '') throw new Fault('invalid', what, `The ${what} has no name`)
  return name
}

/**
 * What Hive lets be created: letters of ASCII, digits and underscores, in names of tables slashes too
 * (MetaStoreUtils.validateName). What Glue alone lets be created is found all the same.
 */
export function requireNewName(name: string | undefined, what: 'database' | 'table'): void {
  if (!(what === 'table' ? /^[\w/]+$/ : /^\w+$/).test(name ?? ''))
    throw new Fault('invalid', what, `${name} is not a valid ${what === 'table' ? 'object' : 'database'} name`)
}

/** Throws NoSuchObjectException with the metastore's own text. */
export function requireTable(
  { catalog, scope }: Metastore,
  database: string | undefined,
  name: string | undefined,
): Table {
  const home = requireName(database, 'database')
  const found = catalog.tables.find(scope, home, requireName(name, 'table'))
  if (!found) throw new Fault('not-found', 'table', `${home}.${name} table not found`)
  return found
}

export const nowSeconds = ({ clock }: Metastore): number => Math.floor(clock.now().getTime() / 1000)
export const secondsOf = (iso: string | undefined): number =>
  iso === undefined ? 0 : Math.floor(new Date(iso).getTime() / 1000)

/** Where Hive remembers when a definition last changed: set where the client has not. */
export const DDL_TIME = 'transient_lastDdlTime'
