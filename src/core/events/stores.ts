/** Event data stores: selections of the journal that can be asked in SQL. */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateStore } from '../ports.ts'
import { type Collection, collection } from '../resources/collection.ts'
import type { EventSelectors } from './selectors.ts'

export interface EventStore {
  readonly id: string
  readonly name: string
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly selectors?: EventSelectors
  readonly ofAllRegions: boolean
  readonly retentionDays: number
  readonly billingMode: 'EXTENDABLE_RETENTION_PRICING' | 'FIXED_RETENTION_PRICING'
  readonly isProtected: boolean
  readonly isIngesting: boolean
  /** ISO 8601. */
  readonly createdAt: string
  readonly changedAt: string
  /** From when on its events are its own. */
  readonly sinceMs: number
  /** Absent but where it is to be deleted. */
  readonly goneAfter?: string
  readonly kmsKeyArn?: string
}

const STORES = 'cloudtrail/stores'
const MOST_STORES = 10_000

export const storeKey = ({ account, region }: Scope, id: string): string => `${account}/${region}/${id}`

export const eventStores = (state: StateStore): Collection<EventStore> =>
  collection<EventStore>(state, STORES, {
    noun: 'event data store',
    missing: (key) => `The event data store ${key.split('/')[2]} was not found.`,
    exists: (key) => `The event data store ${key.split('/')[2]} already exists.`,
  })

export const allStores = (state: StateReader, scope?: Scope): readonly EventStore[] =>
  state
    .list<EventStore>(STORES, { ...(scope && { prefix: storeKey(scope, '') }), limit: MOST_STORES })
    .map(({ doc }) => doc)
