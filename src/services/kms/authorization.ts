/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html */
import type * as Sdk from '@aws-sdk/client-kms'
import { GRANT_ID } from '../../core/access/grant-policy.ts'
import type { ContextFacts } from '../../core/access/request-context.ts'
import { Fault } from '../../core/faults.ts'
import { encryptionContextFacts } from '../../core/keys/context-facts.ts'
import { grantOfToken } from '../../core/keys/grants.ts'
import { arnPrefix } from '../../core/keys/keys.ts'
import { blobHeader } from '../../core/keys/symmetric.ts'
import type { Lake } from '../../core/lake.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'

type Context = Readonly<Record<string, string>>

const everything = () => '*'

interface OfKey {
  readonly KeyId: string
}

/** Members of requests that conditions may ask about, by their names. */
const ASKED = [
  'EncryptionAlgorithm',
  'SigningAlgorithm',
  'MessageType',
  'MacAlgorithm',
  'KeyAgreementAlgorithm',
  'RotationPeriodInDays',
  'BypassPolicyLockoutSafetyCheck',
] as const

function requestFacts(input: object): ContextFacts {
  const given = input as Readonly<Record<string, unknown>>
  const told = ASKED.filter((name) => given[name] !== undefined)
  return {
    ...Object.fromEntries(told.map((name) => [`kms:${name.toLowerCase()}`, String(given[name])])),
    ...(given.KeyPairSpec !== undefined && { 'kms:datakeypairspec': String(given.KeyPairSpec) }),
    ...(given.PendingWindowInDays !== undefined && {
      'kms:schedulekeydeletionpendingwindowindays': String(given.PendingWindowInDays),
    }),
  }
}

/** Defaults are those of API_CreateKey. */
const keyFacts = (input: Sdk.CreateKeyCommandInput): ContextFacts => ({
  'kms:keyspec': input.KeySpec ?? 'SYMMETRIC_DEFAULT',
  'kms:keyusage': input.KeyUsage ?? 'ENCRYPT_DECRYPT',
  'kms:keyorigin': input.Origin ?? 'AWS_KMS',
  'kms:multiregion': String(input.MultiRegion ?? false),
  'kms:multiregionkeytype': input.MultiRegion ? 'PRIMARY' : undefined,
  'kms:bypasspolicylockoutsafetycheck': String(input.BypassPolicyLockoutSafetyCheck ?? false),
})

