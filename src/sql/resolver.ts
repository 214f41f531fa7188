/** How analysis asks for tables. Whoever implements it has already decided what the caller may see. */
import type { Query } from './ast.ts'
import type { Constant } from './plan.ts'
import type { Type } from './types.ts'

export type ResolvedTable =
  /** `relation` is the id that the plan's scans carry. Hidden columns (`$path`) can be named but are not in `*`. */
  | {
      readonly kind: 'table'
      readonly relation: string
      readonly columns: readonly TableColumn[]
      readonly name?: FullName
    }
  /** A view is analysed in its own context (the catalog and database it was created in). */
  | {
      readonly kind: 'view'
      readonly query: Query
      readonly columns?: readonly { readonly name: string; readonly type: Type }[]
      readonly resolver: Resolver
      readonly name?: FullName
    }

/** Catalog, database and table, folded. Where it is absent, the session completes the name as it is written. */
export type FullName = readonly [catalog: string, database: string, table: string]

export interface TableColumn {
  readonly name: string
  readonly type: Type
  readonly hidden: boolean
}

export interface Resolver {
  /**
   * Names folded to lower case: [table], [database, table] or [catalog, database, table]. Throws
   * SqlError(TABLE_NOT_FOUND...) without a position.
   */
  table(name: readonly string[], version?: VersionPointer): ResolvedTable
  /** A function of a catalog, by folded names: [schema, function] or [catalog, schema, function]. */
  tableFunction?(name: readonly string[]): CatalogFunction | undefined
  /** Whether it has handed out a struct without some of its fields: who else names it may see others. */
  readonly narrows?: boolean
}

/** A function whose answer is a table. */
export interface CatalogFunction {
  /** In the order in which they may be told without names; each is a text, and none may be left out. */
  readonly arguments: readonly string[]
  /** Throws SqlError without a position. */
  call(values: readonly string[]): ResolvedTable & { readonly kind: 'table' }
}

/** `FOR TIMESTAMP AS OF` a date or a moment, `FOR VERSION AS OF` whatever a table calls its versions. */
export interface VersionPointer {
  readonly by: 'timestamp' | 'version'
  readonly value: Exclude<Constant, null>
  readonly type: Type
}

/** What is constant for a whole statement. */
export interface Session {
  readonly now: Date
  readonly timeZone: string
  readonly user: string
  readonly catalog: string
  readonly database: string
}
