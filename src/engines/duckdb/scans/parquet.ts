/**
 * Parquet, columns found by name as Athena does by default, whatever their case; one that a file lacks is NULL.
 * https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
 */
import { duckdbType, identifier, quote } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'
import type { Reader } from './scan.ts'
import { scalarFromText } from './text-values.ts'

export const parquetReader: Reader = ({ files, columns, indexed, exact }) => {
  const list = `[${files.map((file) => quote(file.localPath)).join(', ')}]`
  const place = indexed ? ['file_index'] : []
  // With no column to name, a schema can not be given; the files then only say how many rows they have.
  if (columns.length === 0)
    return `SELECT ${place[0] ?? '1 AS n'} FROM read_parquet(${list}, hive_partitioning = false, union_by_name = false)`
  // Old writers leave text unmarked; it would otherwise come as bytes and be shown with escapes.
  const text = columns.every(({ column }) => !holdsBytes(column.type)) ? ', binary_as_string = true' : ''
  if (exact) {
    const items = columns.map(({ index, column }) => `${padded(column.type, identifier(column.field))} AS c${index}`)
    return `SELECT ${[...items, ...place].join(', ')} FROM read_parquet(${list}, hive_partitioning = false, union_by_name = false${text})`
  }
  const schema = columns.map(
    ({ index, column }) =>
      `${quote(column.field)}: {name: 'c${index}', type: ${quote(duckdbType(column.type))}, default_value: NULL}`,
  )
  const items = [...columns.map(({ index, column }) => readColumn(index, column.type)), ...place].join(', ')
  return `SELECT ${items} FROM read_parquet(${list}, schema = MAP {${schema.join(', ')}}${text})`
}

const readColumn = (index: number, type: Type): string =>
  type.kind === 'char' ? `${padded(type, `c${index}`)} AS c${index}` : `c${index}`

/** Writers leave the spaces off with which a char is compared and shown. */
const padded = (type: Type, value: string): string => (type.kind === 'char' ? scalarFromText(type, value) : value)

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
