/**
 * What a commit does: the metadata of some tables is written beside the old, with the files it names, and becomes theirs in
 * the one transaction that moves the catalog's pointers. Whose pointer somebody else has moved first stops all of them.
 */
import { randomUUID } from 'node:crypto'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import type { Table, TableDescriptor, Together } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { asFolder } from '../../catalog/folder-names.ts'
import { lakeUri } from '../../objects/addresses.ts'
import type { NewFile } from '../../objects/files.ts'
import { placeOf } from '../../table-buckets/table-buckets.ts'
import type { QueryContext } from '../context.ts'
import { refuseSealing } from './committed-files.ts'
import { requireEnclosed } from './enclosure.ts'
import { catalogColumns } from './iceberg-columns.ts'
import { METADATA_LOCATION, metadataLocation } from './iceberg-table.ts'
import { metadataBytes } from './metadata-bytes.ts'
import { keepMetadata } from './metadata-file.ts'

/** What a commit needs of whoever makes it: a statement, or a client of the REST catalog. */
export type CommitContext = Pick<QueryContext, 'scope' | 'principal' | 'protection' | 'signal'> & {
  readonly rooms: Pick<QueryContext['rooms'], 'catalog' | 'permissions' | 'files' | 'clock'>
}

export interface UnwrittenFile {
  readonly uri: string
  readonly body: Uint8Array
}

export type CommitStep =
  | {
      readonly kind: 'change'
      readonly table: Table
      readonly base: TableMetadata
      readonly changed: TableMetadata
      readonly files: readonly NewFile[]
      /** Whether the catalog keeps what it said of the table before as a version. */
      readonly keepVersion?: boolean
    }
  | {
      readonly kind: 'create'
      readonly database: string
      readonly name: string
      readonly created: TableMetadata
      /** Of the table in the catalog, beside its own. */
      readonly parameters?: Readonly<Record<string, string>>
      /** What the catalog is to say of it, and not in the words of its metadata; where absent, what an engine's DDL says. */
      readonly descriptor?: Omit<TableDescriptor, 'Name'>
      readonly files: readonly NewFile[]
    }

/** What has become of a table. */
export interface Committed {
  readonly metadata: TableMetadata
  readonly location: string
}

/** All of them, or none: throws `Fault('conflict', 'table')` where a table has moved on, and already-exists for one that is there. */
export async function takeSteps(steps: readonly CommitStep[], context: CommitContext): Promise<readonly Committed[]> {
  refuseSealing(context.rooms.files)
  const made = steps.map(described)
  const files = made.flatMap(({ step, file }) => [...step.files, withAttributes(file, context)])
  const arrivals = await context.rooms.files.arrive(files)
  const appear: Together = (write) => arrivals.appear(write)
  const all = made.reduce<Together>(
    (together, one) => (write) =>
      written(one, context, (own) =>
        together((tx) => {
          own(tx)
          write(tx)
        }),
      ),
    appear,
  )
  await all(() => {})
  for (const { committed } of made) keepMetadata(committed.location, committed.metadata, context)
  return made.map(({ committed }) => committed)
}

interface Described {
  readonly step: CommitStep
  readonly committed: Committed
  readonly descriptor: TableDescriptor
  /** Of the metadata. */
  readonly file: UnwrittenFile
}

function described(step: CommitStep): Described {
  if (step.kind === 'create') {
    const called = dottedName({ database: step.database, descriptor: { Name: step.name } })
    requireEnclosed(placeOf({ Parameters: step.parameters }), step.created, called)
    const file = newMetadataFile(step.created, 0)
    const bare = step.descriptor
      ? { ...step.descriptor, Name: step.name }
      : bareTable(step.name, step.created, step.parameters)
    const pointing = pointingTo(bare, step.created, file.uri, undefined)
    const descriptor = {
      ...pointing,
      StorageDescriptor: { ...pointing.StorageDescriptor, ...bare.StorageDescriptor },
    }
    const committed = { metadata: step.created, location: file.uri }
    return { step, committed, descriptor, file }
  }
  const before = metadataLocation(step.table)
  requireEnclosed(placeOf(step.table.descriptor), step.changed, dottedName(step.table))
  const metadata = logged(step.changed, step.base, before)
  const file = newMetadataFile(metadata, versionIn(before) + 1)
  const pointing = pointingTo(step.table.descriptor, metadata, file.uri, before)
  const descriptor = step.base.location === metadata.location ? inItsPlace(pointing, step.table) : pointing
  return { step, committed: { metadata, location: file.uri }, descriptor, file }
}

