/** Parts of a table that are read side by side: its partitions, or ranges of a primary key that is a whole number. */
import type { SourceScan } from '../../core/federation/connector.ts'
import { quotedText } from '../../sql/quotation.ts'
import { detailOf, quoted, relationText, texts } from './catalog.ts'
import type { Session } from './session.ts'

export type Part = {
  readonly partition?: string
  /** A condition on the primary key. */
  readonly rows?: string
}

/** Fewer rows than these are not worth a scan of their own. */
const PART_ROWS = 250_000
const MOST_PARTS = 64

/** One part where little is wanted, or where nothing else can be done. `asksNothing`: all rows are read. */
export async function partsOf(session: Session, scan: SourceScan, asksNothing: boolean): Promise<readonly Part[]> {
  if (scan.limit !== undefined || detailOf(scan.table).query !== undefined) return [{}]
  const { schema, name } = scan.table
  const of = `table_schema = ${quotedText(schema)} AND table_name = ${quotedText(name)}`
  const partitions = await session.rows(
    `SELECT DISTINCT partition_name FROM information_schema.partitions WHERE ${of} AND partition_name IS NOT NULL`,
  )
  if (partitions.length > 0) return partitions.map((row) => ({ partition: texts(row)[0]! }))
  return asksNothing ? keyRanges(session, scan, of) : [{}]
}

async function keyRanges(session: Session, scan: SourceScan, of: string): Promise<readonly Part[]> {
  const [size] = await session.rows(`SELECT table_rows FROM information_schema.tables WHERE ${of}`)
  const count = Math.min(MOST_PARTS, Math.floor(Number(texts(size!)[0]) / PART_ROWS))
  if (!(count >= 2)) return [{}]
  const keys = await session.rows(
    `SELECT column_name, data_type FROM information_schema.columns WHERE ${of} AND column_key = 'PRI'`,
  )
  const [column, dataType = ''] = keys.length === 1 ? texts(keys[0]!) : []
  if (column === undefined || !dataType.endsWith('int')) return [{}]
  const key = quoted(column)
  const [ends] = await session.rows(`SELECT min(${key}), max(${key}) FROM ${relationText(scan.table)}`)
  const [first, last] = texts(ends!)
  if (!first || !last) return [{}]
  const [low, high] = [BigInt(first), BigInt(last)]
  const step = (high - low) / BigInt(count) + 1n
  // What is written meanwhile is before the first or behind the last.
  return Array.from({ length: count }, (_, i) => {
    const from = `${key} >= ${low + BigInt(i) * step}`
    const until = `${key} < ${low + BigInt(i + 1) * step}`
    return { rows: i === 0 ? until : i === count - 1 ? from : `${from} AND ${until}` }
  })
}
