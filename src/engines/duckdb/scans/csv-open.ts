/**
 * OpenCSVSerde: quoted fields, each within a line. Numbers must parse; dates are days, timestamps milliseconds since 1970.
 * https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
 */
import type { DataFile, FileFormat } from '../../../core/queries/relation.ts'
import type { CsvDialect } from '../../../formats/hive/csv-line.ts'
import { failureAs } from '../../../sql/duckdb/failures.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import { BIGINT, INTEGER, type Type } from '../../../sql/types.ts'
import type { DataColumn, Reader, Wanted } from './scan.ts'
import { splitRows, textAt } from './split-lines.ts'
import { readLines, readText, type TextLayout, typedFields } from './text-lines.ts'
import {
  castOf,
  castText,
  integerFromText,
  isFloat,
  isFraction,
  isInteger,
  readFloat,
  scalarFromText,
  sureDigits,
  withCasts,
} from './text-values.ts'

export const openReader =
  (format: Open): Reader =>
  ({ files, columns, width, places, byLine, long, alike, oddNumbers, proven }) => {
    const layout = openLayout(format, long)
    // What we have split has no quotes left that stand for others.
    const quoting = byLine ? { quote: '', escape: '' } : format
    const fieldOf = ({ column }: Wanted<DataColumn>) => `f${column.ordinal}`
    const types = typedFields(
      width,
      columns.flatMap(({ index, column: { ordinal, type } }) => {
        const read = wholeNumber(type) ?? type
        const isHoped = isInteger(read) ? proven.has(index) : isFraction(type) && !oddNumbers
        return alike && !byLine && isHoped ? [[ordinal, duckdbType(read)] as const] : []
      }),
    )
    const itemOf = ({ index, column: { type, ordinal } }: Wanted<DataColumn>, field: string) => {
      if (types.has(ordinal)) return isFloat(type) ? readFloat(type, field, `c${index}`) : numberValue(type, field)
      return isText(type) && proven.has(index)
        ? scalarFromText(type, field)
        : openValue(type, field, quoting, format.invalidAsNull ? undefined : ordinal)
    }
    const items = columns.map((wanted) => {
      const field = fieldOf(wanted)
      return `${itemOf(wanted, field)} AS c${wanted.index}`
    })
    const casts = columns
      .filter(({ column }) => !isText(column.type) && !types.has(column.ordinal))
      .map((wanted) => ({ field: fieldOf(wanted), cast: openCast(wanted.column.type, fieldOf(wanted), quoting) }))
    const fields = byLine ? splitFields(files, layout, width) : readText(files, layout, width, types)
    const rows = withCasts(fields, casts, [...columns.map(fieldOf), ...places])
    return `SELECT ${[...items, ...places].join(', ') || '1 AS n'} FROM ${rows}`
  }

type Open = FileFormat & { readonly kind: 'csv-open' }
type Quoting = Pick<Open, 'quote' | 'escape'>

/** The function's name in the engine; see ../line-groups.ts. */
export const CSV_FIELDS_FUNCTION = 'lentic_csv_fields'

/** How a line is split into how many fields. */
export interface CsvSplitting {
  readonly dialect: CsvDialect
  readonly width: number
}

/** What `readText` yields, of lines that the SerDe's own rules have split. */
function splitFields(files: readonly DataFile[], layout: TextLayout, width: number): string {
  const { delimiter, quote: mark, escape: escapes, headerLines, long } = layout
  const splitting: CsvSplitting = { dialect: { separator: delimiter, quote: mark, escape: escapes }, width }
  const by = { by: CSV_FIELDS_FUNCTION, how: JSON.stringify(splitting) }
  const fields = Array.from({ length: width }, (_, i) => `${textAt(i)} AS f${i}`)
  return `(SELECT ${fields.join(', ')}, file_index FROM ${splitRows(readLines(files, long, headerLines), by, ['file_index'])})`
}

