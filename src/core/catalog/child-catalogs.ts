/** Catalogs below the account's, each with databases of its own. */
import type { StateReader } from '../ports.ts'
import { tableBucketExists, tableBucketNamed } from '../table-buckets/table-buckets.ts'
import type { Scope } from './catalog.ts'

/** Where they are kept, by name. */
export const childCatalogSpace = ({ account, region }: Scope): string => `glue/catalogs/${account}/${region}`

/** One that is made as such, or that of a table bucket. */
export function childCatalogExists(state: StateReader, scope: Scope, name: string): boolean {
  const tableBucket = tableBucketNamed(name)
  if (tableBucket !== undefined) return tableBucketExists(state, scope, tableBucket)
  return state.get(childCatalogSpace(scope), name) !== undefined
}
