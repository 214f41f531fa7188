/** Files under a compression, or a level of one, that DuckDB's COPY does not write. */
import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { EngineError, type Sink } from '../../../core/queries/engine-plan.ts'
import { BZIP2_BLOCK_BYTES, bzip2Compress } from '../../../formats/compression/bzip2-writer.ts'
import { HADOOP_BLOCK_BYTES, hadoopBlock } from '../../../formats/compression/framings.ts'
import { lz4Compress } from '../../../formats/compression/lz4.ts'
import { snappyCompress } from '../../../formats/compression/snappy.ts'
import type { Rewriting } from './rewriting.ts'

interface Piecewise {
  readonly pieceBytes: number
  readonly pack: (piece: Uint8Array) => Uint8Array
}

const PIECEWISE: Readonly<Record<string, Piecewise>> = {
  // Streams one after the other are one file.
  BZIP2: { pieceBytes: BZIP2_BLOCK_BYTES, pack: bzip2Compress },
  // Hive's readers know no framing but Hadoop's.
  SNAPPY: { pieceBytes: HADOOP_BLOCK_BYTES, pack: (piece) => hadoopBlock(piece, snappyCompress) },
  LZ4: { pieceBytes: HADOOP_BLOCK_BYTES, pack: (piece) => hadoopBlock(piece, lz4Compress) },
}

/** A file that DuckDB or we have written, compressed: it keeps its name. Throws `EngineError` for a codec of no file. */
export function packing(sink: Sink & { readonly kind: 'files' }): Rewriting | undefined {
  const { compression } = sink
  if (compression === 'NONE') return undefined
  const piecewise = PIECEWISE[compression]
  if (!piecewise && compression !== 'ZSTD' && compression !== 'GZIP')
    throw new EngineError(
      'NOT_SUPPORTED',
      `Writing ${sink.format} files with ${compression} compression is not supported`,
    )
  const params = { [constants.ZSTD_c_compressionLevel]: sink.compressionLevel ?? constants.ZSTD_CLEVEL_DEFAULT }
  const packed = () => {
    if (piecewise) return packedPieces(piecewise)
    return compression === 'ZSTD' ? createZstdCompress({ params }) : createGzip()
  }
  return async ({ path, signal }) => {
    const source = createReadStream(path, { highWaterMark: piecewise?.pieceBytes })
    const target = `${path}.packed`
    await pipeline(source, packed(), createWriteStream(target, { flags: 'wx' }), { signal })
    await rename(target, path)
    return path
  }
}

const packedPieces = ({ pack }: Piecewise): Duplex =>
  Duplex.from(async function* (pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) yield pack(piece)
  })
