/**
 * A format that DuckDB does not read is read by us: a converter turns stretches of a file into Parquet files, which the
 * engine then scans as it scans those of a Parquet table. Converters run on threads of a worker (conversion-thread.ts).
 */
import type { FileFormat } from '../../../core/queries/relation.ts'
import type { FieldIds } from '../../../formats/field-ids.ts'
import type { RandomAccess } from '../../../formats/random-access.ts'
import type { ColumnField, Vector } from '../../../formats/vectors.ts'
import type { Constraint } from '../../../sql/analysis/partition-filters.ts'
import type { ForeignCodec } from '../scans/compression.ts'

export type ForeignFormat = Extract<FileFormat, { readonly kind: 'avro' | 'orc' | 'ion' }>

/** Formats by what Trino calls them in its errors. */
export const FORMAT_NAMES: Readonly<Record<ForeignFormat['kind'], string>> = { avro: 'Avro', orc: 'ORC', ion: 'Ion' }

export const isForeign = (format: FileFormat): format is ForeignFormat => Object.hasOwn(FORMAT_NAMES, format.kind)

/** Whether a table format says by which ids its columns are found. */
export const isIdentified = (format: ForeignFormat): boolean => 'byId' in format && format.byId === true

export interface ConversionRequest {
  readonly format: ForeignFormat
  /** Wanted columns: names as the file may have them, and places in the table for formats without names. */
  readonly columns: readonly WantedColumn[]
  /** By the places of columns in the table. */
  readonly constraints: ReadonlyMap<number, Constraint>
  readonly mostRows: number | undefined
  /** Rows are known by their numbers, so all of them are made, into one file. */
  readonly numbered: boolean
  /** What the ending of the file's name says, of what its bytes may not tell. */
  readonly codec?: ForeignCodec
}

export interface WantedColumn extends ColumnField {
  readonly ordinal: number
  /** Its name in what a file is converted to, if not that of its place. */
  readonly as?: string
  /** Of formats whose columns are found by ids. */
  readonly ids?: FieldIds
}

/** Some of a file's rows that are read without the rest; what `part` means is the converter's business. */
export interface Stretch {
  readonly part: readonly number[]
  /** Whether nothing of the file's rows between the part's first and last has been left out. */
  readonly whole: boolean
  /** Bytes of the file that reading it takes. */
  readonly readBytes: number
}

export interface FilePlan {
  readonly stretches: readonly Stretch[]
  /** What is read beside the stretches. */
  readonly readBytes: number
  /** Places in the table of columns that the file lacks, where these are found by ids. */
  readonly lacks?: readonly number[]
}

export interface RowBatch {
  readonly rows: number
  /** A vector for each wanted column, of its type. */
  readonly columns: readonly Vector[]
}

export interface Converter {
  /** Looks at no more than a file's metadata. Throws `CorruptData` and `UnsupportedData`, as `batches` does. */
  plan(file: RandomAccess, request: ConversionRequest): FilePlan
  batches(file: RandomAccess, request: ConversionRequest, stretch: Stretch): Generator<RowBatch>
}
