/**
 * Iceberg tables: what the catalog says of one is where its newest metadata file lies. Columns, files and history are told by
 * that file and those it names. https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html
 */
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { lakeUri } from '../../objects/addresses.ts'
import { placeOf } from '../../table-buckets/table-buckets.ts'
import { requireInside } from './enclosure.ts'

/** What other engines' Glue catalogs and Athena itself put there. */
export const METADATA_LOCATION = 'metadata_location'

export const isIcebergTable = ({ descriptor }: Table): boolean =>
  descriptor.Parameters?.table_type?.toUpperCase() === 'ICEBERG'

/** A view that keeps itself as Iceberg's views do; named as Iceberg's own catalog of Hive names it. */
export const ICEBERG_VIEW = 'iceberg-view'

export const isIcebergView = ({ descriptor }: Table): boolean =>
  descriptor.Parameters?.table_type?.toLowerCase() === ICEBERG_VIEW

/** Throws for a table of a table bucket whose metadata is said to lie elsewhere than the table (`enclosure`). */
export function metadataLocation(table: Table): string {
  const location = table.descriptor.Parameters?.[METADATA_LOCATION]
  if (location) {
    requireInside(placeOf(table.descriptor), [location], dottedName(table))
    return lakeUri(location)
  }
  throw new SqlError(
    'ICEBERG_INVALID_METADATA',
    `Table is missing [${METADATA_LOCATION}] property: ${dottedName(table)}`,
  )
}
