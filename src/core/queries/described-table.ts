/** A table whose columns and files the lake itself describes, as one statement sees it. */
import type { PartitionFilter } from '../../sql/analysis/partition-filters.ts'
import type { LakeFile } from '../objects/files.ts'
import type { QueryContext } from './context.ts'
import type { Relation } from './relation.ts'
import type { TableLayout } from './table-layout.ts'

export interface DescribedTable {
  readonly layout: TableLayout
  /** Those that may hold rows which the filter lets pass. */
  files(filter: PartitionFilter, context: QueryContext, planning: Planning): Promise<FoundFiles>
}

/** Hears of every file that is found and says when it is time to rest. */
export interface Planning {
  found(file: LakeFile): void
  step(): boolean
  rest(): Promise<void>
}

export type FoundFiles = Pick<Relation, 'files' | 'layouts'> & {
  /** Where the files are compared by others than the layout's: these too, after them. */
  readonly columns?: Relation['columns']
  /** Of a table in buckets, where not all of them are read. */
  readonly buckets?: { readonly read: number; readonly all: number }
  /** What was known of the table's files before any was read, for people. */
  readonly notes?: readonly string[]
}
