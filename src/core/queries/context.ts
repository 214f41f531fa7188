import type { Principal } from '../call.ts'
import type { Catalog, Scope, Table } from '../catalog/catalog.ts'
import type { ModelCall } from '../events/model-call.ts'
import type { SourceCatalog, SourceCatalogs } from '../federation/source-catalogs.ts'
import type { Sources } from '../federation/sources.ts'
import type { Forwarded } from '../forwarding/forwarded-lake.ts'
import type { Keys } from '../keys/keys.ts'
import type { FileAttributes, Files, LakeFile } from '../objects/files.ts'
import type { Permissions } from '../permissions/permissions.ts'
import type { Clock, SqlEngine } from '../ports.ts'
import type { TablePlaces } from '../table-buckets/table-buckets.ts'
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
  readonly forwarded?: Forwarded
  readonly clock: Clock
}

/** A catalog of tables that are the lake's own. */
export interface LakeCatalog {
  /** Where it keeps them. */
  readonly scope: Scope
  /** It is read and written under this name, and not defined. */
  readonly refusesDdl?: true
}

/** By their folded names: the account's own, under each of its names, and those of table buckets. */
export interface LakeCatalogs {
  find(name: string): LakeCatalog | undefined
}

/** Where a statement's names are looked up. */
export interface NameContext {
  readonly rooms: Pick<QueryRooms, 'catalog' | 'permissions'>
  /** Who asks: what it may not see, it does not find. */
  readonly principal: Principal
  /**
   * Where the statement acts: in the catalog of the object that it is about. With the principal, but where it acts in the
   * house's name, once it has been let in.
   */
  readonly scope: Scope
  /** Folded to lower case, as `database` is. */
  readonly catalog: string
  readonly database: string
  readonly lakeCatalogs: LakeCatalogs
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
  /** For catalogs that lay their tables themselves: those of table buckets. */
  readonly places?: TablePlaces
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
  /** Told of a table whose files are about to be added to, which its catalog does not hear of. */
  readonly onWrite?: (table: Pick<TableRead, 'name' | 'owner'>) => void
  /** Told of what is granted and revoked. */
  readonly onGrant?: (call: ModelCall) => void
}

/** The one catalog there is by default; also known by its Hive name. */
export const DEFAULT_CATALOG = 'awsdatacatalog'

export const isDefaultCatalog = (name: string): boolean => name === DEFAULT_CATALOG || name === 'hive'

/** The source that a folded name stands for, where it stands for none of the lake's catalogs. */
export const sourceNamed = (name: string, context: NameContext): SourceCatalog | undefined =>
  context.lakeCatalogs.find(name) ? undefined : context.sourceCatalogs.find(name)

/** For what a table leads to: no file is open by another table that the statement reads. */
export function aboutTable(context: QueryContext, table: Table, scope?: Scope): QueryContext {
  const { rooms } = context
  return rooms.forwarded ? { ...context, rooms: { ...rooms, files: rooms.forwarded.filesOf(table, scope) } } : context
}

/** The catalog as it is, whoever asks: for what has been decided already. */
export const ofHouse = ({ account, region }: Scope): Scope => ({ account, region })
