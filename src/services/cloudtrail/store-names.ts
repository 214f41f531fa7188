/** How calls name event data stores: by their ARN, or by the id at its end. */

import type { Scope } from '../../core/catalog/catalog.ts'
import { type EventStore, eventStores, storeKey } from '../../core/events/stores.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError } from '../../protocol/service.ts'

const ARN = /^arn:aws:cloudtrail:([a-z0-9-]+):(\d{12}):eventdatastore\/([0-9a-f-]{36})$/

/** Also one that is to be deleted. Throws CloudTrail's errors. */
export function findStore({ state, clock }: Lake, scope: Scope, idOrArn: string): EventStore {
  const match = ARN.exec(idOrArn)
  if (idOrArn.startsWith('arn:') && (match?.[1] !== scope.region || match[2] !== scope.account))
    throw new AwsError('EventDataStoreARNInvalidException', `The event data store ARN ${idOrArn} is not valid.`)
  const store = eventStores(state).get(storeKey(scope, match?.[3] ?? idOrArn))
  return isGone(store, clock.now()) ? eventStores(state).get('//') : store
}

/** It is forgotten at the end of the day, and not there before. */
export const isGone = ({ goneAfter }: EventStore, now: Date): boolean =>
  goneAfter !== undefined && new Date(goneAfter) <= now

/** One that can be worked with. */
export function activeStore(lake: Lake, scope: Scope, idOrArn: string): EventStore {
  const store = findStore(lake, scope, idOrArn)
  if (store.goneAfter !== undefined)
    throw new AwsError('InactiveEventDataStoreException', `The event data store ${store.arn} is inactive.`)
  return store
}
