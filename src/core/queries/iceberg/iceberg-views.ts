/**
 * Iceberg's views in the catalog: what it says of one is where its newest metadata lies. One that has a query in Trino's
 * dialect is a view of Athena's too.
 */
import { randomUUID } from 'node:crypto'
import {
  currentVersion,
  schemaOfVersion,
  updatedView,
  type ViewMetadata,
  type ViewUpdate,
  viewMetadata,
} from '../../../formats/iceberg/view-metadata.ts'
import { SqlError } from '../../../sql/position.ts'
import type { Table, TableDescriptor, Together } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { exactJsonText, parseExactJson } from '../../exact-json.ts'
import { Fault } from '../../faults.ts'
import { lakeUri } from '../../objects/addresses.ts'
import { wholeFile } from '../../objects/whole-file.ts'
import { DEFAULT_CATALOG } from '../context.ts'
import { viewDescriptor } from '../view-text.ts'
import { MOST_ATTEMPTS, restAfter } from './attempts.ts'
import { type CommitContext, metadataUri, versionIn, withAttributes } from './commit-steps.ts'
import { trinoType } from './iceberg-columns.ts'
import { ICEBERG_VIEW, isIcebergView, METADATA_LOCATION, metadataLocation } from './iceberg-table.ts'
import { naming } from './metadata-file.ts'

export interface CommittedView {
  readonly metadata: ViewMetadata
  readonly location: string
}

export interface ViewName {
  readonly database: string
  readonly name: string
}

/** Throws not-found in the words of the Java library. */
export function icebergView({ database, name }: ViewName, { rooms, scope }: CommitContext): Table {
  const found = rooms.catalog.tables.find(scope, database, name)
  if (found && isIcebergView(found)) return found
  throw new Fault('not-found', 'view', `View does not exist: ${database}.${name}`)
}

export const readView = async (view: Table, context: CommitContext): Promise<CommittedView> =>
  readViewAt(metadataLocation(view), dottedName(view), context)

/** `view`: as failures name it. */
export async function readViewAt(location: string, view: string, { rooms }: CommitContext): Promise<CommittedView> {
  const address = lakeUri(location)
  if (!rooms.files.stat(address))
    throw new SqlError(
      'ICEBERG_MISSING_METADATA',
      `Metadata not found in metadata location for view ${view}: ${location}`,
    )
  const metadata = await naming(address, view, async () => {
    const text = (await wholeFile(rooms.files, address)).toString()
    return viewMetadata(parseExactJson(text))
  })
  return { metadata, location: address }
}

/** Throws already-exists for a name that is taken. */
export async function createView(
  name: ViewName,
  metadata: ViewMetadata,
  context: CommitContext,
): Promise<CommittedView> {
  const { rooms, scope, principal } = context
  const { location, together } = await written(metadata, 0, context)
  const descriptor = descriptorOf(name, metadata, location)
  await rooms.catalog.tables.create(scope, name.database, descriptor, principal.arn, { together })
  return { metadata, location }
}

/** A view of metadata that lies there already. */
export async function registerView(name: ViewName, view: CommittedView, context: CommitContext): Promise<void> {
  const descriptor = descriptorOf(name, view.metadata, view.location)
  await context.rooms.catalog.tables.create(context.scope, name.database, descriptor, context.principal.arn)
}

/** `uuid`: what the view must be. Throws `Fault('conflict', 'commit')` for another one. */
export async function commitView(
  name: ViewName,
  uuid: string | undefined,
  updates: readonly ViewUpdate[],
  context: CommitContext,
): Promise<CommittedView> {
  const { rooms, scope } = context
  for (let attempt = 1; ; attempt++) {
    const view = icebergView(name, context)
    const base = await readView(view, context)
    const found = base.metadata['view-uuid']
    if (uuid !== undefined && uuid.toLowerCase() !== found.toLowerCase())
      throw new Fault(
        'conflict',
        'commit',
        `Requirement failed: view UUID does not match: expected ${found} != ${uuid}`,
      )
    const metadata = updatedView(base.metadata, updates)
    const { location, together } = await written(metadata, versionIn(base.location) + 1, context)
    const descriptor = descriptorOf({ ...name, name: view.descriptor.Name }, metadata, location)
    try {
      await rooms.catalog.tables.update(scope, name.database, descriptor, {
        expect: view.version,
        keepVersion: false,
        together,
      })
      return { metadata, location }
    } catch (error) {
      if (!(error instanceof Fault && error.kind === 'conflict') || attempt === MOST_ATTEMPTS) throw error
    }
    await restAfter(attempt, rooms.clock, context.signal)
  }
}

async function written(metadata: ViewMetadata, version: number, context: CommitContext) {
  const name = `${String(version).padStart(5, '0')}-${randomUUID()}.metadata.json`
  const file = { uri: metadataUri(metadata, name), body: Buffer.from(exactJsonText(metadata)!) }
  const arrivals = await context.rooms.files.arrive([withAttributes(file, context)])
  const together: Together = (write) => arrivals.appear(write)
  return { location: file.uri, together }
}

const TRINO: ReadonlySet<string> = new Set(['trino', 'presto', 'athena'])

function descriptorOf({ database, name }: ViewName, metadata: ViewMetadata, location: string): TableDescriptor {
  const version = currentVersion(metadata)
  const { fields } = schemaOfVersion(metadata, version)
  const columns = fields.map((field) => ({ name: field.name.toLowerCase(), type: trinoType(field.type) }))
  const query = version.representations.find(({ dialect }) => TRINO.has(dialect?.toLowerCase() ?? ''))
  const schema = version['default-namespace'].at(-1) ?? database
  const text = { originalSql: query?.sql ?? '', catalog: DEFAULT_CATALOG, schema }
  const { ViewOriginalText, ViewExpandedText, Parameters, ...rest } = viewDescriptor(name, text, columns)
  const pointer = { table_type: ICEBERG_VIEW, [METADATA_LOCATION]: location }
  const [first] = version.representations
  return query
    ? { ...rest, ViewOriginalText, ViewExpandedText, Parameters: { ...Parameters, ...pointer } }
    : { ...rest, ViewOriginalText: first?.sql ?? '', ViewExpandedText: first?.sql ?? '', Parameters: pointer }
}
