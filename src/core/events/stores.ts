/**
 * Event data stores: selections of the journal that can be asked in SQL. A store holds no copies: it knows from when to
 * when it took events in, and which, and the journal keeps what a store wants.
 */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateStore } from '../ports.ts'
import { type Collection, collection } from '../resources/collection.ts'
import { eraseTags } from '../resources/tags.ts'
import type { EventSelectors } from './selectors.ts'

export interface EventStore {
  readonly id: string
  readonly name: string
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly selectors: EventSelectors
  readonly ofAllRegions: boolean
  readonly retentionDays: number
  readonly billingMode: 'EXTENDABLE_RETENTION_PRICING' | 'FIXED_RETENTION_PRICING'
  readonly isProtected: boolean
  readonly isIngesting: boolean
  /** ISO 8601. */
  readonly createdAt: string
  readonly changedAt: string
  /** In order; the last is without an end while it takes events in. */
  readonly spans: readonly StoreSpan[]
  /** Absent but where it is to be deleted. */
  readonly goneAfter?: string
  readonly kmsKeyArn?: string
}

/** What a store took in from one moment to another. */
export interface StoreSpan {
  readonly fromMs: number
  readonly untilMs?: number
  readonly selectors: EventSelectors
  readonly ofAllRegions: boolean
}

const STORES = 'cloudtrail/stores'
const MOST_STORES = 10_000

export const storeKey = ({ account, region }: Scope, id: string): string => `${account}/${region}/${id}`

export const storeArn = ({ account, region }: Scope, id: string): string =>
  `arn:aws:cloudtrail:${region}:${account}:eventdatastore/${id}`

export const eventStores = (state: StateStore): Collection<EventStore> =>
  collection<EventStore>(state, STORES, {
    noun: 'event data store',
    missing: (key) => `The event data store ${key.split('/')[2]} was not found.`,
    exists: (key) => `The event data store ${key.split('/')[2]} already exists.`,
  })

/** In the order of their keys: by account, region and id. */
export const allStores = (state: StateReader, scope?: Scope): readonly EventStore[] =>
  state
    .list<EventStore>(STORES, { ...(scope && { prefix: storeKey(scope, '') }), limit: MOST_STORES })
    .map(({ doc }) => doc)

/** With a span that begins now where it takes events in, and the last one ended. */
export function atSpanEnd(store: EventStore, now: Date): EventStore {
  const at = now.getTime()
  const { selectors, ofAllRegions, isIngesting, goneAfter } = store
  const ended = store.spans.map((span) => (span.untilMs === undefined ? { ...span, untilMs: at } : span))
  const begins = isIngesting && goneAfter === undefined
  return {
    ...store,
    changedAt: now.toISOString(),
    spans: begins ? [...ended, { fromMs: at, selectors, ofAllRegions }] : ended,
  }
}

/** How long the events of an account are wanted by its stores. */
export const wantedDays = (state: StateReader, account: string): number =>
  Math.max(
    0,
    ...allStores(state)
      .filter((store) => store.account === account)
      .map(({ retentionDays }) => retentionDays),
  )

/** Deletes those whose time to be restored is over. */
export async function forgetStores(state: StateStore, now: Date): Promise<void> {
  const isGone = ({ goneAfter }: EventStore): boolean => goneAfter !== undefined && new Date(goneAfter) <= now
  const gone = allStores(state).filter(isGone)
  if (gone.length === 0) return
  await state.transaction((tx) => {
    for (const store of gone) {
      tx.delete(STORES, storeKey(store, store.id))
      eraseTags(tx, store.arn)
    }
  })
}
