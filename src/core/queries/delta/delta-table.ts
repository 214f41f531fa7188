/**
 * Delta Lake tables: what the catalog says of one is where it lies. Its columns and its files are told by its own log, which
 * this folder reads; it never writes one. https://docs.aws.amazon.com/athena/latest/ug/delta-lake-tables.html
 */
import { SqlError } from '../../../sql/position.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import { lakeFolder } from '../../catalog/folder-names.ts'

/** Athena's own mark, and the one that Spark leaves. */
export function isDeltaTable({ descriptor }: Table): boolean {
  const { table_type: type, 'spark.sql.sources.provider': provider } = descriptor.Parameters ?? {}
  return type?.toLowerCase() === 'delta' || provider?.toLowerCase() === 'delta'
}

/** Athena looks for the location nowhere but in this parameter of the SerDe (observed). */
export const LOCATION_PARAMETER = 'path'

export function deltaLocation(table: Table): string {
  const location = table.descriptor.StorageDescriptor?.SerdeInfo?.Parameters?.[LOCATION_PARAMETER]
  if (location) return lakeFolder(location).slice(0, -1)
  throw new SqlError(
    'DELTA_LAKE_INVALID_SCHEMA',
    `No ${LOCATION_PARAMETER} property defined for table: ${dottedName(table)}`,
  )
}
