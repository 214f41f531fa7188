/** What an engine is told about a table: permitted columns, live files, the row filter. Never a catalog, never a principal. */
import type { FieldIds } from '../../formats/field-ids.ts'
import type { Scalar } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'
import type { LakeFile } from '../objects/files.ts'

export interface Relation {
  /** What the plan's scans are named by. */
  readonly id: string
  /** Data columns in file order, then partition columns, then what rows are only compared by; of these a scan reads those it lists. */
  readonly columns: readonly RelationColumn[]
  readonly format: FileFormat
  /** The files left after pruning; none is fine and reads as no rows. */
  readonly files: readonly DataFile[]
  /** Over columns whose ids are the indexes into `columns`. Rows for which it is not TRUE do not exist. */
  readonly rowFilter?: Scalar
  /** Columns that are, in some of the rows, NULL or without some of their fields, and not what their files say. */
  readonly cellFilters?: readonly SeenValue[]
  /** Structs of which no row has all fields. */
  readonly narrowings?: readonly SeenValue[]
  /** Of files that lie otherwise than `format` and `columns` say, by `DataFile.layout`. */
  readonly layouts?: readonly FileLayout[]
  /** Of files that are written for one query from what a source has sent: this is what has been read, once. */
  readonly receivedBytes?: number
}

/** Whether rows, or cells of some, are hidden: what is read then goes by that alone, and tells nothing of the rest. */
export const isFiltered = ({ rowFilter, cellFilters }: Pick<Relation, 'rowFilter' | 'cellFilters'>): boolean =>
  Boolean(rowFilter || cellFilters)

/** `column`: an index into `columns`. `value`: what is seen of it, over columns as in a row filter. */
export interface SeenValue {
  readonly column: number
  readonly value: Scalar
}

/** How the files of some partitions lie. */
export interface FileLayout {
  readonly format: FileFormat
  /** By the names of columns: types that the files are read with where they are not the table's. */
  readonly readAs: Readonly<Record<string, Type>>
}

export type RelationColumn =
  /**
   * `field` is the name in the file, `ordinal` its place for formats without names. `fieldId`: the id by which it is
   * then found. `storedAs`: the type with the names that fields inside it have in the file, where they differ.
   * `becomes`: what a value of `type` is made into once it has been read; one that can not be is NULL.
   */
  | {
      readonly kind: 'data'
      readonly name: string
      readonly type: Type
      readonly field: string
      readonly ordinal: number
      readonly fieldId?: number
      /** All that is known of its id, and of those of the fields inside. */
      readonly ids?: FieldIds
      /** Files may have no ids, lack the column and yet a value for it, or call fields inside otherwise: each is looked at. */
      readonly varies?: true
      readonly storedAs?: Type
      /** With it, where fields inside it have ids: those of the fields. */
      readonly inner?: readonly FieldIds[]
      readonly becomes?: Type
    }
  /** `index` into `DataFile.partition`. */
  | { readonly kind: 'partition'; readonly name: string; readonly type: Type; readonly index: number }
  /** Trino's hidden columns, answered from the file itself. */
  | {
      readonly kind: 'hidden'
      readonly name: '$path' | '$file_modified_time' | '$file_size' | '$partition' | '$pos'
      readonly type: Type
    }

export interface DataFile {
  /** Where the engine reads it. */
  readonly localPath: string
  /** What `$path` says: `s3://bucket/key`. */
  readonly uri: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
  /** Values of the partition columns as the catalog has them; null for Hive's default partition. */
  readonly partition: readonly (string | null)[]
  readonly partitionName: string
  /** By field id, as text what all rows have in a column, whether the file has it or not. */
  readonly fieldValues?: Readonly<Record<number, string | null>>
  /** Rows that are in the file and not in the table. */
  readonly deleted?: DeletedRows
  /** Rows that have the values of one of these are not in the table either. */
  readonly deletedValues?: readonly DeletedValues[]
  /** Of a file whose bytes a client has encrypted. */
  readonly envelope?: LakeFile['envelope']
  /** Index into `Relation.layouts`. */
  readonly layout?: number
  /** Told by an engine to itself: `localPath` holds the text under another compression than the name's ending says. */
  readonly inflated?: InflatedText
}

export interface InflatedText {
  readonly compression: 'uncompressed' | 'zstd'
  /** Of what `localPath` holds. */
  readonly sizeBytes: number
  /** In bytes, as far as one is longer than a mebibyte. */
  readonly longestLine: number
  /** What it has been looked through for, and what was found (see engines/duckdb/texts/text-look.ts). */
  readonly question: string
  readonly byLine: boolean
  readonly isRewritten: boolean
  /** Names of members of JSON, or fields of CSV (see formats/hive/plain-numbers.ts). */
  readonly plainNumbers: readonly string[]
  readonly oddNumbers: boolean
}

