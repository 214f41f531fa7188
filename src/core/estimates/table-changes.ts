/** What a table may be changed into, as people say it (`parquet`, `partition:day`), and the form it then has. */
import { quotedName, quotedText } from '../../sql/quotation.ts'
import { lakeFolder, withoutEndSlashes } from '../catalog/folder-names.ts'
import { Fault } from '../faults.ts'
import { isLakeUri, lakeUri } from '../objects/addresses.ts'
import type { Relation } from '../queries/relation.ts'
import { CODECS, TEXT_ENDINGS, type WritableFormat } from '../queries/statements/storage-formats.ts'
import { namedCodec } from '../queries/statements/written-compression.ts'

export interface TableChange {
  readonly format?: 'PARQUET' | 'ORC'
  readonly codec?: string
  readonly partitionBy: readonly string[]
  readonly sortBy: readonly string[]
}

/** How the files of a changed table are written. */
export interface TableForm {
  readonly format: WritableFormat
  readonly codec: string
  readonly fieldDelimiter?: string
  /** The keys that there are, then those of the change. */
  readonly partitionBy: readonly string[]
  readonly sortBy: readonly string[]
}

export const CHANGE_WORDS = 'parquet, orc, zstd, snappy, gzip, compact, partition:COLUMN, sort:COLUMN'

/** Throws Fault for a word that is none. */
export function parseChange(words: readonly string[]): TableChange {
  let change: TableChange = { partitionBy: [], sortBy: [] }
  for (const word of words) {
    const [, verb = word, column] = /^(partition|sort):(.+)$/s.exec(word.trim()) ?? []
    const name = column?.trim().toLowerCase()
    if (name !== undefined && verb === 'partition') change = { ...change, partitionBy: [...change.partitionBy, name] }
    else if (name !== undefined) change = { ...change, sortBy: [...change.sortBy, name] }
    else change = { ...change, ...simpleChange(verb.trim().toLowerCase()) }
  }
  return change
}

function simpleChange(word: string): Partial<TableChange> {
  switch (word) {
    case 'parquet':
      return { format: 'PARQUET' }
    case 'orc':
      return { format: 'ORC' }
    case 'zstd':
    case 'snappy':
    case 'gzip':
      return { codec: word.toUpperCase() }
    // Whatever is written anew is compact.
    case 'compact':
      return {}
    default:
      throw new Fault('invalid', 'change', `There is no change '${word}': ${CHANGE_WORDS}`)
  }
}

/** Of the catalog's entry, what says how a table is written. */
export interface ChangedTable {
  readonly name: string
  readonly relation: Pick<Relation, 'format' | 'columns' | 'files'>
  readonly partitionKeys: readonly string[]
  readonly parameters: Readonly<Record<string, string>>
}

/** Throws Fault where the table can not be written so. */
export function changedForm(table: ChangedTable, change: TableChange): TableForm {
  const { name, relation, partitionKeys } = table
  const columns = new Set(relation.columns.flatMap(({ kind, name }) => (kind === 'hidden' ? [] : [name])))
  for (const column of [...change.partitionBy, ...change.sortBy])
    if (!columns.has(column)) throw new Fault('invalid', 'change', `Table ${name} has no column '${column}'`)
  const format = change.format ?? writtenFormat(table)
  const codec = change.codec ?? (change.format ? DEFAULT_CODECS[change.format] : presentCodec(table, format))
  if (!CODECS[format].includes(codec))
    throw new Fault('invalid', 'change', `${format} is not written with ${codec}: ${CODECS[format].join(', ')}`)
  const { format: read } = relation
  return {
    format,
    codec,
    ...(format === 'TEXTFILE' && read.kind === 'csv-lazy' && { fieldDelimiter: read.fieldDelimiter }),
    partitionBy: [...partitionKeys, ...change.partitionBy.filter((column) => !partitionKeys.includes(column))],
    sortBy: change.sortBy,
  }
}

/** What Athena's readers of each take fastest. */
const DEFAULT_CODECS = { PARQUET: 'SNAPPY', ORC: 'ZLIB' } as const

const WRITTEN: Readonly<Record<string, WritableFormat>> = {
  parquet: 'PARQUET',
  orc: 'ORC',
  avro: 'AVRO',
  json: 'JSON',
  'csv-lazy': 'TEXTFILE',
}

