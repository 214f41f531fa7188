/**
 * From a relation to the SELECT that reads it. Text only: nothing here opens a file. What comes out yields a column
 * `c<index>` for each wanted column, `index` being its place in `relation.columns`; a row whose value can not be read
 * follows the rules of its format (see core/queries/relation.ts). Paths and values are literals, names never appear.
 */
import type { DataFile, FileFormat, Relation, RelationColumn } from '../../../core/queries/relation.ts'
import type { Constraint } from '../../../sql/analysis/partition-filters.ts'
import { duckdbType } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'
import { filesWithDeletedRows, hasDeletedRows, type LostRows, leftRows } from '../deletes/deleted-rows.ts'
import {
  comparedColumns,
  fileRanks,
  hasDeletedValues,
  joinOfLeftValues,
  type LostValues,
} from '../deletes/deleted-values.ts'
import { cloudtrailReader } from './cloudtrail.ts'
import { finerType, isCoarse, unroundedConditions } from './coarse-moments.ts'
import { coercedValue } from './coerced-values.ts'
import { byCompression } from './compression.ts'
import { lazyReader } from './csv-lazy.ts'
import { openReader } from './csv-open.ts'
import { fileColumns, fileValue, type KeepRows } from './file-columns.ts'
import { jsonReader } from './json.ts'
import { parquetReader } from './parquet.ts'
import { regexReader } from './regex.ts'
import { storedValue } from './stored-values.ts'

export type DataColumn = RelationColumn & { readonly kind: 'data' }

/** A column and its place in the relation. */
export interface Wanted<T extends RelationColumn = RelationColumn> {
  readonly index: number
  readonly column: T
}

/**
 * A SELECT over files of one compression with `c<index>` for each column, then the columns named in `places`. `width` is
 * the number of data columns of the table.
 */
export type Reader = (input: {
  readonly files: readonly DataFile[]
  readonly columns: readonly Wanted<DataColumn>[]
  readonly width: number
  /** `file_index`, the place of a row's file in `files`, and of Parquet `file_row_number`, where they are wanted. */
  readonly places: readonly string[]
  /** Text is read as lines, which are then taken apart: slower, and by the SerDe's own rules. */
  readonly byLine: boolean
  /** Lines, or objects of JSON, may be as long as any can be. */
  readonly long: boolean
  /** Keys as the head of the data spells them, for JSON. */
  readonly sample: readonly string[]
  /** JSON may have numbers of more digits than a double keeps, and columns that keep them. */
  readonly longNumbers: boolean
  /** Every key of every object, where that is known: JSON may then lack members, and is none the slower. */
  readonly keys: readonly string[] | undefined
  /**
   * Every object of JSON is taken to have every wanted member, spelled as in the sample, and every field of CSV to be a
   * value of its type where the engine knows the type's texts as Hive does. The plan fails where one is not.
   */
  readonly alike: boolean
  /** Text of CSV may be a number with a fraction to the engine's reader, and none to Java. */
  readonly oddNumbers: boolean
  /** Columns, by their places, of which the engine's reader makes in their types what the rules make of them. */
  readonly proven: ReadonlySet<number>
  /** Every Parquet file has every column, of the very type it has in the table. */
  readonly exact: boolean
}) => string

/** What reading a file's head or failing to read it has taught; all of it may be left out. */
export interface ScanHints {
  readonly byLine?: boolean
  readonly long?: boolean
  readonly sample?: readonly string[]
  readonly keys?: readonly string[]
  readonly longNumbers?: boolean
  readonly alike?: boolean
  readonly oddNumbers?: boolean
  readonly proven?: ReadonlySet<number>
  readonly exact?: boolean
  /** What files have lost, where some have. */
  readonly deletedRows?: LostRows
  /** By which values, where some have. */
  readonly deletedValues?: readonly LostValues[]
  /** By the names of columns: rows whose values are outside do not change the result. */
  readonly constraints?: ReadonlyMap<string, Constraint>
  /** For what would be long within the text; it is there otherwise. */
  readonly keep?: KeepRows
}

