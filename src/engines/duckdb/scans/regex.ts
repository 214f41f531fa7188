/**
 * Lines matched by a Java pattern, a column per group; a line that does not match reads as NULLs. RegexSerDe's pattern
 * must match the whole line, its groups are the columns in their order; Grok's may match anywhere, its groups have the
 * names of columns. JavaScript matches: it knows look-around, which DuckDB's RE2 refuses, and is faster.
 * https://docs.aws.amazon.com/athena/latest/ug/regex-serde.html, https://docs.aws.amazon.com/athena/latest/ug/grok-serde.html
 */
import type { FileFormat } from '../../../core/queries/relation.ts'
import { duckdbType } from '../../../sql/duckdb/types.ts'
import type { DataColumn, Reader } from './scan.ts'
import { splitRows, textAt } from './split-lines.ts'
import { readLines } from './text-lines.ts'
import { scalarFromText } from './text-values.ts'

/** The functions' names in the engine; see line-groups.ts. */
export const GROUPS_FUNCTION = 'lentic_groups'
export const CAPTURES_FUNCTION = 'lentic_captures'
export const regexReader =
  (format: Regex): Reader =>
  ({ files, columns, places, long }) => {
    const lines = readLines(files, long, format.headerLines ?? 0)
    if (columns.length === 0) return `SELECT ${places[0] ?? '1 AS n'} FROM ${lines}`
    const by = format.captures ? CAPTURES_FUNCTION : GROUPS_FUNCTION
    const rows = splitRows(lines, { by, how: flagsOf(format) + format.pattern }, places)
    const items = columns.map(
      ({ index, column }) => `${columnValue(column, groupsOf(column, format.captures))} AS c${index}`,
    )
    return `SELECT ${[...items, ...places].join(', ')} FROM ${rows}`
  }

type Regex = FileFormat & { readonly kind: 'regex' }

/** RegexSerDe's dot is any character, Grok's none that ends a line. */
const flagsOf = ({ captures, ignoreCase }: Regex): string => (captures ? '' : ignoreCase ? '(?is)' : '(?s)')

/** Places of the groups that a column may be in. */
const groupsOf = (column: DataColumn, captures: readonly string[] | undefined): readonly number[] =>
  captures ? captures.flatMap((name, i) => (name === column.field ? [i] : [])) : [column.ordinal]

/** Of several groups of one name, the first that took part. */
function columnValue(column: DataColumn, groups: readonly number[]): string {
  const [first, ...more] = groups.map(textAt)
  if (first === undefined) return `CAST(NULL AS ${duckdbType(column.type)})`
  return scalarFromText(column.type, more.length ? `coalesce(${[first, ...more].join(', ')})` : first)
}
