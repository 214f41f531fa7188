/** Hive's text forms, as LazySimpleSerDe writes them. Expressions take and give SQL text. */
import { quote, rowFieldNames } from '../../sql/duckdb/types.ts'
import { quotedName } from '../../sql/quotation.ts'
import type { Type } from '../../sql/types.ts'

export const HIVE_NULL = '\\N'

/**
 * What separates elements at each depth of nesting, from the elements of a column's value on; the table may name the
 * first two, Hive goes on with control characters.
 */
export function nestedSeparators(collection = '\u0002', mapKey = '\u0003'): readonly string[] {
  const deeper = Array.from({ length: 6 }, (_, i) => String.fromCharCode(4 + i))
  return [collection, mapKey, ...deeper]
}

/** NULL stays NULL at the top and is `\N` inside. */
export function hiveText(type: Type, value: string, separators: readonly string[]): string {
  const [separator, ...inner] = separators
  const depth = separators.length
  const element = (elementType: Type, sql: string) =>
    `coalesce(${hiveText(elementType, sql, inner)}, ${quote(HIVE_NULL)})`
  switch (type.kind) {
    case 'array': {
      const texts = `list_transform(${value}, lambda e${depth}: ${element(type.element, `e${depth}`)})`
      return `array_to_string(${texts}, ${quote(separator!)})`
    }
    case 'map': {
      const [between, ...deeper] = inner
      const key = hiveText(type.key, `m${depth}.key`, deeper)
      const item = hiveText(type.value, `m${depth}.value`, deeper)
      const entry = `${key} || ${quote(between!)} || coalesce(${item}, ${quote(HIVE_NULL)})`
      const texts = `list_transform(map_entries(${value}), lambda m${depth}: ${entry})`
      return `array_to_string(${texts}, ${quote(separator!)})`
    }
    case 'row': {
      const names = rowFieldNames(type)
      const fields = type.fields.map((field, i) => element(field.type, `r${depth}.${quotedName(names[i]!)}`))
      const text = fields.join(` || ${quote(separator!)} || `)
      return `list_transform([${value}], lambda r${depth}: CASE WHEN r${depth} IS NOT NULL THEN ${text} END)[1]`
    }
    default:
      return scalarText(type, value)
  }
}

/** As partition folders and text files spell it. */
export function scalarText(type: Type, value: string): string {
  switch (type.kind) {
    case 'varchar':
    case 'char':
      return value
    case 'varbinary':
      return `to_base64(${value})`
    case 'timestamp':
      return `strftime(${value}, '%Y-%m-%d %H:%M:%S.%g')`
    default:
      return `CAST(${value} AS VARCHAR)`
  }
}
