/** The table properties that Athena lets Iceberg tables have. https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html */
import { SqlError } from '../../../sql/position.ts'
import { StatementFailure } from '../failure.ts'

/** By Athena's name, the one that Iceberg has for it. */
const NAMES: Readonly<Record<string, string>> = {
  format: 'write.format.default',
  write_compression: 'write.parquet.compression-codec',
  compression_level: 'write.parquet.compression-level',
  write_target_data_file_size_bytes: 'write.target-file-size-bytes',
  vacuum_max_metadata_files_to_keep: 'write.metadata.previous-versions-max',
  optimize_rewrite_min_data_file_size_bytes: 'optimize_rewrite_min_data_file_size_bytes',
  optimize_rewrite_max_data_file_size_bytes: 'optimize_rewrite_max_data_file_size_bytes',
  optimize_rewrite_data_file_threshold: 'optimize_rewrite_data_file_threshold',
  optimize_rewrite_delete_file_threshold: 'optimize_rewrite_delete_file_threshold',
  vacuum_min_snapshots_to_keep: 'history.expire.min-snapshots-to-keep',
  vacuum_max_snapshot_age_seconds: 'history.expire.max-snapshot-age-ms',
}

/** By Athena's names. */
export const ICEBERG_PROPERTIES: ReadonlySet<string> = new Set(Object.keys(NAMES))

/** Parquet's, by Athena's names (docs: athena ug, compression-support-iceberg). */
const CODECS: ReadonlySet<string> = new Set(['zstd', 'gzip', 'snappy', 'none', 'uncompressed'])

interface NamedProperty {
  readonly name: string
  readonly value: string
}

/** Those of a new table, as its metadata keeps them. Throws for one that is not on the list. */
export const icebergProperties = (properties: readonly NamedProperty[], comment?: string): Record<string, string> => ({
  'write.format.default': 'parquet',
  'write.parquet.compression-codec': 'zstd',
  ...(comment !== undefined && { comment }),
  ...namedProperties(properties.filter(({ name }) => name.toLowerCase() !== 'table_type')),
})

/** Just these, as a table's metadata keeps them. */
export const namedProperties = (properties: readonly NamedProperty[]): Record<string, string> =>
  Object.fromEntries(properties.map(({ name, value }) => [propertyName(name), keptValue(name.toLowerCase(), value)]))

/** What Iceberg calls it. Throws for one that is not on the list. */
export function propertyName(name: string): string {
  const own = NAMES[name.toLowerCase()]
  if (own !== undefined) return own
  throw new StatementFailure(`Unsupported table property key: ${name}`, { category: 2, type: 1006, leavesText: true })
}

/**
 * Whole numbers from 1 up to these; a threshold is documented to be less than 50, a level of Zstandard to be 22 at most
 * (docs: athena ug, querying-iceberg-creating-tables, compression-support-zstd-levels).
 */
const GREATEST: Readonly<Record<string, number>> = {
  compression_level: 22,
  write_target_data_file_size_bytes: Number.MAX_SAFE_INTEGER,
  vacuum_max_metadata_files_to_keep: 2 ** 31 - 1,
  optimize_rewrite_min_data_file_size_bytes: Number.MAX_SAFE_INTEGER,
  optimize_rewrite_max_data_file_size_bytes: Number.MAX_SAFE_INTEGER,
  optimize_rewrite_data_file_threshold: 49,
  optimize_rewrite_delete_file_threshold: 49,
  vacuum_min_snapshots_to_keep: 2 ** 31 - 1,
  vacuum_max_snapshot_age_seconds: Number.MAX_SAFE_INTEGER / 1000,
}

function requireNumber(key: string, value: string): void {
  const greatest = GREATEST[key]!
  if (/^[1-9]\d*$/.test(value) && Number(value) <= greatest) return
  const least = greatest < 50 ? `from 1 to ${greatest}` : 'that is positive'
  throw new SqlError('INVALID_TABLE_PROPERTY', `Table property '${key}' must be a whole number ${least}: ${value}`)
}

function keptValue(key: string, value: string): string {
  if (key === 'format' && value.toLowerCase() !== 'parquet')
    throw new SqlError('NOT_SUPPORTED', `Writing Iceberg tables in the ${value} format is not supported`)
  if (key === 'write_compression' && !CODECS.has(value.toLowerCase()))
    throw new SqlError('INVALID_TABLE_PROPERTY', `Compression codec ${value} is not supported for format PARQUET`)
  if (key in GREATEST) requireNumber(key, value)
  if (key === 'vacuum_max_snapshot_age_seconds') return String(Number(value) * 1000)
  return key === 'format' || key === 'write_compression' ? value.toLowerCase() : value
}

/** What metadata keeps, by Athena's names; what Athena has no name for is left out. */
export const athenaProperties = (kept: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(kept).flatMap(([own, value]) => {
    const name = Object.keys(NAMES).find((one) => NAMES[one] === own)
    if (name === undefined) return []
    return [[name, name === 'vacuum_max_snapshot_age_seconds' ? String(Number(value) / 1000) : value]]
  })

/** The same, but throws for what Athena has no name for, as it does. */
export function shownProperties(kept: Readonly<Record<string, string>>): [string, string][] {
  const known: ReadonlySet<string> = new Set(Object.values(NAMES))
  const unknown = Object.keys(kept).find((own) => !known.has(own))
  if (unknown !== undefined) throw new SqlError('NOT_SUPPORTED', `Unsupported table property key: ${unknown}`)
  return athenaProperties(kept)
}
