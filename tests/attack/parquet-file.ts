/** Parquet files of one column `n` that say what a test wants them to say. https://parquet.apache.org/docs/file-format/ */
import { zstdCompressSync } from 'node:zlib'
import { snappyCompress } from '../../src/formats/compression/snappy.ts'
import { i32, i64, list, struct, text, thriftBytes } from '../../src/formats/parquet/thrift.ts'

export const ENCODING = { plain: 0, deltaPacked: 5, deltaLengths: 6, deltaBytes: 7, dictionary: 8 } as const
const [DATA, DICTIONARY] = [0, 2]
const PHYSICAL = { bigint: 2, string: 6 } as const
const CODECS = { none: 0, snappy: 1, zstd: 6 } as const
const [OPTIONAL, REPEATED] = [1, 2]
const LIST = 3

export interface Page {
  readonly values: number
  /** Before compression. */
  readonly body: Buffer
  readonly encoding?: number
  /** What is said of its sizes. */
  readonly sizeBytes?: number
  readonly packedBytes?: number
}

export interface Lies {
  readonly type?: keyof typeof PHYSICAL
  /** `optional` and `list` have levels in their pages. */
  readonly shape?: 'required' | 'optional' | 'list'
  readonly codec?: keyof typeof CODECS
  readonly rows?: number
  readonly dictionary?: Page
  readonly page: Page
}

const packed = (codec: keyof typeof CODECS, body: Buffer): Uint8Array => {
  if (codec === 'snappy') return snappyCompress(body)
  return codec === 'zstd' ? zstdCompressSync(body) : body
}

function pageBytes(page: Page, type: number, codec: keyof typeof CODECS): Buffer {
  const { values, body, encoding = ENCODING.plain, sizeBytes = body.length } = page
  const bytes = packed(codec, body)
  const told = { 1: i32(values), 2: i32(encoding) }
  const header = struct({
    1: i32(type),
    2: i32(sizeBytes),
    3: i32(page.packedBytes ?? bytes.length),
    5: type === DATA ? struct({ ...told, 3: i32(3), 4: i32(3) }) : undefined,
    7: type === DICTIONARY ? struct(told) : undefined,
  })
  return Buffer.concat([thriftBytes(header), bytes])
}

export function parquetFile(lies: Lies): Buffer {
  const { type = 'bigint', shape = 'required', codec = 'none', page, dictionary, rows = page.values } = lies
  const first = dictionary ? pageBytes(dictionary, DICTIONARY, codec) : Buffer.alloc(0)
  const pages = Buffer.concat([first, pageBytes(page, DATA, codec)])
  const leaf = { 1: i32(PHYSICAL[type]), 3: i32(shape === 'required' ? 0 : OPTIONAL) }
  const converted = type === 'string' ? i32(0) : undefined
  const group = (name: string, repetition: number, kind?: number) =>
    struct({ 3: i32(repetition), 4: text(name), 5: i32(1), 6: kind === undefined ? undefined : i32(kind) })
  const root = struct({ 4: text('schema'), 5: i32(1) })
  const schema =
    shape === 'list'
      ? [root, group('n', OPTIONAL, LIST), group('list', REPEATED), struct({ ...leaf, 4: text('element') })]
      : [root, struct({ ...leaf, 4: text('n'), 6: converted })]
  const path = shape === 'list' ? ['n', 'list', 'element'] : ['n']
  const size = i64(pages.length)
  const column = struct({
    1: i32(PHYSICAL[type]),
    2: list([i32(ENCODING.plain)]),
    3: list(path.map(text)),
    4: i32(CODECS[codec]),
    5: i64(page.values),
    6: size,
    7: size,
    9: i64(4 + first.length),
    11: dictionary && i64(4),
  })
  const rowGroup = struct({ 1: list([struct({ 2: i64(4), 3: column })]), 2: size, 3: i64(rows) })
  const footer = thriftBytes(struct({ 1: i32(1), 2: list(schema), 3: i64(rows), 4: list([rowGroup]) }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([Buffer.from('PAR1'), pages, footer, length, Buffer.from('PAR1')])
}
