/** What the history of events says beside the record: who it was in a word, and which resources it names. */
import type * as Sdk from '@aws-sdk/client-cloudtrail'
import type { EventRecord } from '../../core/events/event.ts'

/** The name that the history is looked up by; of a role's session, the session's name. */
export function userNameOf({ userIdentity }: EventRecord): string | undefined {
  if (userIdentity.type === 'Root') return 'root'
  if (userIdentity.userName !== undefined) return userIdentity.userName
  return userIdentity.principalId?.split(':').at(-1)
}

type Name = readonly [type: string, member: string]

/** By event source: the members of a request whose values name resources, and their types in AWS's registry. */
const NAMES: Readonly<Record<string, readonly Name[]>> = {
  'athena.amazonaws.com': [
    ['AWS::Athena::WorkGroup', 'workGroup'],
    ['AWS::Athena::DataCatalog', 'catalogName'],
    ['AWS::Athena::NamedQuery', 'namedQueryId'],
    ['AWS::Athena::PreparedStatement', 'statementName'],
  ],
  'cloudtrail.amazonaws.com': [
    ['AWS::CloudTrail::Trail', 'name'],
    ['AWS::CloudTrail::Trail', 'trailName'],
    ['AWS::CloudTrail::EventDataStore', 'eventDataStore'],
    ['AWS::S3::Bucket', 's3BucketName'],
  ],
  'glue.amazonaws.com': [
    ['AWS::Glue::Database', 'databaseName'],
    ['AWS::Glue::Table', 'tableName'],
    ['AWS::Glue::Connection', 'connectionName'],
    ['AWS::Glue::Job', 'jobName'],
    ['AWS::Glue::Crawler', 'crawlerName'],
  ],
  'iam.amazonaws.com': [
    ['AWS::IAM::User', 'userName'],
    ['AWS::IAM::Role', 'roleName'],
    ['AWS::IAM::Group', 'groupName'],
    ['AWS::IAM::Policy', 'policyArn'],
    ['AWS::IAM::InstanceProfile', 'instanceProfileName'],
    ['AWS::IAM::AccessKey', 'accessKeyId'],
  ],
  'kms.amazonaws.com': [['AWS::KMS::Alias', 'aliasName']],
  'logs.amazonaws.com': [['AWS::Logs::LogGroup', 'logGroupName']],
  'monitoring.amazonaws.com': [['AWS::CloudWatch::Alarm', 'alarmName']],
  's3.amazonaws.com': [['AWS::S3::Bucket', 'bucketName']],
  'secretsmanager.amazonaws.com': [
    ['AWS::SecretsManager::Secret', 'secretId'],
    ['AWS::SecretsManager::Secret', 'name'],
  ],
}

/** In Glue what is made is named inside a structure. */
const MADE: Readonly<Record<string, Name>> = {
  databaseInput: ['AWS::Glue::Database', 'name'],
  tableInput: ['AWS::Glue::Table', 'name'],
  connectionInput: ['AWS::Glue::Connection', 'name'],
}

/** In Glue the member `name` is of what the operation is named for. */
const NAMED = /^(?:Get|Update|Delete)(Database|Table|Connection)$/

export function lookedUpResources(event: EventRecord): Sdk.Resource[] {
  const found = new Map<string, Sdk.Resource>()
  const add = (ResourceType: string, value: unknown): void => {
    if (typeof value === 'string' && value !== '')
      found.set(`${ResourceType} ${value}`, { ResourceType, ResourceName: value })
  }
  const { eventSource, requestParameters, resources = [] } = event
  const asked = requestParameters ?? {}
  for (const { type, ARN } of resources)
    add(type, type.startsWith('AWS::S3::') ? ARN.slice('arn:aws:s3:::'.length) : ARN)
  for (const [type, member] of NAMES[eventSource] ?? []) add(type, asked[member])
  const [, kind] = (eventSource === 'glue.amazonaws.com' && NAMED.exec(event.eventName)) || []
  if (kind !== undefined) add(`AWS::Glue::${kind}`, asked.name)
  for (const [member, [type, name]] of Object.entries(MADE))
    add(type, (asked[member] as Record<string, unknown> | undefined)?.[name])
  return [...found.values()]
}
