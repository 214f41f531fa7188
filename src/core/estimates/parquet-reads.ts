/** How much of a Parquet file the engine reads for some columns of it: its end, and their chunks (measured). */
import type { RowGroup } from '../../formats/parquet/footer.ts'
import type { EngineLimits } from '../queries/engine-plan.ts'
import { TAIL_BYTES } from './parquet-footers.ts'

/** A row group whose chunks are read in one go stays in memory meanwhile, one for each thread. */
const WHOLE_SHARE = 1 / 16

/** Chunks are read in one go where no file of a plan is larger than this; page by page otherwise. */
export const mostReadWhole = ({ memoryBytes }: Pick<EngineLimits, 'memoryBytes'>): number => memoryBytes * WHOLE_SHARE

const [LEAST_FIRST_READ, MOST_FIRST_READ] = [16_384, 262_144]

/** What is read of a file's end before it is known how long the footer is: a thousandth, as a power of two. */
const firstReadBytes = (fileBytes: number): number =>
  Math.min(MOST_FIRST_READ, Math.max(LEAST_FIRST_READ, 2 ** Math.ceil(Math.log2(Math.floor(fileBytes / 1000)))))

interface FileEnd {
  readonly fileBytes: number
  readonly footerBytes: number
  /** Its chunks are read in one go. */
  readonly readsWhole: boolean
}

/** Where the footer is longer than what is read first, it is read too, and the end again. */
export function footerReadBytes({ fileBytes, footerBytes, readsWhole }: FileEnd): number {
  if (!readsWhole) return Math.min(fileBytes, footerBytes + TAIL_BYTES)
  const first = firstReadBytes(fileBytes)
  return Math.min(fileBytes, footerBytes + TAIL_BYTES > first ? 2 * first + footerBytes : first)
}

/** What lies between two chunks and is no longer is read with them. */
const READ_ALONG_BYTES = 16_384

export interface WantedChunks {
  /** As the file calls its columns. */
  readonly names: ReadonlySet<string>
  /** Those that conditions are asked of: each is read by itself. */
  readonly asked: ReadonlySet<string>
  readonly readsWhole: boolean
}

export function groupReadBytes({ chunks }: RowGroup, { names, asked, readsWhole }: WantedChunks): number {
  let [bytes, end] = [0, Number.NEGATIVE_INFINITY]
  const wanted = [...chunks].filter(([name]) => names.has(name)).toSorted(([, a], [, b]) => a.start - b.start)
  for (const [name, { start, sizeBytes }] of wanted) {
    bytes += sizeBytes
    if (!readsWhole || asked.has(name)) continue
    const gap = start - end
    if (gap > 0 && gap <= READ_ALONG_BYTES) bytes += gap
    end = start + sizeBytes
  }
  return bytes
}
