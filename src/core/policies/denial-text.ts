/**
 * Why somebody may not, in AWS's words:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import type { AccessRequest } from './compilation.ts'
import type { Decision, PolicyRole } from './evaluation.ts'

export const POLICY_NAMES: Readonly<Record<PolicyRole, string>> = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  control: 'service control policy',
}

/** `quoted`: as S3 writes the resource. */
export function denialText({ action, resource, asker }: AccessRequest, decision: Denial, quoted = false): string {
  if (isForeignKey(asker.account, action, resource, decision))
    return `User: ${asker.arn} is not authorized to perform: ${action} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`
  const on = quoted ? `"${resource}"` : resource
  return `User: ${asker.arn} is not authorized to perform: ${action} on resource: ${on} ${reason(action, decision)}`
}

/** KMS tells nobody what another account's key says, nor whether there is one (observed). */
const isForeignKey = (account: string, action: string, resource: string, decision: Denial): boolean =>
  action.startsWith('kms:') &&
  resource.split(':', 5)[4] !== account &&
  (decision.explicit ? decision.by.role : decision.missing) === 'resource'

type Denial = Exclude<Decision, { readonly allowed: true }>

function reason(action: string, decision: Denial): string {
  const trust = action.startsWith('sts:AssumeRole')
  if (!decision.explicit) {
    const name = trust && decision.missing === 'resource' ? 'role trust policy' : POLICY_NAMES[decision.missing]
    return `because no ${name} allows the ${action} action`
  }
  const { role, policy } = decision.by
  if (trust && role === 'resource') return 'with an explicit deny in the role trust policy'
  const article = role === 'identity' ? 'an' : 'a'
  return `with an explicit deny in ${article} ${POLICY_NAMES[role]}${policy.arn === undefined ? '' : `: ${policy.arn}`}`
}
