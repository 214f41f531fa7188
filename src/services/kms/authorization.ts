/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html */
import type * as Sdk from '@aws-sdk/client-kms'
import type { ContextFacts } from '../../core/access/request-context.ts'
import { Fault } from '../../core/faults.ts'
import { grantOfToken } from '../../core/keys/grants.ts'
import { arnPrefix } from '../../core/keys/keys.ts'
import { blobHeader } from '../../core/keys/symmetric.ts'
import type { Lake } from '../../core/lake.ts'
import type { Authorization, Claim } from '../../protocol/authorization.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'

type Context = Readonly<Record<string, string>>

const everything = () => '*'

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
function contextFacts(pairs: Context | undefined): ContextFacts {
  const entries = Object.entries(pairs ?? {})
  if (entries.length === 0) return {}
  return {
    ...Object.fromEntries(entries.map(([key, value]) => [`kms:encryptioncontext:${key.toLowerCase()}`, value])),
    'kms:encryptioncontextkeys': entries.map(([key]) => key),
  }
}

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
  const ofKey = ({ KeyId }: { readonly KeyId: string }, call: ServiceCall) => keyArn(KeyId, call)
  const used = (reference: string, call: ServiceCall, more: ContextFacts = {}): Claim => ({
    resource: keyArn(reference, call),
    context: { ...more, ...(reference.includes('alias/') && { 'kms:requestalias': aliasIn(reference) }) },
  })
  const ofUsedKey = ({ KeyId }: { readonly KeyId: string }, call: ServiceCall) => used(KeyId, call)
  const underContext = (
    { KeyId, EncryptionContext }: { readonly KeyId: string; readonly EncryptionContext?: Context },
    call: ServiceCall,
  ) => used(KeyId, call, contextFacts(EncryptionContext))
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
    CreateKey: everything,
    ListKeys: everything,
    ListAliases: everything,
    GenerateRandom: everything,
    ListRetirableGrants: everything,
    DescribeKey: ofUsedKey,
    EnableKey: ofKey,
    DisableKey: ofKey,
    ScheduleKeyDeletion: ofKey,
    CancelKeyDeletion: ofKey,
    UpdateKeyDescription: ofKey,
    EnableKeyRotation: ofKey,
    DisableKeyRotation: ofKey,
    GetKeyRotationStatus: ofKey,
    RotateKeyOnDemand: ofKey,
    ListKeyRotations: ofKey,
    GetPublicKey: ofUsedKey,
    GetKeyPolicy: ofKey,
    PutKeyPolicy: ofKey,
    ListKeyPolicies: ofKey,
    TagResource: ofKey,
    UntagResource: ofKey,
    ListResourceTags: ofKey,
    CreateGrant: ({ KeyId, GranteePrincipal, RetiringPrincipal, Operations }, call) =>
      used(KeyId, call, {
        'kms:granteeprincipal': GranteePrincipal,
        'kms:retiringprincipal': RetiringPrincipal,
        'kms:grantoperations': Operations,
      }),
    ListGrants: ofKey,
    RevokeGrant: ofKey,
    RetireGrant: ({ KeyId, GrantToken }, call) => keyArn(KeyId ?? grantOfToken(GrantToken ?? '')?.keyId ?? '', call),
    CreateAlias: ofAlias,
    UpdateAlias: ofAlias,
    DeleteAlias: ofAlias,
    Encrypt: underContext,
    Decrypt: ({ CiphertextBlob, KeyId, EncryptionContext }, call) =>
      used(encryptedBy(CiphertextBlob, KeyId, call), call, contextFacts(EncryptionContext)),
    ReEncrypt: (input, call) => [
      {
        action: 'kms:ReEncryptFrom',
        ...(used(
          encryptedBy(input.CiphertextBlob, input.SourceKeyId, call),
          call,
          contextFacts(input.SourceEncryptionContext),
        ) as { resource: string }),
      },
      {
        action: 'kms:ReEncryptTo',
        ...(used(input.DestinationKeyId, call, contextFacts(input.DestinationEncryptionContext)) as {
          resource: string
        }),
      },
    ],
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
