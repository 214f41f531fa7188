/** LISTAGG ... ON OVERFLOW TRUNCATE. */
import { type Udf, udf } from './udf.ts'

/** Trino's limit of a concatenated text. */
export const MAX_TEXT_BYTES = 1_048_576

/** As many values as fit; then the filler, and how many are missing. NULLs do not count. NULL when there is nothing. */
function truncated(
  values: readonly (string | null)[],
  separator: string,
  filler: string,
  withCount: boolean,
): string | null {
  const present = values.filter((value) => value !== null)
  if (present.length === 0) return null
  const separatorBytes = Buffer.byteLength(separator)
  let bytes = 0
  let count = 0
  for (const value of present) {
    const more = Buffer.byteLength(value) + (count > 0 ? separatorBytes : 0)
    if (bytes + more > MAX_TEXT_BYTES) break
    bytes += more
    count++
  }
  const text = present.slice(0, count).join(separator)
  if (count === present.length) return text
  const missing = withCount ? `(${present.length - count})` : ''
  return `${text}${count > 0 ? separator : ''}${filler}${missing}`
}

export const listaggUdfs: readonly Udf[] = [
  udf('js_listagg', ['VARCHAR[]', 'VARCHAR', 'VARCHAR', 'BOOLEAN'], 'VARCHAR', truncated),
]
