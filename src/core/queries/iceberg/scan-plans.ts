/**
 * A scan of an Iceberg table, planned for whoever reads the files themselves: which of them may hold rows that are wanted, what
 * deletes apply to each, and what is left to ask of its rows. Reads manifests and no data.
 */
import type { DeleteIndex } from '../../../formats/iceberg/delete-files.ts'
import { type Expression, ExpressionError, expressionOf, fieldsIn, TRUE } from '../../../formats/iceberg/expressions.ts'
import {
  boundsFacts,
  judgeBy,
  manifestFacts,
  partitionFacts,
  residualOf,
  shareOf,
} from '../../../formats/iceberg/judgments.ts'
import type { ContentFile, ManifestEntry } from '../../../formats/iceberg/manifest.ts'
import type { ManifestFile } from '../../../formats/iceberg/manifest-list.ts'
import {
  currentSchema,
  currentSnapshot,
  type Id,
  type Snapshot,
  schemaOf,
  snapshotById,
  type TableMetadata,
} from '../../../formats/iceberg/metadata.ts'
import { fieldsById, type Schema } from '../../../formats/iceberg/schema.ts'
import { Fault } from '../../faults.ts'

import { deleteIndex, fieldsOf, liveEntries, manifestsOf, mayHold, type SnapshotView } from './iceberg-files.ts'
import type { ReadContext } from './metadata-file.ts'

export interface ScanRequest {
  /** Of a scan of one snapshot; the newest where it says none. */
  readonly snapshotId?: Id | undefined
  /** Of a scan of what was appended after the one, up to the other. */
  readonly since?: { readonly startId: Id; readonly endId: Id } | undefined
  /** In the JSON of the REST protocol. */
  readonly filter?: unknown
  readonly caseSensitive: boolean
  /** Whether names are those of the snapshot's time. */
  readonly snapshotSchema: boolean
  /** Full names of the fields whose counts and bounds are wanted; of nested ones what is inside too. */
  readonly statsFields: readonly string[]
}

export interface ScanPlan {
  readonly view: SnapshotView
  readonly expression: Expression
  /** By field id. */
  readonly stats: ReadonlySet<number>
  readonly stretches: readonly Stretch[]
  readonly deletes: DeleteIndex | undefined
  /** Of a scan of what was appended: the snapshots that did. */
  readonly appended: ReadonlySet<Id> | undefined
}

/** Some of the live entries of a manifest. */
export interface Stretch {
  readonly manifest: ManifestFile
  readonly start: number
  readonly end: number
}

export interface PlannedFile {
  readonly file: ContentFile
  readonly deletes: readonly ContentFile[]
  readonly residual: Expression
}

/** Throws Fault invalid for what the table has not, or cannot be asked for. */
export async function scanPlan(
  table: { readonly name: string; readonly metadata: TableMetadata },
  request: ScanRequest,
  context: ReadContext,
): Promise<ScanPlan> {
  const { metadata } = table
  const snapshot = scannedSnapshot(metadata, request)
  const schema = request.snapshotSchema && snapshot ? schemaOf(metadata, snapshot) : currentSchema(metadata)
  const expression = boundFilter(request, schema)
  const view: SnapshotView = { ...table, snapshot, schema }
  const appended = request.since && appendedSince(metadata, snapshot!, request.since.startId)
  const manifests = (await manifestsOf(view, context)).filter((manifest) => {
    if (!mayHold(manifest) || (appended && !appended.has(manifest.addedSnapshotId))) return false
    const judge = judgeBy(manifestFacts(fieldsOf(view, manifest.specId), manifest))
    return shareOf(expression, judge) !== 'none'
  })
  const deletes = manifests.filter(({ content }) => content === 'deletes')
  return {
    view,
    expression,
    stats: fieldsNamed(request, schema),
    stretches: manifests.filter(({ content }) => content === 'data').flatMap(stretches),
    deletes: appended ? undefined : await deleteIndex(view, deletes, context),
    appended,
  }
}

