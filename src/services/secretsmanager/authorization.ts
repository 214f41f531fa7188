/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { ContextFacts } from '../../core/access/request-context.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'

const everything = () => '*'

/** Members of requests that conditions may ask about, by their names. */
const ASKED = [
  'SecretId',
  'Name',
  'Description',
  'KmsKeyId',
  'Type',
  'VersionId',
  'VersionStage',
  'BlockPublicPolicy',
  'RecoveryWindowInDays',
  'ForceDeleteWithoutRecovery',
  'ForceOverwriteReplicaSecret',
] as const

/** All secrets are at home where they are: there are no replicas. */
function requestFacts(input: object, { region }: ServiceCall): ContextFacts {
  const given = input as Readonly<Record<string, unknown>>
  return {
    ...Object.fromEntries(
      ASKED.map((name) => [
        `secretsmanager:${name.toLowerCase()}`,
        given[name] === undefined ? undefined : String(given[name]),
      ]),
    ),
    'secretsmanager:kmskeyarn': typeof given.KmsKeyId === 'string' ? given.KmsKeyId : undefined,
    'secretsmanager:secretprimaryregion': region,
  }
}

export function secretsAuthorization({ secrets }: Lake): Authorization {
  /** A secret that is not there has no six characters yet: policies write them as question marks, and so do we. */
  const named = (name: string, { account, region }: ServiceCall): string =>
    `arn:aws:secretsmanager:${region}:${account}:secret:${name}-??????`
  const ofSecret = ({ SecretId }: { readonly SecretId: string }, call: ServiceCall): string => {
    try {
      return secrets.get(call, SecretId).arn
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return SecretId.startsWith('arn:') ? SecretId : named(SecretId, call)
    }
  }
  const asked = (input: { readonly SecretId: string }, call: ServiceCall) => ({
    resource: ofSecret(input, call),
    context: requestFacts(input, call),
  })
  const rules: Rules<typeof Sdk> = {
    CreateSecret: (input, call) => ({ resource: named(input.Name, call), context: requestFacts(input, call) }),
    GetSecretValue: (input, call) => {
      const { VersionId, VersionStage = VersionId === undefined ? 'AWSCURRENT' : undefined } = input
      const { resource, context } = asked(input, call)
      return { resource, context: { ...context, 'secretsmanager:versionstage': VersionStage } }
    },
    // "To retrieve the values you must have secretsmanager:GetSecretValue for each" (API_BatchGetSecretValue).
    BatchGetSecretValue: ({ SecretIdList = [] }, call) => [
      { resource: '*', context: requestFacts({}, call) },
      ...SecretIdList.map((SecretId) => {
        const { resource, context } = asked({ SecretId }, call)
        const current = { ...context, 'secretsmanager:versionstage': 'AWSCURRENT' }
        return { action: 'secretsmanager:GetSecretValue', resource, context: current }
      }),
    ],
    ListSecrets: everything,
    GetRandomPassword: everything,
    DescribeSecret: asked,
    UpdateSecret: asked,
    PutSecretValue: asked,
    UpdateSecretVersionStage: asked,
    ListSecretVersionIds: asked,
    DeleteSecret: asked,
    RestoreSecret: asked,
    GetResourcePolicy: asked,
    PutResourcePolicy: asked,
    DeleteResourcePolicy: asked,
    TagResource: asked,
    UntagResource: asked,
  }
  return { prefix: 'secretsmanager', rules }
}
