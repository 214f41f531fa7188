/** Reading a result file from any place on, as far as a page wants and no further. */

/** How the records of a file are told apart. */
export interface RecordForm {
  /** A line feed between quotes belongs to the value. */
  readonly quoted: boolean
  /** Line feeds stand between records: what follows the last one is a record too, be it empty. Else each ends in one. */
  readonly separated: boolean
}

export const CSV: RecordForm = { quoted: true, separated: false }
export const LINES: RecordForm = { quoted: false, separated: true }
export const LIST: RecordForm = { quoted: false, separated: false }

export interface RecordPage {
  readonly records: readonly string[]
  /**
   * How many bytes the records took, so that the next page begins there; undefined at the end. A page that is full has
   * a next one, though it be empty (observed).
   */
  readonly nextOffset?: number
}

const QUOTE = 0x22
const LINE_FEED = 0x0a
/** A page of long values ends before it has its rows: an answer has to fit into memory. */
const MOST_BYTES = 4 * 1_048_576

/** At most `limit` records of bytes that begin where a record does. */
export async function readRecords(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  { quoted, separated }: RecordForm,
): Promise<RecordPage> {
  const records: string[] = []
  /** What has been seen of the record under way. */
  let pending: Uint8Array[] = []
  let taken = 0
  let open = false
  for await (const chunk of body) {
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      if (quoted && chunk[i] === QUOTE) open = !open
      if (open || chunk[i] !== LINE_FEED) continue
      const bytes = Buffer.concat([...pending, chunk.subarray(start, i)])
      records.push(bytes.toString('utf8'))
      pending = []
      taken += bytes.length + 1
      start = i + 1
      if (records.length === limit || taken >= MOST_BYTES) return { records, nextOffset: taken }
    }
    // The store may use its buffer again.
    if (start < chunk.length) pending.push(Uint8Array.from(chunk.subarray(start)))
  }
  const rest = Buffer.concat(pending)
  if (separated || rest.length > 0) records.push(rest.toString('utf8'))
  // Past the end: no record begins there, not even an empty one.
  return records.length === limit ? { records, nextOffset: taken + rest.length + 1 } : { records }
}
