/**
 * Whether policies let somebody do something, and which statement decides. In AWS's order:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import type { AccessRequest, CompiledPolicy, CompiledStatement } from './compilation.ts'
import { type Closeness, closer } from './principals.ts'

/** A policy where it stands: what messages and simulations call it. */
export interface AppliedPolicy {
  readonly compiled: CompiledPolicy
  /** Absent for those without an ARN: inline ones, and those of resources. */
  readonly arn?: string
  /** `user_alice_readers`, `DefaultPolicy`. */
  readonly name: string
}

/** What holds for who asks. */
export interface Bounds {
  readonly identity: readonly AppliedPolicy[]
  readonly boundary?: AppliedPolicy
  /** Absent where a session was begun without any; none of an empty list allows anything. */
  readonly session?: readonly AppliedPolicy[]
  /** Service control policies, level by level from the organisation's root: each level has to allow. */
  readonly control?: readonly (readonly AppliedPolicy[])[]
}

export interface ResourceSide {
  /** Who owns it. */
  readonly account: string
  /** The policy of its own, and what else lets others have it: grants, the policy of what it lies in. */
  readonly policies?: readonly AppliedPolicy[]
  /** Roles and keys: what identity policies allow holds only where the resource's own lets it (KMS, sts:AssumeRole). */
  readonly mustAllow?: boolean
}

export type PolicyRole = 'identity' | 'resource' | 'boundary' | 'session' | 'control'

export interface Deciding {
  readonly role: PolicyRole
  readonly policy: AppliedPolicy
  readonly statement: CompiledStatement
}

export type Decision =
  | { readonly allowed: true; readonly by?: Deciding }
  | { readonly allowed: false; readonly explicit: true; readonly by: Deciding }
  /** No policy of this role allows it. */
  | { readonly allowed: false; readonly explicit: false; readonly missing: PolicyRole }

export function decide(request: AccessRequest, bounds: Bounds, resource: ResourceSide): Decision {
  const denial = findDenial(request, bounds, resource)
  if (denial) return { allowed: false, explicit: true, by: denial }
  for (const level of bounds.control ?? []) if (!findAllow(request, level, 'control')) return without('control')
  const granted = findGrant(request, resource)
  const { asker } = request
  if (asker.kind === 'anonymous' || asker.kind === 'service')
    return granted ? { allowed: true, by: granted.by } : without('resource')
  const own = asker.account === resource.account
  if (own && asker.kind === 'root') return { allowed: true }
  if (own) return decideWithin(request, bounds, resource, granted)
  const side: Decision = asker.kind === 'root' ? { allowed: true } : decideIdentity(request, bounds)
  if (!side.allowed) return side
  return granted ? { allowed: true, by: granted.by } : without('resource')
}

/** Whether one decision holds for all resources of the side that start so: no statement tells one from another. */
export function decidesAlike(action: string, start: string, bounds: Bounds, { policies = [] }: ResourceSide): boolean {
  const { identity, boundary, session = [], control = [] } = bounds
  const all = [...identity, ...(boundary ? [boundary] : []), ...session, ...control.flat(), ...policies]
  return all.every(({ compiled }) => {
    const { allow, deny } = compiled.of(action)
    return [...allow, ...deny].every((statement) => statement.isAlikeOver(start))
  })
}

const without = (missing: PolicyRole): Decision => ({ allowed: false, explicit: false, missing })

/** Inside one account either side may allow. */
function decideWithin(
  request: AccessRequest,
  bounds: Bounds,
  resource: ResourceSide,
  granted: Grant | undefined,
): Decision {
  if (granted?.closeness === 'asker') return { allowed: true, by: granted.by }
  if (resource.mustAllow && !granted) return without('resource')
  if (granted?.closeness === 'entity') return boundedBy(request, bounds, granted.by)
  return decideIdentity(request, bounds)
}

function decideIdentity(request: AccessRequest, bounds: Bounds): Decision {
  const by = findAllow(request, bounds.identity, 'identity')
  return by ? boundedBy(request, bounds, by) : without('identity')
}

function boundedBy(request: AccessRequest, { boundary, session }: Bounds, by: Deciding): Decision {
  if (boundary && !findAllow(request, [boundary], 'boundary')) return without('boundary')
  if (session && !findAllow(request, session, 'session')) return without('session')
  return { allowed: true, by }
}

function findDenial(request: AccessRequest, bounds: Bounds, { policies = [] }: ResourceSide): Deciding | undefined {
  const { identity, boundary, session = [], control = [] } = bounds
  for (const level of control) {
    const found = findDeny(request, level, 'control')
    if (found) return found
  }
  return (
    findDeny(request, policies, 'resource') ??
    findDeny(request, identity, 'identity') ??
    (boundary && findDeny(request, [boundary], 'boundary')) ??
    findDeny(request, session, 'session')
  )
}

function findDeny(request: AccessRequest, policies: readonly AppliedPolicy[], role: PolicyRole): Deciding | undefined {
  for (const policy of policies)
    for (const statement of policy.compiled.of(request.action).deny)
      if (statement.applies(request)) return { role, policy, statement }
  return undefined
}

function findAllow(request: AccessRequest, policies: readonly AppliedPolicy[], role: PolicyRole): Deciding | undefined {
  for (const policy of policies)
    for (const statement of policy.compiled.of(request.action).allow)
      if (statement.applies(request)) return { role, policy, statement }
  return undefined
}

interface Grant {
  readonly closeness: Closeness
  readonly by: Deciding
}

/** The statement of the resource's policies that names who asks most closely. */
function findGrant(request: AccessRequest, { policies = [] }: ResourceSide): Grant | undefined {
  let best: Grant | undefined
  for (const policy of policies)
    for (const statement of policy.compiled.of(request.action).allow) {
      const closeness = statement.applies(request)
      if (closeness === undefined || closer(best?.closeness, closeness) === best?.closeness) continue
      best = { closeness, by: { role: 'resource', policy, statement } }
      if (closeness === 'asker') return best
    }
  return best
}
