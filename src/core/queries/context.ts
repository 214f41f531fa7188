import type { Principal } from '../call.ts'
import type { Catalog, Scope } from '../catalog/catalog.ts'
import type { Files } from '../objects/files.ts'
import type { Clock, SqlEngine } from '../ports.ts'
import type { EngineLimits, EngineProgress } from './engine-plan.ts'

/** The rooms a statement may enter. */
export interface QueryRooms {
  readonly catalog: Catalog
  readonly files: Files
  readonly engine: SqlEngine
  readonly clock: Clock
}

/** Who runs a statement, where its names are looked up, and how far it may go. */
export interface QueryContext {
  readonly rooms: QueryRooms
  readonly scope: Scope
  readonly principal: Principal
  /** The run's id: names the files it writes. */
  readonly queryId: string
  /** Folded to lower case, as `database` is. */
  readonly catalog: string
  readonly database: string
  /** One value for the whole statement. */
  readonly now: Date
  /** A folder `s3://.../` for tables created without a location. */
  readonly tablesLocation: string
  readonly limits: EngineLimits
  readonly signal: AbortSignal
  readonly onProgress?: (progress: EngineProgress) => void
}

/** The one catalog there is by default; also known by its Hive name. */
export const DEFAULT_CATALOG = 'awsdatacatalog'
