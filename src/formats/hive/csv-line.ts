/**
 * A line of CSV as Hive's OpenCSVSerde reads it, and Trino after it (trino-hive-formats, CsvDeserializer): a line is a row,
 * quotes that are not where they should be have rules of their own, and a field whose quotes do not end is none.
 */
export interface CsvDialect {
  /** Of one character each; none where it is empty. */
  readonly separator: string
  readonly quote: string
  readonly escape: string
}

/** The first `width` fields, null where there is none. A blank line has none. */
export function csvFields(line: string, { separator, quote, escape: mark }: CsvDialect, width: number): Fields {
  const fields: (string | null)[] = new Array(width).fill(null)
  let [field, place] = ['', 0]
  let [inQuotes, inField] = [false, false]
  for (let at = 0; at < line.length && place < width; at++) {
    const character = line[at]!
    const next = line[at + 1]
    if (character === mark) {
      if ((inQuotes || inField) && next !== undefined && (next === quote || next === mark)) {
        field += next
        at++
      }
    } else if (character === quote) {
      if ((inQuotes || inField) && next === quote) {
        field += quote
        at++
      } else {
        // Within a field it is a character of it, and yet opens or closes; after nothing but spaces it only opens.
        if (at > 2 && line[at - 1] !== separator && next !== undefined && next !== separator)
          field = field !== '' && field.trim() === '' ? '' : field + quote
        inQuotes = !inQuotes
      }
      inField = !inField
    } else if (character === separator && !inQuotes) {
      fields[place++] = field
      field = ''
      inField = false
    } else {
      field += character
      inField = true
    }
  }
  if (place < width && !inQuotes && line !== '') fields[place] = field
  return fields
}

type Fields = (string | null)[]
