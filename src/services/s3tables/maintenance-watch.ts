/** Looks at the tables of all table buckets, and starts the jobs that they want. */
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import { recurring } from '../../core/recurrence.ts'
import { tableBucketScope, tableBuckets } from '../../core/table-buckets/table-buckets.ts'
import type { JobRooms, MaintenanceJob } from './maintenance-jobs.ts'
import { JOB_TYPES } from './maintenance-settings.ts'

const EVERY_MS = 60_000
const PORTION = 500
const OWNERS = 's3tables/owners'

/** Whoever has table buckets, so that all of them can be passed through. */
export function rememberOwner(tx: StateTransaction, { account, region }: Scope): void {
  const key = `${account}/${region}`
  if (!tx.get(OWNERS, key)) tx.put(OWNERS, key, { account, region } satisfies Scope)
}

export interface MaintenanceWatch extends JobRooms {
  readonly signal: AbortSignal
  readonly report: (error: unknown) => void
}

/** Every minute, until the signal aborts. */
export const watchTableBuckets = (watch: MaintenanceWatch): Promise<void> =>
  recurring({ clock: watch.lake.clock, everyMs: EVERY_MS, signal: watch.signal }, () => lookAtAll(watch), watch.report)

async function lookAtAll(watch: MaintenanceWatch): Promise<void> {
  for (const job of jobsOf(watch.lake)) {
    watch.signal.throwIfAborted()
    // With the code of jobs, which a server without table buckets does without.
    const { lookAtJob } = await import('./maintenance-jobs.ts')
    await lookAtJob(job, watch, watch.signal).catch((error: unknown) => {
      // The table may be gone meanwhile; and where too many runs wait, this one is wanted again in a minute.
      if (!(error instanceof Fault && (error.kind === 'not-found' || error.kind === 'limit'))) throw error
    })
  }
}

function* jobsOf(lake: Lake): Iterable<MaintenanceJob> {
  for (const { doc: owner } of pages((after) => lake.state.list<Scope>(OWNERS, { after, limit: PORTION }), keyOf))
    for (const { doc } of pages((after) => tableBuckets(lake.state, owner).list({ after, limit: PORTION }), keyOf)) {
      const scope = tableBucketScope(owner, doc.name)
      for (const table of tablesOf(lake, scope))
        for (const type of JOB_TYPES) yield { owner, bucketId: doc.id, scope, table, type }
    }
}

const keyOf = ({ key }: { readonly key: string }): string => key

function* tablesOf({ catalog }: Lake, scope: Scope) {
  const name = ({ descriptor }: { readonly descriptor: { readonly Name: string } }) => descriptor.Name
  for (const database of pages((after) => catalog.databases.list(scope, { after, limit: PORTION }), name))
    yield* pages((after) => catalog.tables.list(scope, name(database), { after, limit: PORTION }), name)
}

function* pages<T>(read: (after: string | undefined) => readonly T[], cursor: (item: T) => string): Iterable<T> {
  for (let after: string | undefined; ; ) {
    const page = read(after)
    yield* page
    if (page.length < PORTION) return
    after = cursor(page.at(-1)!)
  }
}
