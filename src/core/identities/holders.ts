/** Policies of users, groups and roles: what is the same for all three. */
import { Fault } from '../faults.ts'
import { parsePolicy } from '../policies/document.ts'
import type { Holder } from './identity.ts'
import { limits, policySize } from './limits.ts'

export type HolderKind = 'user' | 'group' | 'role'

const sizes = {
  user: limits.UserPolicySizeQuota,
  group: limits.GroupPolicySizeQuota,
  role: limits.RolePolicySizeQuota,
}
const attachments = {
  user: limits.AttachedPoliciesPerUserQuota,
  group: limits.AttachedPoliciesPerGroupQuota,
  role: limits.AttachedPoliciesPerRoleQuota,
}

/** In the place of one of the same name. The quota is for all of them together. */
export function withInline<T extends Holder>(holder: T, kind: HolderKind, name: string, text: string): T {
  parsePolicy(text, 'identity')
  const others = holder.inline.filter((policy) => policy.name !== name)
  const inline = [...others, { name, text }].sort((a, b) => (a.name < b.name ? -1 : 1))
  const size = inline.reduce((sum, policy) => sum + policySize(policy.text), 0)
  if (size > sizes[kind])
    throw new Fault(
      'limit',
      'identity',
      `Maximum policy size of ${sizes[kind]} bytes exceeded for ${kind} ${holder.name}`,
    )
  return { ...holder, inline }
}

/** Throws `Fault('not-found', 'identity')`. */
export function inlineOf(holder: Holder, kind: HolderKind, name: string): string {
  const found = holder.inline.find((policy) => policy.name === name)
  if (!found) throw new Fault('not-found', 'identity', `The ${kind} policy with name ${name} cannot be found.`)
  return found.text
}

export function withoutInline<T extends Holder>(holder: T, kind: HolderKind, name: string): T {
  inlineOf(holder, kind, name)
  return { ...holder, inline: holder.inline.filter((policy) => policy.name !== name) }
}

/** One that is attached already is no error. */
export function withAttached<T extends Holder>(holder: T, kind: HolderKind, arn: string): T {
  if (holder.attached.includes(arn)) return holder
  if (holder.attached.length >= attachments[kind]) {
    const quota = `PoliciesPer${kind[0]!.toUpperCase()}${kind.slice(1)}`
    throw new Fault('limit', 'identity', `Cannot exceed quota for ${quota}: ${attachments[kind]}`)
  }
  return { ...holder, attached: [...holder.attached, arn] }
}

export function withoutAttached<T extends Holder>(holder: T, arn: string): T {
  if (!holder.attached.includes(arn)) throw new Fault('not-found', 'identity', `Policy ${arn} was not found.`)
  return { ...holder, attached: holder.attached.filter((one) => one !== arn) }
}

/** Throws `Fault('not-empty', 'identity')` while any policy is left. */
export function requireBare({ inline, attached }: Holder): void {
  if (attached.length > 0)
    throw new Fault('not-empty', 'identity', 'Cannot delete entity, must detach all policies first.')
  if (inline.length > 0) throw new Fault('not-empty', 'identity', 'Cannot delete entity, must delete policies first.')
}
