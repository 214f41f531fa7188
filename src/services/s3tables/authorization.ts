/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3tables.html */
import type * as Sdk from '@aws-sdk/client-s3tables'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { TABLE_ID } from '../../core/table-buckets/table-buckets.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'
import { addressedBucket, bucketArn } from './addresses.ts'

interface OfBucket {
  readonly tableBucketARN: string
}
interface OfTable extends OfBucket {
  readonly namespace: string
  readonly name: string
}

const ofBucket = ({ tableBucketARN }: OfBucket) => tableBucketARN

interface Storage {
  readonly encryptionConfiguration?: { readonly sseAlgorithm?: string; readonly kmsKeyArn?: string }
  readonly storageClassConfiguration?: { readonly storageClass?: string }
}

const storageFacts = ({ encryptionConfiguration: sealed, storageClassConfiguration: kept }: Storage) => ({
  's3tables:ssealgorithm': sealed?.sseAlgorithm,
  's3tables:kmskeyarn': sealed?.kmsKeyArn,
  's3tables:storageclass': kept?.storageClass,
})
const stored = (input: OfBucket & Storage) => ({ resource: input.tableBucketARN, context: storageFacts(input) })

export function s3TablesAuthorization(lake: Lake): Authorization {
  /** By its id, by which alone its ARN names a table; where there is none, no policy for one table fits. */
  const tableArn = ({ tableBucketARN, namespace, name }: OfTable, call: ServiceCall): string => {
    try {
      const { scope } = addressedBucket(lake, call, tableBucketARN)
      const id = lake.catalog.tables.find(scope, namespace, name)?.descriptor.Parameters?.[TABLE_ID] ?? '*'
      return `${tableBucketARN}/table/${id}`
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return `${tableBucketARN}/table/*`
    }
  }
  const ofTable = (input: OfTable, call: ServiceCall) => ({
    resource: tableArn(input, call),
    context: { 's3tables:namespace': input.namespace, 's3tables:tablename': input.name },
  })
  const inNamespace = ({ tableBucketARN, namespace }: OfBucket & { readonly namespace: string }) => ({
    resource: tableBucketARN,
    context: { 's3tables:namespace': namespace },
  })
  const rules: Rules<typeof Sdk> = {
    CreateTableBucket: (input, call) => ({ resource: bucketArn(call, input.name), context: storageFacts(input) }),
    GetTableBucket: ofBucket,
    DeleteTableBucket: ofBucket,
    ListTableBuckets: () => '*',
    CreateNamespace: ({ tableBucketARN, namespace }) => inNamespace({ tableBucketARN, namespace: namespace[0] ?? '' }),
    GetNamespace: inNamespace,
    DeleteNamespace: inNamespace,
    ListNamespaces: ofBucket,
    CreateTable({ tableBucketARN, namespace, name, ...input }) {
      const context = { ...storageFacts(input), 's3tables:namespace': namespace, 's3tables:tablename': name }
      // "To create encrypted tables" (AmazonS3 userguide, s3-tables-kms-specify); of a table that has no id yet.
      const encrypted = { action: 's3tables:PutTableEncryption', resource: `${tableBucketARN}/table/*`, context }
      return [{ resource: tableBucketARN, context }, ...(input.encryptionConfiguration ? [encrypted] : [])]
    },
    GetTable: ({ tableArn: arn, tableBucketARN = '', namespace = '', name = '' }, call) =>
      arn ?? ofTable({ tableBucketARN, namespace, name }, call),
    DeleteTable: ofTable,
    RenameTable: ofTable,
    ListTables: ({ tableBucketARN, namespace }) => ({
      resource: tableBucketARN,
      context: { 's3tables:namespace': namespace },
    }),
    GetTableMetadataLocation: ofTable,
    UpdateTableMetadataLocation: ofTable,
    PutTableBucketPolicy: ofBucket,
    GetTableBucketPolicy: ofBucket,
    DeleteTableBucketPolicy: ofBucket,
    PutTablePolicy: ofTable,
    GetTablePolicy: ofTable,
    DeleteTablePolicy: ofTable,
    PutTableBucketEncryption: stored,
    GetTableBucketEncryption: ofBucket,
    DeleteTableBucketEncryption: ofBucket,
    GetTableEncryption: ofTable,
    PutTableBucketStorageClass: stored,
    GetTableBucketStorageClass: ofBucket,
    GetTableStorageClass: ofTable,
    PutTableBucketMetricsConfiguration: ofBucket,
    GetTableBucketMetricsConfiguration: ofBucket,
    DeleteTableBucketMetricsConfiguration: ofBucket,
    PutTableBucketMaintenanceConfiguration: ofBucket,
    GetTableBucketMaintenanceConfiguration: ofBucket,
    PutTableMaintenanceConfiguration: ofTable,
    GetTableMaintenanceConfiguration: ofTable,
    GetTableMaintenanceJobStatus: ofTable,
    TagResource: ({ resourceArn }) => resourceArn,
    UntagResource: ({ resourceArn }) => resourceArn,
    ListTagsForResource: ({ resourceArn }) => resourceArn,
  }
  return { prefix: 's3tables', rules }
}
