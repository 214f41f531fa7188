/** The rooms of the house as one caller may enter them. */
import type { Caller } from '../access/access.ts'
import type { Lake } from '../lake.ts'
import { forwardedCatalog } from './forwarded-catalog.ts'
import { type FilePermits, filePermits, forwardedFiles } from './forwarded-files.ts'
import { type Forwarding, forwardingFor } from './forwarding.ts'
import { type Openings, openings } from './openings.ts'

/** What work for a caller asks of the caller's policies beside what its rooms ask. */
export interface Forwarded {
  readonly forwarding: Forwarding
  readonly permits: FilePermits
  /** Tells of a table that the work is about, where the catalog is asked by other means. */
  readonly met: Openings['met']
}

/** `via`: the service in whose name it is asked; absent where the caller asks in person. The lake itself for whom nobody has to ask. */
export function forwardedLake(lake: Lake, caller: Caller, via?: string): Lake {
  if (lake.access.isAlone(caller.principal)) return lake
  const forwarding = forwardingFor(lake.access, caller, via)
  const places = openings(lake.permissions, caller, (bucket) => lake.files.bucketOwner(bucket))
  return {
    ...lake,
    catalog: forwardedCatalog(lake.catalog, forwarding, places),
    files: forwardedFiles(lake.files, forwarding, places),
    forwarded: { forwarding, permits: filePermits(forwarding, places), met: places.met },
  }
}
