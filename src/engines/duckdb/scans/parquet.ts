/**
 * Parquet, columns found by name as Athena does by default, whatever their case, or by the id that a table format gave
 * them; one that a file lacks is NULL.
 * https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
 */
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { Type } from '../../../sql/types.ts'
import type { DataColumn, Reader, Wanted } from './scan.ts'
import { fileTypeText, storedValue } from './stored-values.ts'
import { pathList } from './text-list.ts'
import { scalarFromText } from './text-values.ts'

export const parquetReader: Reader = ({ files, columns, places, exact }) => {
  const list = pathList(files)
  // Without a schema a column of the file may hide the engine's own of the same name.
  if (columns.length === 0 && places.length > 0 && !exact)
    return `SELECT ${places.join(', ')} FROM read_parquet(${list}, schema = MAP {${NO_COLUMN}})`
  // With no column to name, a schema can not be given; the files then only say how many rows they have.
  if (columns.length === 0 && places.length === 0)
    return `SELECT 1 AS n FROM read_parquet(${list}, hive_partitioning = false, union_by_name = false)`
  // Old writers leave text unmarked; it would otherwise come as bytes and be shown with escapes.
  const text = columns.every(({ column }) => !holdsBytes(column.type)) ? ', binary_as_string = true' : ''
  if (exact) {
    const items = columns.map(({ index, column }) => `${padded(column.type, quotedName(column.field))} AS c${index}`)
    return `SELECT ${[...items, ...places].join(', ')} FROM read_parquet(${list}, hive_partitioning = false, union_by_name = false${text})`
  }
  const items = [...columns.map(readColumn), ...places].join(', ')
  return `SELECT ${items} FROM read_parquet(${list}, schema = MAP {${columns.map(schemaEntry).join(', ')}}${text})`
}

/** A name that no column has. */
const NO_COLUMN = "chr(1): {name: 'n', type: 'INTEGER', default_value: NULL}"

function schemaEntry({ index, column }: Wanted<DataColumn>): string {
  const { field, fieldId, type, storedAs } = column
  const key = fieldId === undefined ? quote(field) : String(fieldId)
  return `${key}: {name: 'c${index}', type: ${quote(storedAs ? fileTypeText(storedAs) : duckdbType(type))}, default_value: NULL}`
}

function readColumn({ index, column: { type, storedAs, inner } }: Wanted<DataColumn>): string {
  const name = `c${index}`
  const value = storedAs
    ? storedValue(type, storedAs, name, inner)
    : type.kind === 'char'
      ? padded(type, name)
      : undefined
  return value === undefined ? name : `${value} AS ${name}`
}

/** Writers leave the spaces off with which a char is compared and shown. */
const padded = (type: Type, value: string): string => (type.kind === 'char' ? scalarFromText(type, value) : value)

/** Whether a column of the very type that the table has needs no more than to be named. */
export const readsAsItStands = ({ type, storedAs }: DataColumn): boolean =>
  storedAs === undefined || storedValue(type, storedAs, '') === undefined

function holdsBytes(type: Type): boolean {
  switch (type.kind) {
    case 'varbinary':
      return true
    case 'array':
      return holdsBytes(type.element)
    case 'map':
      return holdsBytes(type.key) || holdsBytes(type.value)
    case 'row':
      return type.fields.some((field) => holdsBytes(field.type))
    default:
      return false
  }
}
