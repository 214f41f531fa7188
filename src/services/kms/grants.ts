import type * as Sdk from '@aws-sdk/client-kms'
import type { Call } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import { addGrant, type Grant, grantOfToken, grantsOf, removeGrant, tokenOf } from '../../core/keys/grants.ts'
import { type Key, requireUsable } from '../../core/keys/key.ts'
import { arnPrefix } from '../../core/keys/keys.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { invalid } from './keys.ts'
import { pageOfAll } from './pages.ts'
import { endDryRun } from './usage.ts'

export const grantHandlers = ({ keys, state, clock }: Lake): Handlers<typeof Sdk> => ({
  async CreateGrant(input, call) {
    const key = keys.get(call, input.KeyId)
    requireUsable(key)
    const { GranteePrincipal: grantee, RetiringPrincipal: retiring, Constraints: constraints } = input
    requireOwnPrincipals(input)
    if (grantee === undefined) throw invalid('GranteePrincipal is required.')
    requirePrincipal(grantee)
    if (retiring !== undefined) requirePrincipal(retiring)
    requireOperations(key, input.Operations)
    requireConstrainable(key, constraints)
    endDryRun(input.DryRun)
    const grant = await addGrant(state, call, {
      keyId: key.id,
      createdAt: clock.now().toISOString(),
      issuer: call.account,
      grantee,
      ...(retiring !== undefined && { retiring }),
      ...(input.Name !== undefined && { name: input.Name }),
      ...(constraints && { constraints: { ...constraints } }),
      operations: input.Operations,
    })
    return { GrantToken: tokenOf(grant), GrantId: grant.id }
  },
  ListGrants(input, call) {
    const { id } = keys.get(call, input.KeyId)
    const { GrantId, GranteePrincipal } = input
    const shown = grantsOf(state, call, id).filter(
      (grant) =>
        (GrantId === undefined || grant.id === GrantId) &&
        (GranteePrincipal === undefined || grant.grantee === GranteePrincipal),
    )
    return grantPage(input, shown, call)
  },
  ListRetirableGrants: (input, call) =>
    grantPage(
      input,
      grantsOf(state, call).filter(({ retiring }) => retiring === input.RetiringPrincipal),
      call,
    ),
  async RevokeGrant(input, call) {
    const { id } = keys.get(call, input.KeyId)
    endDryRun(input.DryRun)
    await removeGrant(state, call, { keyId: id, id: input.GrantId })
    return {}
  },
  async RetireGrant(input, call) {
    const { GrantToken, KeyId, GrantId } = input
    const grant =
      KeyId !== undefined && GrantId !== undefined
        ? { keyId: keys.get(call, KeyId).id, id: GrantId }
        : grantOfToken(GrantToken ?? '')
    if (!grant) throw new AwsError('InvalidGrantTokenException', 'The grant token is invalid.')
    endDryRun(input.DryRun)
    await removeGrant(state, call, grant)
    return {}
  },
})

function grantPage(input: { readonly Limit?: number; readonly Marker?: string }, shown: readonly Grant[], call: Call) {
  const { items, ...page } = pageOfAll(input, shown, ({ keyId, id }) => `${keyId}/${id}`)
  return { Grants: items.map((grant) => described(grant, call)), ...page }
}

/** Services here use keys in their caller's name, by no grant of their own. */
function requireOwnPrincipals(input: Sdk.CreateGrantCommandInput): void {
  if (input.GranteeServicePrincipal ?? input.RetiringServicePrincipal ?? input.Constraints?.SourceArn)
    throw new Fault('unsupported', 'grant', 'No service of AWS uses keys by grants here.')
}

function requirePrincipal(arn: string): void {
  if (/^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|(?:user|role|assumed-role|federated-user)\/.+)$/.test(arn)) return
  throw new AwsError('InvalidArnException', `Invalid Arn ${arn}`)
}

const FOR_ALL = ['CreateGrant', 'RetireGrant', 'DescribeKey']
const ENCRYPTION = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo']

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html: "must be supported by the KMS key in the grant". */
function operationsOf({ spec, usage }: Key): readonly string[] {
  if (spec === 'SYMMETRIC_DEFAULT')
    return [...ENCRYPTION, 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', ...KEY_PAIRS, ...FOR_ALL]
  if (usage === 'GENERATE_VERIFY_MAC') return ['GenerateMac', 'VerifyMac', ...FOR_ALL]
  return [...OF_ASYMMETRIC[usage], 'GetPublicKey', ...FOR_ALL]
}

const KEY_PAIRS = ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext']
const OF_ASYMMETRIC = {
  ENCRYPT_DECRYPT: ENCRYPTION,
  SIGN_VERIFY: ['Sign', 'Verify'],
  KEY_AGREEMENT: ['DeriveSharedSecret'],
} as const

function requireOperations(key: Key, asked: readonly string[]): void {
  const possible = operationsOf(key)
  const unsupported = asked.find((name) => !possible.includes(name))
  if (unsupported === undefined) return
  throw invalid(`Operation ${unsupported} is not supported by ${key.arn}, whose key usage is ${key.usage}.`)
}

/** Only what a symmetric key encrypts has a context. */
function requireConstrainable({ arn, spec }: Key, constraints: Sdk.GrantConstraints | undefined): void {
  if (constraints && Object.keys(constraints).length > 0 && spec !== 'SYMMETRIC_DEFAULT')
    throw invalid(`Grants on ${arn} take no encryption context constraints: its key spec is ${spec}.`)
}

const described = (grant: Grant, call: Call): Sdk.GrantListEntry => ({
  KeyId: `${arnPrefix(call)}:key/${grant.keyId}`,
  GrantId: grant.id,
  ...(grant.name !== undefined && { Name: grant.name }),
  CreationDate: new Date(grant.createdAt),
  GranteePrincipal: grant.grantee,
  ...(grant.retiring !== undefined && { RetiringPrincipal: grant.retiring }),
  IssuingAccount: `arn:aws:iam::${grant.issuer}:root`,
  Operations: [...grant.operations] as Sdk.GrantOperation[],
  ...(grant.constraints && { Constraints: grant.constraints }),
})
