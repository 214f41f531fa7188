import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Call } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import { useKey } from '../../core/forwarding/forwarded-keys.ts'
import type { Lake } from '../../core/lake.ts'
import { type Tags, tagPairs, tagRecord, tagsOf } from '../../core/resources/tags.ts'
import type { Secret } from '../../core/secrets/secret.ts'
import type { Secrets, SecretValue } from '../../core/secrets/secrets.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
const RECOVERY_DAYS = { least: 7, most: 30 } as const
const DAY_MS = 86_400_000

/** AWS's own, made when it is first named. */
const OWN_KEY = 'alias/aws/secretsmanager'

/** KMS is asked in the caller's name. */
export const calledSecrets = (lake: Lake, call: Call): Secrets =>
  lake.secrets.as((use, check) => useKey(lake, call, { ...use, service: 'secretsmanager' }, check))

export const secretHandlers = (lake: Lake): Handlers<typeof Sdk> => {
  const { secrets, keys, state, clock } = lake
  return {
    async CreateSecret(input, call) {
      requireNoReplicas(input.AddReplicaRegions)
      requireName(input.Name)
      const value = givenValue(input)
      const id = input.ClientRequestToken ?? randomUUID()
      if (input.KmsKeyId?.endsWith(OWN_KEY)) await keys.need(call, input.KmsKeyId)
      const told = { name: input.Name, description: input.Description, kmsKeyId: input.KmsKeyId }
      const secret = await calledSecrets(lake, call).create(
        call,
        { ...told, tags: tagRecord(input.Tags) },
        value && { id, value },
      )
      return { ...named(secret), ...(value && { VersionId: id }) }
    },
    DescribeSecret(input, call) {
      const secret = secrets.get(call, input.SecretId)
      return { ...described(secret, tagsOf(state, secret.arn)), VersionIdsToStages: stagesById(secret) }
    },
    async UpdateSecret(input, call) {
      const value = givenValue(input)
      const id = input.ClientRequestToken ?? randomUUID()
      if (input.KmsKeyId?.endsWith(OWN_KEY)) await keys.need(call, input.KmsKeyId)
      const own = calledSecrets(lake, call)
      const secret = await own.update(call, input.SecretId, (last) => {
        const { KmsKeyId: key } = input
        const told = {
          ...(key === undefined || key === last.kmsKeyId ? last : own.withKey(last, key)),
          description: input.Description ?? last.description,
          changedAt: clock.now().toISOString(),
        }
        return value ? own.withValue(told, id, value) : told
      })
      return { ...named(secret), ...(value && { VersionId: id }) }
    },
    async DeleteSecret(input, call) {
      const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input
      const now = clock.now()
      if (force && days !== undefined)
        throw invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
      if (force) {
        // "If you use this parameter with a nonexistent secret, you don't get an error" (the page above).
        const gone = await secrets.erase(call, SecretId)
        return { ARN: gone?.arn, Name: gone?.name ?? SecretId, DeletionDate: now }
      }
      if (days !== undefined && (days < RECOVERY_DAYS.least || days > RECOVERY_DAYS.most))
        throw invalid('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).')
      const goneAfter = new Date(now.getTime() + (days ?? RECOVERY_DAYS.most) * DAY_MS)
      const secret = await secrets.update(call, SecretId, (last) => ({
        ...last,
        deletedAt: now.toISOString(),
        goneAfter: goneAfter.toISOString(),
      }))
      return { ...named(secret), DeletionDate: goneAfter }
    },
    async RestoreSecret(input, call) {
      const restored = await secrets.update(
        call,
        input.SecretId,
        ({ deletedAt: _, goneAfter: __, ...secret }) => secret,
        { deletedToo: true },
      )
      return named(restored)
    },
  }
}

export const invalid = (message: string): Fault => new Fault('invalid', 'secret', message)

export const named = ({ arn, name }: Secret) => ({ ARN: arn, Name: name })

/** In AWS's words (observed); the letters are those of the API reference, CreateSecret. */
function requireName(name: string): void {
  if (/^[A-Za-z0-9/_+=.@!-]+$/.test(name)) return
  throw new AwsError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  )
}

function requireNoReplicas(regions: readonly unknown[] | undefined): void {
  if (regions?.length) throw new Fault('conflict', 'secret', 'Secrets are not replicated to other regions here.')
}

interface ValueInput {
  readonly SecretString?: string
  readonly SecretBinary?: Uint8Array
}

export function givenValue({ SecretString: string, SecretBinary: binary }: ValueInput): SecretValue | undefined {
  if (string !== undefined && binary !== undefined)
    throw invalid("You can't specify both a binary secret value and a string secret value in the same secret.")
  if (string !== undefined) return { string }
  return binary && { binary }
}

const dated = (iso: string | undefined): Date | undefined => (iso === undefined ? undefined : new Date(iso))

/** What DescribeSecret and ListSecrets tell alike. */
export function described(secret: Secret, tags: Tags) {
  return {
    ...named(secret),
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    LastChangedDate: new Date(secret.changedAt),
    LastAccessedDate: dated(secret.accessedAt),
    DeletedDate: dated(secret.deletedAt),
    CreatedDate: new Date(secret.createdAt),
    Tags: tagPairs(tags),
  }
}

/** Versions without a label are not told of. */
export function stagesById({ versions }: Secret): Record<string, string[]> | undefined {
  const labelled = versions.filter(({ stages }) => stages.length > 0)
  if (labelled.length === 0) return undefined
  return Object.fromEntries(labelled.map(({ id, stages }) => [id, [...stages]]))
}
