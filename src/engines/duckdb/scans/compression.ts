/** Hadoop tells a text file's compression by the ending of its name; ours lie under names without endings. */
import { EngineError } from '../../../core/queries/engine-plan.ts'
import type { DataFile } from '../../../core/queries/relation.ts'

export type Compression = 'uncompressed' | 'gzip' | 'zstd'

const ENDINGS: Readonly<Record<string, Compression>> = { gz: 'gzip', gzip: 'gzip', zst: 'zstd', zstd: 'zstd' }
const UNREADABLE = new Set(['bz2', 'snappy', 'lz4', 'lzo', 'lzop', 'deflate', 'xz', 'zip', 'br'])

export function compressionOf(file: DataFile): Compression {
  const ending = /\.([A-Za-z0-9]+)$/.exec(file.uri)?.[1]?.toLowerCase() ?? ''
  if (UNREADABLE.has(ending))
    throw new EngineError('NOT_SUPPORTED', `Text compressed with ${ending} is not supported: ${file.uri}`)
  return ENDINGS[ending] ?? 'uncompressed'
}

/** Files in their order, split where the compression differs. */
export function byCompression(files: readonly DataFile[]): readonly (readonly DataFile[])[] {
  return [...Map.groupBy(files, compressionOf).values()]
}
