/**
 * RegexSerDe (Grok is compiled to it): a column per group of a Java pattern that must match the whole line; a line that
 * does not match reads as NULLs. JavaScript matches: it knows look-around, which DuckDB's RE2 refuses, and is faster.
 * https://docs.aws.amazon.com/athena/latest/ug/regex-serde.html
 */
import type { FileFormat } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import type { Reader } from './scan.ts'
import { readLines } from './text-lines.ts'
import { scalarFromText } from './text-values.ts'

/** The function's name in the engine; see functions.ts. */
export const GROUPS_FUNCTION = 'lentic_groups'
/** Groups come as one text, since lists are slow to hand over; nothing in a log looks like these. */
export const GROUP_SEPARATOR = '\u001e\u001f'
/** A group that took no part in the match. */
export const NO_GROUP = '\u001f\u001e'

export const regexReader =
  (format: FileFormat & { readonly kind: 'regex' }): Reader =>
  ({ files, columns, places }) => {
    const lines = readLines(files)
    if (columns.length === 0) return `SELECT ${places[0] ?? '1 AS n'} FROM ${lines}`
    const pattern = quote(`${format.ignoreCase ? '(?i)' : ''}${format.pattern}`)
    const split = `string_split(${GROUPS_FUNCTION}(f0, ${pattern}), ${quote(GROUP_SEPARATOR)})`
    const groups = `SELECT ${[`${split} AS g`, ...places].join(', ')} FROM ${lines}`
    const items = columns.map(
      ({ index, column }) =>
        `${scalarFromText(column.type, `nullif(g[${column.ordinal + 1}], ${quote(NO_GROUP)})`)} AS c${index}`,
    )
    return `SELECT ${[...items, ...places].join(', ')} FROM (${groups})`
  }
