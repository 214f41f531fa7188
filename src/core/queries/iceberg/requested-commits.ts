/** Commits as clients of the REST catalog ask for them: changes of one table or several, under conditions, all or none. */
import { isDeepStrictEqual } from 'node:util'
import { invalidMetadata } from '../../../formats/iceberg/iceberg-error.ts'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { type TableRequirement, unmetRequirement } from '../../../formats/iceberg/table-requirements.ts'
import { NO_TABLE, type TableUpdate, updated } from '../../../formats/iceberg/table-updates.ts'
import type { Table } from '../../catalog/catalog.ts'
import { meantTable } from '../../catalog/links.ts'
import { Fault } from '../../faults.ts'
import { insufficient } from '../../permissions/insufficient.ts'
import { mayTakeLocation } from '../../permissions/locations.ts'
import type { TableName } from '../../permissions/resource.ts'
import { ofHouse } from '../context.ts'
import { requireWhole } from '../seen-tables.ts'
import { MOST_ATTEMPTS, restAfter } from './attempts.ts'
import { type CommitContext, type CommitStep, type Committed, takeSteps } from './commit-steps.ts'
import { commitChange } from './commits.ts'
import { isIcebergTable, isIcebergView, metadataLocation } from './iceberg-table.ts'
import { readMetadata } from './metadata-file.ts'
import { requireNewSnapshotsEnclosed } from './new-snapshots.ts'

export interface RequestedCommit {
  readonly database: string
  readonly name: string
  readonly requirements: readonly TableRequirement[]
  readonly updates: readonly TableUpdate[]
  /** The version that the catalog's table must still be at. */
  readonly expect?: number
  /** Whether the catalog keeps that one among its versions. */
  readonly keepVersion?: boolean
  /** Throws for a change that whoever asks does not let through. */
  readonly check?: (base: TableMetadata, changed: TableMetadata) => void
}

/**
 * What has become of those that changed something, in their order. Throws `Fault('conflict', 'commit')` for a condition
 * that is not met, which no second attempt would mend; a table that somebody else changed between reading and writing is asked again.
 */
export async function commitRequested(
  requests: readonly RequestedCommit[],
  context: CommitContext,
): Promise<readonly Committed[]> {
  const [first] = requests
  if (first && requests.length === 1 && mayWait(first)) return [await changeOne(first, context)]
  for (let attempt = 1; ; attempt++) {
    try {
      return await commitTogether(requests, context)
    } catch (error) {
      const overtaken = error instanceof Fault && error.kind === 'conflict' && error.noun === 'table'
      if (!overtaken || attempt === MOST_ATTEMPTS) throw error
    }
    await restAfter(attempt, context.rooms.clock, context.signal)
  }
}

const creates = ({ requirements }: RequestedCommit): boolean =>
  requirements.some(({ type }) => type === 'assert-create')

/** For its turn, and be written together with others: a change of a table that is said nothing else of. */
const mayWait = (request: RequestedCommit): boolean =>
  !creates(request) && request.expect === undefined && !request.keepVersion

/** In line with the statements that change the table. What is answered may hold what came after it too. */
async function changeOne(request: RequestedCommit, context: CommitContext): Promise<Committed> {
  const { database, name, updates } = request
  const table = icebergTable(database, name, context)
  requireChange(context, table)
  await commitChange(table, { ...context, scope: ofHouse(context.scope) }, async (base) => {
    const changed = changedBy(request, base, context)
    if (changed === base) return undefined
    await requireNewSnapshotsEnclosed(table, base, changed, context)
    return { updates, files: [] }
  })
  const after = icebergTable(database, name, context)
  return { metadata: await readMetadata(after, context), location: metadataLocation(after) }
}

/** The same metadata where nothing changes. */
function changedBy(
  { requirements, updates, check }: RequestedCommit,
  base: TableMetadata,
  { rooms, scope }: CommitContext,
): TableMetadata {
  const unmet = unmetRequirement(requirements, base)
  if (unmet !== undefined) throw new Fault('conflict', 'commit', unmet)
  const changed = updated(base, updates, rooms.clock.now().getTime())
  check?.(base, changed)
  if (changed.location !== base.location) mayTakeLocation(rooms.permissions, scope, changed.location)
  return isSame(changed, base) ? base : changed
}

