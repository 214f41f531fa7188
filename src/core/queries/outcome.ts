import type { Type } from '../../sql/types.ts'
import type { StagedBlob } from '../ports.ts'
import type { QueryStages } from './query-stages.ts'

/** What a statement yielded. The door decides what is left of it where. */
export interface StatementOutcome {
  readonly result: /** Rows in a staged file of Athena's CSV, which the door commits or discards. */
    | {
        readonly kind: 'rows'
        readonly columns: readonly ResultColumn[]
        readonly file: StagedBlob
        readonly rows: number
        /** The same query over the same data would yield the same. */
        readonly deterministic: boolean
        /** `database.table` of all that was read, views too. */
        readonly tables: readonly string[]
      }
    /** A few rows that no engine made. */
    | {
        readonly kind: 'table'
        readonly columns: readonly ResultColumn[]
        readonly rows: readonly (readonly (string | null)[])[]
      }
    /**
     * Lines of text, each a whole row whatever the columns say (Hive's utility statements). `byHive`: false where a statement
     * that Hive answers for other tables is not answered by it.
     */
    | {
        readonly kind: 'lines'
        readonly columns: readonly ResultColumn[]
        readonly lines: readonly string[]
        readonly byHive?: false
      }
    /** Rows written to a table. `files` are the objects written, for the data manifest. */
    | {
        readonly kind: 'written'
        readonly update: 'CREATE TABLE' | 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE'
        readonly rows: number
        readonly files: readonly string[]
      }
    /** Nothing but success. */
    | { readonly kind: 'done' }
  readonly statistics: StatementStatistics
}

export interface StatementStatistics {
  readonly scannedBytes: number
  /** Resolving, planning and listing; absent when no plan was made. */
  readonly planningMs?: number
  readonly engineMs: number
  readonly peakMemoryBytes?: number
  /** That were read of tables; absent where that can not be told of all of them. */
  readonly inputRows?: number
  /** Of the files that were written. */
  readonly writtenBytes?: number
  readonly stages?: QueryStages
  /** By `database.table`, of others than the lake's `catalog.database.table`. */
  readonly scannedByTable?: Readonly<Record<string, number>>
}

/** `hiveString` columns are how Athena describes the output of Hive's own statements. */
export interface ResultColumn {
  readonly name: string
  readonly type: Type | 'hive-string'
}

export const NOTHING_SCANNED: StatementStatistics = { scannedBytes: 0, engineMs: 0 }

export const done: StatementOutcome = { result: { kind: 'done' }, statistics: NOTHING_SCANNED }

export function lines(
  columnNames: readonly string[],
  text: readonly string[],
  type: ResultColumn['type'] = 'hive-string',
): StatementOutcome {
  return {
    result: { kind: 'lines', columns: columnNames.map((name) => ({ name, type })), lines: text },
    statistics: NOTHING_SCANNED,
  }
}

/** Lines of a statement that Hive answers for other tables. */
export const athenaLines = (columnNames: readonly string[], text: readonly string[]): StatementOutcome => ({
  result: {
    kind: 'lines',
    columns: columnNames.map((name) => ({ name, type: 'hive-string' })),
    lines: text,
    byHive: false,
  },
  statistics: NOTHING_SCANNED,
})
