import type * as Sdk from '@aws-sdk/client-kms'
import type { Call } from '../../core/call.ts'
import { addGrant, type Grant, grantOfToken, grantsOf, removeGrant, tokenOf } from '../../core/keys/grants.ts'
import { requireKept } from '../../core/keys/key.ts'
import { arnPrefix } from '../../core/keys/keys.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { invalid } from './keys.ts'
import { pageOfAll } from './pages.ts'
import { endDryRun } from './usage.ts'

export const grantHandlers = ({ keys, state, clock }: Lake): Handlers<typeof Sdk> => ({
  async CreateGrant(input, call) {
    const key = keys.get(call, input.KeyId)
    requireKept(key)
    const grantee = input.GranteePrincipal ?? input.GranteeServicePrincipal
    if (grantee === undefined) throw invalid('GranteePrincipal is required.')
    endDryRun(input.DryRun)
    const retiring = input.RetiringPrincipal ?? input.RetiringServicePrincipal
    const grant = await addGrant(state, call, {
      keyId: key.id,
      createdAt: clock.now().toISOString(),
      issuer: call.account,
      grantee,
      ...(retiring !== undefined && { retiring }),
      ...(input.Name !== undefined && { name: input.Name }),
      ...(input.Constraints && { constraints: { ...input.Constraints } }),
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
