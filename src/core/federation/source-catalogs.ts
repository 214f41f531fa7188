/** Data sources by the names that statements know them by. */
import type { Scope } from '../catalog/catalog.ts'
import type { SourceDefinition } from './connector.ts'

export interface SourceCatalog {
  /** As it was registered. */
  readonly name: string
  /** Where permissions on what it holds are kept. */
  readonly scope: Scope
  /** Looked up when it is wanted: what it says may have changed. Throws Fault where it does not make a source. */
  definition(): SourceDefinition
}

/** Where none are looked for. */
export const NO_SOURCES: SourceCatalogs = { find: () => undefined }

export interface SourceCatalogs {
  /** `name` is folded to lower case. */
  find(name: string): SourceCatalog | undefined
}
