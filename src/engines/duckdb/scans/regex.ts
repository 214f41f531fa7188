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

export const regexReader =
  (format: FileFormat & { readonly kind: 'regex' }): Reader =>
  ({ files, columns, indexed }) => {
    const place = indexed ? ['file_index'] : []
    const lines = readLines(files)
    if (columns.length === 0) return `SELECT ${place[0] ?? '1 AS n'} FROM ${lines}`
    const pattern = quote(`${format.ignoreCase ? '(?i)' : ''}${format.pattern}`)
    const groups = `SELECT ${[`${GROUPS_FUNCTION}(f0, ${pattern}) AS g`, ...place].join(', ')} FROM ${lines}`
    const items = columns.map(
      ({ index, column }) => `${scalarFromText(column.type, `g[${column.ordinal + 1}]`)} AS c${index}`,
    )
    return `SELECT ${[...items, ...place].join(', ')} FROM (${groups})`
  }
