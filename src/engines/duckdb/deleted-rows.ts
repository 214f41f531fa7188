/**
 * Rows that are in a file and not in its table, as a bit for each row: of all ways to leave them out, to look at a bit is
 * the cheapest. A scan whose files have such rows is joined with a table of these bits.
 */
import { hash } from 'node:crypto'
import { DuckDBBitValue } from '@duckdb/node-api'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { DataFile, DeletedRows, Relation } from '../../core/queries/relation.ts'
import { roaringRanges } from '../../formats/roaring.ts'
import { quote } from '../../sql/duckdb/types.ts'
import type { Instance } from './instance.ts'

export const hasDeletedRows = (file: DataFile): boolean => file.deleted !== undefined

/** Makes the table `name`, in which `file` is a file's place among those that have lost rows. */
export async function defineDeletedRows({ main, defined }: Instance, name: string, relation: Relation): Promise<void> {
  const files = relation.files.filter(hasDeletedRows)
  const key = files.map(({ localPath, deleted }) => `${localPath} ${hash('sha256', deleted!.bitmap)}`).join('\n')
  if (defined.get(name) === key) return
  const paths = [...new Set(files.map((file) => quote(file.localPath)))].join(', ')
  const counts = await main.runAndReadAll(`SELECT file_name, num_rows FROM parquet_file_metadata([${paths}])`)
  const rows = new Map(counts.getRows().map(([file, count]) => [file as string, Number(count)]))
  await main.run(`CREATE OR REPLACE TABLE ${name} (file UBIGINT, bits BIT)`)
  const appender = await main.createAppender(name)
  for (const [place, file] of files.entries()) {
    appender.appendUBigInt(BigInt(place))
    appender.appendBit(new DuckDBBitValue(bitsOf(file, rows.get(file.localPath) ?? 0)))
    appender.endRow()
  }
  appender.closeSync()
  defined.set(name, key)
}

/** As DuckDB keeps bits: how many of the first byte do not count, then the bits from the highest of each byte on. */
function bitsOf(file: DataFile, rows: number): Uint8Array {
  const deleted = file.deleted!
  const bits = new Uint8Array(1 + Math.max(1, Math.ceil(rows / 8)))
  let count = 0
  const take = (first: number, last: number) => {
    if (last >= rows) throw new RangeError(`it deletes row ${last} of ${file.uri}, which has ${rows}`)
    count += last - first + 1
    for (let row = first; row <= last; row++) bits[1 + (row >> 3)]! |= 0x80 >> (row & 7)
  }
  try {
    roaringRanges(deleted.bitmap, take)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw malformed(deleted, error.message)
  }
  if (count !== deleted.cardinality)
    throw malformed(deleted, `it deletes ${count} rows, of which the log says ${deleted.cardinality}`)
  return bits
}

const malformed = ({ uri }: DeletedRows, reason: string) =>
  new EngineError('DELTA_LAKE_BAD_DATA', `Malformed deletion vector ${uri}: ${reason}`)
