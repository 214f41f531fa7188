/** What a statement reads of an Iceberg table: its newest snapshot, or the one that it points to. */
import {
  currentSchema,
  currentSnapshot,
  type Id,
  type Snapshot,
  schemaOf,
  snapshotAt,
  snapshotById,
  type TableMetadata,
} from '../../../formats/iceberg/metadata.ts'
import { instantMs } from '../../../sql/analysis/instants.ts'
import { SqlError } from '../../../sql/position.ts'
import type { VersionPointer } from '../../../sql/resolver.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import type { DescribedTable } from '../described-table.ts'
import { icebergLayout } from './iceberg-columns.ts'
import { icebergFiles, type SnapshotView } from './iceberg-files.ts'
import { readMetadata } from './metadata-file.ts'

export async function readIcebergTable(
  table: Table,
  version: VersionPointer | undefined,
  context: QueryContext,
): Promise<DescribedTable> {
  const metadata = await readMetadata(table, context)
  const view = snapshotView(dottedName(table), metadata, version)
  return {
    layout: icebergLayout(view.schema, metadata),
    files: (filter, asking, planning) => icebergFiles(view, filter, asking, planning),
  }
}

/** A branch shows the newest schema, as the table itself does; an old snapshot and a tag show their own. */
function snapshotView(name: string, metadata: TableMetadata, version: VersionPointer | undefined): SnapshotView {
  if (!version) return { name, metadata, snapshot: currentSnapshot(metadata), schema: currentSchema(metadata) }
  const { snapshot, isBranch = false } = pointedTo(name, metadata, version)
  return { name, metadata, snapshot, schema: isBranch ? currentSchema(metadata) : schemaOf(metadata, snapshot) }
}

interface Pointed {
  readonly snapshot: Snapshot
  readonly isBranch?: boolean
}

/** In Trino's words where there is none. */
function pointedTo(name: string, metadata: TableMetadata, { by, value, type }: VersionPointer): Pointed {
  if (by === 'timestamp') {
    const timeMs = moment(value, type.kind)
    const snapshot = snapshotAt(metadata, timeMs)
    if (snapshot) return { snapshot }
    throw new SqlError(
      'INVALID_ARGUMENTS',
      `No version history table ${name} at or before ${new Date(timeMs).toISOString().replace(/\.000Z$/, 'Z')}`,
    )
  }
  if (type.kind === 'varchar') {
    const ref = metadata.refs?.[String(value)]
    const snapshot = ref && snapshotById(metadata, ref['snapshot-id'])
    if (snapshot) return { snapshot, isBranch: ref.type === 'branch' }
    throw new SqlError('INVALID_ARGUMENTS', `Cannot find snapshot with reference name: ${String(value)}`)
  }
  if (typeof value !== 'bigint') throw new SqlError('NOT_SUPPORTED', `Unsupported type for table version: ${type.kind}`)
  const id: Id = Number.isSafeInteger(Number(value)) ? Number(value) : value
  const snapshot = snapshotById(metadata, id)
  if (snapshot) return { snapshot }
  throw new SqlError('INVALID_ARGUMENTS', `Iceberg snapshot ID does not exists: ${value}`)
}

/** A date means its first moment. */
function moment(value: VersionPointer['value'], kind: string): number {
  const at = instantMs(String(value))
  if (at === undefined) throw new SqlError('NOT_SUPPORTED', `The ${kind} ${String(value)} can not point to a version`)
  return at
}
