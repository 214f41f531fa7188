/**
 * Rows that are in a file and not in its table, as a bit for each row: of all ways to leave them out, to look at a bit is
 * the cheapest. A scan whose files have such rows is joined with a table of these bits, a stretch of a file in each of its
 * rows: the engine finds them by their number without hashing, and hands on no more than a stretch at a time.
 */
import { hash } from 'node:crypto'
import { DuckDBBitValue } from '@duckdb/node-api'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { DataFile, DeletedRows, Relation } from '../../core/queries/relation.ts'
import { roaringRanges } from '../../formats/roaring.ts'
import { quote } from '../../sql/duckdb/types.ts'
import type { Instance } from './instance.ts'
import { valuesKey } from './scans/deleted-values.ts'

type Bitmap = DeletedRows & { readonly kind: 'bitmap' }

const STRETCH_ROWS = 1 << 17
/** As many of one file as there may ever be: a file has no more than 2^32 rows. */
const MOST_STRETCHES = 1 << 15

/** Which row of the table has the bit of a row of a file: `file` and `row` are SQL of its file's place and its number. */
export const stretchOf = (file: string, row: string): string =>
  `(${file}::BIGINT * ${MOST_STRETCHES} + ${row} // ${STRETCH_ROWS})`

/** SQL of whether the row is still there. */
export const isLeft = (bits: string, row: string): string => `get_bit(${bits}, (${row} % ${STRETCH_ROWS})::INTEGER) = 0`

export const hasDeletedRows = (file: DataFile): boolean => file.deleted !== undefined

/** In the order of their places: those that are read together follow each other. */
export const filesWithDeletedRows = ({ files }: Relation): readonly DataFile[] =>
  [...Map.groupBy(files.filter(hasDeletedRows), valuesKey).values()].flat()

/** Makes the table `name`, in which a file is known by its place among those that have lost rows. */
export async function defineDeletedRows(instance: Instance, name: string, relation: Relation): Promise<void> {
  const { main, defined } = instance
  const files = filesWithDeletedRows(relation)
  const key = files.map((file) => `${file.localPath} ${identity(file.deleted!)}`).join('\n')
  // Reading positions is a part of the plan, which is billed however often it runs.
  if (defined.get(name) === key && !files.some((file) => file.deleted?.kind === 'positions')) return
  const paths = [...new Set(files.map((file) => quote(file.localPath)))].join(', ')
  const counts = await main.runAndReadAll(`SELECT file_name, num_rows FROM parquet_file_metadata([${paths}])`)
  const rows = new Map(counts.getRows().map(([file, count]) => [file as string, Number(count)]))
  await main.run(`CREATE OR REPLACE TABLE ${name} (stretch BIGINT, bits BIT)`)
  const appender = await main.createAppender(name)
  for (const [place, file] of files.entries()) {
    if (file.deleted?.kind !== 'bitmap') continue
    const bits = bitsOf(file, file.deleted, rows.get(file.localPath) ?? 0)
    for (let stretch = 0; stretch * STRETCH_BYTES < bits.length; stretch++) {
      appender.appendBigInt(BigInt(place * MOST_STRETCHES + stretch))
      appender.appendBit(new DuckDBBitValue(stretchBits(bits, stretch)))
      appender.endRow()
    }
  }
  appender.closeSync()
  await insertPositions(instance, name, files, rows)
  defined.set(name, key)
}

function identity(deleted: DeletedRows): string {
  if (deleted.kind === 'bitmap') return hash('sha256', deleted.bitmap)
  return deleted.files.map((file) => file.localPath).join()
}

const STRETCH_BYTES = STRETCH_ROWS / 8

/** As DuckDB keeps bits: how many of the first byte do not count, then the bits from the highest of each byte on. */
function stretchBits(bits: Uint8Array, stretch: number): Uint8Array {
  const own = bits.subarray(stretch * STRETCH_BYTES, (stretch + 1) * STRETCH_BYTES)
  const kept = new Uint8Array(1 + own.length)
  kept.set(own, 1)
  return kept
}

/** `rows`: of each file. A file of which no row is named has lost none. */
async function insertPositions(
  { main }: Instance,
  table: string,
  files: readonly DataFile[],
  rows: ReadonlyMap<string, number>,
): Promise<void> {
  const places = [...files.entries()].flatMap(([place, { deleted, localPath }]) =>
    deleted?.kind === 'positions' ? [{ place, deleted, rows: rows.get(localPath) ?? 0 }] : [],
  )
  if (places.length === 0) return
  const deletes = [...new Set(places.flatMap(({ deleted }) => deleted.files.map((file) => file.localPath)))]
  const indexes = new Map(deletes.map((path, i) => [path, i]))
  const applies = ({ place, deleted, rows: count }: (typeof places)[number]) =>
    deleted.files.map((file) => {
      const stretches = Math.max(1, Math.ceil(count / STRETCH_ROWS))
      return `(${place}::BIGINT, ${indexes.get(file.localPath)}::UBIGINT, ${quote(deleted.dataFile)}, ${stretches}::BIGINT)`
    })
  // Positions beyond a file's last row delete nothing: nobody looks at their bits.
  await main.run(`INSERT INTO ${table}
    SELECT ${stretchOf('a.place', `(a.stretch * ${STRETCH_ROWS})`)},
      coalesce(bitstring_agg((d.pos % ${STRETCH_ROWS})::INTEGER, 0, ${STRETCH_ROWS - 1}), bitstring('0', ${STRETCH_ROWS}))
    FROM (
      SELECT place, deletes, data, unnest(range(stretches)) AS stretch
      FROM (VALUES ${places.flatMap(applies).join(', ')}) AS v(place, deletes, data, stretches)
    ) AS a
    LEFT JOIN (
      SELECT file_index, file_path, pos
      FROM read_parquet([${deletes.map(quote).join(', ')}], hive_partitioning = false, union_by_name = false)
      WHERE pos >= 0
    ) AS d ON d.file_index = a.deletes AND d.file_path = a.data AND d.pos // ${STRETCH_ROWS} = a.stretch
    GROUP BY 1`)
}

/** A bit for each row, from the highest of each byte on. */
function bitsOf(file: DataFile, deleted: Bitmap, rows: number): Uint8Array {
  const bits = new Uint8Array(Math.max(1, Math.ceil(rows / 8)))
  let count = 0
  const take = (first: number, last: number) => {
    if (last >= rows) throw new RangeError(`it deletes row ${last} of ${file.uri}, which has ${rows}`)
    count += last - first + 1
    for (let row = first; row <= last; row++) bits[row >> 3]! |= 0x80 >> (row & 7)
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
