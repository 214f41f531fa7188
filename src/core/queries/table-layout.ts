/** How a catalog table lies in its files: columns with Trino types, and the file format its serde stands for. */
import { GrokError, grokExpression } from '../../formats/grok/expression.ts'
import { parseHiveType } from '../../sql/hive/type.ts'
import { SqlError } from '../../sql/position.ts'
import { BIGINT, type Type, varchar } from '../../sql/types.ts'
import type { ColumnDescriptor, StorageDescriptor, Table } from '../catalog/catalog.ts'
import type { FileFormat, RelationColumn } from './relation.ts'

export interface TableLayout {
  readonly columns: readonly RelationColumn[]
  readonly partitionKeys: readonly { readonly name: string; readonly type: Type }[]
  readonly format: FileFormat
  readonly location: string
}

export function tableLayout(table: Table): TableLayout {
  const storage = table.descriptor.StorageDescriptor ?? {}
  const { columns, partitionKeys } = declaredColumns(table)
  return {
    columns: [...columns, ...HIDDEN_COLUMNS],
    partitionKeys,
    format: fileFormat(table, storage),
    location: storage.Location ?? '',
  }
}

/** The columns that the catalog says a table has, whatever lies in its files. */
export function declaredColumns({
  database,
  descriptor,
}: Pick<Table, 'database' | 'descriptor'>): Pick<TableLayout, 'columns' | 'partitionKeys'> {
  const table = { database, descriptor }
  const storage = descriptor.StorageDescriptor ?? {}
  const partitionKeys = (descriptor.PartitionKeys ?? []).map((key) => ({
    name: key.Name.toLowerCase(),
    type: typeOf(table, key),
  }))
  const data = (storage.Columns ?? []).map((column, ordinal): RelationColumn => {
    const name = column.Name.toLowerCase()
    return { kind: 'data', name, type: typeOf(table, column), field: name, ordinal }
  })
  const partition = partitionKeys.map(
    ({ name, type }, index): RelationColumn => ({ kind: 'partition', name, type, index }),
  )
  return { columns: [...data, ...partition], partitionKeys }
}

/** Trino's hidden columns of every file: named, never in `*`. */
export const HIDDEN_FILE_COLUMNS: readonly RelationColumn[] = [
  { kind: 'hidden', name: '$path', type: varchar() },
  { kind: 'hidden', name: '$file_size', type: BIGINT },
  { kind: 'hidden', name: '$file_modified_time', type: { kind: 'timestamp with time zone', precision: 3 } },
]
/** A row's number in its file, from zero. */
export const ROW_NUMBER = '$pos'

export const HIDDEN_COLUMNS: readonly RelationColumn[] = [
  ...HIDDEN_FILE_COLUMNS,
  { kind: 'hidden', name: '$partition', type: varchar() },
]

export function typeOf(table: Pick<Table, 'database' | 'descriptor'>, column: ColumnDescriptor): Type {
  try {
    // Names of fields are folded as those of columns are: Trino does so with all that comes from a Hive catalog.
    return parseHiveType((column.Type ?? 'string').toLowerCase())
  } catch {
    throw new SqlError(
      'HIVE_INVALID_METADATA',
      `Glue table '${table.database}.${table.descriptor.Name}' column '${column.Name}' has invalid data type: ${column.Type}`,
    )
  }
}

const CLOUDTRAIL_INPUT = 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'

/** The last part of the serialization library's class name decides. `storage`: the table's own or a partition's. */
export function fileFormat(table: Table, storage: StorageDescriptor): FileFormat {
  const library = storage.SerdeInfo?.SerializationLibrary ?? ''
  const serde = storage.SerdeInfo?.Parameters ?? {}
  const parameters = { ...storage.Parameters, ...table.descriptor.Parameters }
  // AWS's newer tables of CloudTrail's logs name the serde of JSON, and leave it to the input format to find the records
  // (docs: athena ug, create-cloudtrail-table).
  if (storage.InputFormat === CLOUDTRAIL_INPUT) return { kind: 'cloudtrail' }
  const headerLines = lineCount(parameters['skip.header.line.count'])
  switch (library.slice(library.lastIndexOf('.') + 1)) {
    case 'ParquetHiveSerDe':
      return isTrue(serde['parquet.column.index.access']) ? { kind: 'parquet', byIndex: true } : { kind: 'parquet' }
    case 'LazySimpleSerDe':
      return lazySimple(serde, parameters, headerLines)
    case 'OpenCSVSerde':
      return {
        kind: 'csv-open',
        // Of a longer text the first character counts, as for Hive.
        separator: serde.separatorChar?.slice(0, 1) ?? ',',
        quote: serde.quoteChar?.slice(0, 1) ?? '"',
        // Hive takes a double quote for the backslash here (trino-hive-formats, TestCsvFormat).
        escape: serde.escapeChar?.startsWith('"') ? '\\' : (serde.escapeChar?.slice(0, 1) ?? '\\'),
        headerLines,
        // docs: athena ug, csv-serde: "Using NULL for invalid data".
        ...(isTrue(parameters['use.null.for.invalid.data']) && { invalidAsNull: true as const }),
      }
    case 'JsonSerDe':
      return json(library.startsWith('org.openx.') ? 'openx' : 'hive', serde, headerLines)
    case 'AvroSerDe':
      return avro({ ...parameters, ...serde })
    case 'OrcSerde':
      // https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html: by index unless told otherwise.
      return { kind: 'orc', byName: isFalse(serde['orc.column.index.access']) }
    case 'CloudTrailSerde':
      return { kind: 'cloudtrail' }
    case 'RegexSerDe':
      return {
        kind: 'regex',
        pattern: serde['input.regex'] ?? '',
        ignoreCase: isTrue(serde['input.regex.case.insensitive']),
        headerLines,
      }
    case 'IonHiveSerDe':
      return ion(serde)
    case 'GrokSerDe':
      return grok(table, storage, serde, headerLines)
    default:
      throw new SqlError(
        'HIVE_UNSUPPORTED_FORMAT',
        `Unable to create input format ${storage.InputFormat ?? ''}: the serde '${library}' of table ${table.database}.${table.descriptor.Name} is not supported`,
      )
  }
}

