/** Values of secrets: read, added, and their labels moved. */
import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Call } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { CURRENT, type Secret, type SecretVersion, versionOf, withStage } from '../../core/secrets/secret.ts'
import { requireLive, type Secrets } from '../../core/secrets/secrets.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { listed, pageOf } from './listings.ts'
import { calledSecrets, givenValue, invalid, named } from './secrets.ts'

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html */
const MOST_VALUES = 20

export const valueHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const { secrets } = lake
  return {
    async GetSecretValue(input, call) {
      const secret = await accessed(lake, call, input.SecretId)
      return told(calledSecrets(lake, call), secret, versionOf(secret, input.VersionId, input.VersionStage))
    },
    async BatchGetSecretValue(input, call) {
      const SecretValues: Sdk.SecretValueEntry[] = []
      const Errors: Sdk.APIErrorType[] = []
      const { SecretIdList, Filters, MaxResults = MOST_VALUES, NextToken: token } = input
      if ((SecretIdList === undefined) === (Filters === undefined))
        throw invalid('You must include either SecretIdList or Filters, but not both.')
      const ids =
        SecretIdList ?? listed(lake, call, Filters).flatMap(({ secret }) => (secret.deletedAt ? [] : [secret.arn]))
      const own = calledSecrets(lake, call)
      const { items, NextToken } = pageOf(ids, { MaxResults, NextToken: token })
      for (const SecretId of items)
        try {
          const secret = await accessed(lake, call, SecretId)
          SecretValues.push(told(own, secret, versionOf(secret)))
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          Errors.push({
            SecretId,
            ErrorCode: ERROR_CODES[error.kind] ?? 'InvalidRequestException',
            Message: error.message,
          })
        }
      return { SecretValues, Errors, NextToken }
    },
    async PutSecretValue(input, call) {
      const value = givenValue(input)
      if (!value) throw invalid('You must provide either SecretString or SecretBinary.')
      const VersionId = input.ClientRequestToken ?? randomUUID()
      const own = calledSecrets(lake, call)
      const secret = await own.update(call, input.SecretId, (last) =>
        own.withValue(last, VersionId, value, input.VersionStages ?? [CURRENT]),
      )
      const { stages } = secret.versions.find(({ id }) => id === VersionId)!
      return { ...named(secret), VersionId, VersionStages: [...stages] }
    },
    async UpdateSecretVersionStage(input, call) {
      const { SecretId, VersionStage, RemoveFromVersionId: from, MoveToVersionId: to } = input
      const secret = await secrets.update(call, SecretId, (last) => {
        requireMovable(last, VersionStage, from, to)
        return { ...last, versions: withStage(last.versions, VersionStage, to) }
      })
      return named(secret)
    },
  }
}

const ERROR_CODES: Partial<Record<Fault['kind'], string>> = {
  'not-found': 'ResourceNotFoundException',
  'not-ready': 'DecryptionFailure',
  denied: 'AccessDeniedException',
}

/** It is noted on which day. */
async function accessed({ secrets, clock }: Lake, call: Call, id: string): Promise<Secret> {
  const secret = secrets.get(call, id)
  requireLive(secret)
  const day = `${clock.now().toISOString().slice(0, 10)}T00:00:00.000Z`
  if (secret.accessedAt === day) return secret
  return secrets.update(call, id, (last) => ({ ...last, accessedAt: day }))
}

function told(secrets: Secrets, secret: Secret, version: SecretVersion) {
  const value = secrets.value(secret, version)
  return {
    ...named(secret),
    VersionId: version.id,
    ...('string' in value ? { SecretString: value.string } : { SecretBinary: value.binary }),
    VersionStages: [...version.stages],
    CreatedDate: new Date(version.createdAt),
  }
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
function requireMovable(secret: Secret, stage: string, from: string | undefined, to: string | undefined): void {
  if (to !== undefined && !secret.versions.some(({ id }) => id === to))
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${to}`,
    )
  const holder = secret.versions.find(({ stages }) => stages.includes(stage))
  if (stage === CURRENT && to === undefined)
    throw invalid(
      `You can only move staging label ${CURRENT} to a different secret version. It can't be completely removed.`,
    )
  if (holder && holder.id !== to && holder.id !== from)
    throw invalid(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    )
  if (from !== undefined && holder?.id !== from)
    throw invalid(`The specified version ${from} does not have the staging label ${stage}.`)
}
