/** Sources as queries use them: named by what they are made from, read whole scans at a time. */
import type { Pushdown, SourceDefinition, SourceFunction, SourceScan, SourceTable } from './connector.ts'

/** Calls reject with `SourceError` where the source is to blame, and with the signal's reason when aborted. */
export interface Sources {
  schemas(source: SourceDefinition, signal: AbortSignal): Promise<readonly string[]>
  tables(source: SourceDefinition, schema: string, signal: AbortSignal): Promise<readonly string[]>
  /** Names folded to lower case. */
  table(source: SourceDefinition, schema: string, name: string, signal: AbortSignal): Promise<SourceTable | undefined>
  functions(source: SourceDefinition, signal: AbortSignal): Promise<readonly SourceFunction[]>
  called(
    source: SourceDefinition,
    called: SourceFunction,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<SourceTable>
  pushdown(source: SourceDefinition, scan: SourceScan, signal: AbortSignal): Promise<Pushdown>
  /** `onReceived` hears now and then how many bytes more have come. */
  read(
    source: SourceDefinition,
    scan: SourceScan,
    signal: AbortSignal,
    onReceived: (bytes: number) => void,
  ): Promise<SourceFiles>
  close(): Promise<void>
}

/** The rows of a scan as Parquet files, whose columns are called as `storedName` says. */
export interface SourceFiles {
  readonly files: readonly { readonly localPath: string; readonly sizeBytes: number }[]
  readonly rows: number
  /** What has come over the wire for them. */
  readonly receivedBytes: number
  /** Nobody reads them any more. */
  discard(): Promise<void>
}

/** By the place of a column among those that were wanted. */
export const storedName = (place: number): string => `c${place}`