/** Properties are texts that Java reads: the guide writes `TRUE` as often as `true`. */
export const isTrue = (text: string | undefined): boolean => text?.toLowerCase() === 'true'
const isFalse = (text: string | undefined): boolean => text?.toLowerCase() === 'false'

/** docs: athena ug, ion-serde-using-ion-serde-properties; those about writing say nothing here. */
function ion(serde: Readonly<Record<string, string>>): FileFormat {
  const paths: Record<string, string> = {}
  const failOnOverflow: Record<string, boolean> = {}
  for (const [key, value] of Object.entries(serde)) {
    const [, column, property] = /^ion\.(?:(.+)\.)?(path_extractor|fail_on_overflow)$/.exec(key) ?? []
    if (property === 'path_extractor' && column !== undefined) paths[column.toLowerCase()] = value
    if (property === 'fail_on_overflow') failOnOverflow[(column ?? '').toLowerCase()] = !isFalse(value)
  }
  return {
    kind: 'ion',
    paths,
    caseSensitive: isTrue(serde['ion.path_extractor.case_sensitive']),
    ignoreMalformed: isTrue(serde['ion.ignore_malformed']),
    failOnOverflow,
  }
}

function grok(
  table: Table,
  storage: StorageDescriptor,
  serde: Readonly<Record<string, string>>,
  headerLines: number,
): FileFormat {
  const columns = new Set((storage.Columns ?? []).map((column) => column.Name.toLowerCase()))
  try {
    const isColumn = (name: string) => columns.has(name)
    const { pattern, names } = grokExpression(
      serde['input.format'] ?? '',
      serde['input.grokCustomPatterns'] ?? '',
      isColumn,
    )
    return { kind: 'regex', pattern, ignoreCase: false, headerLines, captures: names }
  } catch (error) {
    if (!(error instanceof GrokError)) throw error
    throw new SqlError(
      'HIVE_INVALID_METADATA',
      `Glue table '${table.database}.${table.descriptor.Name}' has an invalid Grok pattern: ${error.message}`,
    )
  }
}

/** https://docs.aws.amazon.com/athena/latest/ug/avro-serde.html: a schema may be told, but not be pointed to. */
function avro(parameters: Readonly<Record<string, string>>): FileFormat {
  const schema = parameters['avro.schema.literal']
  if (schema === undefined && parameters['avro.schema.url'] !== undefined)
    throw new SqlError('NOT_SUPPORTED', 'avro.schema.url is not supported; use avro.schema.literal instead')
  return { kind: 'avro', ...(schema !== undefined && { schema }) }
}

/** Hive's serde keys, the misspelt `colelction.delim` included: older Hive wrote it so. */
function lazySimple(
  serde: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>>,
  headerLines: number,
): FileFormat {
  return {
    kind: 'csv-lazy',
    fieldDelimiter: delimiter(serde['field.delim'] ?? serde['serialization.format'], '\u0001'),
    escape: serde['escape.delim'],
    nullText: serde['serialization.null.format'] ?? parameters['serialization.null.format'] ?? '\\N',
    collectionDelimiter: delimiter(serde['collection.delim'] ?? serde['colelction.delim'], '\u0002'),
    mapKeyDelimiter: delimiter(serde['mapkey.delim'], '\u0003'),
    headerLines,
    footerLines: lineCount(parameters['skip.footer.line.count']),
    ...(isTrue(serde['serialization.last.column.takes.rest']) && { lastTakesRest: true as const }),
    ...timestampFormats(serde),
  }
}

/** Hive accepts a character or the decimal code of one: `1` means U+0001. */
function delimiter(text: string | undefined, fallback: string): string {
  if (text === undefined || text === '') return fallback
  return /^\d{1,3}$/.test(text) && Number(text) < 128 ? String.fromCharCode(Number(text)) : text[0]!
}

function json(serde: 'hive' | 'openx', parameters: Readonly<Record<string, string>>, headerLines: number): FileFormat {
  const mapping: Record<string, string> = {}
  for (const [key, value] of Object.entries(parameters))
    if (key.startsWith('mapping.')) mapping[key.slice('mapping.'.length).toLowerCase()] = value
  return {
    kind: 'json',
    serde,
    strict: !isTrue(parameters['ignore.malformed.json']),
    caseSensitive: isFalse(parameters['case.insensitive']),
    dotsInKeys: isTrue(parameters['dots.in.keys']),
    mapping,
    headerLines,
    ...timestampFormats(parameters),
  }
}

/** https://docs.aws.amazon.com/athena/latest/ug/hive-json-serde.html: patterns of Java's, between commas. */
function timestampFormats(serde: Readonly<Record<string, string>>): { readonly timestampFormats?: readonly string[] } {
  const text = serde['timestamp.formats']
  return text ? { timestampFormats: text.split(',') } : {}
}

const lineCount = (text: string | undefined): number => (text && /^\d+$/.test(text) ? Number(text) : 0)
