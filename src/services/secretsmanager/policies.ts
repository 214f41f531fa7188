/** Resource policies of secrets: kept and told. What they permit is not looked at: every key is its account's root. */
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { named } from './secrets.ts'

export const policyHandlers = ({ secrets }: Lake): Handlers<typeof Sdk> => ({
  GetResourcePolicy(input, call) {
    const secret = secrets.get(call, input.SecretId)
    return { ...named(secret), ResourcePolicy: secret.policy }
  },
  async PutResourcePolicy(input, call) {
    requireDocument(input.ResourcePolicy)
    return named(await secrets.update(call, input.SecretId, (last) => ({ ...last, policy: input.ResourcePolicy })))
  },
  async DeleteResourcePolicy(input, call) {
    return named(await secrets.update(call, input.SecretId, ({ policy: _, ...secret }) => secret))
  },
})

function requireDocument(text: string): void {
  try {
    const policy: unknown = JSON.parse(text)
    if (typeof policy === 'object' && policy !== null && 'Statement' in policy) return
  } catch {
    // Said below.
  }
  throw new AwsError('MalformedPolicyDocumentException', 'This resource policy contains invalid Json')
}
