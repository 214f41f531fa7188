/** What the server and a process of connectors say to each other (structured clone). */
import type { SourceDefinition, SourceFunction, SourceScan, Split } from '../../core/federation/connector.ts'

export type SourceCall =
  | { readonly kind: 'schemas' }
  | { readonly kind: 'tables'; readonly schema: string }
  | { readonly kind: 'table'; readonly schema: string; readonly name: string }
  | { readonly kind: 'functions' }
  | { readonly kind: 'called'; readonly called: SourceFunction; readonly values: readonly string[] }
  | { readonly kind: 'pushdown'; readonly scan: SourceScan }
  | { readonly kind: 'splits'; readonly scan: SourceScan }
  | { readonly kind: 'read'; readonly scan: SourceScan; readonly split: Split; readonly output: SplitOutput }

/** Where the rows of a split go, and when they are enough. */
export interface SplitOutput {
  readonly path: string
  readonly mostRows?: number
  readonly mostBytes: number
}

export interface SplitFile {
  readonly rows: number
  readonly sizeBytes: number
  readonly receivedBytes: number
}

export type ToConnectors =
  | { readonly kind: 'call'; readonly id: number; readonly source: SourceDefinition; readonly call: SourceCall }
  /** The answer is a failure, which nobody waits for. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'object'; readonly request: number; readonly bytes?: Uint8Array; readonly failure?: string }

export type FromConnectors =
  /** Of a call for splits, before it is done. */
  | { readonly kind: 'split'; readonly id: number; readonly split: Split }
  | { readonly kind: 'received'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly blame: Blame; readonly message: string }
  | { readonly kind: 'read-object'; readonly request: number; readonly uri: string }

/** The source has failed; the rows take more room than there is; anything else is a bug. */
export type Blame = 'source' | 'room' | 'bug'
