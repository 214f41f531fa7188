/** Hive's text forms, as LazySimpleSerDe writes them. Expressions take and give SQL text. */
import type { TextDialect } from '../../core/queries/relation.ts'
import { quote, rowFieldNames } from '../../sql/duckdb/types.ts'
import { quotedName } from '../../sql/quotation.ts'
import type { Type } from '../../sql/types.ts'

const HIVE_NULL = '\\N'

/**
 * What separates elements at each depth of nesting, from the elements of a column's value on; the table may name the
 * first two, Hive goes on with control characters.
 */
export function nestedSeparators(collection = '\u0002', mapKey = '\u0003'): readonly string[] {
  const deeper = Array.from({ length: 6 }, (_, i) => String.fromCharCode(4 + i))
  return [collection, mapKey, ...deeper]
}

export interface WrittenDialect {
  readonly fieldDelimiter: string
  /** See `nestedSeparators`. */
  readonly separators: readonly string[]
  readonly nullText: string
  readonly escape: string | undefined
}

export function writtenDialect(dialect: TextDialect = {}): WrittenDialect {
  const {
    fieldDelimiter = '\u0001',
    collectionDelimiter,
    mapKeyDelimiter,
    nullText = HIVE_NULL,
    escape: mark,
  } = dialect
  return { fieldDelimiter, separators: nestedSeparators(collectionDelimiter, mapKeyDelimiter), nullText, escape: mark }
}

/** A column's value, NULL too. */
export const hiveField = (type: Type, value: string, dialect: WrittenDialect): string =>
  elementText(type, value, dialect.separators, dialect)

const elementText = (type: Type, value: string, separators: readonly string[], dialect: WrittenDialect): string =>
  `coalesce(${hiveText(type, value, separators, dialect)}, ${quote(dialect.nullText)})`

/** NULL stays NULL here. */
function hiveText(type: Type, value: string, separators: readonly string[], dialect: WrittenDialect): string {
  const [separator, ...inner] = separators
  const depth = separators.length
  const element = (elementType: Type, sql: string) => elementText(elementType, sql, inner, dialect)
  switch (type.kind) {
    case 'array': {
      const texts = `list_transform(${value}, lambda e${depth}: ${element(type.element, `e${depth}`)})`
      return `array_to_string(${texts}, ${quote(separator!)})`
    }
    case 'map': {
      const [between, ...deeper] = inner
      const key = hiveText(type.key, `m${depth}.key`, deeper, dialect)
      const entry = `${key} || ${quote(between!)} || ${elementText(type.value, `m${depth}.value`, deeper, dialect)}`
      const texts = `list_transform(map_entries(${value}), lambda m${depth}: ${entry})`
      return `array_to_string(${texts}, ${quote(separator!)})`
    }
    case 'row': {
      const names = rowFieldNames(type)
      const fields = type.fields.map((field, i) => element(field.type, `r${depth}.${quotedName(names[i]!)}`))
      const text = joined(fields, separator!)
      return `list_transform([${value}], lambda r${depth}: CASE WHEN r${depth} IS NOT NULL THEN ${text} END)[1]`
    }
    case 'varchar':
    case 'char':
      return escaped(value, dialect)
    default:
      return scalarText(type, value)
  }
}

/** Texts that are never NULL. A chain of `||` as long would be as deep, and the engine has an end to that. */
export const joined = (texts: readonly string[], separator: string): string =>
  `concat_ws(${[quote(separator), ...texts].join(', ')})`

/** Whatever would part values, at any depth, goes behind an escape, as Trino writes it. */
function escaped(value: string, { fieldDelimiter, separators, escape: mark }: WrittenDialect): string {
  if (!mark) return value
  const parting = [mark, fieldDelimiter, ...separators].filter((one, i, all) => all.indexOf(one) === i)
  return parting.reduce((text, one) => `replace(${text}, ${quote(one)}, ${quote(mark + one)})`, value)
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
