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

type Bitmap = DeletedRows & { readonly kind: 'bitmap' }
type Positions = DeletedRows & { readonly kind: 'positions' }

export const hasDeletedRows = (file: DataFile): boolean => file.deleted !== undefined

/** Makes the table `name`, in which `file` is a file's place among those that have lost rows. */
export async function defineDeletedRows(instance: Instance, name: string, relation: Relation): Promise<void> {
  const { main, defined } = instance
  const files = relation.files.filter(hasDeletedRows)
  const key = files.map((file) => `${file.localPath} ${identity(file.deleted!)}`).join('\n')
  // Reading positions is a part of the plan, which is billed however often it runs.
  if (defined.get(name) === key && !files.some((file) => file.deleted?.kind === 'positions')) return
  const paths = [...new Set(files.map((file) => quote(file.localPath)))].join(', ')
  const counts = await main.runAndReadAll(`SELECT file_name, num_rows FROM parquet_file_metadata([${paths}])`)
  const rows = new Map(counts.getRows().map(([file, count]) => [file as string, Number(count)]))
  await main.run(`CREATE OR REPLACE TABLE ${name} (file UBIGINT, bits BIT)`)
  const appender = await main.createAppender(name)
  for (const [place, file] of files.entries()) {
    if (file.deleted?.kind !== 'bitmap') continue
    appender.appendUBigInt(BigInt(place))
    appender.appendBit(new DuckDBBitValue(bitsOf(file, file.deleted, rows.get(file.localPath) ?? 0)))
    appender.endRow()
  }
  appender.closeSync()
  await insertPositions(instance, name, files, Math.max(1, ...rows.values()))
  defined.set(name, key)
}

function identity(deleted: DeletedRows): string {
  if (deleted.kind === 'bitmap') return hash('sha256', deleted.bitmap)
  return deleted.files.map((file) => file.localPath).join()
}

/** `mostRows`: of any of the files. A file of which no row is named has lost none. */
async function insertPositions(
  { main }: Instance,
  table: string,
  files: readonly DataFile[],
  mostRows: number,
): Promise<void> {
  const places = [...files.entries()].flatMap(([place, { deleted }]) =>
    deleted?.kind === 'positions' ? [[place, deleted] as const] : [],
  )
  if (places.length === 0) return
  const deletes = [...new Set(places.flatMap(([, { files: found }]) => found.map((file) => file.localPath)))]
  const indexes = new Map(deletes.map((path, i) => [path, i]))
  const applies = ([place, { files: found, dataFile }]: readonly [number, Positions]) =>
    found.map((file) => `(${place}::UBIGINT, ${indexes.get(file.localPath)}::UBIGINT, ${quote(dataFile)})`)
  // Positions beyond a file's last row delete nothing.
  await main.run(`INSERT INTO ${table}
    SELECT a.place, coalesce(bitstring_agg(d.pos::INTEGER, 0, ${mostRows - 1}), bitstring('0', ${mostRows}))
    FROM (VALUES ${places.flatMap(applies).join(', ')}) AS a(place, deletes, data)
    LEFT JOIN (
      SELECT file_index, file_path, pos
      FROM read_parquet([${deletes.map(quote).join(', ')}], hive_partitioning = false, union_by_name = false)
      WHERE pos BETWEEN 0 AND ${mostRows - 1}
    ) AS d ON d.file_index = a.deletes AND d.file_path = a.data
    GROUP BY a.place`)
}

/** As DuckDB keeps bits: how many of the first byte do not count, then the bits from the highest of each byte on. */
function bitsOf(file: DataFile, deleted: Bitmap, rows: number): Uint8Array {
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

const malformed = ({ uri, badData }: Bitmap, reason: string) =>
  new EngineError(badData, `Malformed deletion vector ${uri}: ${reason}`)
