/** Hadoop tells a text file's compression by the ending of its name; ours lie under names without endings. */
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile } from '../../../core/queries/relation.ts'

export type Compression = 'uncompressed' | 'gzip' | 'zstd'
/** What DuckDB does not open (see ../foreign/inflations.ts). */
export type ForeignCodec = 'bzip2' | 'snappy' | 'lz4' | 'deflate'

const ENDINGS: Readonly<Record<string, Compression>> = { gz: 'gzip', gzip: 'gzip', zst: 'zstd', zstd: 'zstd' }
const FOREIGN: Readonly<Record<string, ForeignCodec>> = {
  bz2: 'bzip2',
  snappy: 'snappy',
  lz4: 'lz4',
  deflate: 'deflate',
}
const UNREADABLE = new Set(['lzo', 'lzop', 'xz', 'zip', 'br'])

const endingOf = ({ uri }: Pick<DataFile, 'uri'>): string => /\.([A-Za-z0-9]+)$/.exec(uri)?.[1]?.toLowerCase() ?? ''

export const foreignCodec = (file: Pick<DataFile, 'uri' | 'inflated'>): ForeignCodec | undefined =>
  file.inflated ? undefined : FOREIGN[endingOf(file)]

/** Of a file that has been inflated where that was needed. */
export function compressionOf(file: DataFile): Compression {
  if (file.inflated) return file.inflated.compression
  const ending = endingOf(file)
  if (UNREADABLE.has(ending))
    throw new EngineError('NOT_SUPPORTED', `Text compressed with ${ending} is not supported: ${file.uri}`)
  if (FOREIGN[ending]) throw new Error(`not inflated: ${file.uri}`)
  return ENDINGS[ending] ?? 'uncompressed'
}

/** How many bytes lie where the engine reads the file. */
export const storedBytes = (file: DataFile): number => file.inflated?.sizeBytes ?? file.sizeBytes

/** Files in their order, split where the compression differs. */
export function byCompression(files: readonly DataFile[]): readonly (readonly DataFile[])[] {
  return [...Map.groupBy(files, compressionOf).values()]
}
