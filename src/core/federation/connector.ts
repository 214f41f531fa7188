/**
 * Sources of tables that are not the lake's: databases and functions, registered as data catalogs. A connector tells what
 * a source holds and reads it; what is done with the rows, and by whom, it does not know. Nothing is written to a source.
 *
 * A connector runs in a process of its own, so all that goes in and out, but `Connector` itself, can be cloned.
 */
import type { Vector } from '../../formats/vectors.ts'
import type { Type } from '../../sql/types.ts'
import type { Domain } from './domain.ts'

/** What a connector is made from. */
export interface SourceDefinition {
  /** Which connector: `postgresql`, `mysql`, `sqlite`, `lambda` ... */
  readonly kind: string
  /** What the data catalog and its connection say, secrets included. */
  readonly properties: Readonly<Record<string, string>>
  /** Who asks, for sources that want to know. */
  readonly account: string
  readonly catalog: string
}

/** What a connector may ask of the house it works for. */
export interface ConnectorHost {
  /** The bytes of an object of the lake, `s3://bucket/key`, for rows that a source has left there. */
  readObject(uri: string, signal: AbortSignal): Promise<Uint8Array>
}

export type OpenConnector = (source: SourceDefinition, host: ConnectorHost) => Connector | Promise<Connector>

/** What can be written down: messages of sources travel as they came. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json }

export interface SourceTable {
  /** As the source spells them, while statements fold theirs. */
  readonly schema: string
  readonly name: string
  readonly columns: readonly SourceColumn[]
  /** Whatever the connector wants to see again at its scans. */
  readonly detail?: Json
}

/** A function of a source whose answer is a table: a query in the source's own language. */
export interface SourceFunction {
  readonly schema: string
  readonly name: string
  /** Each is a text, and none may be left out. */
  readonly arguments: readonly string[]
}

export interface SourceColumn {
  /** As the source spells it. */
  readonly name: string
  /** One that `columnType` of core/queries/column-type.ts knows. */
  readonly type: Type
  readonly partition?: true
  readonly comment?: string
}

export interface SourceScan {
  readonly table: SourceTable
  /** Those that are wanted, of the table's; none when rows are only counted. */
  readonly columns: readonly SourceColumn[]
  /** By the names of the table's columns; one that is not there may have any value. The plan looks at each row again. */
  readonly domains: Readonly<Record<string, Domain>>
  /** So many rows of those that are within all domains are enough, whichever; absent when all are wanted. */
  readonly limit?: number
  readonly queryId: string
}

/** What of a scan the source does itself. */
export interface Pushdown {
  /** Names of columns whose domains the source sees to. */
  readonly columns: readonly string[]
  /** Every row that comes is within all domains: `limit` of them are enough. */
  readonly exact: boolean
  /** What the source is asked, for EXPLAIN. */
  readonly text?: string
}

/** Rows of a scan that are read without the rest; what it holds is the connector's business. */
export type Split = { readonly [member: string]: Json }

export interface SourceRows {
  readonly rows: number
  /** One for each wanted column, in their order, each of the column's `columnType`. */
  readonly columns: readonly Vector[]
  /** What has come over the wire for them. */
  readonly receivedBytes: number
}

/** All calls reject with `SourceError` when the source is to blame, and end soon when the signal is aborted. */
export interface Connector {
  schemas(signal: AbortSignal): Promise<readonly string[]>
  /** In no order. An unknown schema has none. */
  tables(schema: string, signal: AbortSignal): Promise<readonly string[]>
  /** Names are folded to lower case; the connector finds what they mean. */
  table(schema: string, name: string, signal: AbortSignal): Promise<SourceTable | undefined>
  functions(signal: AbortSignal): Promise<readonly SourceFunction[]>
  /** What a function will answer, to be scanned as a table; `values`: of its arguments. Nothing is changed by it. */
  called(called: SourceFunction, values: readonly string[], signal: AbortSignal): Promise<SourceTable>
  pushdown(scan: SourceScan): Pushdown
  /** As many as are worth reading side by side. */
  splits(scan: SourceScan, signal: AbortSignal): AsyncIterable<Split>
  /** In batches of some thousand rows: one at a time lies in memory. Whoever reads may stop early. */
  read(scan: SourceScan, split: Split, signal: AbortSignal): AsyncIterable<SourceRows>
  close(): Promise<void>
}

/** A source has refused or failed; the words are its own. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
}

/** What a query that asked a source of a data catalog is told; functions have told theirs in Athena's words already. */
export const failureText = (catalog: string, { message }: Error): string =>
  message.startsWith('Encountered an exception[')
    ? message
    : `Encountered an exception from the data source ${catalog}: ${message}`