/** `wanted`: indexes into `relation.columns`, without repetition; none of them means the rows are only counted. */
export function scanText(relation: Relation, wanted: readonly number[], hints: ScanHints = {}): string {
  const { byLine = false, long = false, sample = [], alike = false, exact = false } = hints
  const { longNumbers = false, oddNumbers = false, keys, deletedRows, deletedValues = [], constraints } = hints
  const { keep = inPlace, proven = NONE } = hints
  const at = (index: number): Wanted => ({ index, column: relation.columns[index]! })
  const columns = wanted.map(at)
  if (relation.files.length === 0) return nothing(columns)
  const numbered = columns.find(({ column }) => column.name === '$pos' && column.kind === 'hidden')
  const width = relation.columns.filter((column) => column.kind === 'data').length
  const reader = readerOf(relation.format)
  const texts = fileGroups(relation).map((files) => {
    const read = [...new Set([...wanted, ...comparedColumns(files)])].map(at)
    const data = read.filter((one) => one.column.kind === 'data') as Wanted<DataColumn>[]
    const others = read.filter(({ column }) => column.kind !== 'data' && column.name !== '$pos')
    const lostValues = deletedValues.filter(({ ranks }) => files.some((file) => ranks.has(file)))
    const fromFile = fileColumns([...others.map((one) => fileValue(one, files)), ...fileRanks(lostValues, files)], keep)
    const lost = deletedRows !== undefined && hasDeletedRows(files[0]!)
    const places = [
      ...(lost || fromFile.join !== undefined ? ['file_index'] : []),
      ...(lost || numbered ? ['file_row_number'] : []),
    ]
    if (numbered) fromFile.values.set(`c${numbered.index}`, 'f.file_row_number::BIGINT')
    // In the order wanted: UNION ALL goes by place.
    const items = columns.map((one) => `${fromFile.values.get(`c${one.index}`) ?? dataValue(one)} AS c${one.index}`)
    const rows = reader({
      files,
      columns: data,
      width,
      places,
      byLine,
      long,
      sample,
      longNumbers,
      keys,
      alike,
      oddNumbers,
      proven,
      exact,
    })
    const left = lost && leftRows(deletedRows, filesWithDeletedRows(relation).indexOf(files[0]!))
    const valueAt = (index: number) => fromFile.values.get(`c${index}`) ?? `f.c${index}`
    const joins = `${fromFile.join ?? ''}${left ? left.join : ''}${joinOfLeftValues(lostValues, fromFile.values, valueAt)}`
    const conditions = [
      ...(left ? [left.condition] : []),
      ...(relation.format.kind === 'parquet' ? roundedConditions(data, constraints) : []),
    ]
    const from = `(${rows}) AS f${joins}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`
    return `SELECT ${items.join(', ') || '1 AS n'} FROM ${from}`
  })
  return texts.join(' UNION ALL ')
}

const NONE: ReadonlySet<number> = new Set()
const inPlace: KeepRows = (select) => `(${select})`

/** Files that are read in one go. */
function fileGroups({ format, files }: Relation): readonly (readonly DataFile[])[] {
  if (format.kind !== 'parquet') return byCompression(files)
  const lossy = Map.groupBy(files, hasDeletedRows)
  return [...lossy.values()].flatMap((alike) => [...Map.groupBy(alike, hasDeletedValues).values()])
}

/** A value that was read, or what it becomes. */
function dataValue({ index, column }: Wanted): string {
  const value = rounded(column.type, `f.c${index}`)
  if (column.kind !== 'data' || !column.becomes) return value
  return rounded(column.becomes, coercedValue(column.type, column.becomes, value))
}

function rounded(type: Type, text: string): string {
  const finer = finerType(type)
  return (finer && storedValue(type, finer, text)) ?? text
}

function roundedConditions(
  columns: readonly Wanted<DataColumn>[],
  constraints: ScanHints['constraints'],
): readonly string[] {
  return columns.flatMap(({ index, column: { name, type, becomes } }) => {
    const constraint = isCoarse(type) && !becomes ? constraints?.get(name) : undefined
    return constraint ? unroundedConditions(`f.c${index}`, constraint) : []
  })
}

function readerOf(format: FileFormat): Reader {
  switch (format.kind) {
    case 'parquet':
      return parquetReader
    case 'csv-lazy':
      return lazyReader(format)
    case 'csv-open':
      return openReader(format)
    case 'json':
      return jsonReader(format)
    case 'cloudtrail':
      return cloudtrailReader
    case 'regex':
      return regexReader(format)
    case 'avro':
    case 'ion':
    case 'orc':
      throw new Error(`${format.kind} files are converted before they are scanned`)
  }
}

function nothing(columns: readonly Wanted[]): string {
  const items = columns.map(({ index, column }) => `CAST(NULL AS ${duckdbType(column.type)}) AS c${index}`)
  return `SELECT ${items.join(', ') || '1 AS n'} WHERE false`
}
