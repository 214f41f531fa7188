/** Resource policies of secrets. */
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { parsePolicy } from '../../core/policies/document.ts'
import { isPublicDocument } from '../../core/policies/public-policies.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { named } from './secrets.ts'

export const policyHandlers = ({ secrets }: Lake): Handlers<typeof Sdk> => ({
  GetResourcePolicy(input, call) {
    const secret = secrets.get(call, input.SecretId)
    return { ...named(secret), ResourcePolicy: secret.policy }
  },
  async PutResourcePolicy(input, call) {
    requireDocument(input.ResourcePolicy)
    if (input.BlockPublicPolicy && isPublicDocument(input.ResourcePolicy))
      throw new AwsError('PublicPolicyException', 'The resource policy grants broad access to the secret.')
    return named(await secrets.update(call, input.SecretId, (last) => ({ ...last, policy: input.ResourcePolicy })))
  },
  async DeleteResourcePolicy(input, call) {
    return named(await secrets.update(call, input.SecretId, ({ policy: _, ...secret }) => secret))
  },
})

function requireDocument(text: string): void {
  try {
    parsePolicy(text, 'resource')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new AwsError('MalformedPolicyDocumentException', `This resource policy is no policy: ${error.message}`)
  }
}
