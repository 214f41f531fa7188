/**
 * What DESCRIBE, SHOW COLUMNS and SHOW TBLPROPERTIES tell of an Iceberg table: fields with tabs between and no padding, types in
 * words that are neither Hive's nor Trino's (observed).
 */
import { currentSchema, specById, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import {
  decimalOf,
  fieldsById,
  fixedLength,
  type IcebergType,
  type NestedField,
} from '../../../formats/iceberg/schema.ts'
import type { HiveStatement } from '../../../sql/hive/ast.ts'
import type { Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { ColumnsLeft } from '../../permissions/narrowed-table.ts'
import type { QueryContext } from '../context.ts'
import { readMetadata } from '../iceberg/metadata-file.ts'
import { athenaLines, type StatementOutcome } from '../outcome.ts'
import { columnsSeen, requireWhole } from '../seen-tables.ts'
import { athenaProperties } from './iceberg-properties.ts'
import { invalidColumn } from './table-names.ts'

type Describe = Extract<HiveStatement, { kind: 'describe' }>

export async function describeIceberg(
  { column, path = [], formatted, extended }: Describe,
  table: Table,
  context: QueryContext,
): Promise<StatementOutcome> {
  const metadata = await readMetadata(table, context)
  const fields = fieldsSeen(metadata, table, context)
  const names = ['col_name', 'data_type', 'comment']
  if (column) return athenaLines(names, [columnLine(fieldAt(fields, [column.name, ...path]))])
  if (formatted || extended) requireWhole(context, context.scope, table)
  const shown = new Set(fieldsById({ type: 'struct', fields }).keys())
  return athenaLines(names, [
    heading('# Table schema:'),
    line('# col_name', 'data_type', 'comment'),
    ...fields.map(columnLine),
    BLANK,
    heading('# Partition spec:'),
    line('# field_name', 'field_transform', 'column_name'),
    ...partitionLines(metadata, shown),
    ...(formatted || extended ? detailLines(table, metadata) : []),
  ])
}

export async function icebergColumns(table: Table, context: QueryContext): Promise<StatementOutcome> {
  const metadata = await readMetadata(table, context)
  return athenaLines(
    ['field'],
    fieldsSeen(metadata, table, context).map(({ name }) => name.toLowerCase()),
  )
}

/** The metadata names them all, whoever sees which. */
function fieldsSeen(metadata: TableMetadata, table: Table, context: QueryContext): readonly NestedField[] {
  const { fields } = currentSchema(metadata)
  const seen = columnsSeen(context, context.scope, table)
  return seen ? partsSeen(fields, seen) : fields
}

const partsSeen = (fields: readonly NestedField[], seen: ColumnsLeft): NestedField[] =>
  fields.flatMap((field) => {
    const part = seen.get(field.name.toLowerCase())
    if (!part?.fields) return part ? [field] : []
    if (typeof field.type === 'string' || field.type.type !== 'struct') return []
    return [{ ...field, type: { ...field.type, fields: partsSeen(field.type.fields, part.fields) } }]
  })

/** Those that Athena has a name for. https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-show-table-properties.html */
export async function icebergTableProperties(table: Table, context: QueryContext): Promise<Record<string, string>> {
  requireWhole(context, context.scope, table)
  const { properties = {} } = await readMetadata(table, context)
  return { table_type: 'ICEBERG', ...Object.fromEntries(athenaProperties(properties)) }
}

const line = (...cells: readonly string[]): string => cells.join('\t')
const heading = (text: string): string => line(text, '', '')
const BLANK = line('', '', '')

const columnLine = ({ name, type, doc = '' }: Pick<NestedField, 'name' | 'type' | 'doc'>): string =>
  line(name.toLowerCase(), typeText(type), doc)

function partitionLines(metadata: TableMetadata, shown: ReadonlySet<number>): string[] {
  const names = new Map(metadata.schemas.flatMap(({ fields }) => fields.map(({ id, name }) => [id, name] as const)))
  const { fields } = specById(metadata, metadata['default-spec-id'])
  const current = fieldsById(currentSchema(metadata))
  // A field of a column that is gone is told of as ever.
  return fields
    .filter((field) => shown.has(field['source-id']) || !current.has(field['source-id']))
    .map((field) => line(field.name, field.transform, names.get(field['source-id'])?.toLowerCase() ?? ''))
}

function detailLines(table: Table, { location, properties = {} }: TableMetadata): string[] {
  const listed = (title: string, entries: readonly (readonly [string, string])[]) => [
    BLANK,
    heading(title),
    line('# key', 'value', ''),
    ...entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => line(key, value, '')),
  ]
  return [
    BLANK,
    line('Name:', `iceberg.${dottedName(table)}`, ''),
    line('Location:', location, ''),
    ...listed('# Table properties:', athenaProperties(properties)),
    ...listed(
      '# Iceberg storage table properties:',
      Object.entries(properties).filter(([key]) => key.includes('.')),
    ),
  ]
}

const NAMES: Readonly<Record<string, string>> = {
  long: 'bigint',
  timestamptz: 'timestamp with time zone',
}

function typeText(type: IcebergType): string {
  if (typeof type === 'string') {
    const digits = decimalOf(type)
    if (digits) return `decimal(${digits.precision}, ${digits.scale})`
    return fixedLength(type) === undefined ? (NAMES[type] ?? type) : 'binary'
  }
  switch (type.type) {
    case 'list':
      return `array<${typeText(type.element)}>`
    case 'map':
      return `map<${typeText(type.key)}, ${typeText(type.value)}>`
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ')}>`
  }
}

/** The column, or what its path leads to inside it, in the words of Hive's own listing. */
function fieldAt(
  fields: readonly NestedField[],
  [name = '', ...path]: readonly string[],
): Pick<NestedField, 'name' | 'type' | 'doc'> {
  const named = (all: readonly NestedField[], wanted: string) =>
    all.find((field) => field.name.toLowerCase() === wanted.toLowerCase())
  let found: Pick<NestedField, 'name' | 'type' | 'doc'> | undefined = named(fields, name)
  for (const step of path) found = found && inside(found.type, step)
  if (!found) throw invalidColumn([name, ...path].join('.'))
  return found

  function inside(type: IcebergType, step: string) {
    if (typeof type === 'string') return undefined
    if (type.type === 'struct') return named(type.fields, step)
    if (type.type === 'list') return step === '$elem$' ? { name: step, type: type.element } : undefined
    return step === '$key$'
      ? { name: step, type: type.key }
      : step === '$value$'
        ? { name: step, type: type.value }
        : undefined
  }
}