export function kmsAuthorization({ keys }: Lake): Authorization {
  /** One that is not there is named as it was asked for: whether it exists is not told to those who may not ask. */
  const keyArn = (reference: string, call: ServiceCall): string => {
    try {
      return keys.get(call, reference).arn
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      if (reference.startsWith('arn:')) return reference
      return `${arnPrefix(call)}:${reference.startsWith('alias/') ? reference : `key/${reference}`}`
    }
  }
  const ofKey = ({ KeyId }: OfKey, call: ServiceCall) => keyArn(KeyId, call)
  /** No service of AWS has made the grants that are asked about. */
  const ofGrantedKey = ({ KeyId }: OfKey, call: ServiceCall) => ({
    resource: keyArn(KeyId, call),
    context: { 'kms:grantisforawsresource': 'false' },
  })
  const used = (reference: string, call: ServiceCall, more: ContextFacts = {}) => ({
    resource: keyArn(reference, call),
    context: { ...more, 'kms:requestalias': reference.includes('alias/') ? aliasIn(reference) : undefined },
  })
  const ofUsedKey = (input: OfKey, call: ServiceCall) => used(input.KeyId, call, requestFacts(input))
  const underContext = (input: OfKey & { readonly EncryptionContext?: Context }, call: ServiceCall) =>
    used(input.KeyId, call, {
      'kms:encryptionalgorithm': 'SYMMETRIC_DEFAULT',
      ...requestFacts(input),
      ...encryptionContextFacts(input.EncryptionContext),
    })
  const encryptedBy = (blob: Uint8Array | undefined, told: string | undefined, _call: ServiceCall): string => {
    if (told !== undefined || blob === undefined) return told ?? ''
    try {
      return blobHeader(blob).keyId
    } catch (error) {
      if (error instanceof Fault) return ''
      throw error
    }
  }
  const ofAlias = ({ AliasName, TargetKeyId }: { AliasName: string; TargetKeyId?: string }, call: ServiceCall) => [
    `${arnPrefix(call)}:${AliasName}`,
    keyArn(TargetKeyId ?? AliasName, call),
  ]
  const rules: Rules<typeof Sdk> = {
    CreateKey: (input) => ({ resource: '*', context: keyFacts(input) }),
    ListKeys: everything,
    ListAliases: everything,
    GenerateRandom: everything,
    ListRetirableGrants: everything,
    DescribeKey: ofUsedKey,
    EnableKey: ofKey,
    DisableKey: ofKey,
    ScheduleKeyDeletion: ofUsedKey,
    CancelKeyDeletion: ofKey,
    UpdateKeyDescription: ofKey,
    EnableKeyRotation: ofUsedKey,
    DisableKeyRotation: ofKey,
    GetKeyRotationStatus: ofKey,
    RotateKeyOnDemand: ofKey,
    ListKeyRotations: ofKey,
    GetPublicKey: ofUsedKey,
    GetKeyPolicy: ofKey,
    PutKeyPolicy: ofUsedKey,
    ListKeyPolicies: ofKey,
    TagResource: ofKey,
    UntagResource: ofKey,
    ListResourceTags: ofKey,
    CreateGrant: ({ KeyId, GranteePrincipal, RetiringPrincipal, Operations, Constraints }, call) =>
      used(KeyId, call, {
        ...encryptionContextFacts(Constraints?.EncryptionContextEquals ?? Constraints?.EncryptionContextSubset),
        'kms:grantisforawsresource': 'false',
        'kms:grantconstrainttype': Constraints && Object.keys(Constraints)[0],
        'kms:granteeprincipal': GranteePrincipal,
        'kms:retiringprincipal': RetiringPrincipal,
        'kms:grantoperations': Operations,
      }),
    ListGrants: ofGrantedKey,
    RevokeGrant: ofGrantedKey,
    RetireGrant: ({ KeyId, GrantId, GrantToken }, call) => {
      const told = grantOfToken(GrantToken ?? '')
      return { resource: keyArn(KeyId ?? told?.keyId ?? '', call), context: { [GRANT_ID]: GrantId ?? told?.id } }
    },
    CreateAlias: ofAlias,
    UpdateAlias: ofAlias,
    DeleteAlias: ofAlias,
    Encrypt: underContext,
    Decrypt: ({ CiphertextBlob, KeyId, EncryptionContext, EncryptionAlgorithm }, call) =>
      used(encryptedBy(CiphertextBlob, KeyId, call), call, {
        'kms:encryptionalgorithm': EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
        ...encryptionContextFacts(EncryptionContext),
      }),
    ReEncrypt: (input, call) => {
      const from = encryptedBy(input.CiphertextBlob, input.SourceKeyId, call)
      const same = { 'kms:reencryptonsamekey': String(keyArn(from, call) === keyArn(input.DestinationKeyId, call)) }
      const source = {
        ...same,
        'kms:encryptionalgorithm': input.SourceEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
        ...encryptionContextFacts(input.SourceEncryptionContext),
      }
      const destination = {
        ...same,
        'kms:encryptionalgorithm': input.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
        ...encryptionContextFacts(input.DestinationEncryptionContext),
      }
      return [
        { action: 'kms:ReEncryptFrom', ...used(from, call, source) },
        { action: 'kms:ReEncryptTo', ...used(input.DestinationKeyId, call, destination) },
      ]
    },
    GenerateDataKey: underContext,
    GenerateDataKeyWithoutPlaintext: underContext,
    GenerateDataKeyPair: underContext,
    GenerateDataKeyPairWithoutPlaintext: underContext,
    GenerateMac: ofUsedKey,
    VerifyMac: ofUsedKey,
    Sign: ofUsedKey,
    Verify: ofUsedKey,
    DeriveSharedSecret: ofUsedKey,
  }
  return { prefix: 'kms', rules }
}

const aliasIn = (reference: string): string => reference.slice(reference.indexOf('alias/'))
