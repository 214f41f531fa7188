/** How each format of a table's files is asked of DuckDB. */
import { randomBytes } from 'node:crypto'
import { EngineError, type Sink } from '../../../core/queries/engine-plan.ts'
import { TEXT_ENDINGS } from '../../../core/queries/statements/storage-formats.ts'
import { ArrowStreamWriter } from '../../../formats/arrow/stream-writer.ts'
import type { AvroCodec } from '../../../formats/avro/codecs.ts'
import { AvroWriter } from '../../../formats/avro/writer.ts'
import { IonWriter } from '../../../formats/ion/writer.ts'
import type { OrcCodec } from '../../../formats/orc/codecs.ts'
import { OrcWriter } from '../../../formats/orc/writer.ts'
import { rowFieldNames } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import type { Type } from '../../../sql/types.ts'
import { hiveField, joined, scalarText, writtenDialect } from '../hive-text.ts'
import { type EncoderOf, encoding } from './encoding.ts'
import type { Rewriting } from './rewriting.ts'
import { packing } from './text-packing.ts'

export interface WrittenColumn {
  readonly name: string
  readonly type: Type
  readonly value: string
}

export interface WrittenFormat {
  /** With its dot; empty for none. Text needs the ending, by which readers know its compression. */
  readonly extension: string
  /** The select items of a row's stored columns. */
  readonly items: (columns: readonly WrittenColumn[]) => readonly string[]
  readonly options: readonly string[]
  /** COPY can say how many rows went to which file. */
  readonly countsPerFile: boolean
  /** What DuckDB writes is not yet what was asked for. */
  readonly rewriting?: Rewriting
}

const PARQUET_CODECS: Readonly<Record<string, string>> = {
  SNAPPY: 'snappy',
  GZIP: 'gzip',
  ZSTD: 'zstd',
  LZ4: 'lz4_raw',
  NONE: 'uncompressed',
  UNCOMPRESSED: 'uncompressed',
}
/** Text that DuckDB compresses itself. */
const TEXT_CODECS: Readonly<Record<string, string>> = { GZIP: 'gzip', ZSTD: 'zstd', NONE: 'none' }

export function writtenFormat(sink: Sink & { readonly kind: 'files' }): WrittenFormat {
  switch (sink.format) {
    case 'PARQUET':
      return parquet(sink.compression, sink.compressionLevel)
    case 'AVRO':
      return { ...parquet('UNCOMPRESSED'), rewriting: encoding(avroEncoder(sink)) }
    case 'ORC':
      return { ...parquet('UNCOMPRESSED'), rewriting: encoding(orcEncoder(sink)) }
    case 'ION':
      return { ...parquet('UNCOMPRESSED'), rewriting: inTurn(encoding(ionEncoder(sink)), packing(sink)) }
    case 'ARROW':
      return {
        ...parquet('UNCOMPRESSED'),
        rewriting: encoding((fields, write) => new ArrowStreamWriter(fields, write)),
      }
    case 'JSON':
      return text(sink, (columns) => [jsonObject(columns, sink.jsonSerde ?? 'hive')], '.json')
    case 'TEXTFILE': {
      const dialect = writtenDialect(sink.text)
      const field = ({ type, value }: WrittenColumn) => hiveField(type, value, dialect)
      return text(sink, (columns) => [joined(columns.map(field), dialect.fieldDelimiter)], '')
    }
    default:
      throw new EngineError('NOT_SUPPORTED', `Writing ${sink.format} files is not supported`)
  }
}

function parquet(compression: string, level?: number): WrittenFormat {
  const codec = PARQUET_CODECS[compression.toUpperCase()]
  if (!codec) throw unsupported(compression, 'PARQUET')
  const leveled = level !== undefined && codec === 'zstd' ? [`COMPRESSION_LEVEL ${Math.trunc(level)}`] : []
  return {
    extension: '.parquet',
    items: (columns) => columns.map(({ name, value }) => `${value} AS ${quotedName(name)}`),
    options: ['FORMAT parquet', `COMPRESSION ${codec}`, ...leveled],
    countsPerFile: true,
  }
}

const AVRO_CODECS: Readonly<Record<string, AvroCodec>> = {
  DEFLATE: 'deflate',
  BZIP2: 'bzip2',
  SNAPPY: 'snappy',
  ZSTD: 'zstandard',
  NONE: 'null',
}
const SYNC_BYTES = 16

function avroEncoder({ compression, compressionLevel }: Sink & { readonly kind: 'files' }): EncoderOf {
  const codec = AVRO_CODECS[compression.toUpperCase()]
  if (!codec) throw unsupported(compression, 'AVRO')
  const level = codec === 'zstandard' ? compressionLevel : undefined
  return (fields, write) => new AvroWriter(fields, { codec, level, sync: randomBytes(SYNC_BYTES) }, write)
}

