import type * as Sdk from '@aws-sdk/client-s3tables'
import type { Database } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { type AddressedBucket, addressedBucket, namespaceMissing, pageOf } from './addresses.ts'

const MOST = 1000

export function namespaces(lake: Lake): Handlers<typeof Sdk> {
  const { databases } = lake.catalog
  return {
    async CreateNamespace({ tableBucketARN, namespace }, call) {
      const { scope, arn } = addressedBucket(lake, call, tableBucketARN)
      const [name = ''] = namespace
      if (namespace.length !== 1 || !/^[a-z0-9][a-z0-9_]*$/.test(name) || name.startsWith('aws'))
        throw new Fault('invalid', 'namespace', 'The specified namespace name is not valid.')
      await databases.create(scope, { Name: name }).catch((error: unknown) => {
        if (!(error instanceof Fault && error.kind === 'already-exists')) throw error
        throw new Fault('conflict', 'namespace', 'A namespace with an identical name already exists in the bucket.')
      })
      return { tableBucketARN: arn, namespace }
    },

    GetNamespace({ tableBucketARN, namespace }, call) {
      const bucket = addressedBucket(lake, call, tableBucketARN)
      const found = databases.find(bucket.scope, namespace)
      if (!found) throw namespaceMissing()
      return described(found, bucket, call)
    },

    ListNamespaces({ tableBucketARN, prefix = '', continuationToken: token, maxNamespaces = MOST }, call) {
      const bucket = addressedBucket(lake, call, tableBucketARN)
      const { items, continuationToken } = pageOf(
        token,
        maxNamespaces,
        (after, limit) => {
          const all = databases.list(bucket.scope, { after, limit: MOST * 10 })
          return all.filter(({ descriptor }) => descriptor.Name.startsWith(prefix)).slice(0, limit)
        },
        ({ descriptor }) => descriptor.Name,
      )
      return { namespaces: items.map((found) => described(found, bucket, call)), continuationToken }
    },

    async DeleteNamespace({ tableBucketARN, namespace }, call) {
      const { scope } = addressedBucket(lake, call, tableBucketARN)
      if (!databases.find(scope, namespace)) throw namespaceMissing()
      await databases.delete(scope, namespace, { onlyEmpty: true }).catch((error: unknown) => {
        if (!(error instanceof Fault && error.kind === 'not-empty')) throw error
        throw new Fault('conflict', 'namespace', 'The namespace that you tried to delete is not empty.')
      })
      return {}
    },
  }
}

const described = ({ descriptor, createdAt }: Database, { bucket }: AddressedBucket, call: ServiceCall) => ({
  namespace: [descriptor.Name],
  createdAt: new Date(createdAt),
  createdBy: call.account,
  ownerAccountId: call.account,
  tableBucketId: bucket.id,
})
