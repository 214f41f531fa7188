/** Athena's result CSV: every value quoted, quotes doubled, NULL as nothing at all, rows ended by a line feed. */

export const csvLine = (values: readonly (string | null)[]): string =>
  `${values.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`

export interface CsvPage {
  readonly rows: readonly (readonly (string | null)[])[]
  /** How many bytes the rows took, so that the next page begins there; undefined when nothing follows. */
  readonly nextOffset?: number
}

const QUOTE = 0x22
const LINE_FEED = 0x0a

/** Reads at most `limit` rows from bytes that begin at the start of a row, and no further than it must. */
export async function readCsvPage(body: AsyncIterable<Uint8Array>, limit: number): Promise<CsvPage> {
  const rows: (string | null)[][] = []
  let pending = Buffer.alloc(0)
  let consumed = 0
  let scanned = 0
  let quoted = false
  for await (const chunk of body) {
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk])
    let start = 0
    for (let i = scanned; i < pending.length; i++) {
      const byte = pending[i]
      if (byte === QUOTE) quoted = !quoted
      else if (byte === LINE_FEED && !quoted) {
        if (rows.length === limit) return { rows, nextOffset: consumed + start }
        rows.push(parseLine(pending.toString('utf8', start, i)))
        start = i + 1
      }
    }
    consumed += start
    pending = pending.subarray(start)
    scanned = pending.length
    if (rows.length === limit && pending.length > 0) return { rows, nextOffset: consumed }
  }
  if (pending.length > 0) rows.push(parseLine(pending.toString('utf8')))
  return { rows }
}

function parseLine(line: string): (string | null)[] {
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
