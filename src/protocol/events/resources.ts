/** What a call was about, where records name it. */
import type { EventResource } from '../../core/events/event.ts'
import type { StoredTable } from '../../core/table-buckets/stored-tables.ts'
import type { ServiceCall } from '../service.ts'

type Values = Readonly<Record<string, unknown>>

export function resourcesOf(call: ServiceCall, input: unknown, output: unknown): readonly EventResource[] {
  const about = ABOUT[call.service]
  return about ? about(call, (input ?? {}) as Values, (output ?? {}) as Values) : []
}

/** Of objects of a table (docs: AmazonS3 userguide, s3-tables-log-files). */
export const tableResources = ({ account: accountId, arn, bucketArn }: StoredTable): readonly EventResource[] => [
  { accountId, type: 'AWS::S3Tables::TableBucket', ARN: bucketArn },
  { accountId, type: 'AWS::S3Tables::Table', ARN: arn },
]

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const ABOUT: Readonly<Record<string, (call: ServiceCall, input: Values, output: Values) => readonly EventResource[]>> =
  {
    s3({ account: accountId }, { Bucket, Key }) {
      const [bucket, key] = [text(Bucket), text(Key)]
      if (bucket === undefined) return []
      const whole: EventResource = { accountId, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` }
      return key === undefined ? [whole] : [{ type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` }, whole]
    },
    kms({ account: accountId, region }, { KeyId, TargetKeyId }, { KeyId: Answered, KeyMetadata }) {
      const made = text((KeyMetadata as Values | undefined)?.Arn)
      const id = made ?? text(Answered) ?? text(KeyId) ?? text(TargetKeyId)
      if (id === undefined || id.startsWith('alias/')) return []
      const ARN = id.startsWith('arn:') ? id : `arn:aws:kms:${region}:${accountId}:key/${id}`
      return [{ accountId, type: 'AWS::KMS::Key', ARN }]
    },
    secretsmanager({ account: accountId }, { SecretId }, { ARN }) {
      const arn = text(ARN) ?? text(SecretId)
      return arn?.startsWith('arn:') ? [{ accountId, type: 'AWS::SecretsManager::Secret', ARN: arn }] : []
    },
    sts({ account: accountId }, { RoleArn }) {
      const role = text(RoleArn)
      return role === undefined ? [] : [{ accountId, type: 'AWS::IAM::Role', ARN: role }]
    },
  }
