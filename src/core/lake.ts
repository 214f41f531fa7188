/** The rooms a service may enter. Composed once, in `main.ts`. */
import type { Access } from './access/access.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { CatalogKeyPermit } from './catalog/catalog-encryption.ts'
import type { Events } from './events/events.ts'
import type { Sources } from './federation/sources.ts'
import type { Forwarded } from './forwarding/forwarded-lake.ts'
import type { Keys } from './keys/keys.ts'
import type { Measurements } from './measurements/measurements.ts'
import type { Files } from './objects/files.ts'
import type { Permissions } from './permissions/permissions.ts'
import type { BlobStore, Clock, SqlEngine, StateStore } from './ports.ts'
import type { Secrets } from './secrets/secrets.ts'

export interface Lake {
  readonly clock: Clock
  readonly state: StateStore
  readonly blobs: BlobStore
  readonly files: Files
  readonly catalog: Catalog
  /** The same, whose keys are used by leave of whoever it is entered for. */
  readonly catalogBy: (permit: CatalogKeyPermit) => Catalog
  readonly permissions: Permissions
  readonly engine: SqlEngine
  readonly sources: Sources
  readonly secrets: Secrets
  readonly keys: Keys
  readonly events: Events
  readonly measurements: Measurements
  /** Asked before anything is done for a caller beyond their own account's root. */
  readonly access: Access
  /** Of a lake that is entered for a caller; absent where nobody has to be asked. */
  readonly forwarded?: Forwarded
}
