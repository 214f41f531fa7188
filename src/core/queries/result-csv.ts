/** Athena's result CSV: every value quoted, quotes doubled, NULL as nothing at all, rows ended by a line feed. */

export const csvLine = (values: readonly (string | null)[]): string =>
  `${values.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`

/** Of a line without its end. */
export function csvValues(line: string): (string | null)[] {
  const values: (string | null)[] = []
  let i = 0
  for (;;) {
    if (line[i] === '"') {
      let end = line.indexOf('"', i + 1)
      while (line[end + 1] === '"') end = line.indexOf('"', end + 2)
      values.push(line.slice(i + 1, end).replaceAll('""', '"'))
      i = end + 1
    } else {
      const end = line.indexOf(',', i)
      const text = line.slice(i, end < 0 ? undefined : end)
      values.push(text === '' ? null : text)
      i = end < 0 ? line.length : end
    }
    if (i >= line.length) return values
    i++
  }
}
