/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'

const everything = () => '*'

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
  const rules: Rules<typeof Sdk> = {
    CreateSecret: ({ Name }, call) => ({ resource: named(Name, call), context: { 'secretsmanager:name': Name } }),
    GetSecretValue: ({ SecretId, VersionId, VersionStage }, call) => ({
      resource: ofSecret({ SecretId }, call),
      context: {
        'secretsmanager:secretid': SecretId,
        'secretsmanager:versionid': VersionId,
        'secretsmanager:versionstage': VersionStage ?? (VersionId === undefined ? 'AWSCURRENT' : undefined),
      },
    }),
    // "To retrieve the values you must have secretsmanager:GetSecretValue for each" (API_BatchGetSecretValue).
    BatchGetSecretValue: ({ SecretIdList = [] }, call) => [
      '*',
      ...SecretIdList.map((SecretId) => ({
        action: 'secretsmanager:GetSecretValue',
        resource: ofSecret({ SecretId }, call),
      })),
    ],
    ListSecrets: everything,
    GetRandomPassword: everything,
    DescribeSecret: ofSecret,
    UpdateSecret: ofSecret,
    PutSecretValue: ofSecret,
    UpdateSecretVersionStage: ofSecret,
    ListSecretVersionIds: ofSecret,
    DeleteSecret: ofSecret,
    RestoreSecret: ofSecret,
    GetResourcePolicy: ofSecret,
    PutResourcePolicy: ofSecret,
    DeleteResourcePolicy: ofSecret,
    TagResource: ofSecret,
    UntagResource: ofSecret,
  }
  return { prefix: 'secretsmanager', rules }
}