/** A table of metadata that lies there already. */
export const registeredTable = (name: string, metadata: TableMetadata, location: string): TableDescriptor =>
  pointingTo(bareTable(name, metadata), metadata, location, undefined)

async function written({ step, descriptor }: Described, context: CommitContext, together: Together): Promise<void> {
  const { scope, principal, rooms } = context
  if (step.kind === 'create')
    return rooms.catalog.tables.create(scope, step.database, descriptor, principal.arn, { together })
  const { database, version: expect } = step.table
  const keepVersion = step.keepVersion === true
  return rooms.catalog.tables.update(scope, database, descriptor, { expect, keepVersion, together })
}

/** The catalog may say it with a slash more, or another word for the same store: only a move changes that. */
const inItsPlace = (pointing: TableDescriptor, { descriptor }: Table): TableDescriptor => {
  const { StorageDescriptor: said } = descriptor
  if (!said?.Location) return pointing
  return { ...pointing, StorageDescriptor: { ...pointing.StorageDescriptor, Location: said.Location } }
}

export const withAttributes = (file: UnwrittenFile, { protection }: Pick<CommitContext, 'protection'>): NewFile => ({
  ...file,
  attributes: { contentType: 'application/octet-stream', ...protection },
})

function newMetadataFile(metadata: TableMetadata, version: number): UnwrittenFile {
  const name = `${String(version).padStart(5, '0')}-${randomUUID()}.metadata.json`
  return { uri: metadataUri(metadata, name), body: metadataBytes(metadata) }
}

/** Where a table keeps a file that describes it. */
export function metadataUri(
  { location, properties }: Pick<TableMetadata, 'location' | 'properties'>,
  name: string,
): string {
  const folder = properties?.['write.metadata.path'] ?? `${asFolder(location)}metadata`
  return `${asFolder(lakeUri(folder))}${name}`
}

/** Writers number their files; one that does not is followed by the first. */
export const versionIn = (location: string): number => Number(/\/v?(\d+)(?!\d)[^/]*$/.exec(location)?.[1] ?? -1)

const KEPT_LOG_ENTRIES = 100

function logged(changed: TableMetadata, base: TableMetadata, location: string): TableMetadata {
  const most = Number(changed.properties?.['write.metadata.previous-versions-max'] ?? KEPT_LOG_ENTRIES)
  const entry = { 'timestamp-ms': base['last-updated-ms'], 'metadata-file': location }
  return { ...changed, 'metadata-log': [...(base['metadata-log'] ?? []), entry].slice(-Math.max(1, most)) }
}

const bareTable = (
  name: string,
  { location }: TableMetadata,
  parameters: Readonly<Record<string, string>> = {},
): TableDescriptor => ({
  Name: name,
  Owner: 'hadoop',
  TableType: 'EXTERNAL_TABLE',
  Retention: 0,
  StorageDescriptor: { Location: location },
  Parameters: { EXTERNAL: 'TRUE', table_type: 'ICEBERG', ...parameters },
})

function pointingTo(
  descriptor: TableDescriptor,
  metadata: TableMetadata,
  location: string,
  previous: string | undefined,
): TableDescriptor {
  return {
    ...descriptor,
    StorageDescriptor: {
      ...descriptor.StorageDescriptor,
      Columns: catalogColumns(metadata),
      Location: metadata.location,
    },
    Parameters: {
      ...descriptor.Parameters,
      [METADATA_LOCATION]: location,
      ...(previous !== undefined && { previous_metadata_location: previous }),
    },
  }
}