export type DeletedRows =
  | {
      readonly kind: 'bitmap'
      /** A portable roaring bitmap of row numbers from zero. */
      readonly bitmap: Uint8Array
      /** How many there must be. */
      readonly cardinality: number
      /** Where the bitmap is from, and the error that a bad one is, for messages. */
      readonly uri: string
      readonly badData: 'DELTA_LAKE_BAD_DATA' | 'ICEBERG_BAD_DATA'
    }
  /** Rows of files, each of the address of a data file and a row number in it: those of `dataFile` count. */
  | { readonly kind: 'positions'; readonly files: readonly DeleteFile[]; readonly dataFile: string }

/** Files whose rows say which values, in all of the columns together, make a row deleted; NULL is one of them. */
export interface DeletedValues {
  readonly files: readonly DeleteFile[]
  /** Of two data files to which files of one partition spec apply, the one has all that the other has, or they share none. */
  readonly specId: number
  /** Columns of those files. */
  readonly told: readonly ToldColumn[]
  readonly columns: readonly ComparedColumn[]
}

export interface ToldColumn {
  readonly fieldId: number
  readonly type: Type
  readonly ids: FieldIds
  /** Told by an engine to itself: its name in the files, where it is not found by its id. */
  readonly field?: string
}

export interface ComparedColumn {
  /** Index into `Relation.columns`: a scan need not want it. */
  readonly column: number
  /** Names of fields that lead to what is compared inside it. */
  readonly path: readonly string[]
  /** Index into `DeletedValues.told`, and the paths one of which leads to the value there. */
  readonly told: number
  readonly toldPaths: readonly (readonly string[])[]
}

/** A file that is read besides data files, and counts as much. */
export type ReadFile = Pick<DataFile, 'localPath' | 'uri' | 'sizeBytes'>

export interface DeleteFile extends ReadFile {
  /** Parquet where nothing is said. */
  readonly format?: IdentifiedFormat
}

/** How text of LazySimpleSerDe parts values, escapes what would part them and says NULL; as Hive does where it says nothing. */
export interface TextDialect {
  readonly fieldDelimiter?: string
  readonly collectionDelimiter?: string
  readonly mapKeyDelimiter?: string
  readonly escape?: string
  readonly nullText?: string
}

export type FileFormat =
  /**
   * `widens`: a file may hold a column in a narrower type than the table has by now. `byIndex`: columns are found by their
   * places, whatever they are called.
   */
  | { readonly kind: 'parquet'; readonly widens?: true; readonly byIndex?: true }
  /**
   * LazySimpleSerDe: bad values read as NULL, missing fields too, extra fields are dropped. Delimiters are single characters.
   * `lastTakesRest`: what would be extra fields is text of the last one, delimiters too.
   */
  | (Required<Omit<TextDialect, 'escape'>> & {
      readonly kind: 'csv-lazy'
      readonly escape?: string
      readonly headerLines: number
      readonly footerLines: number
      readonly lastTakesRest?: true
      readonly timestampFormats?: readonly string[]
    })
  /**
   * OpenCSVSerde: quoted text; numbers must parse, dates are days or millis since the epoch, as Athena documents.
   * `invalidAsNull`: what does not parse is NULL.
   */
  | {
      readonly kind: 'csv-open'
      readonly separator: string
      readonly quote: string
      readonly escape: string
      readonly headerLines: number
      readonly invalidAsNull?: true
    }
  /** One JSON object per line. `mapping` renames: the name of a column, or of a field inside, to its key. `strict`: a malformed line is HIVE_CURSOR_ERROR, else it reads as all NULL. */
  | {
      readonly kind: 'json'
      readonly serde: 'hive' | 'openx'
      readonly strict: boolean
      readonly caseSensitive: boolean
      readonly dotsInKeys: boolean
      readonly mapping: Readonly<Record<string, string>>
      readonly headerLines?: number
      readonly timestampFormats?: readonly string[]
    }
  /** CloudTrail's log files: one document with `Records`. */
  | { readonly kind: 'cloudtrail' }
  /**
   * Lines of text matched by a Java pattern, a column per group. `captures`: what its groups with a name are called, in
   * their order; they are then found by the names of columns, and the pattern may match a part of the line.
   */
  | {
      readonly kind: 'regex'
      readonly pattern: string
      readonly ignoreCase: boolean
      readonly headerLines?: number
      readonly captures?: readonly string[]
    }
  /**
   * Amazon Ion. `paths`: where values are in a document, by the names of columns. `failOnOverflow`: by the names of columns,
   * and '' for all others.
   */
  | {
      readonly kind: 'ion'
      readonly paths: Readonly<Record<string, string>>
      readonly caseSensitive: boolean
      readonly ignoreMalformed: boolean
      readonly failOnOverflow: Readonly<Record<string, boolean>>
    }
  /** Container files of records, fields found by name. `schema` is the table's own, as JSON: its aliases and defaults count. */
  | { readonly kind: 'avro'; readonly schema?: string; readonly byId?: true }
  /** Columns are found by their place in the file, or by name whatever its case, or by their ids. */
  | { readonly kind: 'orc'; readonly byName: boolean; readonly byId?: true }

/** Formats of which a table format reads columns by their ids, besides Parquet. */
export type IdentifiedFormat = Extract<FileFormat, { readonly byId?: true }>
