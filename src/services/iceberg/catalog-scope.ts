/** Which catalog a request is about: the account's, one below it, or the account's seen from a warehouse of the client's choice. */

import type { Scope } from '../../core/catalog/catalog.ts'
import { childCatalogExists } from '../../core/catalog/child-catalogs.ts'
import { withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { splitAddress } from '../../core/objects/addresses.ts'
import { tableBucketExists, tableBucketNamed, tableBucketScope } from '../../core/table-buckets/table-buckets.ts'
import type { CatalogRequest } from '../../protocol/rest-catalog.ts'

export interface CatalogScope {
  readonly scope: Scope
  /** Where tables lie that nobody has said a place for, nor for their namespace; without a slash at the end. */
  readonly warehouse?: string
  /** Where every table has a place of its own, which nobody chooses. */
  readonly tableBucket?: { readonly name: string; readonly owner: Scope }
}

const TABLE_BUCKET = /^arn:aws[^:]*:s3tables:([^:]*):(\d{12}):bucket\/([^/]+)$/

/**
 * The prefix that a client is to use for the warehouse it asks for. AWS knows the id of a catalog there; a folder, which
 * other catalogs are asked for, is the account's catalog and where its new tables lie. Throws not-found.
 */
export function prefixOf(warehouse: string | undefined, request: CatalogRequest): string {
  const { account } = request.call
  if (warehouse === undefined || warehouse === '' || warehouse === ':') return `catalogs/${account}`
  // docs: AmazonS3 userguide, s3-tables-integrating-open-source.
  if (splitAddress(warehouse) || TABLE_BUCKET.test(warehouse)) return encodeURIComponent(warehouse)
  const id = warehouse.replaceAll('/', ':')
  return `catalogs/${encodeURIComponent(id).replaceAll('%3A', ':')}`
}

/** Throws not-found for a catalog that is not there, and denied for that of another account. */
export function catalogScope({ prefix, call }: CatalogRequest, { state }: Pick<Lake, 'state'>): CatalogScope {
  const { account, region, principal } = call
  const own = { account, region, principal }
  if (prefix === '') return { scope: own }
  if (splitAddress(prefix)) return { scope: own, warehouse: withoutEndSlashes(prefix) }
  const [, , holder, bucket] = TABLE_BUCKET.exec(prefix) ?? []
  if (bucket !== undefined) return ofTableBucket(bucket, { account: holder!, region, principal }, own, state)
  const id = prefix.replace(/^catalogs\//, '')
  if (id === prefix) throw new Fault('not-found', 'warehouse', `No catalog has the prefix ${prefix}`)
  const [, owner = account, name] = /^(?:(\d{12})(?:[:/]|$))?(.*)$/.exec(id) ?? []
  if (owner !== account) throw new Fault('denied', 'catalog', `The catalog ${id} is not shared with ${account}`)
  if (!name || name === ':') return { scope: own }
  const named = tableBucketNamed(name)
  if (named !== undefined) return ofTableBucket(named, own, own, state)
  if (!childCatalogExists(state, own, name)) throw new Fault('not-found', 'warehouse', `Catalog ${id} not found.`)
  return { scope: { ...own, account: `${account}:${name}` } }
}

function ofTableBucket(name: string, owner: Scope, own: Scope, state: Lake['state']): CatalogScope {
  if (owner.account !== own.account) throw new Fault('denied', 'catalog', `The table bucket ${name} is not shared`)
  if (!tableBucketExists(state, own, name))
    throw new Fault('not-found', 'warehouse', 'The specified bucket does not exist.')
  return { scope: tableBucketScope(own, name), tableBucket: { name, owner: own } }
}
