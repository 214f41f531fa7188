/** What kind of event a call is: does it change something, and is it about what a resource holds. */

/** Operations that only read begin with one of these words, in all APIs; the others are named below. */
const READING = /^(?:Get|List|Describe|Head|BatchGet|Search|Lookup|Filter|Select|Query|Check|Preview|Simulate|Estimate)/

/** As CloudTrail tells them (docs: kms developerguide, logging-using-cloudtrail; IAM UserGuide, cloudtrail-integration). */
const READS: ReadonlySet<string> = new Set([
  'kms.Decrypt',
  'kms.DeriveSharedSecret',
  'kms.Encrypt',
  'kms.GenerateDataKey',
  'kms.GenerateDataKeyPair',
  'kms.GenerateDataKeyPairWithoutPlaintext',
  'kms.GenerateDataKeyWithoutPlaintext',
  'kms.GenerateMac',
  'kms.GenerateRandom',
  'kms.ReEncrypt',
  'kms.Sign',
  'kms.Verify',
  'kms.VerifyMac',
  'sts.AssumeRole',
  'sts.AssumeRoleWithSAML',
  'sts.AssumeRoleWithWebIdentity',
  'sts.DecodeAuthorizationMessage',
  'cloudtrail.GenerateQuery',
  'glue.QuerySchemaVersionMetadata',
  'secretsmanager.ValidateResourcePolicy',
])

/** Reading by their names, and yet not. */
const CHANGES: ReadonlySet<string> = new Set([
  'redshift.GetClusterCredentials',
  'sts.GetFederationToken',
  'sts.GetSessionToken',
])

/** "Even though they are logged as read-only, CloudTrail will include the full responseElements" (cloudtrail-integration). */
const ANSWERED: ReadonlySet<string> = new Set([
  'sts.AssumeRole',
  'sts.AssumeRoleWithSAML',
  'sts.AssumeRoleWithWebIdentity',
])

/** Whether a record tells what was answered. */
export const isAnswerTold = (service: string, operation: string, readOnly: boolean): boolean =>
  !readOnly || ANSWERED.has(`${service}.${operation}`)

export function isReading(service: string, operation: string): boolean {
  const name = `${service}.${operation}`
  return READS.has(name) || (READING.test(operation) && !CHANGES.has(name))
}

/** docs: AmazonS3 userguide, cloudtrail-logging-s3-info, "Amazon S3 object-level actions tracked by CloudTrail logging". */
const OBJECT_LEVEL = [
  'AbortMultipartUpload CompleteMultipartUpload CopyObject CreateMultipartUpload DeleteObject DeleteObjectTagging',
  'DeleteObjects GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging',
  'GetObjectTorrent HeadBucket HeadObject ListMultipartUploads ListObjects ListObjectsV2 ListObjectVersions ListParts',
  'PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging RenameObject RestoreObject',
  'SelectObjectContent UploadPart UploadPartCopy',
]

/** By service: the operations on what a resource holds. Of the others all are management events. */
const DATA: Readonly<Record<string, ReadonlySet<string>>> = {
  s3: new Set(OBJECT_LEVEL.join(' ').split(' ')),
  cloudwatch: new Set(['PutMetricData', 'GetMetricData', 'GetMetricStatistics', 'ListMetrics', 'GetMetricWidgetImage']),
  lambda: new Set(['Invoke', 'InvokeAsync', 'InvokeWithResponseStream']),
  kinesis: new Set(['PutRecord', 'PutRecords', 'GetRecords', 'GetShardIterator', 'SubscribeToShard']),
  firehose: new Set(['PutRecord', 'PutRecordBatch']),
  sqs: new Set(['SendMessage', 'SendMessageBatch', 'ReceiveMessage', 'DeleteMessage', 'DeleteMessageBatch']),
  sns: new Set(['Publish', 'PublishBatch']),
  dynamodb: new Set(
    'BatchGetItem BatchWriteItem DeleteItem GetItem PutItem Query Scan TransactGetItems TransactWriteItems UpdateItem'.split(
      ' ',
    ),
  ),
}

/** Calls that are no events at all: those that carry what is logged. */
const UNRECORDED: ReadonlySet<string> = new Set(['logs.PutLogEvents'])

export function categoryOf(service: string, operation: string): 'Management' | 'Data' | undefined {
  if (UNRECORDED.has(`${service}.${operation}`)) return undefined
  return DATA[service]?.has(operation) ? 'Data' : 'Management'
}
