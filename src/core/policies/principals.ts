/**
 * Who a policy of a resource speaks of:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { Choice, PrincipalName } from './document.ts'

/** Who asks, as far as policies can name them. */
export interface Asker {
  readonly kind: 'root' | 'user' | 'role' | 'federated' | 'anonymous' | 'service' | 'web-identity'
  /** Of a session the session's own. Of an account's root, its root's. */
  readonly arn: string
  readonly account: string
  /** Whose policies hold for a session: the role's ARN, or that of the user who federated. */
  readonly entityArn?: string
  /** `AIDA...` or `AROA...`, without the session's name. */
  readonly entityId?: string
  /** `glue.amazonaws.com`. */
  readonly service?: string
  /** The provider that vouches for a web identity. */
  readonly provider?: string
}

/**
 * How closely a statement names who asks. What is granted to the asker itself holds without any other policy; what is
 * granted to the entity behind a session is bound by its boundary and session policies; what is granted to an account is
 * that account's to give.
 */
export type Closeness = 'asker' | 'entity' | 'account'

export type PrincipalTest = (asker: Asker) => Closeness | undefined

const order: readonly Closeness[] = ['asker', 'entity', 'account']

/** The closer one; either may be absent. */
export const closer = (one: Closeness | undefined, other: Closeness | undefined): Closeness | undefined =>
  order.find((closeness) => closeness === one || closeness === other)

export function compilePrincipals({ negated, names }: Choice<PrincipalName>): PrincipalTest {
  const tests = names.map(compileName)
  const test: PrincipalTest = (asker) =>
    tests.reduce<Closeness | undefined>((closest, one) => closer(closest, one(asker)), undefined)
  if (!negated) return test
  // An account among those excepted excepts its root, and nobody who is not named beside it.
  return (asker) => {
    const found = test(asker)
    return found === undefined || (found === 'account' && asker.kind !== 'root') ? 'asker' : undefined
  }
}

const named =
  (arn: string): PrincipalTest =>
  (asker) =>
    asker.arn === arn ? 'asker' : asker.entityArn === arn ? 'entity' : undefined

function compileName({ type, name }: PrincipalName): PrincipalTest {
  if (name === '*') return type === 'AWS' ? () => 'asker' : () => undefined
  if (type === 'Service') return (asker) => (asker.service === name ? 'asker' : undefined)
  if (type === 'Federated') return (asker) => (asker.provider === name ? 'asker' : undefined)
  if (type === 'CanonicalUser') return () => undefined
  const account = /^\d{12}$/.test(name) ? name : /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(name)?.[1]
  if (account !== undefined)
    return (asker) => (asker.account === account && asker.kind !== 'anonymous' ? 'account' : undefined)
  if (!name.startsWith('arn:')) return (asker) => (asker.entityId === name ? 'entity' : undefined)
  return named(name)
}
