import type * as Sdk from '@aws-sdk/client-cloudtrail'
import type { Handlers } from '../../protocol/service.ts'
import { eventStoreHandlers } from './event-stores.ts'
import { lookupHandlers } from './lookups.ts'
import type { StoreQueryRooms } from './query-runs.ts'
import { selectorHandlers } from './selectors.ts'
import { storeQueryHandlers } from './store-queries.ts'
import { tagHandlers } from './tags.ts'
import { trailHandlers } from './trails.ts'

export const cloudTrailHandlers = (rooms: StoreQueryRooms): Handlers<typeof Sdk> => {
  const { lake } = rooms
  return {
    ...trailHandlers(lake),
    ...selectorHandlers(lake),
    ...lookupHandlers(lake),
    ...eventStoreHandlers(lake),
    ...storeQueryHandlers(rooms),
    ...tagHandlers(lake),
  }
}
