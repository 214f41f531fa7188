/** When keys and roles were last used: written down at most once in a quarter of an hour, and nobody waits for it. */
import type { Principal } from '../call.ts'
import type { Clock, StateReader, StateStore } from '../ports.ts'
import type { AccessKeys, KeyUse } from './access-keys.ts'

/** "When an access key is used more than once in a 15-minute span, only the first use is recorded" (id_credentials_getting-report). */
const SPAN_MS = 15 * 60_000
/** More than are in use at a time. */
const MOST_KEPT = 10_000

export type NoteUse = (principal: Principal, use: Omit<KeyUse, 'at'>) => void

interface RoleUse {
  readonly at: string
  readonly region: string
}

const space = (account: string): string => `iam/${account}/role-uses`

/** By its id: who has the name after it is another. */
export const roleUse = (state: StateReader, account: string, id: string): RoleUse | undefined =>
  state.get<RoleUse>(space(account), id)?.doc

export function identityUses(
  { state, clock, accessKeys }: { readonly state: StateStore; readonly clock: Clock; readonly accessKeys: AccessKeys },
  tell: (error: unknown) => void,
): NoteUse {
  const noted = new Map<string, number>()
  return ({ kind, account, accessKeyId, id }, use) => {
    const isRole = kind === 'role' && id !== undefined
    if (!isRole && !accessKeyId.startsWith('AKIA')) return
    const key = isRole ? id.split(':')[0]! : accessKeyId
    const now = clock.now()
    const last = noted.get(key)
    if (last !== undefined && now.getTime() - last < SPAN_MS) return
    if (noted.size >= MOST_KEPT) noted.clear()
    noted.set(key, now.getTime())
    const at = now.toISOString()
    const written = isRole
      ? state.transaction((tx) => tx.put(space(account), key, { at, region: use.region }))
      : accessKeys.used(key, { at, ...use })
    written.catch(tell)
  }
}
