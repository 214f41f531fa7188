/** Key policies: without one that lets an account in, its own policies give nobody the key. */
import type * as Sdk from '@aws-sdk/client-kms'
import { Fault } from '../../core/faults.ts'
import { requireKept } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import { parsePolicy } from '../../core/policies/document.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'

/** The only name there is (docs: kms api, PutKeyPolicy). */
const NAME = 'default'

export const policyHandlers = ({ keys }: Lake): Handlers<typeof Sdk> => ({
  GetKeyPolicy(input, call) {
    requireName(input.PolicyName)
    return { Policy: keys.get(call, input.KeyId).policy, PolicyName: NAME }
  },
  async PutKeyPolicy(input, call) {
    requireName(input.PolicyName)
    const policy = checkedPolicy(input.Policy)
    await keys.update(call, keys.get(call, input.KeyId).id, (key) => {
      requireKept(key)
      return { ...key, policy }
    })
    return {}
  },
  ListKeyPolicies(input, call) {
    keys.get(call, input.KeyId)
    return { PolicyNames: [NAME], Truncated: false }
  },
})

function requireName(name: string | undefined): void {
  if (name !== undefined && name !== NAME) throw new AwsError('NotFoundException', 'No such policy exists')
}

export function checkedPolicy(text: string): string {
  try {
    parsePolicy(text, 'resource')
    return text
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new AwsError('MalformedPolicyDocumentException', error.message)
  }
}
