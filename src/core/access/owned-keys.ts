/** Keys of users and of other accounts' roots, as credentials. Kept until a key or an identity changes. */
import type { Principal } from '../call.ts'
import type { AccessKey, AccessKeys } from '../identities/access-keys.ts'
import type { Policies } from './bounds.ts'
import { type Credential, type PermanentKeys, rootPrincipal } from './credentials.ts'

/** More than are in use at a time. */
const MOST_KEPT = 10_000

export function ownedKeys(keys: AccessKeys, policies: Policies): PermanentKeys {
  const known = new Map<string, Credential>()
  let reckonedAt = ''
  return {
    find(accessKeyId) {
      const now = `${keys.generation()} ${policies.generation()}`
      if (now !== reckonedAt || known.size >= MOST_KEPT) known.clear()
      reckonedAt = now
      const found = known.get(accessKeyId)
      if (found) return found
      const key = keys.find(accessKeyId)
      const principal = key?.active ? ownerOf(key, policies) : undefined
      if (!key || !principal) return undefined
      const credential = { secretAccessKey: keys.secret(key), principal }
      known.set(accessKeyId, credential)
      return credential
    },
    isKnown: (principal) => policies.isKnown(principal),
  }
}

function ownerOf({ id, account, userId }: AccessKey, policies: Policies): Principal | undefined {
  if (userId === undefined) return rootPrincipal(account, id)
  const user = policies.userById(account, userId)
  return user && { kind: 'user', arn: user.arn, account, accessKeyId: id, id: userId }
}
