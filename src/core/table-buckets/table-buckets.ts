/**
 * Table buckets: catalogs below the account's, called `s3tablescatalog/<bucket>`, each of whose tables has a bucket of objects
 * of its own that the account's lists do not show. docs: AmazonS3 userguide, s3-tables. Knows no HTTP and no AWS errors.
 */
import { randomUUID } from 'node:crypto'
import type { Scope, TableDescriptor } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import { createTableStore, deleteBucket } from '../objects/buckets.ts'
import type { DefaultEncryption } from '../objects/default-encryption.ts'
import type { Files } from '../objects/files.ts'
import { type ObjectStore, reclaim } from '../objects/store.ts'
import { abortAllIn } from '../objects/uploads.ts'
import type { TableName } from '../permissions/resource.ts'
import type { StateReader, StateStore } from '../ports.ts'
import { type Collection, collection } from '../resources/collection.ts'
import { noteOf, storeOf, tableBucketOf } from './stored-tables.ts'

export interface TableBucket {
  readonly name: string
  readonly id: string
  /** ISO 8601. */
  readonly createdAt: string
}

const CATALOG = 's3tablescatalog'

export const tableBucketSpace = ({ account, region }: Scope): string => `s3tables/buckets/${account}/${region}`

/** What is set on table buckets and tables, by `<id>/<name>`. */
export const tableSettingsSpace = ({ account, region }: Scope): string => `s3tables/settings/${account}/${region}`

export const tableBuckets = (state: StateStore, scope: Scope): Collection<TableBucket> =>
  collection<TableBucket>(state, tableBucketSpace(scope), {
    noun: 'table bucket',
    missing: () => 'The specified bucket does not exist.',
    exists: () => 'The bucket that you tried to create already exists, and you own it.',
  })

/** The table bucket that a catalog's name means, where it means one: `s3tablescatalog/sales`, or with a colon in paths. */
export const tableBucketNamed = (catalog: string): string | undefined =>
  new RegExp(`^${CATALOG}[:/]([a-z0-9-]+)$`).exec(catalog)?.[1]

export const tableBucketExists = (state: StateReader, scope: Scope, name: string): boolean =>
  state.get(tableBucketSpace(scope), name) !== undefined

/** Where the catalog keeps the namespaces and tables of a table bucket. */
export const tableBucketScope = ({ account, ...own }: Scope, name: string): Scope => ({
  ...own,
  account: `${account}:${CATALOG}/${name}`,
})

/** Whether it is that of a table bucket's catalog. */
export const isTableBucketScope = ({ account }: Pick<Scope, 'account'>): boolean => account.includes(`:${CATALOG}/`)

/** By what a table is known whatever it is called; among its parameters. */
export const TABLE_ID = 's3tables.table-id'

/** What policies call it; undefined for a table that is in no table bucket. */
export function tableArnAt(scope: Scope, { Parameters }: TableDescriptor): string | undefined {
  const home = tableBucketOf(scope)
  const id = Parameters?.[TABLE_ID]
  if (!home || id === undefined) return undefined
  return tableArn(home.owner, home.name, id)
}

const tableArn = ({ account, region }: Scope, bucket: string, id: string): string =>
  `arn:aws:s3tables:${region}:${account}:bucket/${bucket}/table/${id}`

export interface TablePlace {
  readonly id: string
  /** `s3://<id>--table-s3`: nothing else lies there. */
  readonly location: string
}

/** Whether a location is such a place: the whole bucket is the table's. */
export const isTablePlace = (location: string): boolean => placeAt(location) === location

/** The place in which an address is, without a slash at the end; undefined of one in a bucket of another kind. */
export const placeAt = (address: string): string | undefined => /^s3:\/\/[^/]+--table-s3(?=\/|$)/.exec(address)?.[0]

/** That of a table of a table bucket, whatever its descriptor says of its location. */
export function placeOf({ Parameters }: Pick<TableDescriptor, 'Parameters'>): string | undefined {
  const id = Parameters?.[TABLE_ID]
  return id === undefined ? undefined : placeCalled(id)
}

/** Throws invalid for a new table of a table bucket's catalog that no place has been laid for. */
export function requireLaid(scope: Scope, descriptor: TableDescriptor): void {
  if (isTableBucketScope(scope) && placeOf(descriptor) === undefined)
    throw new Fault('invalid', 'table', 'Tables of a table bucket lie where the bucket lays them')
}

/** The same table of such a catalog as somebody changes it: it stays what it was, and where it was. */
export function inSamePlace(before: TableDescriptor, changed: TableDescriptor): TableDescriptor {
  const place = placeOf(before)
  if (place === undefined) return changed
  return {
    ...changed,
    StorageDescriptor: { ...changed.StorageDescriptor, Location: place },
    Parameters: { ...changed.Parameters, [TABLE_ID]: before.Parameters![TABLE_ID]! },
  }
}

const placeCalled = (id: string): string => `s3://${storeOf(id)}`

/** As S3 Tables' API has it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-kms-encryption.html */
export interface TableEncryption {
  readonly sseAlgorithm?: string
  readonly kmsKeyArn?: string
}

/** What the table bucket says of tables to come. */
function bucketEncryption(state: StateReader, owner: Scope, name: string): TableEncryption | undefined {
  const bucket = state.get<TableBucket>(tableBucketSpace(owner), name)?.doc
  return bucket && state.get<TableEncryption>(tableSettingsSpace(owner), `${bucket.id}/encryption`)?.doc
}

const byKey = ({ sseAlgorithm, kmsKeyArn }: TableEncryption, partOf: string): DefaultEncryption => ({
  Rules: [
    {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: sseAlgorithm!, KMSMasterKeyID: kmsKeyArn! },
      BucketKeyEnabled: true,
    },
  ],
  partOf,
})

/** The places of tables in table buckets. */
export interface TablePlaces {
  /** For a table to come of a table bucket's catalog; encrypted as its bucket says, where nothing else is said of it. */
  create(scope: Scope, name: TableName, encryption?: TableEncryption): Promise<TablePlace>
  /** With all objects that are left there. */
  remove(location: string): Promise<void>
}

export function tablePlaces(store: ObjectStore, files: Files): TablePlaces {
  return {
    async create(scope, name, encryption) {
      const { owner, name: bucket } = tableBucketOf(scope)!
      const id = randomUUID()
      const sealed = encryption ?? bucketEncryption(store.state, owner, bucket)
      await createTableStore(
        store,
        { name: storeOf(id), ...owner },
        {
          table: noteOf(scope, name),
          ...(sealed?.sseAlgorithm === 'aws:kms' && { encryption: byKey(sealed, tableArn(owner, bucket, id)) }),
        },
      )
      return { id, location: placeCalled(id) }
    },
    async remove(location) {
      const bucket = placeAt(location)?.slice('s3://'.length)
      if (bucket === undefined || files.bucketOwner(bucket) === undefined) return
      await files.delete(Array.from(files.list(`s3://${bucket}`), ({ uri }) => uri))
      reclaim(store, await deleteBucket(store, bucket, (tx) => abortAllIn(tx, bucket)))
    },
  }
}
