/**
 * Commits to Iceberg tables: new metadata is written beside the old, and becomes the table's in the transaction that moves the
 * catalog's pointer from the one to the other. Where somebody else has moved it first, the change is made again of what is
 * there by then.
 */
import { randomUUID } from 'node:crypto'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { NO_TABLE, type TableUpdate, updated } from '../../../formats/iceberg/table-updates.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table, TableDescriptor } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { exactJsonText } from '../../exact-json.ts'
import { Fault } from '../../faults.ts'
import type { NewFile } from '../../objects/files.ts'
import type { QueryContext } from '../context.ts'
import { catalogColumns } from './iceberg-columns.ts'
import { lakeUri, METADATA_LOCATION, metadataLocation } from './iceberg-table.ts'
import { readMetadata } from './metadata-file.ts'

export interface TableChange {
  readonly updates: readonly TableUpdate[]
  /** Manifests and lists of them, which appear with the commit. */
  readonly files: readonly { readonly uri: string; readonly body: Uint8Array }[]
}

const MOST_ATTEMPTS = 20
const FIRST_WAIT_MS = 5
const MOST_WAIT_MS = 500

/** `change` is asked again after a conflict, of the newer metadata. */
export async function commitChange(
  table: Table,
  context: QueryContext,
  change: (metadata: TableMetadata) => Promise<TableChange>,
): Promise<void> {
  let current = table
  for (let attempt = 1; ; attempt++) {
    try {
      const metadata = await readMetadata(current, context)
      await commitOnce(current, metadata, await change(metadata), context)
      return
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'conflict') throw error
      if (attempt === MOST_ATTEMPTS)
        throw new SqlError('ICEBERG_COMMIT_ERROR', `Failed to commit Iceberg update to table: ${dottedName(table)}`)
    }
    await context.rooms.clock.sleep(
      Math.random() * Math.min(FIRST_WAIT_MS * 2 ** attempt, MOST_WAIT_MS),
      context.signal,
    )
    const { catalog } = context.rooms
    current = catalog.tables.get(context.scope, table.database, table.descriptor.Name)
  }
}

async function commitOnce(
  table: Table,
  base: TableMetadata,
  { updates, files }: TableChange,
  context: QueryContext,
): Promise<void> {
  const { rooms, scope } = context
  const location = metadataLocation(table)
  const changed = logged(updated(base, updates, rooms.clock.now().getTime()), base, location)
  const metadataFile = newMetadataFile(changed, versionIn(location) + 1)
  const arrivals = await rooms.files.arrive([...files, metadataFile].map((file) => withAttributes(file, context)))
  const descriptor = pointingTo(table.descriptor, changed, metadataFile.uri, location)
  await rooms.catalog.tables.update(scope, table.database, descriptor, {
    expect: table.version,
    keepVersion: false,
    together: (write) => arrivals.appear(write),
  })
}

/** A table that was not there, with what it has from the first moment on. */
export async function commitNew(
  { database, name, location }: { readonly database: string; readonly name: string; readonly location: string },
  change: (metadata: TableMetadata) => Promise<TableChange>,
  context: QueryContext,
): Promise<void> {
  const { rooms, scope, principal } = context
  const nowMs = rooms.clock.now().getTime()
  const empty = updated(NO_TABLE, [{ action: 'set-location', location }], nowMs)
  const { updates, files } = await change(empty)
  const created = updated(empty, updates, nowMs)
  const metadataFile = newMetadataFile(created, 0)
  const arrivals = await rooms.files.arrive([...files, metadataFile].map((file) => withAttributes(file, context)))
  const bare: TableDescriptor = {
    Name: name,
    Owner: 'hadoop',
    TableType: 'EXTERNAL_TABLE',
    Retention: 0,
    StorageDescriptor: { Location: location },
    Parameters: { EXTERNAL: 'TRUE', table_type: 'ICEBERG' },
  }
  const descriptor = pointingTo(bare, created, metadataFile.uri, undefined)
  await rooms.catalog.tables.create(scope, database, descriptor, principal.arn, {
    together: (write) => arrivals.appear(write),
  })
}

const withAttributes = (file: TableChange['files'][number], { protection }: QueryContext): NewFile => ({
  ...file,
  attributes: { contentType: 'application/octet-stream', ...protection },
})

function newMetadataFile(metadata: TableMetadata, version: number): TableChange['files'][number] {
  const name = `${String(version).padStart(5, '0')}-${randomUUID()}.metadata.json`
  return { uri: metadataUri(metadata, name), body: Buffer.from(exactJsonText(metadata)!) }
}

/** Where a table keeps a file that describes it. */
export const metadataUri = ({ location }: TableMetadata, name: string): string =>
  `${lakeUri(location).replace(/\/+$/, '')}/metadata/${name}`

/** Writers number their files; one that does not is followed by the first. */
const versionIn = (location: string): number => Number(/\/v?(\d+)[^/]*$/.exec(location)?.[1] ?? -1)

const KEPT_LOG_ENTRIES = 100

function logged(changed: TableMetadata, base: TableMetadata, location: string): TableMetadata {
  const most = Number(changed.properties?.['write.metadata.previous-versions-max'] ?? KEPT_LOG_ENTRIES)
  const entry = { 'timestamp-ms': base['last-updated-ms'], 'metadata-file': location }
  return { ...changed, 'metadata-log': [...(base['metadata-log'] ?? []), entry].slice(-Math.max(1, most)) }
}

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
      Location: descriptor.StorageDescriptor?.Location ?? metadata.location,
    },
    Parameters: {
      ...descriptor.Parameters,
      [METADATA_LOCATION]: location,
      ...(previous !== undefined && { previous_metadata_location: previous }),
    },
  }
}
