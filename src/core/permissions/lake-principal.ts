/** Who a caller is to Lake Formation. */
import type { Principal } from '../call.ts'
import { Fault } from '../faults.ts'
import { IAM_ALLOWED_PRINCIPALS } from './settings.ts'

const ASSUMED = /^arn:(aws[^:]*):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/

/** `entityArn`: whose session it is, where that is known. */
type Known = Pick<Principal, 'arn'> & { readonly entityArn?: string }

/** A session of a role is the role: "arn:aws:iam::111122223333:role/analyst". */
export function lakePrincipal({ arn, entityArn }: Known): string {
  if (entityArn !== undefined) return entityArn
  const [, partition, account, role] = ASSUMED.exec(arn) ?? []
  return role === undefined ? arn : `arn:${partition}:iam::${account}:role/${role}`
}

/** Two of one holder may do the same: sessions of one role may be narrowed by policies of their own, and have other tags. */
export const rightsHolder = (principal: Principal): string =>
  JSON.stringify([lakePrincipal(principal), principal.session?.policies, principal.session?.tags])

/** With the group of all principals of its account (lake-formation dg, granting-permissions-all-iam-principals). */
export const lakePrincipals = (principal: Known & Pick<Principal, 'account'>): readonly string[] => [
  lakePrincipal(principal),
  `${principal.account}:IAMPrincipals`,
]

/** What may be granted to: an ARN of IAM or an account, the group of all its principals, or that of those whom IAM lets in. */
export function requirePrincipalName(name: string | undefined): string {
  if (name === undefined || name === '') throw new Fault('invalid', 'principal', 'A principal must be given.')
  if (/^(?:arn:.+|\d{12}(?::IAMPrincipals)?)$/.test(name) || name === IAM_ALLOWED_PRINCIPALS) return name
  throw new Fault('invalid', 'principal', `Invalid principal: ${name}`)
}

/** Of an ARN of a role or a user: somebody for whom no key has spoken. */
export const namedPrincipal = (arn: string): Principal => ({
  kind: arn.includes(':role/') ? 'role' : 'user',
  arn,
  account: arn.split(':')[4]!,
  accessKeyId: '',
})
