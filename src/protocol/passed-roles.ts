/**
 * Roles that a caller hands to a service, which acts as them from then on: who may not pass a role on cannot have a service
 * do what that role may. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
import type { Question } from '../core/access/access.ts'
import { identityArn } from '../core/identities/identity.ts'

/** `iam:PassRole` of each role that is there; some members hold its name alone. `service`: who shall act as them, `glue`. */
export function passedRoles(
  { account }: { readonly account: string },
  service: string,
  ...roles: readonly (string | undefined)[]
): Question[] {
  return roles.flatMap((role) => {
    if (role === undefined || role === '') return []
    const resource = role.startsWith('arn:') ? role : identityArn(account, 'role', '/', role)
    return { action: 'iam:PassRole', resource, context: { 'iam:passedtoservice': `${service}.amazonaws.com` } }
  })
}
