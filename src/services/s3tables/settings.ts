/** What is set on table buckets and tables: kept, and answered as AWS does where nothing is. */
import type * as Sdk from '@aws-sdk/client-s3tables'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import { placeOf, TABLE_ID } from '../../core/table-buckets/table-buckets.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { addressedBucket, addressedTable } from './addresses.ts'
import { type JobRuns, jobStatus } from './maintenance-jobs.ts'
import {
  BUCKET_MAINTENANCE,
  JOB_TYPES,
  type JobSetting,
  type MaintenanceSettings,
  requireWithinLimits,
  settingsSpace,
  TABLE_MAINTENANCE,
} from './maintenance-settings.ts'
import { rememberOwner } from './maintenance-watch.ts'

interface Settings {
  readonly encryption: Sdk.EncryptionConfiguration
  readonly 'storage-class': Sdk.StorageClassConfiguration
  readonly policy: string
  readonly metrics: string
  readonly maintenance: MaintenanceSettings
}

/** Given when it is made. `id` is that of the bucket or table. */
export function firstSettings(
  tx: StateTransaction,
  scope: Scope,
  id: string,
  given: Pick<Sdk.CreateTableRequest, 'encryptionConfiguration' | 'storageClassConfiguration'>,
): void {
  const { encryptionConfiguration, storageClassConfiguration } = given
  rememberOwner(tx, scope)
  if (encryptionConfiguration) tx.put(settingsSpace(scope), `${id}/encryption`, encryptionConfiguration)
  if (storageClassConfiguration) tx.put(settingsSpace(scope), `${id}/storage-class`, storageClassConfiguration)
}

/** "You can only use customer managed keys with SSE-KMS" (AmazonS3 userguide, s3-tables-kms-encryption). Throws invalid. */
export function requireKeyOf(encryption: Sdk.EncryptionConfiguration | undefined): void {
  if ((encryption?.sseAlgorithm === 'aws:kms') === (encryption?.kmsKeyArn !== undefined)) return
  throw new Fault('invalid', 'encryption', 'The specified encryption configuration is not valid.')
}

export const eraseSettings = (tx: StateTransaction, scope: Scope, id: string): number =>
  tx.deleteAll(settingsSpace(scope), `${id}/`)

interface NamedTable {
  readonly tableBucketARN: string
  readonly namespace: string
  readonly name: string
}

