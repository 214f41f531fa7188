/** Under which compression a table's files are written: as a statement asks, or as the table's parameters have it. */
import { SqlError } from '../../../sql/position.ts'
import { CODECS, type WritableFormat } from './storage-formats.ts'

export interface WrittenCompression {
  readonly compression: string
  /** Of Zstandard. */
  readonly compressionLevel?: number
}

/** Throws for a codec that AWS does not write the format with. */
export function writtenCompression(format: WritableFormat, named?: string, level?: unknown): WrittenCompression {
  const codec = named?.toUpperCase() ?? CODECS[format][0]!
  const compression = codec === 'UNCOMPRESSED' ? 'NONE' : codec
  if (!CODECS[format].includes(compression))
    throw new SqlError('INVALID_TABLE_PROPERTY', `Compression codec ${codec} is not supported for format ${format}`)
  return { compression, ...(level !== undefined && { compressionLevel: requireLevel(level) }) }
}

/** docs: athena ug, compression-support-zstd-levels: 1 to 22, a number in WITH and a text in TBLPROPERTIES. */
function requireLevel(value: unknown): number {
  const level = Number(value)
  if (Number.isInteger(level) && level >= 1 && level <= 22) return level
  throw new SqlError(
    'INVALID_TABLE_PROPERTY',
    `Invalid value for catalog 'awsdatacatalog' table property 'compression_level': ${value} is not a whole number from 1 to 22`,
  )
}

/** The parameters that name a table's codec, the most telling first. */
const PARAMETERS: Readonly<Record<WritableFormat, readonly string[]>> = {
  PARQUET: ['parquet.compression', 'parquet.compress', 'write.compression'],
  ORC: ['orc.compress', 'write.compression'],
  AVRO: ['avro.output.codec', 'write.compression'],
  JSON: ['write.compression'],
  TEXTFILE: ['write.compression'],
  ION: ['write.compression'],
}

/** As they name it; undefined where they do not. */
export function namedCodec(format: WritableFormat, parameters: Readonly<Record<string, string>>): string | undefined {
  const name = PARAMETERS[format].find((one) => parameters[one] !== undefined)
  const codec = name && parameters[name]?.toUpperCase()
  // Avro's own words.
  return codec === 'ZSTANDARD' ? 'ZSTD' : codec === 'NULL' ? 'NONE' : codec
}

/** What later INSERTs find. */
export const compressionParameters = (
  format: WritableFormat,
  { compression, compressionLevel }: WrittenCompression,
): Record<string, string> => ({
  [format === 'PARQUET' ? 'parquet.compression' : 'write.compression']: compression,
  ...(compression === 'ZSTD' && compressionLevel !== undefined && { compression_level: String(compressionLevel) }),
})
