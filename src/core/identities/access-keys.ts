/** Access keys, of all accounts: a key alone tells whose it is. Their secrets are kept sealed. */
import { randomBytes } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { Clock, StateReader, StateStore, StateTransaction } from '../ports.ts'
import type { Sealing } from '../secrets/sealing.ts'
import { newKeyId } from './key-ids.ts'
import { limits } from './limits.ts'

export interface AccessKey {
  readonly id: string
  readonly account: string
  /** Absent of a key that is its account's root. */
  readonly userId?: string
  readonly active: boolean
  readonly createdAt: string
  readonly sealed: string
  readonly lastUsed?: KeyUse
}

export interface KeyUse {
  readonly at: string
  readonly service: string
  readonly region: string
}

export interface AccessKeys {
  find(id: string): AccessKey | undefined
  /** Of an active key. */
  secret(key: AccessKey): string
  /** The oldest first. */
  of(account: string, userId: string | undefined): AccessKey[]
  /** Its secret is told this once. Throws `Fault('limit', 'identity')` where its owner has two. */
  create(account: string, userId: string | undefined): Promise<{ readonly key: AccessKey; readonly secret: string }>
  setActive(key: AccessKey, active: boolean): Promise<void>
  delete(key: AccessKey): Promise<void>
  used(id: string, use: KeyUse): Promise<void>
  /** Grows when a key is made, changed or deleted. */
  readonly generation: () => number
}

const SPACE = 'iam/keys'
const ownerSpace = (account: string): string => `iam/${account}/keys`
const ownerKey = (userId: string | undefined, id: string): string => `${userId ?? 'root'}/${id}`

export function openAccessKeys(state: StateStore, clock: Clock, sealing: Sealing): AccessKeys {
  let generation = 0
  const now = () => clock.now().toISOString()
  const write = async (work: (tx: StateTransaction) => void): Promise<void> => {
    await state.transaction(work)
    generation++
  }
  const find = (reader: StateReader, id: string) => reader.get<AccessKey>(SPACE, id)?.doc
  const of = (reader: StateReader, account: string, userId: string | undefined) =>
    reader
      .keys(ownerSpace(account), { prefix: ownerKey(userId, ''), limit: 100 })
      .map((key) => find(reader, key.slice(key.lastIndexOf('/') + 1))!)
      .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
  return {
    generation: () => generation,
    find: (id) => find(state, id),
    secret: ({ id, sealed }) => sealing.open(sealed, `access key ${id}`).toString('utf8'),
    of: (account, userId) => of(state, account, userId),
    async create(account, userId) {
      const id = newKeyId('AKIA', account)
      const secret = randomBytes(30).toString('base64')
      const sealed = sealing.seal(Buffer.from(secret), `access key ${id}`)
      const key: AccessKey = {
        id,
        account,
        ...(userId !== undefined && { userId }),
        active: true,
        createdAt: now(),
        sealed,
      }
      await write((tx) => {
        if (of(tx, account, userId).length >= limits.AccessKeysPerUserQuota)
          throw new Fault(
            'limit',
            'identity',
            `Cannot exceed quota for AccessKeysPerUser: ${limits.AccessKeysPerUserQuota}`,
          )
        tx.put(SPACE, id, key)
        tx.put(ownerSpace(account), ownerKey(userId, id), {})
      })
      return { key, secret }
    },
    setActive: (key, active) =>
      write((tx) => {
        const last = find(tx, key.id)
        if (last) tx.put(SPACE, key.id, { ...last, active })
      }),
    delete: ({ id, account, userId }) =>
      write((tx) => {
        tx.delete(SPACE, id)
        tx.delete(ownerSpace(account), ownerKey(userId, id))
      }),
    // Who the key is of stays what it was: nothing that was reckoned of keys is reckoned anew.
    async used(id, lastUsed) {
      await state.transaction((tx) => {
        const kept = find(tx, id)
        if (kept) tx.put(SPACE, id, { ...kept, lastUsed })
      })
    },
  }
}
