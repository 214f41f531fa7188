/** Grants on keys: each lets one principal use a key, beside what its policy says. */
import { randomBytes } from 'node:crypto'
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { StateStore } from '../ports.ts'

export interface Grant {
  readonly id: string
  readonly keyId: string
  readonly createdAt: string
  readonly issuer: string
  readonly name?: string
  readonly grantee?: string
  readonly retiring?: string
  readonly operations: readonly string[]
  readonly constraints?: Readonly<Record<string, unknown>>
}

const space = ({ account, region }: Scope): string => `kms/grants/${account}/${region}`
const keyOf = ({ keyId, id }: Pick<Grant, 'keyId' | 'id'>): string => `${keyId}/${id}`
/** More than a key has of them: 50,000 (docs: kms developerguide, resource-limits). */
const MOST_GRANTS = 50_000

/** One that says the same under the same name is there already (docs: kms api, CreateGrant, Name). */
export function addGrant(state: StateStore, scope: Scope, told: Omit<Grant, 'id'>): Promise<Grant> {
  return state.transaction((tx) => {
    const same = tx
      .list<Grant>(space(scope), { prefix: `${told.keyId}/`, limit: MOST_GRANTS })
      .find(({ doc }) => told.name !== undefined && isSame(doc, told))
    if (same) return same.doc
    const grant: Grant = { ...told, id: randomBytes(32).toString('hex') }
    tx.put(space(scope), keyOf(grant), grant)
    return grant
  })
}

const isSame = ({ id: _, createdAt: __, ...one }: Grant, { createdAt: ___, ...other }: Omit<Grant, 'id'>): boolean =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())

export const grantsOf = (state: StateStore, scope: Scope, keyId?: string): Grant[] =>
  state
    .list<Grant>(space(scope), { prefix: keyId === undefined ? '' : `${keyId}/`, limit: MOST_GRANTS })
    .map(({ doc }) => doc)

export function removeGrant(state: StateStore, scope: Scope, grant: Pick<Grant, 'keyId' | 'id'>): Promise<void> {
  return state.transaction((tx) => {
    if (!tx.delete(space(scope), keyOf(grant))) throw new Fault('not-found', 'grant', `Grant ID ${grant.id} not found`)
  })
}

/** By which a grant may be retired. */
export const tokenOf = (grant: Grant): string => Buffer.from(keyOf(grant)).toString('base64')

export function grantOfToken(token: string): Pick<Grant, 'keyId' | 'id'> | undefined {
  const [, keyId, id] = /^([0-9a-f-]{36})\/([0-9a-f]{64})$/.exec(Buffer.from(token, 'base64').toString('latin1')) ?? []
  return keyId === undefined || id === undefined ? undefined : { keyId, id }
}
