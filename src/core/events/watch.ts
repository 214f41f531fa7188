/** Who wants events of what resources hold: where nobody does, they are not even made. */
import type { StateStore } from '../ports.ts'
import { type StoredTable, storedTable } from '../table-buckets/stored-tables.ts'
import type { EventRecord } from './event.ts'
import { type EventSelectors, mayWant, selects } from './selectors.ts'
import { allStores } from './stores.ts'
import { allTrails } from './trails.ts'

export interface EventWatch {
  /** Whether any data event of the account is wanted; asked of each call, so it is known without looking. */
  wantsData(account: string): boolean
  wants(event: EventRecord): boolean
  /** The table of a table bucket that lies in a bucket. */
  tableIn(bucket: string): StoredTable | undefined
  /** To be called when a trail or a store has changed. */
  refresh(): void
}

export function eventWatch(state: StateStore): EventWatch {
  let wanted: ReadonlyMap<string, readonly EventSelectors[]> | undefined
  const look = (): ReadonlyMap<string, readonly EventSelectors[]> => {
    const trails = allTrails(state).filter(({ isLogging }) => isLogging)
    const stores = allStores(state).filter(({ isIngesting, goneAfter }) => isIngesting && goneAfter === undefined)
    const all = [...trails, ...stores].map(({ account, selectors = {} }) => ({ account, selectors }))
    const data = all.filter(({ selectors }) => mayWant(selectors, 'Data'))
    return new Map(
      [...Map.groupBy(data, ({ account }) => account)].map(([account, found]) => [
        account,
        found.map(({ selectors }) => selectors),
      ]),
    )
  }
  const of = (account: string): readonly EventSelectors[] | undefined => {
    wanted ??= look()
    return wanted.get(account)
  }
  return {
    wantsData: (account) => of(account) !== undefined,
    wants: (event) => of(event.recipientAccountId)?.some((selectors) => selects(selectors, event)) ?? false,
    tableIn: (bucket) => storedTable(state, bucket),
    refresh() {
      wanted = undefined
    },
  }
}
