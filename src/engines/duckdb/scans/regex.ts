/**
 * Lines matched by a Java pattern, a column per group; a line that does not match reads as NULLs. RegexSerDe's pattern
 * must match the whole line, its groups are the columns in their order; Grok's may match anywhere, its groups have the
 * names of columns. JavaScript matches: it knows look-around, which DuckDB's RE2 refuses, and is faster.
 * https://docs.aws.amazon.com/athena/latest/ug/regex-serde.html, https://docs.aws.amazon.com/athena/latest/ug/grok-serde.html
 */
import type { FileFormat } from '../../../core/queries/relation.ts'
import { duckdbType, quote } from '../../../sql/duckdb/types.ts'
import type { DataColumn, Reader } from './scan.ts'
import { readLines } from './text-lines.ts'
import { scalarFromText } from './text-values.ts'

/** The functions' names in the engine; see line-groups.ts. */
export const GROUPS_FUNCTION = 'lentic_groups'
export const CAPTURES_FUNCTION = 'lentic_captures'
/** Groups come as one text, since lists are slow to hand over; nothing in a log looks like these. */
export const GROUP_SEPARATOR = '\u001e\u001f'
/** A group that took no part in the match. */
export const NO_GROUP = '\u001f\u001e'

export const regexReader =
  (format: FileFormat & { readonly kind: 'regex' }): Reader =>
  ({ files, columns, places, long }) => {
    const lines = readLines(files, long)
    if (columns.length === 0) return `SELECT ${places[0] ?? '1 AS n'} FROM ${lines}`
    const match = format.captures ? CAPTURES_FUNCTION : GROUPS_FUNCTION
    const pattern = quote(`${format.ignoreCase ? '(?i)' : ''}${format.pattern}`)
    const split = `string_split(${match}(f0, ${pattern}), ${quote(GROUP_SEPARATOR)})`
    const groups = `SELECT ${[`${split} AS g`, ...places].join(', ')} FROM ${lines}`
    const items = columns.map(
      ({ index, column }) => `${columnValue(column, groupsOf(column, format.captures))} AS c${index}`,
    )
    return `SELECT ${[...items, ...places].join(', ')} FROM (${groups})`
  }

/** Places of the groups that a column may be in, from one. */
const groupsOf = (column: DataColumn, captures: readonly string[] | undefined): readonly number[] =>
  captures ? captures.flatMap((name, i) => (name === column.field ? [i + 1] : [])) : [column.ordinal + 1]

/** Of several groups of one name, the first that took part. */
function columnValue(column: DataColumn, groups: readonly number[]): string {
  const [first, ...more] = groups.map((place) => `nullif(g[${place}], ${quote(NO_GROUP)})`)
  if (first === undefined) return `CAST(NULL AS ${duckdbType(column.type)})`
  return scalarFromText(column.type, more.length ? `coalesce(${[first, ...more].join(', ')})` : first)
}
