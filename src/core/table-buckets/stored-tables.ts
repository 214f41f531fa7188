/**
 * Whose a bucket is that no list shows: the table that lies in it, noted among the bucket's settings and gone with it. It is
 * known before the catalog knows the table, whose first files are there before it is.
 */
import type { Scope } from '../catalog/catalog.ts'
import { TABLE_STORE } from '../objects/buckets.ts'
import { spaces } from '../objects/object.ts'
import type { TableName } from '../permissions/resource.ts'
import type { StateReader, StateTransaction } from '../ports.ts'

interface NotedTable extends Scope {
  readonly database: string
  readonly table: string
}

export interface StoredTable {
  /** What policies call it, and the table bucket that it is in. */
  readonly arn: string
  readonly bucketArn: string
  /** Of the table bucket's catalog. */
  readonly scope: Scope
  /** As it is called now. */
  readonly name: TableName
  /** Whose the table bucket is. */
  readonly account: string
}

/** The bucket in which a table of this id lies. */
export const storeOf = (id: string): string => `${id}${TABLE_STORE}`
const settingOf = (bucket: string): string => `${bucket}/table`

/** `owner`: whose the table bucket is, and what it is called; undefined of a catalog that is none's. */
export function tableBucketOf({
  account,
  region,
}: Scope): { readonly owner: Scope; readonly name: string } | undefined {
  const [, owner, name] = /^(\d{12}):s3tablescatalog\/(.+)$/.exec(account) ?? []
  return owner === undefined || name === undefined ? undefined : { owner: { account: owner, region }, name }
}

export const noteOf = ({ account, region }: Scope, { database, table }: TableName): NotedTable => ({
  account,
  region,
  database,
  table,
})

/** After a table of a table bucket was written, which may have another name than before. */
export function noteName(tx: StateTransaction, scope: Scope, id: string, name: TableName): void {
  const [key, note] = [settingOf(storeOf(id)), noteOf(scope, name)]
  const known = tx.get<NotedTable>(spaces.settings, key)?.doc
  if (known?.database !== name.database || known.table !== name.table) tx.put(spaces.settings, key, note)
}

/** Undefined of a bucket that is none of a table's. */
export function storedTable(state: StateReader, bucket: string): StoredTable | undefined {
  if (!bucket.endsWith(TABLE_STORE)) return undefined
  const noted = state.get<NotedTable>(spaces.settings, settingOf(bucket))?.doc
  const home = noted && tableBucketOf(noted)
  if (!home) return undefined
  const { owner, name } = home
  const bucketArn = `arn:aws:s3tables:${owner.region}:${owner.account}:bucket/${name}`
  return {
    arn: `${bucketArn}/table/${bucket.slice(0, -TABLE_STORE.length)}`,
    bucketArn,
    scope: { account: noted.account, region: noted.region },
    name: { database: noted.database, table: noted.table },
    account: owner.account,
  }
}
