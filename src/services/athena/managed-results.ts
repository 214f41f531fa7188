/**
 * Managed query results (docs: athena ug, managed-results): results that Athena keeps itself, for a day. Here they are
 * blobs under addresses that are none of S3, so that nothing but Athena reads them.
 */
import type { Lake } from '../../core/lake.ts'
import type { NewFile } from '../../core/objects/files.ts'
import type { ByteRange, StateTransaction } from '../../core/ports.ts'
import type { Ending } from '../../core/runs/run.ts'
import type { QueryRun, QueryRuns } from './query-executions.ts'
import { manifestUri } from './result-files.ts'
import { managedResultSpace } from './spaces.ts'

/** Where results are said to lie; what follows names a blob. */
export const MANAGED_FOLDER = 'athena://results/'

/** "Query results are available for 24 hours" (the same page). */
const KEPT_MS = 24 * 60 * 60 * 1000

export const isManaged = (uri: string): boolean => uri.startsWith(MANAGED_FOLDER)

const blobKey = (uri: string): string => `athena/results/${uri.slice(MANAGED_FOLDER.length)}`

const isGone = ({ endedAt }: QueryRun, now: Date): boolean =>
  endedAt !== undefined && Date.parse(endedAt) + KEPT_MS <= now.getTime()

interface Expected {
  readonly id: string
  readonly resultUri: string
}

/** For the transaction that starts a query: what it may leave is found again, whatever becomes of it. */
export function expectManaged(tx: StateTransaction, { id, submittedAt, spec }: QueryRun): void {
  const { resultUri } = spec
  if (isManaged(resultUri)) tx.put(managedResultSpace, `${submittedAt}/${id}`, { id, resultUri } satisfies Expected)
}

/** What drivers read from S3 beside a result is left out: nobody could. The bytes are safe once this resolves. */
export async function arriveManaged(
  lake: Lake,
  files: readonly NewFile[],
): Promise<Required<Pick<Ending<unknown>, 'appear'>>> {
  for (const { uri, body } of files) {
    if (uri.endsWith('.metadata')) continue
    const staged = body instanceof Uint8Array ? await lake.blobs.stage() : body
    if (body instanceof Uint8Array) await staged.write(body)
    await staged.commit(blobKey(uri))
  }
  return { appear: (alsoWrite) => lake.state.transaction(alsoWrite) }
}

/** Undefined where there is none, or none any more. */
export async function managedSizeBytes(
  { blobs, clock }: Lake,
  run: QueryRun,
  uri: string,
): Promise<number | undefined> {
  return isGone(run, clock.now()) ? undefined : (await blobs.stat(blobKey(uri)))?.sizeBytes
}

export const readManaged = ({ blobs }: Lake, uri: string, range: ByteRange): AsyncIterable<Uint8Array> =>
  blobs.read(blobKey(uri), range)

const SWEPT_AT_ONCE = 500

/** Deletes the results that are gone, and those of queries that did not come to their end. */
export async function sweepManaged(lake: Lake, runs: QueryRuns): Promise<void> {
  const now = lake.clock.now()
  const before = new Date(now.getTime() - KEPT_MS).toISOString()
  let after: string | undefined
  for (;;) {
    const old = lake.state.list<Expected>(managedResultSpace, { after, before, limit: SWEPT_AT_ONCE })
    if (old.length === 0) return
    const due = old.filter(({ doc: { id } }) => {
      const run = runs.find(id)
      return !run || isGone(run, now)
    })
    await lake.blobs.delete(due.flatMap(({ doc: { resultUri: uri } }) => [uri, manifestUri(uri)].map(blobKey)))
    await lake.state.transaction((tx) => {
      for (const { key } of due) tx.delete(managedResultSpace, key)
    })
    after = old.at(-1)!.key
  }
}
