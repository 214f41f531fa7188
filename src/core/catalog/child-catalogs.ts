/** Catalogs below the account's, each with databases of its own. */
import type { StateReader } from '../ports.ts'
import type { Scope } from './catalog.ts'

/** Where they are kept, by name. */
export const childCatalogSpace = ({ account, region }: Scope): string => `glue/catalogs/${account}/${region}`

export const childCatalogExists = (state: StateReader, scope: Scope, name: string): boolean =>
  state.get(childCatalogSpace(scope), name) !== undefined
