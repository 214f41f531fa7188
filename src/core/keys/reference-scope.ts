import type { Scope } from '../catalog/catalog.ts'

/** Whose key is meant: an ARN says it itself, an id or an alias is of whoever names it. */
export function scopeOfKey(reference: string, caller: Scope): Scope {
  if (!reference.startsWith('arn:')) return caller
  const [, , , region = '', account = ''] = reference.split(':')
  return { account, region }
}
