/**
 * Commits to Iceberg tables: new metadata is written beside the old, and becomes the table's in the transaction that moves the
 * catalog's pointer from the one to the other. Commits that come while another is written wait for it and are then written
 * together, each made of what the one before it made: one metadata file, one transaction. Where a writer beside this server
 * has moved the pointer first, they are made again of what is there by then.
 */
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { NO_TABLE, type TableUpdate, updated } from '../../../formats/iceberg/table-updates.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Catalog, Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { ModelCall } from '../../events/model-call.ts'
import { plainCatalog, tellChange } from '../../events/recorded-catalog.ts'
import { Fault } from '../../faults.ts'
import type { NewFile } from '../../objects/files.ts'
import { placeOf } from '../../table-buckets/table-buckets.ts'
import { MOST_ATTEMPTS, restAfter } from './attempts.ts'
import { type CommitContext, takeSteps, type UnwrittenFile, withAttributes } from './commit-steps.ts'
import { requireEnclosed } from './enclosure.ts'
import { readMetadata, withUnwritten } from './metadata-file.ts'

export interface TableChange {
  readonly updates: readonly TableUpdate[]
  /** Manifests and lists of them, which appear with the commit. */
  readonly files: readonly UnwrittenFile[]
}

/** Nothing where there is nothing to commit. */
type Change = (metadata: TableMetadata) => Promise<TableChange | undefined>

interface Waiting {
  readonly change: Change
  readonly context: CommitContext
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** By the table's name: the commits that wait for the one under way. */
const lines = new WeakMap<Catalog, Map<string, Waiting[]>>()

/** So that the first of them need not wait long for the last. */
const MOST_TOGETHER = 64

/**
 * `change` is asked for what it does to the metadata that is there when its turn comes; after a conflict with a writer beside
 * this server once more. Files that the metadata leads to may not be in the lake yet: `metadata-file` knows them.
 */
export function commitChange(table: Table, context: CommitContext, change: Change): Promise<void> {
  const { rooms, scope } = context
  const catalog = plainCatalog(rooms.catalog)
  const waiting = lines.get(catalog) ?? new Map<string, Waiting[]>()
  lines.set(catalog, waiting)
  const key = [scope.account, scope.region, table.database, table.descriptor.Name].join('/')
  return new Promise((resolve, reject) => {
    const own: Waiting = { change, context, resolve, reject }
    const line = waiting.get(key)
    if (line) line.push(own)
    else {
      const fresh = [own]
      waiting.set(key, fresh)
      void serve(table, fresh, () => waiting.delete(key))
    }
  })
}

async function serve(table: Table, line: Waiting[], onEmpty: () => void): Promise<void> {
  while (line.length > 0) await commitTogether(table, line.splice(0, MOST_TOGETHER))
  onEmpty()
}

/** Each is told how it ended. */
async function commitTogether(table: Table, group: readonly Waiting[]): Promise<void> {
  let left = group
  for (let attempt = 1; left.length > 0; attempt++) {
    const { context } = left[0]!
    const { catalog, clock } = context.rooms
    let made: readonly Waiting[] = left
    try {
      const current = catalog.tables.get(context.scope, table.database, table.descriptor.Name)
      const base = await readMetadata(current, context)
      const changes = await changesOf(current, left, base)
      made = changes.made
      if (made.length > 0) await write(current, base, changes, made.at(-1)!.context)
      for (const { context: other } of made.slice(0, -1)) tellChange(other.rooms.catalog, updateOf(table))
      for (const { resolve } of made) resolve()
      return
    } catch (error) {
      const again = error instanceof Fault && error.kind === 'conflict'
      const reason = again && attempt === MOST_ATTEMPTS ? tooManyConflicts(table) : error
      if (reason === error && again) left = made
      else {
        for (const { reject } of made) reject(reason)
        return
      }
    }
    await restAfter(attempt, clock)
  }
}

/** One write for all of them, of which each hears. */
const updateOf = ({ database, descriptor: { Name } }: Table): ModelCall => ({
  service: 'glue',
  operation: 'UpdateTable',
  input: { DatabaseName: database, Name, TableInput: { Name } },
})

const tooManyConflicts = (table: Table): SqlError =>
  new SqlError('ICEBERG_COMMIT_ERROR', `Failed to commit Iceberg update to table: ${dottedName(table)}`)

interface Changes {
  readonly metadata: TableMetadata
  readonly files: readonly NewFile[]
  readonly made: readonly Waiting[]
}

/** One after the other, as if each were alone; one that can not be made is told so, and the others go on without it. */
async function changesOf(table: Table, group: readonly Waiting[], base: TableMetadata): Promise<Changes> {
  const place = placeOf(table.descriptor)
  const made: Waiting[] = []
  const files: NewFile[] = []
  const unwritten = new Map<string, Uint8Array>()
  let metadata = base
  for (const one of group)
    try {
      one.context.signal.throwIfAborted()
      const change = await one.change(metadata)
      if (!change) {
        one.resolve()
        continue
      }
      const now = one.context.rooms.clock.now().getTime()
      const changed = updated(metadata, change.updates, now)
      requireEnclosed(place, changed, dottedName(table))
      metadata = withUnwritten(changed, unwritten)
      for (const { uri, body } of change.files) unwritten.set(uri, body)
      files.push(...change.files.map((file) => withAttributes(file, one.context)))
      made.push(one)
    } catch (error) {
      one.reject(error)
    }
  return { metadata, files, made }
}

async function write(
  table: Table,
  base: TableMetadata,
  { metadata, files }: Changes,
  context: CommitContext,
): Promise<void> {
  await takeSteps([{ kind: 'change', table, base, changed: metadata, files }], context)
}

export interface NewIcebergTable {
  readonly database: string
  readonly name: string
  readonly location: string
  /** Of the table in the catalog, beside its own. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** A table that was not there, with what it has from the first moment on. */
export async function commitNew(
  { database, name, location, parameters }: NewIcebergTable,
  change: (metadata: TableMetadata) => Promise<TableChange>,
  context: CommitContext,
): Promise<void> {
  const nowMs = context.rooms.clock.now().getTime()
  const empty = updated(NO_TABLE, [{ action: 'set-location', location }], nowMs)
  const { updates, files } = await change(empty)
  const created = updated(empty, updates, nowMs)
  const arriving = files.map((file) => withAttributes(file, context))
  await takeSteps(
    [{ kind: 'create', database, name, created, files: arriving, ...(parameters && { parameters }) }],
    context,
  )
}
