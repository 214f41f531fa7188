import type { Principal } from '../call.ts'
import type { Catalog, Scope } from '../catalog/catalog.ts'
import type { SourceCatalogs } from '../federation/source-catalogs.ts'
import type { Sources } from '../federation/sources.ts'
import type { Keys } from '../keys/keys.ts'
import type { FileAttributes, Files, LakeFile } from '../objects/files.ts'
import type { Permissions } from '../permissions/permissions.ts'
import type { Clock, SqlEngine } from '../ports.ts'
import type { TablePlace } from '../table-buckets/table-buckets.ts'
import type { EngineLimits, EngineProgress } from './engine-plan.ts'
import type { TableRead } from './table-reads.ts'

/** The rooms a statement may enter. */
export interface QueryRooms {
  readonly catalog: Catalog
  readonly permissions: Permissions
  readonly files: Files
  readonly engine: SqlEngine
  readonly sources: Sources
  readonly keys: Keys
  readonly clock: Clock
}

/** Where a statement's names are looked up. */
export interface NameContext {
  readonly rooms: Pick<QueryRooms, 'catalog' | 'permissions'>
  /** Who asks: what it may not see, it does not find. */
  readonly principal: Principal
  /** With the principal, but where a statement acts in the house's name, once it has been let in. */
  readonly scope: Scope
  /** Folded to lower case, as `database` is. */
  readonly catalog: string
  readonly database: string
  /** Other names, folded, under which the catalog is registered. */
  readonly catalogAliases: ReadonlySet<string>
  /** Where other catalogs of the lake keep their tables, by their folded names: those of table buckets. */
  readonly otherCatalogs?: { find(name: string): Scope | undefined }
  /** Catalogs of other tables than the lake's. */
  readonly sourceCatalogs: SourceCatalogs
}

/** What tables and results ask for, in Athena's words. */
export interface WrittenEncryption {
  readonly option: 'SSE_S3' | 'SSE_KMS' | 'CSE_KMS'
  readonly keyId?: string
}

export interface Guard {
  readonly files: Files
  readonly protection: QueryContext['protection']
}

/** Who runs a statement, and how far it may go. */
export interface QueryContext extends NameContext {
  readonly rooms: QueryRooms
  /** The statement as it was written. */
  readonly text: string
  /** The run's id: names the files it writes. */
  readonly queryId: string
  /** One value for the whole statement. */
  readonly now: Date
  /** A folder `s3://.../` for tables created without a location; absent where those must have one. */
  readonly tablesLocation?: string
  /** In a catalog that lays its tables itself: that of a table bucket. */
  readonly laidTables?: { create(): Promise<TablePlace>; remove(location: string): Promise<void> }
  /** How everything that the statement writes is encrypted and shared. */
  readonly protection: Omit<FileAttributes, 'contentType'>
  /** How the files of a table that asks for another encryption are to be written. Throws where its key can not be used. */
  readonly guard?: (encryption: WrittenEncryption) => Promise<Guard>
  readonly limits: EngineLimits
  readonly signal: AbortSignal
  /** Keeps the bytes of these files on disk until the statement is over, whatever happens to the objects. */
  readonly hold: (files: readonly LakeFile[]) => Promise<void>
  readonly onProgress?: (progress: EngineProgress) => void
  /** Told of the tables and columns that a plan reads, before it does. */
  readonly onRead?: (reads: readonly TableRead[]) => void
}

/** The one catalog there is by default; also known by its Hive name. */
export const DEFAULT_CATALOG = 'awsdatacatalog'

export const isGlueCatalog = (name: string, { catalogAliases }: Pick<NameContext, 'catalogAliases'>): boolean =>
  name === DEFAULT_CATALOG || name === 'hive' || catalogAliases.has(name)

/** Where the catalog of that name keeps its tables; undefined where it is none of the lake's. */
export const scopeOfCatalog = (
  name: string,
  context: Pick<NameContext, 'scope' | 'catalogAliases' | 'otherCatalogs'>,
): Scope | undefined => context.otherCatalogs?.find(name) ?? (isGlueCatalog(name, context) ? context.scope : undefined)

/** The catalog as it is, whoever asks: for what has been decided already. */
export const ofHouse = ({ account, region }: Scope): Scope => ({ account, region })
