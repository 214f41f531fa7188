/**
 * What is known of a table when it is judged: how it lies in its files, and how it is asked. Rules are pure functions of
 * these facts; nothing here reads a catalog or a file.
 */
export interface TableFacts {
  readonly account: string
  /** `database.table`. */
  readonly name: string
  readonly location: string
  /** The engine's name of it: `csv-lazy`, `parquet`. */
  readonly format: string
  /** Its files are told by a log of its own (Delta, Hudi, Iceberg): to be changed by the tools that keep the log. */
  readonly keepsLog: boolean
  /** Written anew in the form that it has, it would hold every value that it may hold. */
  readonly keepsForm: boolean
  readonly columns: number
  readonly keys: readonly string[]
  /** Of the keys, those of types that an index takes. */
  readonly indexableKeys: readonly string[]
  readonly isProjected: boolean
  readonly indexes: number
  readonly partitions: number
  /** Values of registered partitions in whose folders there is nothing. */
  readonly emptyPartitions: readonly (readonly string[])[]
  /** What would make the partitions follow from arithmetic; missing where they do not. */
  readonly projection?: Readonly<Record<string, string>>
  readonly files: number
  readonly sizeBytes: number
  readonly largestFileBytes: number
  readonly isCompressed: boolean
  readonly newestFileAt?: Date
  /** When the statistics of its columns were reckoned, the oldest of them; missing where one that may have some has none. */
  readonly statisticsAt?: Date
  readonly queries: readonly QueryUse[]
}

/** A statement of the history that has read the table. */
export interface QueryUse {
  readonly sql: string
  readonly runs: number
  /** Of all its runs, of this table. */
  readonly scannedBytes: number
  readonly asksAllColumns: boolean
  /** Of the files, those it reads. */
  readonly columns: readonly string[]
  /** Columns and keys that its conditions narrow. */
  readonly conditions: readonly string[]
  /** With files, those that its conditions leave. */
  readonly partitions: number
}

export interface Finding {
  readonly rule: RuleId
  readonly level: 'warning' | 'note'
  readonly table: string
  readonly location: string
  readonly message: string
  /** As `--what-if` takes it: the table written anew. */
  readonly change?: readonly string[]
  /** Those that the other queries name: what would be read, were the queries that ask for all of them to name them too. */
  readonly columns?: readonly string[]
  /** Partitions that the catalog looks at for the runs of the history, and would. */
  readonly lookups?: { readonly runs: number; readonly before: number; readonly after: number }
  /** What fixes it where the table is not written anew. */
  readonly statement?: string
  /** What fixes it where that is operations of Glue's. */
  readonly glue?: readonly GlueCall[]
  readonly saving?: Saving
}

export interface GlueCall {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
}

/** What the queries of the history that were looked at have read, and would. */
export interface Saving {
  readonly runs: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

export const RULES = {
  'text-format': 'Text is queried analytically: every query reads every column of every row',
  'no-partitions': 'A large table without partitions is read whole by every query',
  'small-files': 'Many small files: each costs a request, and its footer',
  'large-files': 'Files over 500 MB are read by few workers at once',
  'too-many-partitions': 'Partitions so small that finding them costs more than reading them',
  'empty-partitions': 'Partitions in whose folders there is nothing',
  'unused-partition-key': 'A partition key that no query of the history asks for',
  'select-star': 'SELECT * reads every column of a columnar table',
  'missing-projection': 'Partitions that follow from arithmetic are looked up in the catalog',
  'missing-index': 'Many partitions and no index that finds them',
  'missing-statistics': 'Columns without statistics',
  'stale-statistics': 'Statistics older than the data',
  'uncompressed-text': 'Text that is not compressed',
} as const
export type RuleId = keyof typeof RULES

/** From where on a rule speaks. Sizes are those of the guide; what it does not say is ours. */
export interface Limits {
  /** A table worth partitioning. */
  readonly largeTableBytes: number
  /** "compact to 100-500 MB files": files far below that. */
  readonly smallFileBytes: number
  readonly fewestSmallFiles: number
  readonly largeFileBytes: number
  readonly smallPartitionBytes: number
  readonly manyPartitions: number
  /** Fewer runs say nothing about what is never asked. */
  readonly fewestRuns: number
}

export const LIMITS: Limits = {
  largeTableBytes: 1e9,
  smallFileBytes: 10e6,
  fewestSmallFiles: 20,
  largeFileBytes: 500e6,
  smallPartitionBytes: 1e6,
  manyPartitions: 100,
  fewestRuns: 5,
}
