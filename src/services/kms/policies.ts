/** Key policies: without one that lets an account in, its own policies give nobody the key. */
import type * as Sdk from '@aws-sdk/client-kms'
import type { Access } from '../../core/access/access.ts'
import { askerOf } from '../../core/access/bounds.ts'
import type { Call } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import { requireKept } from '../../core/keys/key.ts'
import { arnPrefix } from '../../core/keys/keys.ts'
import type { Lake } from '../../core/lake.ts'
import { compiledPolicy } from '../../core/policies/compilation.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { pageOfAll } from './pages.ts'

/** The only name there is (docs: kms api, PutKeyPolicy). */
const NAME = 'default'

export const policyHandlers = ({ keys, access }: Lake): Handlers<typeof Sdk> => ({
  GetKeyPolicy(input, call) {
    requireName(input.PolicyName)
    return { Policy: keys.get(call, input.KeyId).policy, PolicyName: NAME }
  },
  async PutKeyPolicy(input, call) {
    requireName(input.PolicyName)
    const policy = checkedPolicy(access, call, input.Policy, input.BypassPolicyLockoutSafetyCheck)
    await keys.update(call, keys.get(call, input.KeyId).id, (key) => {
      requireKept(key)
      return { ...key, policy }
    })
    return {}
  },
  ListKeyPolicies(input, call) {
    keys.get(call, input.KeyId)
    const { items, ...page } = pageOfAll(input, [NAME], (name) => name)
    return { PolicyNames: [...items], ...page }
  },
})

function requireName(name: string | undefined): void {
  if (name !== undefined && name !== NAME) throw new AwsError('NotFoundException', 'No such policy exists')
}

/**
 * Throws for what is no policy, and, unless that is asked for, for one by which its caller could not put another:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key.
 */
export function checkedPolicy(access: Access, call: Call, text: string, bypass: boolean | undefined): string {
  const { allow } = asMalformed(() => compiledPolicy(text, 'resource')).of('kms:PutKeyPolicy')
  const question = { action: 'kms:PutKeyPolicy', resource: `${arnPrefix(call)}:key/${NAME}` }
  const context = access.contextOf(call, question, call.account)
  const request = { ...question, asker: askerOf(call.principal), context }
  if (!bypass && !allow.some((statement) => statement.applies(request)))
    throw new AwsError(
      'MalformedPolicyDocumentException',
      'The new key policy will not allow you to update the key policy in the future.',
    )
  return text
}

function asMalformed<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new AwsError('MalformedPolicyDocumentException', error.message)
  }
}