const ORC_CODECS: Readonly<Record<string, OrcCodec>> = {
  ZLIB: 'zlib',
  SNAPPY: 'snappy',
  ZSTD: 'zstd',
  LZ4: 'lz4',
  NONE: 'none',
}

function orcEncoder({ compression, compressionLevel }: Sink & { readonly kind: 'files' }): EncoderOf {
  const codec = ORC_CODECS[compression.toUpperCase()]
  if (!codec) throw unsupported(compression, 'ORC')
  return (fields, write) => new OrcWriter(fields, { codec, level: compressionLevel }, write)
}

const ionEncoder =
  ({ ion }: Sink & { readonly kind: 'files' }): EncoderOf =>
  (fields, write) =>
    new IonWriter(fields, ion!, write)

const inTurn =
  (first: Rewriting, second: Rewriting | undefined): Rewriting =>
  async (file) => {
    const path = await first(file)
    return second ? second({ ...file, path }) : path
  }

/** A line is one column of text: DuckDB then has nothing to quote, which Hive's readers would not understand. */
function text(
  sink: Sink & { readonly kind: 'files' },
  lineOf: (columns: readonly WrittenColumn[]) => readonly string[],
  ending: string,
): WrittenFormat {
  const own = TEXT_CODECS[sink.compression]
  const isOwn = own !== undefined && (own !== 'zstd' || sink.compressionLevel === undefined)
  const [codec, rewriting] = isOwn ? [own] : ['none', packing(sink)]
  const header = (columns: readonly WrittenColumn[]) =>
    sink.hasHeader ? columns.map((column) => column.name).join(writtenDialect(sink.text).fieldDelimiter) : 'line'
  return {
    extension: ending + TEXT_ENDINGS[sink.compression],
    items: (columns) => lineOf(columns).map((line) => `${line} AS ${quotedName(header(columns))}`),
    options: [
      'FORMAT csv',
      `HEADER ${sink.hasHeader ?? false}`,
      `DELIMITER '\u001e'`,
      `QUOTE ''`,
      `ESCAPE ''`,
      `NULLSTR ''`,
      `COMPRESSION ${codec}`,
    ],
    countsPerFile: false,
    ...(rewriting && { rewriting }),
  }
}

function unsupported(compression: string, format: string): EngineError {
  return new EngineError('NOT_SUPPORTED', `Writing ${format} files with ${compression} compression is not supported`)
}

const MOST_DIGITS = 38

type JsonSerde = 'hive' | 'openx'

function jsonObject(columns: readonly WrittenColumn[], serde: JsonSerde): string {
  const fields = columns.map(({ name, type, value }) => `${quotedName(name)} := ${jsonReady(type, value, serde, 0)}`)
  return `to_json(struct_pack(${fields.join(', ')}))`
}

/** Hive's SerDe writes bytes as the UTF-8 that they are (others than that are lost, as to Hive and Trino), OpenX's as base 64. */
const jsonText = (type: Type, value: string, serde: JsonSerde): string =>
  type.kind === 'varbinary' && serde === 'hive' ? `js_from_utf8(${value}, '\ufffd')` : scalarText(type, value)

/** Values whose JSON form is not DuckDB's own: moments and days as Hive's text, bytes, numbers that JSON has none for as texts. */
function jsonReady(type: Type, value: string, serde: JsonSerde, depth: number): string {
  switch (type.kind) {
    case 'date':
    case 'timestamp':
    case 'varbinary':
      return jsonText(type, value, serde)
    case 'real':
    case 'double':
      return `CASE WHEN isnan(${value}) OR isinf(${value}) THEN to_json(${scalarText(type, value)}) ELSE to_json(${value}) END`
    case 'decimal': {
      const { precision, scale } = type
      if (precision > scale) return value
      // Without a digit before its point it is no number of JSON's; there is no type of 39 digits.
      return precision < MOST_DIGITS ? `CAST(${value} AS DECIMAL(${precision + 1}, ${scale}))` : scalarText(type, value)
    }
    case 'array':
      return `list_transform(${value}, lambda e${depth}: ${jsonReady(type.element, `e${depth}`, serde, depth + 1)})`
    case 'map': {
      const key = jsonText(type.key, `e${depth}.key`, serde)
      const item = jsonReady(type.value, `e${depth}.value`, serde, depth + 1)
      return `map_from_entries(list_transform(map_entries(${value}), lambda e${depth}: struct_pack(k := ${key}, v := ${item})))`
    }
    case 'row': {
      const names = rowFieldNames(type)
      const fields = type.fields.map(
        (field, i) =>
          `${quotedName(names[i]!)} := ${jsonReady(field.type, `r${depth}.${quotedName(names[i]!)}`, serde, depth + 1)}`,
      )
      return `list_transform([${value}], lambda r${depth}: CASE WHEN r${depth} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END)[1]`
    }
    default:
      return value
  }
}