/** Lists grow long, and none is made anew without need. */
const LISTS: ReadonlySet<string> = new Set(['snapshots', 'snapshot-log', 'metadata-log'])

function isSame(changed: TableMetadata, base: TableMetadata): boolean {
  const before = base as unknown as Readonly<Record<string, unknown>>
  return Object.entries(changed).every(
    ([name, value]) =>
      name === 'last-updated-ms' ||
      value === before[name] ||
      (!LISTS.has(name) && isDeepStrictEqual(value, before[name])),
  )
}

async function commitTogether(
  requests: readonly RequestedCommit[],
  context: CommitContext,
): Promise<readonly Committed[]> {
  const steps: CommitStep[] = []
  for (const request of requests) {
    const step = await stepOf(request, context)
    if (step) steps.push(step)
  }
  if (steps.length === 0) return []
  // Who may change rows commits them in the house's name; who makes a table is asked by the catalog.
  const isChange = steps.every(({ kind }) => kind === 'change')
  return takeSteps(steps, isChange ? { ...context, scope: ofHouse(context.scope) } : context)
}

/** Undefined where nothing changes. */
async function stepOf(request: RequestedCommit, context: CommitContext): Promise<CommitStep | undefined> {
  const { database, name, updates, expect, keepVersion } = request
  if (creates(request)) {
    const taken = context.rooms.catalog.tables.find(context.scope, database, name)
    if (taken && isIcebergView(taken))
      throw new Fault('already-exists', 'table', `View with same name already exists: ${database}.${name}`)
    if (taken) throw new Fault('conflict', 'commit', 'Requirement failed: table already exists')
    const metadata = created(updates, context.rooms.clock.now().getTime())
    return { kind: 'create', database, name, created: metadata, files: [] }
  }
  const table = icebergTable(database, name, context)
  requireChange(context, table)
  if (expect !== undefined && expect !== table.version)
    throw new Fault('conflict', 'commit', 'Update table failed due to concurrent modifications.')
  const base = await readMetadata(table, context)
  const changed = changedBy(request, base, context)
  if (changed === base) return undefined
  await requireNewSnapshotsEnclosed(table, base, changed, context)
  return { kind: 'change', table, base, changed, files: [], ...(keepVersion && { keepVersion }) }
}

/** Of the version that an update raises it to: a table that is not there yet may also be of a lower one. */
export function created(updates: readonly TableUpdate[], nowMs: number): TableMetadata {
  const raise = updates.find((update) => update.action === 'upgrade-format-version')
  const version = (raise?.['format-version'] ?? NO_TABLE['format-version']) as 1 | 2 | 3
  const metadata = updated({ ...NO_TABLE, 'format-version': version }, updates, nowMs)
  if (metadata.schemas.length === 0) throw invalidMetadata('a new table has to have a schema')
  return metadata
}

/** Throws not-found for a name that no Iceberg table has, in the words of the Java library. */
export function icebergTable(database: string, name: string, context: CommitContext): Table {
  const { rooms, scope } = context
  const table = rooms.catalog.tables.find(scope, database, name)
  if (!table) throw new Fault('not-found', 'table', `Table does not exist: ${database}.${name}`)
  if (!isIcebergTable(table))
    throw new Fault('not-found', 'iceberg table', `Table is no Iceberg table: ${database}.${name}`)
  // Metadata tells of all columns, and its files hold all rows.
  requireWhole(context, scope, table)
  return table
}

function requireChange(context: CommitContext, table: Table): void {
  const { scope, name } = meantTable(context.scope, table)
  if (!mayChange({ ...context, scope }, name)) throw insufficient('ALTER', table.descriptor.Name)
}

/** Whether who commits may change the rows of the table, or how it is made. */
export function mayChange(
  {
    rooms,
    principal,
    scope,
  }: Pick<CommitContext, 'principal' | 'scope'> & { readonly rooms: Pick<CommitContext['rooms'], 'permissions'> },
  table: TableName,
): boolean {
  const { permissions } = rooms.permissions.table(principal, scope, table)
  return permissions.has('ALTER') || (permissions.has('INSERT') && permissions.has('DELETE'))
}
