/**
 * Tables about an Iceberg table, `t$snapshots` and others, answered as queries over VALUES: columns and types are those of
 * Trino's connector (docs: athena ug, querying-iceberg-table-metadata).
 */
import {
  currentSchema,
  currentSnapshot,
  type Snapshot,
  snapshotAt,
  snapshotById,
  type TableMetadata,
} from '../../../formats/iceberg/metadata.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import { files, manifests, partitions } from './file-tables.ts'
import type { SnapshotView } from './iceberg-files.ts'
import { metadataLocation } from './iceberg-table.ts'
import { type Listing, MOMENT, moment, number, text, textMap } from './listing.ts'
import { readMetadata } from './metadata-file.ts'

interface TableView extends SnapshotView {
  /** Of its metadata. */
  readonly location: string
}

const LISTINGS: Readonly<Record<string, (view: TableView, context: QueryContext) => Promise<Listing> | Listing>> = {
  history,
  snapshots,
  refs,
  properties,
  manifests,
  files,
  partitions,
  metadata_log_entries: metadataLog,
}

/** `t$snapshots`: the table that it tells of, and what it tells. */
export function metadataTableName(name: string): { readonly table: string; readonly about: string } | undefined {
  const [, table, about] = /^(.+)\$([a-z_]+)$/.exec(name) ?? []
  return table !== undefined && about !== undefined && Object.hasOwn(LISTINGS, about) ? { table, about } : undefined
}

/** The text of a query whose rows tell of the table. */
export async function metadataQuery(table: Table, about: string, context: QueryContext): Promise<string> {
  const metadata = await readMetadata(table, context)
  const view = {
    name: dottedName(table),
    location: metadataLocation(table),
    metadata,
    snapshot: currentSnapshot(metadata),
    schema: currentSchema(metadata),
  }
  const { columns, rows } = await LISTINGS[about]!(view, context)
  // A row is cast where it is told field by field: taken apart later, it would be so once for each of its many fields.
  const isRow = (type: string) => type.startsWith('row(')
  const as = (sql: string, type: string) => `CAST(${sql} AS ${type})`
  const items = columns.map(([name, type], i) => `${isRow(type) ? `c${i}` : as(`c${i}`, type)} AS ${quotedName(name)}`)
  const names = columns.map((_, i) => `c${i}`).join(', ')
  const cells = (row: readonly string[]) =>
    row.map((sql, i) => (isRow(columns[i]![1]) ? as(sql, columns[i]![1]) : sql)).join(', ')
  const values = rows.length > 0 ? rows : [columns.map(() => 'NULL')]
  const listed = `(VALUES ${values.map((row) => `(${cells(row)})`).join(', ')}) AS t (${names})`
  return `SELECT ${items.join(', ')} FROM ${listed}${rows.length > 0 ? '' : ' WHERE false'}`
}

function history({ metadata }: SnapshotView): Listing {
  const ancestors = ancestorsOf(metadata)
  return {
    columns: [
      ['made_current_at', MOMENT],
      ['snapshot_id', 'bigint'],
      ['parent_id', 'bigint'],
      ['is_current_ancestor', 'boolean'],
    ],
    rows: (metadata['snapshot-log'] ?? []).map((entry) => [
      moment(entry['timestamp-ms']),
      number(entry['snapshot-id']),
      number(snapshotById(metadata, entry['snapshot-id'])?.['parent-snapshot-id'] ?? undefined),
      String(ancestors.has(entry['snapshot-id'])),
    ]),
  }
}

/** The ids of the current snapshot and of all it was made from. */
function ancestorsOf(metadata: TableMetadata): ReadonlySet<Snapshot['snapshot-id']> {
  const ids = new Set<Snapshot['snapshot-id']>()
  for (let at = currentSnapshot(metadata); at && !ids.has(at['snapshot-id']); ) {
    ids.add(at['snapshot-id'])
    const parent = at['parent-snapshot-id'] ?? undefined
    at = parent === undefined ? undefined : snapshotById(metadata, parent)
  }
  return ids
}

function snapshots({ metadata }: SnapshotView): Listing {
  return {
    columns: [
      ['committed_at', MOMENT],
      ['snapshot_id', 'bigint'],
      ['parent_id', 'bigint'],
      ['operation', 'varchar'],
      ['manifest_list', 'varchar'],
      ['summary', 'map(varchar, varchar)'],
    ],
    rows: (metadata.snapshots ?? []).map((snapshot) => {
      const { operation, ...summary } = snapshot.summary ?? {}
      return [
        moment(snapshot['timestamp-ms']),
        number(snapshot['snapshot-id']),
        number(snapshot['parent-snapshot-id'] ?? undefined),
        text(operation),
        text(snapshot['manifest-list']),
        textMap(Object.entries(summary)),
      ]
    }),
  }
}

function refs({ metadata }: SnapshotView): Listing {
  return {
    columns: [
      ['name', 'varchar'],
      ['type', 'varchar'],
      ['snapshot_id', 'bigint'],
      ['max_reference_age_in_ms', 'bigint'],
      ['min_snapshots_to_keep', 'integer'],
      ['max_snapshot_age_in_ms', 'bigint'],
    ],
    rows: Object.entries(metadata.refs ?? {}).map(([name, ref]) => [
      text(name),
      text(ref.type.toUpperCase()),
      number(ref['snapshot-id']),
      number(ref['max-ref-age-ms'] ?? undefined),
      number(ref['min-snapshots-to-keep'] ?? undefined),
      number(ref['max-snapshot-age-ms'] ?? undefined),
    ]),
  }
}

function properties({ metadata }: SnapshotView): Listing {
  return {
    columns: [
      ['key', 'varchar'],
      ['value', 'varchar'],
    ],
    rows: Object.entries(metadata.properties ?? {}).map(([key, value]) => [text(key), text(value)]),
  }
}

/** The log names the files before the current one, which comes last; with what was the newest snapshot at the time. */
function metadataLog({ metadata, location }: TableView): Listing {
  const current = { 'timestamp-ms': metadata['last-updated-ms'], 'metadata-file': location }
  return {
    columns: [
      ['timestamp', MOMENT],
      ['file', 'varchar'],
      ['latest_snapshot_id', 'bigint'],
      ['latest_schema_id', 'integer'],
      ['latest_sequence_number', 'bigint'],
    ],
    rows: [...(metadata['metadata-log'] ?? []), current].map((entry) => {
      const latest = snapshotAt(metadata, entry['timestamp-ms'])
      return [
        moment(entry['timestamp-ms']),
        text(entry['metadata-file']),
        number(latest?.['snapshot-id']),
        number(latest?.['schema-id'] ?? undefined),
        number(latest?.['sequence-number'] ?? undefined),
      ]
    }),
  }
}
