import type * as Sdk from '@aws-sdk/client-sts'
import type { IssuedSession } from '../../core/access/sessions.ts'
import type { SessionPolicy } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import { parsePolicy } from '../../core/policies/document.ts'
import { AwsError } from '../../protocol/service.ts'

export const credentialsShape = (session: IssuedSession): Sdk.Credentials => ({
  AccessKeyId: session.accessKeyId,
  SecretAccessKey: session.secretAccessKey,
  SessionToken: session.sessionToken,
  Expiration: session.expiresAt,
})

export const tagPairs = (tags: readonly Sdk.Tag[] = []): (readonly [string, string])[] =>
  tags.map(({ Key = '', Value = '' }) => [Key, Value])

/**
 * Absent where none is given: then a role's session is bound by its role alone. "The policies must exist in the same account as
 * the role" (API_AssumeRole), or as the user who federates; AWS does not document the words in which it refuses others.
 */
export function sessionPolicies(
  input: Pick<Sdk.AssumeRoleRequest, 'Policy' | 'PolicyArns'>,
  own: Pick<AccountIdentities, 'findPolicy'>,
): readonly SessionPolicy[] | undefined {
  const { Policy: text, PolicyArns = [] } = input
  if (text === undefined && PolicyArns.length === 0) return undefined
  if (text !== undefined) checkPolicy(text)
  const arns = PolicyArns.map(({ arn = '' }) => arn)
  const unknown = arns.find((arn) => !own.findPolicy(arn))
  if (unknown !== undefined)
    throw new AwsError('ValidationError', `Policy ${unknown} does not exist or is not attachable.`)
  return [...(text === undefined ? [] : [{ text }]), ...arns.map((arn) => ({ arn }))]
}

function checkPolicy(text: string): void {
  try {
    parsePolicy(text, 'session')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new AwsError('MalformedPolicyDocument', error.message)
  }
}