export const openLayout = (format: Open, long: boolean): TextLayout => ({
  delimiter: format.separator,
  quote: format.quote,
  escape: format.escape,
  headerLines: format.headerLines,
  long,
})

const isText = ({ kind }: Type): boolean => kind === 'varchar' || kind === 'char'

/** `field`: a column beside which its cast stands, unless it is text. What is no value of the type fails, unless no `ordinal` is given. */
function openValue(type: Type, field: string, format: Quoting, ordinal: number | undefined): string {
  const text = singled(field, format)
  if (isText(type)) return scalarFromText(type, text)
  // https://repost.aws/knowledge-center/athena-hive-bad-data-error-csv quotes the text.
  const detail = `${text} || ''' for field ${ordinal}: For input string: "' || ${text} || '"'`
  const whole = wholeNumber(type)
  const failed = failureAs('HIVE_BAD_DATA', "Error parsing field value '", duckdbType(whole ?? type), detail)
  const otherwise = ordinal === undefined ? '' : `WHEN ${field} IS NOT NULL THEN ${failed}`
  const cast = castOf(field)
  if (whole) return numberValue(type, integerFromText(whole, field, cast, { otherwise }))
  return `CASE WHEN ${cast} IS NOT NULL THEN ${cast} ${otherwise} END`
}

function openCast(type: Type, field: string, format: Quoting): string {
  if (wholeNumber(type)) return wholeCast(type, field)
  // No number is one for its quotes.
  return scalarFromText(type, type.kind === 'varbinary' ? singled(field, format) : field)
}

/**
 * Within quotes a doubled quote is one, whatever the escape is; DuckDB knows one escape at a time. Few fields have one,
 * and to look costs an eighth of replacing.
 */
function singled(field: string, format: Quoting): string {
  const { quote: mark } = format
  const isDoubled = hasDoubledQuotes(field, format)
  if (isDoubled === undefined) return field
  return `CASE WHEN ${isDoubled} THEN replace(${field}, ${quote(mark + mark)}, ${quote(mark)}) ELSE ${field} END`
}

/** Undefined where the engine has made one of two. */
export function hasDoubledQuotes(field: string, { quote: mark, escape: escapes }: Quoting): string | undefined {
  return mark === escapes || mark === '' ? undefined : `contains(${field}, ${quote(mark + mark)})`
}

/** What stands in fields of the type: of a date its days, of a timestamp its milliseconds. Undefined where that is no whole number. */
function wholeNumber(type: Type): Type | undefined {
  if (type.kind === 'date') return INTEGER
  if (type.kind === 'timestamp') return BIGINT
  return isInteger(type) ? type : undefined
}

/** The days, and milliseconds, before and after 1970 of which the engine makes moments. */
const MOST_UNITS: ReadonlyMap<string, number> = new Map([
  ['date', 2_147_483_646],
  ['timestamp', 9_223_372_022_400_000],
])
const SURE_MILLIS_DIGITS = 15

/** How many digits a whole number in a field of the type may have, whichever they are; undefined where there is none. */
export function sureFieldDigits(type: Type): number | undefined {
  const whole = wholeNumber(type)
  return type.kind === 'timestamp' ? SURE_MILLIS_DIGITS : whole && sureDigits(whole)
}

function wholeCast(type: Type, field: string): string {
  const cast = castText(wholeNumber(type)!, field)
  const most = MOST_UNITS.get(type.kind)
  return most === undefined ? cast : `CASE WHEN ${cast} BETWEEN -${most} AND ${most} THEN ${cast} END`
}

/** Whether a field is a whole number, as the type has it. */
export const isWholeField = (type: Type, field: string): string =>
  `${integerFromText(wholeNumber(type)!, field, wholeCast(type, field))} IS NOT NULL`

function numberValue(type: Type, number: string): string {
  if (type.kind === 'date') return `DATE '1970-01-01' + ${number}`
  return type.kind === 'timestamp' ? `epoch_ms(${number})` : number
}
