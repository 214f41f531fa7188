/**
 * Identities: users, groups, roles and the policies attached to them, of one account each. This folder knows whose policies
 * are whose; what they decide is `core/policies`' to say. Secrets of keys are kept sealed and answered only once.
 */
import { randomBytes } from 'node:crypto'

/** Whoever policies are attached to. Moments are ISO 8601. */
interface PolicyHolder {
  /** `AIDA...`: never given twice, as names may be. */
  readonly id: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly createdAt: string
  /** Inline policies, in the order of names. */
  readonly inline: readonly InlinePolicy[]
  /** ARNs of managed policies, in the order in which they were attached. */
  readonly attached: readonly string[]
}

export interface InlinePolicy {
  readonly name: string
  readonly text: string
}

export interface User extends PolicyHolder {
  readonly boundary?: string
  /** Ids of groups. */
  readonly groups: readonly string[]
}

export type Group = PolicyHolder

export interface Role extends PolicyHolder {
  readonly boundary?: string
  readonly trust: string
  readonly description?: string
  readonly maxSessionSeconds: number
  /** Made for a service, which alone may change it. */
  readonly linkedService?: string
}

export type Holder = User | Group | Role

export interface ManagedPolicy {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly description?: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly defaultVersion: string
  /** The oldest first. */
  readonly versions: readonly PolicyVersion[]
  /** The number of the next one: none is given twice. */
  readonly nextVersion: number
}

export interface PolicyVersion {
  readonly id: string
  readonly text: string
  readonly createdAt: string
}

export interface InstanceProfile {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly createdAt: string
  /** Names of roles: one at most. */
  readonly roles: readonly string[]
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const prefixes = {
  user: 'AIDA',
  role: 'AROA',
  group: 'AGPA',
  policy: 'ANPA',
  'instance-profile': 'AIPA',
} as const

export type IdentityKind = keyof typeof prefixes

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function newId(kind: IdentityKind): string {
  return `${prefixes[kind]}${Array.from(randomBytes(17), (byte) => base32[byte & 31]).join('')}`
}

export const identityArn = (account: string, kind: IdentityKind, path: string, name: string): string =>
  `arn:aws:iam::${account}:${kind}${path}${name}`

/** Names of identities know no case: `Alice` and `alice` are one. */
export const nameKey = (name: string): string => name.toLowerCase()
