/** The one catalog, and views of it for those who are asked for its keys: governed, and with its links followed. */
import { catalogEncryption, ofTheHouse } from '../catalog/catalog-encryption.ts'
import { openCatalog } from '../catalog/catalog-state.ts'
import { linkedCatalog } from '../catalog/linked-catalog.ts'
import { PartitionIndexWork } from '../catalog/partition-index-work.ts'
import type { Keys } from '../keys/keys.ts'
import type { Lake } from '../lake.ts'
import type { Clock, StateStore } from '../ports.ts'
import { governedCatalog } from './governed-catalog.ts'
import type { Permissions } from './permissions.ts'

export function governedCatalogs(rooms: {
  readonly state: StateStore
  readonly clock: Clock
  readonly keys: Keys
  readonly permissions: Permissions
}): Pick<Lake, 'catalog' | 'catalogBy'> {
  const { state, clock, keys, permissions } = rooms
  const indexWork = new PartitionIndexWork(state)
  const catalogBy: Lake['catalogBy'] = (permit) => {
    const opened = openCatalog(state, clock, catalogEncryption(keys, permit), indexWork)
    return linkedCatalog(governedCatalog(opened, permissions), state)
  }
  return { catalog: catalogBy(ofTheHouse), catalogBy }
}
