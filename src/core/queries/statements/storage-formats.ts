/** Hive's classes for the formats that DDL names, and what CTAS may write (docs: athena ug, create-table and ctas pages). */
export interface StorageClasses {
  readonly inputFormat: string
  readonly outputFormat: string
  readonly serde: string
}

const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat'
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'

/** Of a table whose serde is named and whose format is not (observed). */
export const OUTPUT_BY_SERDE: Readonly<Record<string, string>> = {
  'org.openx.data.jsonserde.JsonSerDe': 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat',
}

export const STORAGE_CLASSES: Readonly<Record<string, StorageClasses>> = {
  PARQUET: {
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serde: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  },
  ORC: {
    inputFormat: 'org.apache.hadoop.hive.ql.io.orc.OrcInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat',
    serde: 'org.apache.hadoop.hive.ql.io.orc.OrcSerde',
  },
  AVRO: {
    inputFormat: 'org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat',
    serde: 'org.apache.hadoop.hive.serde2.avro.AvroSerDe',
  },
  TEXTFILE: {
    inputFormat: TEXT_INPUT,
    outputFormat: TEXT_OUTPUT,
    serde: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
  },
  JSON: { inputFormat: TEXT_INPUT, outputFormat: TEXT_OUTPUT, serde: 'org.apache.hive.hcatalog.data.JsonSerDe' },
  ION: {
    inputFormat: 'com.amazon.ionhiveserde.formats.IonInputFormat',
    outputFormat: 'com.amazon.ionhiveserde.formats.IonOutputFormat',
    serde: 'com.amazon.ionhiveserde.IonHiveSerDe',
  },
  SEQUENCEFILE: {
    inputFormat: 'org.apache.hadoop.mapred.SequenceFileInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat',
    serde: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
  },
}

export type WritableFormat = 'PARQUET' | 'ORC' | 'AVRO' | 'JSON' | 'TEXTFILE' | 'ION'

export const isWritable = (format: string): format is WritableFormat => Object.hasOwn(CODECS, format)

/** By which Hadoop's readers know how a text, or Ion, is compressed. */
export const TEXT_ENDINGS: Readonly<Record<string, string>> = {
  GZIP: '.gz',
  BZIP2: '.bz2',
  LZ4: '.lz4',
  SNAPPY: '.snappy',
  ZSTD: '.zst',
  NONE: '',
}
const TEXT_CODECS = Object.keys(TEXT_ENDINGS)

/** Codecs by format, of those that are written; the first is the default (docs: athena ug, compression-support-hive). */
export const CODECS: Readonly<Record<WritableFormat, readonly string[]>> = {
  PARQUET: ['GZIP', 'SNAPPY', 'ZSTD', 'NONE'],
  ORC: ['ZLIB', 'LZ4', 'SNAPPY', 'ZSTD', 'NONE'],
  AVRO: ['DEFLATE', 'BZIP2', 'SNAPPY', 'ZSTD', 'NONE'],
  JSON: TEXT_CODECS,
  TEXTFILE: TEXT_CODECS,
  ION: TEXT_CODECS,
}
