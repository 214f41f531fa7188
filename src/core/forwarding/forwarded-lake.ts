/** The rooms of the house as one caller may enter them. */
import type { Caller } from '../access/access.ts'
import { Fault } from '../faults.ts'
import type { Lake } from '../lake.ts'
import type { Files } from '../objects/files.ts'
import { storedTable } from '../table-buckets/stored-tables.ts'
import { keyedCatalog } from './catalog-keys.ts'
import { forwardedCatalog } from './forwarded-catalog.ts'
import { type FilePermits, filePermits, forwardedFiles } from './forwarded-files.ts'
import { type Forwarding, forwardingFor, type NoteKeyUse, ownForwarding } from './forwarding.ts'
import { useEvent } from './key-events.ts'
import { type Openings, openings } from './openings.ts'

/** What work for a caller asks of the caller's policies beside what its rooms ask. */
export interface Forwarded {
  readonly forwarding: Forwarding
  readonly permits: FilePermits
  /** Tells of a table that the work is about, where the catalog is asked by other means. */
  readonly met: Openings['met']
  /** As they are open by one of the tables that the work is about: see `Openings.byTable`. */
  readonly filesOf: (...of: Parameters<Openings['byTable']>) => Files
}

/** `via`: the service in whose name it is asked; absent where the caller asks in person. For whom nobody has to ask, only uses of keys are noted. */
export function forwardedLake(lake: Lake, caller: Caller, via?: string): Lake {
  const { access, permissions, events, clock, keys } = lake
  const isAlone = access.isAlone(caller.principal)
  if (isAlone && !keys.isAny({ account: caller.principal.account, region: caller.region })) return lake
  const catalog = keyedCatalog(lake, caller)
  const note: NoteKeyUse = (use, refusal) => {
    const failure = refusal === undefined ? undefined : new Fault('denied', 'policy', refusal)
    events.journal.append(useEvent(use, caller, clock.now(), failure))
  }
  const places = openings(permissions, caller, {
    ownerOf: (bucket) => lake.files.bucketOwner(bucket),
    tableIn: (bucket) => storedTable(lake.state, bucket),
  })
  if (isAlone) return { ...lake, catalog, files: forwardedFiles(lake.files, ownForwarding(caller, note), places) }
  const forwarding = forwardingFor(access, caller, via, note)
  const made = new Set<string>()
  const filesBy = (openings: Pick<Openings, 'of'>): Files => forwardedFiles(lake.files, forwarding, openings, made)
  return {
    ...lake,
    catalog: forwardedCatalog(catalog, forwarding, places),
    files: filesBy(places),
    forwarded: {
      forwarding,
      permits: filePermits(forwarding, places),
      met: places.met,
      filesOf: (...of) => filesBy(places.byTable(...of)),
    },
  }
}
