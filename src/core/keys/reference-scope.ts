import type { Scope } from '../catalog/catalog.ts'
import type { Key } from './key.ts'
import type { Keys } from './keys.ts'

/** Whose key is meant: an ARN says it itself, an id or an alias is of whoever names it. */
export function scopeOfKey(reference: string, caller: Scope): Scope {
  if (!reference.startsWith('arn:')) return caller
  const [, , , region = '', account = ''] = reference.split(':')
  return { account, region }
}

/** The key that is meant. One of AWS's own is made where there is none yet: in the caller's account, and in nobody else's. */
export async function neededKey(keys: Keys, reference: string, caller: Scope): Promise<Key> {
  const scope = scopeOfKey(reference, caller)
  return scope.account === caller.account ? keys.need(scope, reference) : keys.get(scope, reference)
}
