/** Catalog entries for tables that statements create. */
import { hiveTypeName } from '../../../sql/hive/type.ts'
import type { BoundQuery } from '../../../sql/plan.ts'
import { type Position, SqlError } from '../../../sql/position.ts'
import { type Type, typeName } from '../../../sql/types.ts'
import type { StorageDescriptor, TableDescriptor } from '../../catalog/catalog.ts'
import { STORAGE_CLASSES, type WritableFormat } from './storage-formats.ts'

export interface NamedColumn {
  readonly name: string
  readonly type: Type
}

/** The columns that a query gives a table; each must have a name of its own and a type that Hive can hold. */
export function tableColumns(
  { output }: Pick<BoundQuery, 'output'>,
  at: Position,
  aliases?: readonly string[],
): NamedColumn[] {
  if (aliases && aliases.length !== output.length)
    throw new SqlError(
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${aliases.length} entries but relation has ${output.length} columns`,
      at,
    )
  const columns = output.map(({ name, column }, i) => ({
    name: (aliases?.[i] ?? name).toLowerCase(),
    type: column.type,
  }))
  const seen = new Set<string>()
  columns.forEach(({ name, type }, i) => {
    if (!aliases && /^_col\d+$/.test(name) && name === `_col${i}`)
      throw new SqlError('MISSING_COLUMN_NAME', `Column name not specified at position ${i + 1}`, at)
    if (seen.has(name))
      throw new SqlError('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`, at)
    if (type.kind === 'unknown')
      throw new SqlError('COLUMN_TYPE_UNKNOWN', `Column type is unknown at position ${i + 1}`, at)
    const fine = fineTimestamp(type)
    if (fine)
      throw new SqlError(
        'NOT_SUPPORTED',
        `Incorrect timestamp precision for ${typeName(fine)}; the configured precision is MILLISECONDS; column name: ${name}`,
        at,
      )
    seen.add(name)
  })
  return columns
}

/** The query with the names that its columns have in the table, which are those that its files give them. */
export const named = (bound: BoundQuery, columns: readonly NamedColumn[]): BoundQuery => ({
  ...bound,
  output: bound.output.map((one, i) => ({ ...one, name: columns[i]!.name })),
})

/** One that no file of a table holds, in the type or inside it. */
function fineTimestamp(type: Type): Type | undefined {
  switch (type.kind) {
    case 'timestamp':
      return type.precision > 6 ? type : undefined
    case 'array':
      return fineTimestamp(type.element)
    case 'map':
      return fineTimestamp(type.key) ?? fineTimestamp(type.value)
    case 'row':
      return type.fields.map((field) => fineTimestamp(field.type)).find((found) => found !== undefined)
    default:
      return undefined
  }
}

/** Why Trino's hive connector makes no column of the name. */
function unfitName(name: string): string | undefined {
  if (name.startsWith(' ')) return 'start with a space'
  if (name.endsWith(' ')) return 'end with a space'
  return name.includes(',') ? 'contain commas' : undefined
}

/** The statement's column types in Hive's spelling; `NOT_SUPPORTED` for what Hive has no type for. */
const hiveColumns = (columns: readonly NamedColumn[]) =>
  columns.map(({ name, type }) => {
    const refused = unfitName(name)
    if (refused) throw new SqlError('NOT_SUPPORTED', `Hive column names must not ${refused}: '${name}'`)
    if (type.kind === 'timestamp with time zone')
      throw new SqlError('NOT_SUPPORTED', `Unsupported Hive type: ${typeName(type)}`)
    return { Name: name, Type: hiveTypeName(type) }
  })

export function storageDescriptor(
  columns: readonly NamedColumn[],
  format: WritableFormat,
  location: string,
  serdeParameters: Readonly<Record<string, string>> = {},
): StorageDescriptor {
  const classes = STORAGE_CLASSES[format]!
  return {
    Columns: hiveColumns(columns),
    Location: location,
    InputFormat: classes.inputFormat,
    OutputFormat: classes.outputFormat,
    Compressed: false,
    NumberOfBuckets: -1,
    SerdeInfo: { SerializationLibrary: classes.serde, Parameters: { 'serialization.format': '1', ...serdeParameters } },
    StoredAsSubDirectories: false,
  }
}

export function externalTable(
  name: string,
  storage: StorageDescriptor,
  partitionKeys: readonly NamedColumn[],
  parameters: Readonly<Record<string, string>>,
  now: Date,
): TableDescriptor {
  return {
    Name: name,
    Owner: 'hadoop',
    TableType: 'EXTERNAL_TABLE',
    Retention: 0,
    StorageDescriptor: storage,
    PartitionKeys: hiveColumns(partitionKeys),
    Parameters: { EXTERNAL: 'TRUE', transient_lastDdlTime: String(Math.floor(now.getTime() / 1000)), ...parameters },
  }
}
