/** Who a caller is to Lake Formation. */
import type { Principal } from '../call.ts'

const ASSUMED = /^arn:(aws[^:]*):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/

/** A session of a role is the role: "arn:aws:iam::111122223333:role/analyst". */
export function lakePrincipal({ arn }: Pick<Principal, 'arn'>): string {
  const [, partition, account, role] = ASSUMED.exec(arn) ?? []
  return role === undefined ? arn : `arn:${partition}:iam::${account}:role/${role}`
}

/** With the group of all principals of its account (lake-formation dg, granting-permissions-all-iam-principals). */
export const lakePrincipals = (principal: Pick<Principal, 'arn' | 'account'>): readonly string[] => [
  lakePrincipal(principal),
  `${principal.account}:IAMPrincipals`,
]
