/**
 * OpenCSVSerde: quoted fields. Numbers must parse; dates are days, timestamps milliseconds since 1970.
 * https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
 */
import type { FileFormat } from '../../../core/queries/relation.ts'
import { failureAs } from '../../../sql/duckdb/failures.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import type { Type } from '../../../sql/types.ts'
import type { Reader } from './scan.ts'
import { readText } from './text-lines.ts'
import { scalarFromText } from './text-values.ts'

export const openReader =
  (format: FileFormat & { readonly kind: 'csv-open' }): Reader =>
  ({ files, columns, width, places, serial }) => {
    const layout = {
      delimiter: format.separator,
      quote: format.quote,
      escape: format.escape,
      headerLines: format.headerLines,
      serial,
    }
    // Within quotes a doubled quote is one, whatever the escape is; DuckDB knows one escape at a time.
    const quoteText = quote(format.quote)
    const doubled = format.quote !== format.escape && format.quote !== ''
    const field = (name: string) => (doubled ? `replace(${name}, ${quoteText} || ${quoteText}, ${quoteText})` : name)
    const items = columns.map(({ index, column }) => {
      return `${openValue(column.type, field(`f${column.ordinal}`), column.ordinal)} AS c${index}`
    })
    return `SELECT ${[...items, ...places].join(', ') || '1 AS n'} FROM ${readText(files, layout, width)}`
  }

function openValue(type: Type, text: string, ordinal: number): string {
  if (type.kind === 'varchar' || type.kind === 'char') return scalarFromText(type, text)
  const engineType = duckdbType(type)
  const value = numericValue(type, text)
  // https://repost.aws/knowledge-center/athena-hive-bad-data-error-csv quotes the text.
  const detail = `${text} || ''' for field ${ordinal}: For input string: "' || ${text} || '"'`
  const failed = failureAs('HIVE_BAD_DATA', "Error parsing field value '", engineType, detail)
  return `CASE WHEN ${text} IS NOT NULL THEN coalesce(${value}, ${failed}) END`
}

function numericValue(type: Type, text: string): string {
  if (type.kind === 'date') return `DATE '1970-01-01' + TRY_CAST(${text} AS INTEGER)`
  if (type.kind === 'timestamp') return `epoch_ms(TRY_CAST(${text} AS BIGINT))`
  return scalarFromText(type, text)
}