/**
 * What CREATE TABLE AS writes of the same kind; undefined where it would not hold every value. It writes text without
 * quotes and escapes (docs: athena ug, create-table-as), so that a delimiter inside of a value would begin the next.
 */
export function sameFormat(read: Relation['format']): WritableFormat | undefined {
  const escapes = read.kind === 'csv-lazy' && (read.escape !== undefined || read.lastTakesRest)
  return escapes ? undefined : WRITTEN[read.kind]
}

function writtenFormat({ name, relation }: ChangedTable): WritableFormat {
  const format = sameFormat(relation.format)
  if (format) return format
  throw new Fault('invalid', 'change', `Table ${name} can not be written as it is: say parquet or orc too`)
}

function presentCodec({ relation, parameters }: ChangedTable, format: WritableFormat): string {
  const named = namedCodec(format, parameters)
  if (named !== undefined && CODECS[format].includes(named)) return named
  if (format === 'PARQUET' || format === 'ORC') return DEFAULT_CODECS[format]
  if (format === 'AVRO') return 'SNAPPY'
  const { uri } = relation.files[0] ?? { uri: '' }
  return Object.keys(TEXT_ENDINGS).find((codec) => uri.endsWith(TEXT_ENDINGS[codec]!)) ?? 'NONE'
}

/** `database.table`, each part quotedName. */
export const quotedTable = (name: string): string => name.split('.').map(quotedName).join('.')

/**
 * A folder beside the table's own for what it is written into, outside of all `folders`: their tables would have its rows
 * too. Undefined where there is none, at the root of a bucket.
 */
export function placeBeside(location: string, ending: string, folders: readonly string[]): string | undefined {
  const base = withoutEndSlashes(lakeUri(location))
  const own = base.slice(base.lastIndexOf('/') + 1)
  const around = folders.map(lakeFolder).filter((folder) => `${base}${ending}/`.startsWith(folder))
  const [outermost] = around.toSorted((a, b) => a.length - b.length)
  const place = outermost === undefined ? base : `${withoutEndSlashes(outermost)}_${own}`
  return isLakeUri(place) ? `${place}${ending}/` : undefined
}

export interface Rewriting {
  /** `database.table`. */
  readonly from: string
  readonly to: string
  readonly form: TableForm
  /** A folder that is empty yet. */
  readonly location: string
  /** All columns, whether data or keys. */
  readonly columns: readonly string[]
  readonly where?: string
}

/** The statement that makes the changed table. Athena writes at most a hundred partitions with one. */
export function rewritingStatement({ from, to, form, location, columns, where }: Rewriting): string {
  const properties = [
    `format = '${form.format}'`,
    `write_compression = '${form.codec}'`,
    ...(form.fieldDelimiter === undefined ? [] : [`field_delimiter = ${quotedText(form.fieldDelimiter)}`]),
    ...(form.partitionBy.length > 0 ? [`partitioned_by = ARRAY[${form.partitionBy.map(quotedText).join(', ')}]`] : []),
    `external_location = ${quotedText(location)}`,
  ]
  return `CREATE TABLE ${quotedTable(to)}\nWITH (${properties.join(', ')})\nAS ${selection({ from, form, columns, where })}`
}

/** What is written: keys last, as Athena wants them. */
export function selection({
  from,
  form,
  columns,
  where,
}: Pick<Rewriting, 'from' | 'form' | 'columns' | 'where'>): string {
  const data = columns.filter((column) => !form.partitionBy.includes(column))
  const condition = where === undefined ? '' : ` WHERE ${where}`
  const order = form.sortBy.length > 0 ? ` ORDER BY ${form.sortBy.map(quotedName).join(', ')}` : ''
  return `SELECT ${[...data, ...form.partitionBy].map(quotedName).join(', ')} FROM ${quotedTable(from)}${condition}${order}`
}

/** A condition that holds for the rows of one stretch of values; NULL is a value too. */
export const equals = (column: string, value: string | null, type: string): string =>
  value === null ? `${quotedName(column)} IS NULL` : `${quotedName(column)} = CAST(${quotedText(value)} AS ${type})`
