/** Hive's text forms, as LazySimpleSerDe writes them. Expressions take and give SQL text. */
import type { TextDialect } from '../../core/queries/relation.ts'
import { decimalText } from '../../sql/duckdb/texts.ts'
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

/** As partition folders and text files spell it: as Java does, where DuckDB's own spelling is none of Java's. */
export function scalarText(type: Type, value: string): string {
  switch (type.kind) {
    case 'real':
    case 'double': {
      const infinity = `CASE WHEN ${value} > 0 THEN 'Infinity' ELSE '-Infinity' END`
      return `CASE WHEN isnan(${value}) THEN 'NaN' WHEN isinf(${value}) THEN ${infinity} ELSE CAST(${value} AS VARCHAR) END`
    }
    case 'decimal':
      return decimalText(value, type)
    case 'date':
      return dateText(value)
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

/** Years of four digits are the rule; the others have a sign. */
function dateText(value: string): string {
  const year = `year(${value})`
  const sign = `CASE WHEN ${year} < 0 THEN '-' WHEN ${year} > 9999 THEN '+' ELSE '' END`
  const far = `${sign} || format('{:04d}', abs(${year})) || strftime(${value}, '-%m-%d')`
  return `CASE WHEN ${year} BETWEEN 1 AND 9999 THEN CAST(${value} AS VARCHAR) ELSE ${far} END`
}
