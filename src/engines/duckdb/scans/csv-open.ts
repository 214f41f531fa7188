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
import { castOf, integerFromText, isInteger, scalarFromText, withCasts } from './text-values.ts'

export const openReader =
  (format: Open): Reader =>
  ({ files, columns, width, places, serial }) => {
    const layout = {
      delimiter: format.separator,
      quote: format.quote,
      escape: format.escape,
      headerLines: format.headerLines,
      serial,
    }
    const fields = columns.map(({ column }) => ({ field: `f${column.ordinal}`, type: column.type }))
    const items = columns.map(({ index, column }, i) => {
      return `${openValue(column.type, fields[i]!.field, format, column.ordinal)} AS c${index}`
    })
    const rows = withCasts(readText(files, layout, width), fields, places)
    return `SELECT ${[...items, ...places].join(', ') || '1 AS n'} FROM ${rows}`
  }

type Open = FileFormat & { readonly kind: 'csv-open' }

function openValue(type: Type, field: string, format: Open, ordinal: number): string {
  const text = singled(field, format)
  if (type.kind === 'varchar' || type.kind === 'char') return scalarFromText(type, text)
  const engineType = duckdbType(type)
  // No number is one for its quotes.
  const value = numericValue(type, type.kind === 'varbinary' ? text : field)
  // https://repost.aws/knowledge-center/athena-hive-bad-data-error-csv quotes the text.
  const detail = `${text} || ''' for field ${ordinal}: For input string: "' || ${text} || '"'`
  const failed = failureAs('HIVE_BAD_DATA', "Error parsing field value '", engineType, detail)
  return `CASE WHEN ${field} IS NOT NULL THEN coalesce(${value}, ${failed}) END`
}

/**
 * Within quotes a doubled quote is one, whatever the escape is; DuckDB knows one escape at a time. Few fields have one,
 * and to look costs an eighth of replacing.
 */
function singled(field: string, format: Open): string {
  const { quote: mark } = format
  if (mark === format.escape || mark === '') return field
  const [once, twice] = [quote(mark), quote(mark + mark)]
  return `CASE WHEN contains(${field}, ${twice}) THEN replace(${field}, ${twice}, ${once}) ELSE ${field} END`
}

function numericValue(type: Type, text: string): string {
  if (type.kind === 'date') return `DATE '1970-01-01' + TRY_CAST(${text} AS INTEGER)`
  if (type.kind === 'timestamp') return `epoch_ms(TRY_CAST(${text} AS BIGINT))`
  return isInteger(type) ? integerFromText(type, text, castOf(text)) : scalarFromText(type, text)
}