/** How many files are told at once, at the most. */
export const MOST_FILES = 1000

/** Old lists do not tell how many files a manifest has. */
function stretches(manifest: ManifestFile): Stretch[] {
  const { addedFiles, existingFiles } = manifest
  const count = addedFiles === undefined || existingFiles === undefined ? undefined : addedFiles + existingFiles
  if (count === undefined) return [{ manifest, start: 0, end: Number.POSITIVE_INFINITY }]
  return Array.from({ length: Math.ceil(count / MOST_FILES) }, (_, i) => ({
    manifest,
    start: i * MOST_FILES,
    end: Math.min(count, (i + 1) * MOST_FILES),
  }))
}

/** The files of a stretch that may hold rows which are wanted. */
export async function plannedFiles(
  plan: ScanPlan,
  { manifest, start, end }: Stretch,
  context: ReadContext,
): Promise<PlannedFile[]> {
  const { view, expression, stats, appended } = plan
  const columns = stats.size > 0 ? undefined : fieldsIn(expression)
  const fields = fieldsOf(view, manifest.specId)
  const entries = await liveEntries(view, manifest, columns, context)
  const isWanted = ({ status, snapshotId }: ManifestEntry) =>
    !appended || (status === 'added' && appended.has(snapshotId))
  return entries.slice(start, end).flatMap((entry) => {
    const { file } = entry
    if (file.recordCount === 0 || !isWanted(entry)) return []
    const ofPartition = judgeBy(partitionFacts(fields, file))
    const share = shareOf(expression, (predicate) => {
      const first = ofPartition(predicate)
      return first === 'some' ? judgeBy([boundsFacts(predicate.term, file)])(predicate) : first
    })
    if (share === 'none') return []
    const { vector, positions = [], equalities = [] } = plan.deletes?.for(entry) ?? {}
    const deletes = [...(vector ? [vector] : []), ...positions, ...equalities]
    return [{ file, deletes, residual: residualOf(expression, ofPartition) }]
  })
}

function scannedSnapshot(metadata: TableMetadata, { snapshotId, since }: ScanRequest): Snapshot | undefined {
  const id = since?.endId ?? snapshotId
  if (id === undefined) return currentSnapshot(metadata)
  const found = snapshotById(metadata, id)
  if (!found) throw new Fault('invalid', 'snapshot', `Cannot find snapshot with ID ${id}`)
  return found
}

/** What rewrites rows adds none: such snapshots are passed by, as are those that delete. */
function appendedSince(metadata: TableMetadata, end: Snapshot, startId: Id): ReadonlySet<Id> {
  const found = new Set<Id>()
  for (let one: Snapshot | undefined = end; one; ) {
    if (one['snapshot-id'] === startId) return found
    if (one.summary?.operation === 'append') found.add(one['snapshot-id'])
    const parent: Id | undefined = one['parent-snapshot-id']
    // A parent that has expired is still known by its name.
    if (parent === startId) return found
    one = parent === undefined ? undefined : snapshotById(metadata, parent)
  }
  const message = `Starting snapshot (exclusive) ${startId} is not a parent ancestor of end snapshot ${end['snapshot-id']}`
  throw new Fault('invalid', 'snapshot', message)
}

function boundFilter({ filter, caseSensitive }: ScanRequest, schema: Schema): Expression {
  if (filter === undefined || filter === null) return TRUE
  try {
    return expressionOf(filter, schema, caseSensitive)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new Fault('invalid', 'filter', error.message)
  }
}

function fieldsNamed({ statsFields, caseSensitive }: ScanRequest, schema: Schema): ReadonlySet<number> {
  const folded = (name: string) => (caseSensitive ? name : name.toLowerCase())
  const wanted = statsFields.map(folded)
  const named = [...fieldsById(schema)].filter(([, { path }]) => {
    const name = folded(path.join('.'))
    return wanted.some((one) => name === one || name.startsWith(`${one}.`))
  })
  return new Set(named.map(([id]) => id))
}
