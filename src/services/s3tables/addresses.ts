import type { Scope, Table } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { cursorIn, tokenOf } from '../../core/resources/page-tokens.ts'
import { type TableBucket, tableBucketScope, tableBuckets } from '../../core/table-buckets/table-buckets.ts'
import type { ServiceCall } from '../../protocol/service.ts'

export const bucketArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:s3tables:${region}:${account}:bucket/${name}`

/** A table bucket of the caller's account, and where its namespaces and tables are. */
export interface AddressedBucket {
  readonly bucket: TableBucket
  readonly arn: string
  readonly scope: Scope
}

/** Throws not-found, and denied for a bucket of another account. */
export function addressedBucket(lake: Lake, call: ServiceCall, arn: string): AddressedBucket {
  const { account, region } = call
  const [, of, owner, name = ''] = /^arn:aws[^:]*:s3tables:([^:]*):(\d{12}):bucket\/([^/]+)$/.exec(arn) ?? []
  if (owner === undefined) throw new Fault('invalid', 'arn', `The ARN is that of no table bucket: ${arn}`)
  if (owner !== account) throw new Fault('denied', 'table bucket', 'Access Denied')
  if (of !== region) throw new Fault('not-found', 'table bucket', 'The specified bucket does not exist.')
  const bucket = tableBuckets(lake.state, call).get(name)
  return { bucket, arn: bucketArn(call, name), scope: tableBucketScope({ account, region }, name) }
}

/** Throws not-found. */
export function addressedTable(lake: Lake, { scope }: AddressedBucket, namespace: string, name: string): Table {
  const table = lake.catalog.tables.find(scope, namespace, name)
  if (table) return table
  if (!lake.catalog.databases.find(scope, namespace)) throw namespaceMissing()
  throw new Fault('not-found', 'table', 'The specified table does not exist.')
}

export const namespaceMissing = (): Fault =>
  new Fault('not-found', 'namespace', 'The specified namespace does not exist.')

/** A page of what `read` lists, and the token of the next. */
export function pageOf<T>(
  token: string | undefined,
  limit: number,
  read: (after: string | undefined, limit: number) => readonly T[],
  cursor: (item: T) => string,
): { readonly items: T[]; readonly continuationToken: string | undefined } {
  const after = token === undefined ? undefined : cursorIn(token)
  if (token !== undefined && after === undefined)
    throw new Fault('invalid', 'token', 'The specified continuation token is not valid.')
  const found = read(after, limit + 1)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const more = found.length > limit && last !== undefined
  return { items, continuationToken: more ? tokenOf(cursor(last)) : undefined }
}
