/** Managed policies: an account's own, with their versions, and those of AWS, which are data. */
import { readFileSync } from 'node:fs'
import { Fault } from '../faults.ts'
import { parsePolicy } from '../policies/document.ts'
import type { ManagedPolicy, PolicyVersion } from './identity.ts'
import { limits, policySize } from './limits.ts'

interface AwsPolicies {
  readonly policies: readonly {
    readonly name: string
    readonly path: string
    readonly version: string
    readonly createdAt: string
    readonly updatedAt: string
    readonly document: unknown
  }[]
}

let awsPolicies: ReadonlyMap<string, ManagedPolicy> | undefined

/** By ARN. Read when somebody asks for the first: most servers never do. */
export function awsManagedPolicies(): ReadonlyMap<string, ManagedPolicy> {
  awsPolicies ??= new Map(readAwsPolicies().map((policy) => [policy.arn, policy]))
  return awsPolicies
}

function readAwsPolicies(): readonly ManagedPolicy[] {
  const text = readFileSync(new URL('../../../policies/aws-managed.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as AwsPolicies).policies.map(({ name, path, version, createdAt, updatedAt, document }) => ({
    id: `ANPA${Buffer.from(name).toString('hex').toUpperCase().slice(0, 17)}`,
    name,
    path,
    arn: `arn:aws:iam::aws:policy${path}${name}`,
    createdAt,
    updatedAt,
    defaultVersion: version,
    versions: [{ id: version, text: JSON.stringify(document, null, 2), createdAt: updatedAt }],
    nextVersion: Number(version.slice(1)) + 1,
  }))
}

export const isAwsManaged = (arn: string): boolean => arn.startsWith('arn:aws:iam::aws:policy/')

export function checkManagedPolicy(text: string): void {
  parsePolicy(text, 'identity')
  if (policySize(text) > limits.PolicySizeQuota)
    throw new Fault('limit', 'identity', `Cannot exceed quota for PolicySize: ${limits.PolicySizeQuota}`)
}

export const defaultText = ({ versions, defaultVersion }: ManagedPolicy): string =>
  versions.find(({ id }) => id === defaultVersion)!.text

export function withVersion(policy: ManagedPolicy, text: string, asDefault: boolean, now: string): ManagedPolicy {
  const { versions, nextVersion } = policy
  if (versions.length >= limits.VersionsPerPolicyQuota)
    throw new Fault(
      'limit',
      'identity',
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    )
  const version: PolicyVersion = { id: `v${nextVersion}`, text, createdAt: now }
  return {
    ...policy,
    versions: [...versions, version],
    nextVersion: nextVersion + 1,
    ...(asDefault && { defaultVersion: version.id, updatedAt: now }),
  }
}

/** Throws `Fault('not-found', 'identity')`. */
export function versionOf({ arn, versions }: ManagedPolicy, id: string): PolicyVersion {
  const found = versions.find((version) => version.id === id)
  if (!found)
    throw new Fault('not-found', 'identity', `Policy ${arn} version ${id} does not exist or is not attachable.`)
  return found
}

export function withDefault(policy: ManagedPolicy, id: string, now: string): ManagedPolicy {
  versionOf(policy, id)
  return { ...policy, defaultVersion: id, updatedAt: now }
}

export function withoutVersion(policy: ManagedPolicy, id: string): ManagedPolicy {
  versionOf(policy, id)
  if (policy.defaultVersion === id)
    throw new Fault('not-empty', 'identity', 'Cannot delete the default version of a policy.')
  return { ...policy, versions: policy.versions.filter((version) => version.id !== id) }
}
