/**
 * LazySimpleSerDe: fields split at a character, nested values by further characters, no quotes. DuckDB's reader passes
 * over blank lines where there are several columns; Hive makes a row with an empty first field (see ../texts/text-looks.ts).
 * https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html
 */
import type { FileFormat } from '../../../core/queries/relation.ts'
import { duckdbType, quote, rowFieldNames } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { Type } from '../../../sql/types.ts'
import { nestedSeparators } from '../hive-text.ts'
import { momentByPattern } from './moment-patterns.ts'
import type { DataColumn, Reader, Wanted } from './scan.ts'
import { type Parted, partText, readText, splitLines, type TextLayout, typedFields } from './text-lines.ts'
import {
  castOf,
  castText,
  floatFromText,
  isFloat,
  isFraction,
  isInteger,
  readFloat,
  scalarFromText,
  truncatedFromText,
  withCasts,
} from './text-values.ts'

type Lazy = FileFormat & { readonly kind: 'csv-lazy' }

export const lazyReader =
  (format: Lazy): Reader =>
  ({ files, columns, width, places, byLine, long, alike, oddNumbers, proven }) => {
    const layout = lazyLayout(format, long)
    const separators = nestedSeparators(format.collectionDelimiter, format.mapKeyDelimiter)
    const fieldOf = ({ column }: Wanted<DataColumn>) => `f${column.ordinal}`
    const isTyped = ({ index, column: { type } }: Wanted<DataColumn>) =>
      (ALIKE.has(type.kind) && !(oddNumbers && isFraction(type))) || (isInteger(type) && proven.has(index))
    const parted = format.escape ? partedBy(columns, separators) : undefined
    const isSplit = byLine || parted !== undefined || layout.lastTakesRest
    const typed = alike && !isSplit ? columns.filter(isTyped) : []
    const types = typedFields(
      width,
      typed.map(({ column }) => [column.ordinal, duckdbType(column.type)]),
    )
    const part = (text: string) => (parted ? partText(text, layout, parted) : text)
    const textValue = (type: Type, field: string) => {
      if (isInteger(type)) return truncatedFromText(type, field, castOf(field))
      return isFloat(type)
        ? floatFromText(type, field, castOf(field))
        : lazyValue(type, field, separators, format, part)
    }
    const typedValue = (type: Type, field: string, as: string) => (isFloat(type) ? readFloat(type, field, as) : field)
    const items = columns.map((wanted) => {
      const { type, ordinal } = wanted.column
      const field = fieldOf(wanted)
      const as = `c${wanted.index}`
      return `${types.has(ordinal) ? typedValue(type, field, as) : textValue(type, field)} AS ${as}`
    })
    const casts = columns
      .filter(({ column: { type, ordinal } }) => (isInteger(type) || isFloat(type)) && !types.has(ordinal))
      .map((wanted) => ({ field: fieldOf(wanted), cast: castText(wanted.column.type, fieldOf(wanted)) }))
    const rows = withoutFooter(
      isSplit ? splitLines(files, layout, width, parted) : readText(files, layout, width, types),
      format.footerLines,
    )
    return `SELECT ${[...items, ...places].join(', ') || '1 AS n'} FROM ${withCasts(rows, casts, [...columns.map(fieldOf), ...places])}`
  }

/** Where what is escaped may stand in a list, a map or a struct. */
function partedBy(columns: readonly Wanted<DataColumn>[], separators: readonly string[]): Parted | undefined {
  const inside = columns.filter(({ column: { type } }) => isParted(type))
  if (inside.length === 0) return undefined
  return { places: new Set(inside.map(({ column }) => column.ordinal)), separators }
}

const isParted = ({ kind }: Type): boolean => kind === 'array' || kind === 'row' || kind === 'map'

export const lazyLayout = (format: Lazy, long: boolean): TextLayout => ({
  delimiter: format.fieldDelimiter,
  quote: '',
  escape: format.escape ?? '',
  nullText: format.nullText,
  headerLines: format.headerLines,
  lastTakesRest: format.lastTakesRest,
  long,
})

/** Types of whose values the engine's reader thinks as TRY_CAST does. */
const ALIKE: ReadonlySet<Type['kind']> = new Set(['double', 'real', 'decimal', 'date'])

/** `separators[0]` splits this value, the next ones what is inside it. `part`: the text that a part of it stands for. */
function lazyValue(
  type: Type,
  text: string,
  separators: readonly string[],
  format: Lazy,
  part: (text: string) => string,
): string {
  const [separator, ...inner] = separators
  const depth = separators.length
  // A value inside another one says NULL by its text too.
  const element = (elementType: Type, sql: string, by = inner) => {
    const value = `nullif(${sql}, ${quote(format.nullText)})`
    return lazyValue(elementType, isParted(elementType) ? value : part(value), by, format, part)
  }
  switch (type.kind) {
    case 'array':
      return split(
        text,
        separator!,
        (list) => `list_transform(${list}, lambda e${depth}: ${element(type.element, `e${depth}`)})`,
      )
    case 'row': {
      const names = rowFieldNames(type)
      return split(text, separator!, (list) => {
        const fields = type.fields.map(
          (field, i) => `${quotedName(names[i]!)} := ${element(field.type, `r${depth}[${i + 1}]`)}`,
        )
        return `list_transform([${list}], lambda r${depth}: struct_pack(${fields.join(', ')}))[1]`
      })
    }
    case 'map': {
      const [between, ...values] = inner
      const key = element(type.key, `split_part(m${depth}, ${quote(between!)}, 1)`, values)
      const rest = element(type.value, `substr(m${depth}, strpos(m${depth}, ${quote(between!)}) + 1)`, values)
      const value = `CASE WHEN contains(m${depth}, ${quote(between!)}) THEN ${rest} END`
      return split(
        text,
        separator!,
        (list) => {
          const entries = `list_transform(${list}, lambda m${depth}: struct_pack(k := ${key}, v := ${value}))`
          return `map_from_entries(list_filter(${entries}, lambda e, i: e.k IS NOT NULL))`
        },
        duckdbType(type),
      )
    }
    case 'timestamp': {
      const { timestampFormats = [] } = format
      const byPatterns = timestampFormats.map((pattern) => momentByPattern(pattern, text))
      const usual = scalarFromText(type, text)
      return byPatterns.length > 0 ? `coalesce(${[...byPatterns, usual].join(', ')})` : usual
    }
    default:
      return isInteger(type) ? truncatedFromText(type, text) : scalarFromText(type, text)
  }
}

/** An empty text is an empty collection. */
function split(text: string, separator: string, build: (list: string) => string, emptyAs?: string): string {
  const list = `string_split(${text}, ${quote(separator)})`
  if (emptyAs)
    return `CASE WHEN ${text} = '' THEN CAST(MAP {} AS ${emptyAs}) WHEN ${text} IS NOT NULL THEN ${build(list)} END`
  return `CASE WHEN ${text} IS NOT NULL THEN ${build(`CASE WHEN ${text} = '' THEN []::VARCHAR[] ELSE ${list} END`)} END`
}

/** Rows come in the order of the lines, so the last ones of each file are the footer. */
function withoutFooter(from: string, lines: number): string {
  if (lines === 0) return from
  const numbered = `SELECT *, file_index, row_number() OVER () AS line FROM ${from}`
  const counted = `SELECT *, max(line) OVER (PARTITION BY file_index) AS last FROM (${numbered})`
  return `(SELECT * FROM (${counted}) WHERE line <= last - ${lines})`
}
