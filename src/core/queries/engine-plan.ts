/** What an engine is asked to do and what it answers. */
import type { Schema } from '../../formats/iceberg/schema.ts'
import type { IonSerialization } from '../../formats/ion/documents.ts'
import type { BoundQuery } from '../../sql/plan.ts'
import type { SqlErrorName } from '../../sql/position.ts'
import type { Type } from '../../sql/types.ts'
import type { Relation, TextDialect } from './relation.ts'

export interface EnginePlan {
  readonly query: BoundQuery
  readonly relations: readonly Relation[]
  readonly sink: Sink
  readonly limits: EngineLimits
  /** Joins are in the order in which they are best done: the engine knows less. */
  readonly joinsOrdered?: true
  /** Where the query calls functions of Lambda: on whose behalf. */
  readonly caller?: ExternalCaller
  /** Whether the outcome tells what each operator did. */
  readonly profiled?: true
  /** Called now and then while it runs, on the caller's thread. */
  readonly onProgress?: (progress: EngineProgress) => void
}

export interface ExternalCaller {
  readonly account: string
  readonly queryId: string
}

export interface EngineLimits {
  readonly memoryBytes: number
  readonly timeoutMs: number
  /** How much of it was spent before the engine is asked. */
  readonly spentMs?: number
}

export interface EngineProgress {
  readonly scannedBytes: number
  /** 0 to 1, or undefined while unknown. */
  readonly fraction?: number
}

/** Hive's, of its first algorithm (see formats/hive/buckets.ts). */
export interface Bucketing {
  /** Places in the output, of columns of types that have such a hash. */
  readonly columns: readonly number[]
  readonly count: number
}

/** Where the rows go. Engines write files in place (staged blobs); the caller commits them. */
export type Sink =
  /** Athena's result file: a header and rows of quoted text, NULL as nothing at all. `localPath` is written. */
  | { readonly kind: 'result-csv'; readonly localPath: string }
  /** A table's files below `directory`: one folder per partition (`p0=..` in the order of `partitionBy`), names chosen by the engine. */
  | {
      readonly kind: 'files'
      readonly directory: string
      /** ARROW: streams of batches, that nothing here reads again. */
      readonly format: 'PARQUET' | 'ORC' | 'AVRO' | 'JSON' | 'TEXTFILE' | 'ION' | 'ARROW'
      readonly compression: string
      readonly compressionLevel?: number
      readonly text?: TextDialect
      /** Of JSON, whose SerDes write bytes otherwise; Hive's where none is said. */
      readonly jsonSerde?: 'hive' | 'openx'
      /** Of Ion. */
      readonly ion?: IonSerialization
      /** Each file of text begins with the names of its columns. */
      readonly hasHeader?: boolean
      /** Names of output columns, which must be the last ones. */
      readonly partitionBy: readonly string[]
      readonly bucketing?: Bucketing
      /** More partitions than this fail with HIVE_TOO_MANY_OPEN_PARTITIONS. */
      readonly maxPartitions: number
    }
  /**
   * Parquet files of an Iceberg table below `directory`, whose fields have ids. A file has rows of one partition; values of
   * partition fields are text: days, microseconds and the other units as numbers, bytes in hexadecimal.
   */
  | {
      readonly kind: 'iceberg-files'
      readonly directory: string
      readonly compression: string
      readonly compressionLevel?: number
      readonly targetBytes: number
      /** Of the output columns, in their order. */
      readonly fields: readonly StoredField[]
      readonly partitionBy: readonly PartitionColumn[]
      /** More partitions than this fail with ICEBERG_TOO_MANY_OPEN_PARTITIONS. */
      readonly maxPartitions: number
      /** Where the query is all rows of a relation, in any order: files that need not be decoded for it. */
      readonly copies?: FileCopies
    }
  /** Rows come back in the outcome as text, for small internal queries. */
  | { readonly kind: 'rows'; readonly limit: number }

/** Whole files whose row groups may become those of others, where they are as the sink would write them. */
export interface FileCopies {
  readonly relation: string
  readonly schema: Schema
  /** What is in a group may come to lie in one file. */
  readonly groups: readonly {
    /** Addresses of files of the relation. */
    readonly files: readonly string[]
    readonly targetBytes: number
  }[]
}

/** A field and those inside it: of a row its fields, of an array its element, of a map key and value. */
export interface StoredField {
  readonly name: string
  readonly id: number
  readonly inner: readonly StoredField[]
}

/** What a partition field is made of: an output column, and how. */
export interface PartitionColumn {
  readonly column: number
  readonly type: Type
  readonly transform:
    | { readonly kind: 'identity' | 'void' | 'year' | 'month' | 'day' | 'hour' }
    | { readonly kind: 'bucket'; readonly count: number }
    | { readonly kind: 'truncate'; readonly width: number }
}

/** What a written file holds of a column, by the names that lead to it. Bounds are text. */
export interface WrittenColumnStatistics {
  readonly path: readonly string[]
  readonly sizeBytes?: number
  readonly values?: number
  readonly nulls?: number
  readonly min?: string
  readonly max?: string
  readonly hasNaN?: boolean
}

export interface EngineOutcome {
  readonly rows: number
  /** What was truly read from data files. */
  readonly scannedBytes: number
  /** The same by the ids of relations; those of which nothing was read may be left out. */
  readonly scannedByRelation: Readonly<Record<string, number>>
  /** How many rows were read, by the ids of relations; absent where it can not be told of all of them, or must not be. */
  readonly rowsByRelation?: Readonly<Record<string, number>>
  readonly peakMemoryBytes: number
  /**
   * Files written by a `files` sink; `path` is absolute, `partition` holds the values in the order of `partitionBy`.
   * A bucket may have several files, or none.
   */
  readonly files: readonly {
    readonly path: string
    readonly rows: number
    readonly sizeBytes: number
    readonly partition: readonly (string | null)[]
    readonly bucket?: number
    /** Of an `iceberg-files` sink. */
    readonly statistics?: readonly WrittenColumnStatistics[]
    /** Instead of statistics: the files of which it is a copy, and where its row groups begin. */
    readonly copied?: { readonly from: readonly string[]; readonly splitOffsets: readonly number[] }
  }[]
  /** Rows of a `rows` sink, each value as Athena's text or null. */
  readonly values: readonly (readonly (string | null)[])[]
  readonly timings: { readonly planMs: number; readonly runMs: number }
  /** Of a profiled plan: its outermost operators. */
  readonly operators?: readonly OperatorProfile[]
}

/** What one operator of a plan did, in Trino's name for it; of all rows, those among them that the caller may not see. */
export interface OperatorProfile {
  readonly name: string
  /** The id of the relation that it scans. */
  readonly relation?: string
  /** That it has yielded. */
  readonly rows: number
  /** Of a scan; absent where it can not be told. */
  readonly inputRows?: number
  readonly cpuMs: number
  readonly children: readonly OperatorProfile[]
}

/** As Trino words it: `Query exceeded the maximum execution time limit of 30.00m`. */
export function timeExceeded(timeoutMs: number): EngineError {
  const minutes = timeoutMs / 60_000
  const limit = minutes >= 1 ? `${minutes.toFixed(2)}m` : `${(timeoutMs / 1000).toFixed(2)}s`
  return new EngineError('EXCEEDED_TIME_LIMIT', `Query exceeded the maximum execution time limit of ${limit}`)
}

/** The query failed while it ran: Trino's error name and text. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: SqlErrorName

  constructor(code: SqlErrorName, message: string) {
    super(message)
    this.code = code
  }
}