export function settings(lake: Lake, runs: JobRuns): Handlers<typeof Sdk> {
  const { state } = lake
  const get = <K extends keyof Settings>(call: ServiceCall, id: string, name: K): Settings[K] | undefined =>
    state.get<Settings[K]>(settingsSpace(call), `${id}/${name}`)?.doc
  const put = async <K extends keyof Settings>(call: ServiceCall, id: string, name: K, doc: Settings[K]) => {
    await state.transaction((tx) => tx.put(settingsSpace(call), `${id}/${name}`, doc))
    return {}
  }
  const remove = async (call: ServiceCall, id: string, name: keyof Settings) => {
    await state.transaction((tx) => tx.delete(settingsSpace(call), `${id}/${name}`))
    return {}
  }
  const ofBucket = (call: ServiceCall, arn: string) => addressedBucket(lake, call, arn).bucket.id
  const ofTable = (call: ServiceCall, { tableBucketARN, namespace, name }: NamedTable) => {
    const bucket = addressedBucket(lake, call, tableBucketARN)
    const table = addressedTable(lake, bucket, namespace, name)
    return { bucket, table, id: table.descriptor.Parameters?.[TABLE_ID] ?? '' }
  }
  const policyOf = (call: ServiceCall, id: string) => {
    const resourcePolicy = get(call, id, 'policy')
    if (resourcePolicy === undefined) throw new Fault('not-found', 'policy', 'The specified policy does not exist.')
    return { resourcePolicy }
  }
  const encryptionOf = (call: ServiceCall, id: string) => ({
    encryptionConfiguration: get(call, id, 'encryption') ?? { sseAlgorithm: 'AES256' as const },
  })
  const storageClassOf = (call: ServiceCall, ...ids: string[]) => {
    const found = ids.map((id) => get(call, id, 'storage-class')).find((one) => one !== undefined)
    return { storageClassConfiguration: found ?? { storageClass: 'STANDARD' as const } }
  }
  const putMaintenance = async (call: ServiceCall, id: string, type: string, value: JobSetting) => {
    requireWithinLimits(type, value)
    const [space, key] = [settingsSpace(call), `${id}/maintenance`]
    // Read where it is written, so that settings of two types made at once are both kept.
    await state.transaction((tx) =>
      tx.put(space, key, { ...tx.get<MaintenanceSettings>(space, key)?.doc, [type]: value }),
    )
    return {}
  }

  return {
    PutTableBucketPolicy: ({ tableBucketARN, resourcePolicy }, call) =>
      put(call, ofBucket(call, tableBucketARN), 'policy', resourcePolicy),
    GetTableBucketPolicy: ({ tableBucketARN }, call) => policyOf(call, ofBucket(call, tableBucketARN)),
    DeleteTableBucketPolicy: ({ tableBucketARN }, call) => remove(call, ofBucket(call, tableBucketARN), 'policy'),
    PutTablePolicy: (input, call) => put(call, ofTable(call, input).id, 'policy', input.resourcePolicy),
    GetTablePolicy: (input, call) => policyOf(call, ofTable(call, input).id),
    DeleteTablePolicy: (input, call) => remove(call, ofTable(call, input).id, 'policy'),

    PutTableBucketEncryption({ tableBucketARN, encryptionConfiguration }, call) {
      requireKeyOf(encryptionConfiguration)
      return put(call, ofBucket(call, tableBucketARN), 'encryption', encryptionConfiguration)
    },
    GetTableBucketEncryption: ({ tableBucketARN }, call) => encryptionOf(call, ofBucket(call, tableBucketARN)),
    DeleteTableBucketEncryption: ({ tableBucketARN }, call) =>
      remove(call, ofBucket(call, tableBucketARN), 'encryption'),
    /** As it was made: "Encryption settings for pre-existing tables are not changed" (s3-tables-kms-encryption). */
    async GetTableEncryption(input, call) {
      const { table } = ofTable(call, input)
      const found = await lake.files.encryptionOf(placeOf(table.descriptor)!, undefined)
      return {
        encryptionConfiguration: found
          ? { sseAlgorithm: 'aws:kms' as const, kmsKeyArn: found.keyId }
          : { sseAlgorithm: 'AES256' as const },
      }
    },

    PutTableBucketStorageClass: ({ tableBucketARN, storageClassConfiguration }, call) =>
      put(call, ofBucket(call, tableBucketARN), 'storage-class', storageClassConfiguration),
    GetTableBucketStorageClass: ({ tableBucketARN }, call) => storageClassOf(call, ofBucket(call, tableBucketARN)),
    GetTableStorageClass(input, call) {
      const { bucket, id } = ofTable(call, input)
      return storageClassOf(call, id, bucket.bucket.id)
    },

    PutTableBucketMetricsConfiguration: ({ tableBucketARN }, call) =>
      put(call, ofBucket(call, tableBucketARN), 'metrics', crypto.randomUUID()),
    GetTableBucketMetricsConfiguration({ tableBucketARN }, call) {
      const id = get(call, ofBucket(call, tableBucketARN), 'metrics')
      if (id !== undefined) return { tableBucketARN, id }
      throw new Fault('not-found', 'metrics', 'The specified metrics configuration does not exist.')
    },
    DeleteTableBucketMetricsConfiguration: ({ tableBucketARN }, call) =>
      remove(call, ofBucket(call, tableBucketARN), 'metrics'),

    PutTableBucketMaintenanceConfiguration: ({ tableBucketARN, type, value }, call) =>
      putMaintenance(call, ofBucket(call, tableBucketARN), type, value),
    GetTableBucketMaintenanceConfiguration({ tableBucketARN }, call) {
      const kept = get(call, ofBucket(call, tableBucketARN), 'maintenance')
      const configuration = {
        ...BUCKET_MAINTENANCE,
        ...kept,
      } as Sdk.GetTableBucketMaintenanceConfigurationResponse['configuration']
      return { tableBucketARN, configuration }
    },
    PutTableMaintenanceConfiguration: (input, call) =>
      putMaintenance(call, ofTable(call, input).id, input.type, input.value),
    GetTableMaintenanceConfiguration(input, call) {
      const { bucket, id } = ofTable(call, input)
      const kept = get(call, id, 'maintenance')
      const configuration = {
        ...TABLE_MAINTENANCE,
        ...kept,
      } as Sdk.GetTableMaintenanceConfigurationResponse['configuration']
      return { tableARN: `${bucket.arn}/table/${id}`, configuration }
    },
    async GetTableMaintenanceJobStatus(input, call) {
      const { bucket, table, id } = ofTable(call, input)
      const job = { owner: call, bucketId: bucket.bucket.id, scope: bucket.scope, table }
      const told = JOB_TYPES.map(async (type) => [type, await jobStatus({ ...job, type }, { lake, runs })] as const)
      const status = Object.fromEntries(await Promise.all(told))
      return { tableARN: `${bucket.arn}/table/${id}`, status }
    },
  }
}
