/** Files that nothing leads to are noncurrent for some days before they are deleted: docs, s3-table-buckets-maintenance. */
import type { Table } from '../../core/catalog/catalog.ts'
import type { StateStore, StateTransaction } from '../../core/ports.ts'
import type { QueryContext } from '../../core/queries/context.ts'

const SPACE = 's3tables/noncurrent'
const PORTION = 1000

interface Noncurrent {
  readonly uri: string
  /** ISO 8601: since when. */
  readonly since: string
}

/** Answers how many have become noncurrent, and how many are gone. */
export async function retireUnreferenced(
  table: Table,
  tableId: string,
  ages: { readonly unreferencedMs: number; readonly noncurrentMs: number },
  state: StateStore,
  context: QueryContext,
): Promise<{ readonly noncurrent: number; readonly deleted: number }> {
  const [{ orphansOf }, { removeFiles }] = await Promise.all([
    import('../../core/queries/iceberg/orphans.ts'),
    import('../../core/queries/iceberg/file-removal.ts'),
  ])
  const folder = table.descriptor.StorageDescriptor?.Location ?? ''
  const orphans = await orphansOf(table, [folder], ages.unreferencedMs, context)
  const now = context.rooms.clock.now()
  const known = new Map([...listed(state, tableId)].map(({ key, doc }) => [doc.uri, { key, since: doc.since }]))
  const isOld = (since: string) => now.getTime() - Date.parse(since) >= ages.noncurrentMs
  const deleted = [...known].flatMap(([uri, { since }]) => (orphans.has(uri) && isOld(since) ? [uri] : []))
  const fresh = [...orphans].filter((uri) => !known.has(uri))
  await removeFiles(deleted, context)
  const gone = new Set(deleted)
  // What is led to again is current again.
  const forgotten = [...known].filter(([uri]) => gone.has(uri) || !orphans.has(uri)).map(([, { key }]) => key)
  await state.transaction((tx) => {
    for (const key of forgotten) tx.delete(SPACE, key)
    for (const uri of fresh) tx.put(SPACE, `${tableId}/${uri}`, { uri, since: now.toISOString() } satisfies Noncurrent)
  })
  return { noncurrent: orphans.size - gone.size, deleted: gone.size }
}

function* listed(state: StateStore, tableId: string) {
  for (let after: string | undefined; ; ) {
    const page = state.list<Noncurrent>(SPACE, { prefix: `${tableId}/`, after, limit: PORTION })
    yield* page
    if (page.length < PORTION) return
    after = page.at(-1)!.key
  }
}

/** With its table. */
export const forgetNoncurrent = (tx: StateTransaction, tableId: string): number => tx.deleteAll(SPACE, `${tableId}/`)
