import type { StorageDescriptor as GlueStorage } from '@aws-sdk/client-glue'
import type { StorageDescriptor } from '../../core/catalog/catalog.ts'

/** AWS answers these whatever it was told, and clients count on them: Trino fails on a table without a number of buckets. */
export function glueStorage(storage: StorageDescriptor): GlueStorage {
  return { Compressed: false, NumberOfBuckets: 0, StoredAsSubDirectories: false, ...(storage as GlueStorage) }
}
