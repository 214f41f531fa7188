/**
 * The catalog: databases, tables with their versions, partitions, functions, statistics. One per account and region.
 * A caller's descriptor is kept whole, spelled as Glue spells it, and comes back field for field; rooms read only the
 * fields they understand. Names are folded to lower case on the way in. Knows no files and no engine.
 */
import type { Principal } from '../call.ts'
import type { Fault } from '../faults.ts'
import type { StateTransaction } from '../ports.ts'
import type { Tags } from '../resources/tags.ts'
import type { PartitionBounds } from './partition-bounds.ts'
import type { BackfillFault } from './partition-index-entry.ts'

/** Account and region: catalogs of two scopes do not meet. */
export interface Scope {
  readonly account: string
  readonly region: string
  /** On whose behalf the catalog is asked, who sees what it may; absent where the house itself asks. */
  readonly principal?: Principal
}

export interface ColumnDescriptor {
  readonly Name: string
  /** Hive's spelling: `struct<a:int,b:array<string>>`. */
  readonly Type?: string
  readonly Comment?: string
  readonly Parameters?: Readonly<Record<string, string>>
}
export interface SerDeInfo {
  readonly Name?: string
  readonly SerializationLibrary?: string
  readonly Parameters?: Readonly<Record<string, string>>
}
export interface StorageDescriptor {
  readonly Columns?: readonly ColumnDescriptor[]
  readonly Location?: string
  readonly InputFormat?: string
  readonly OutputFormat?: string
  readonly Compressed?: boolean
  readonly NumberOfBuckets?: number
  readonly SerdeInfo?: SerDeInfo
  readonly BucketColumns?: readonly string[]
  readonly SortColumns?: readonly { readonly Column: string; readonly SortOrder: number }[]
  readonly Parameters?: Readonly<Record<string, string>>
  readonly StoredAsSubDirectories?: boolean
}
/** What a resource link stands for; of this account and region where it does not say. */
export interface LinkTarget {
  readonly CatalogId?: string
  readonly DatabaseName?: string
  readonly Region?: string
}
export interface DatabaseDescriptor {
  readonly Name: string
  readonly Description?: string
  readonly LocationUri?: string
  readonly TargetDatabase?: LinkTarget
  readonly Parameters?: Readonly<Record<string, string>>
}
export interface TableDescriptor {
  readonly Name: string
  readonly Description?: string
  readonly Owner?: string
  readonly Retention?: number
  readonly StorageDescriptor?: StorageDescriptor
  readonly PartitionKeys?: readonly ColumnDescriptor[]
  readonly ViewOriginalText?: string
  readonly ViewExpandedText?: string
  /** `EXTERNAL_TABLE`, `VIRTUAL_VIEW`, `MANAGED_TABLE`. */
  readonly TableType?: string
  readonly Parameters?: Readonly<Record<string, string>>
  readonly TargetTable?: LinkTarget & { readonly Name?: string }
}
/** A function of the metastore, as Glue describes it. */
export interface FunctionDescriptor {
  readonly FunctionName: string
  readonly ClassName?: string
  readonly OwnerName?: string
  readonly OwnerType?: string
  readonly FunctionType?: string
  readonly ResourceUris?: readonly { readonly ResourceType?: string; readonly Uri?: string }[]
}
/** Statistics of one column, in Glue's spelling: kept whole. */
export interface ColumnStatistics {
  readonly ColumnName: string
  readonly ColumnType: string
}
export interface PartitionDescriptor {
  readonly Values: readonly string[]
  readonly StorageDescriptor?: StorageDescriptor
  readonly Parameters?: Readonly<Record<string, string>>
}

export interface Database {
  readonly descriptor: DatabaseDescriptor
  /** ISO 8601. */
  readonly createdAt: string
}
export interface Table {
  readonly database: string
  readonly descriptor: TableDescriptor
  readonly createdAt: string
  readonly updatedAt: string
  readonly createdBy: string
  /** 0, 1, 2 ...: Glue's VersionId. */
  readonly version: number
  /** Where it is, if a resource link to another account's catalog led to it. */
  readonly abroad?: TableAbroad
}
export interface TableAbroad extends TableAddress {
  readonly account: string
}
export interface UserFunction {
  readonly database: string
  readonly descriptor: FunctionDescriptor
  readonly createdAt: string
}
export interface Partition {
  readonly descriptor: PartitionDescriptor
  readonly createdAt: string
}
/** docs: glue dg, partition-indexes. */
export interface PartitionIndex {
  readonly name: string
  readonly keys: readonly { readonly name: string; readonly type: string }[]
  readonly state: 'CREATING' | 'ACTIVE' | 'DELETING' | 'FAILED'
  /** Why it failed, and some of the partitions that made it. */
  readonly failures?: readonly {
    readonly code: BackfillFault | 'INTERNAL_ERROR'
    readonly partitions: readonly (readonly string[])[]
  }[]
}

export interface TableAddress {
  readonly database: string
  readonly name: string
}

/** Runs a write in a transaction of its own, with what else is to be seen from that moment on. */
export type Together = (write: (tx: StateTransaction) => void) => Promise<unknown>

/** Every method throws `Fault` with Glue's message: not-found, already-exists, invalid, conflict. */
export interface Catalog {
  readonly databases: {
    create(scope: Scope, descriptor: DatabaseDescriptor, tags?: Tags): Promise<void>
    get(scope: Scope, name: string): Database
    find(scope: Scope, name: string): Database | undefined
    list(scope: Scope, page: Page): Database[]
    update(scope: Scope, name: string, descriptor: DatabaseDescriptor): Promise<void>
    /** Of two changes at once, one sees what the other has written. */
    change(scope: Scope, name: string, changed: (found: Database) => DatabaseDescriptor): Promise<void>
    /** Removes its tables and their partitions too, unless only an empty one is to go: then `Fault('not-empty', 'database')`. */
    delete(scope: Scope, name: string, options?: { readonly onlyEmpty?: boolean }): Promise<void>
  }
  readonly tables: {
    /** With its first partitions and indexes, if it has any: nobody sees the table without them. */
    create(
      scope: Scope,
      database: string,
      descriptor: TableDescriptor,
      createdBy: string,
      first?: {
        readonly partitions?: readonly PartitionDescriptor[]
        readonly indexes?: readonly NewPartitionIndex[]
        readonly together?: Together
      },
    ): Promise<void>
    get(scope: Scope, database: string, name: string): Table
    find(scope: Scope, database: string, name: string): Table | undefined
    list(scope: Scope, database: string, page: Page): Table[]
    /** `expect`: the version it must still be at; another one throws `Fault('conflict', 'table')`. */
    update(
      scope: Scope,
      database: string,
      descriptor: TableDescriptor,
      /** `name`: the table to update, when the descriptor gives it a new one. */
      options: {
        readonly expect?: number
        readonly keepVersion: boolean
        readonly name?: string
        readonly together?: Together
      },
    ): Promise<void>
    delete(scope: Scope, database: string, name: string): Promise<void>
    /** Another name, in this database or another one. Tags go with it. */
    move(scope: Scope, from: TableAddress, to: TableAddress): Promise<void>
    /**
     * In one step another table of the database takes the name, and what had it is called `as` from then on. Tags stay
     * with the name.
     */
    replace(
      scope: Scope,
      database: string,
      name: string,
      by: { readonly table: string; readonly as: string },
    ): Promise<void>
    /** The current version and those kept, newest first; `page.after` is a version. */
    versions(scope: Scope, database: string, name: string, page: Page): Table[]
    version(scope: Scope, database: string, name: string, version: number): Table
    /** Forgets a kept version; the current one cannot be. */
    deleteVersion(scope: Scope, database: string, name: string, version: number): Promise<void>
  }
  readonly partitions: {
    create(
      scope: Scope,
      database: string,
      table: string,
      partitions: readonly PartitionDescriptor[],
      ifAbsent?: boolean,
      together?: Together,
    ): Promise<PartitionDescriptor[]>
    /** Each on its own: the answer has the fault of every one that was refused, in its place. */
    createEach(
      scope: Scope,
      database: string,
      table: string,
      partitions: readonly PartitionDescriptor[],
    ): Promise<(Fault | undefined)[]>
    get(scope: Scope, database: string, table: string, values: readonly string[]): Partition
    find(scope: Scope, database: string, table: string, values: readonly string[]): Partition | undefined
    /**
     * In order of values, or in that of an index where one leads closer to what `bounds` say. `keep` sees the values of
     * each partition before its descriptor is read, and decides. `skip` is true of some values (the others are absent)
     * that no kept partition has: a long stretch of them is passed over in one step.
     */
    list(
      scope: Scope,
      database: string,
      table: string,
      options: {
        readonly bounds?: PartitionBounds
        readonly keep?: (values: readonly string[]) => boolean
        readonly skip?: (known: readonly (string | undefined)[]) => boolean
        readonly after?: string
        readonly limit: number
        /** About how many values `keep` may be shown; the page may then be short, or empty, and `next` says where to go on. */
        readonly budget?: number
      },
    ): PartitionPage
    /** The values of all of them, in their order, without reading what else is known. */
    values(scope: Scope, database: string, table: string): Generator<string[]>
    update(
      scope: Scope,
      database: string,
      table: string,
      values: readonly string[],
      partition: PartitionDescriptor,
    ): Promise<void>
    /** Each on its own, as `createEach`. */
    updateEach(
      scope: Scope,
      database: string,
      table: string,
      updates: readonly { readonly values: readonly string[]; readonly partition: PartitionDescriptor }[],
    ): Promise<(Fault | undefined)[]>
    /** The values that were there. */
    delete(scope: Scope, database: string, table: string, values: readonly (readonly string[])[]): Promise<string[][]>
  }
  readonly partitionIndexes: {
    /** Answers when it is written down; the partitions that are there are entered afterwards. */
    create(scope: Scope, database: string, table: string, index: NewPartitionIndex): Promise<void>
    /** As `create`: the entries go afterwards. */
    delete(scope: Scope, database: string, table: string, name: string): Promise<void>
    list(scope: Scope, database: string, table: string): PartitionIndex[]
    /** Goes on with what an earlier process has left. */
    resume(report: (error: unknown) => void): void
    /** Rests after the stretch under way. */
    close(): Promise<void>
  }
  readonly functions: {
    create(scope: Scope, database: string, descriptor: FunctionDescriptor): Promise<void>
    get(scope: Scope, database: string, name: string): UserFunction
    /** Of one database, or of all, in order of database and name. `after` is `cursor` of the last one seen. */
    list(scope: Scope, database: string | undefined, page: Page): { function: UserFunction; cursor: string }[]
    update(scope: Scope, database: string, name: string, descriptor: FunctionDescriptor): Promise<void>
    delete(scope: Scope, database: string, name: string): Promise<void>
  }
  /** Tags of databases and tables; `arn` of anything else, or of what is not there, throws not-found. */
  readonly tags: {
    get(scope: Scope, arn: string): Tags
    add(scope: Scope, arn: string, tags: Tags): Promise<void>
    remove(scope: Scope, arn: string, keys: readonly string[]): Promise<void>
  }
  readonly statistics: {
    /** Of the table's columns, or of one partition's. Replaces what is known of the columns given. */
    put(
      scope: Scope,
      database: string,
      table: string,
      partition: readonly string[] | undefined,
      statistics: readonly ColumnStatistics[],
    ): Promise<void>
    /** Those that are known of the columns asked for. */
    get(
      scope: Scope,
      database: string,
      table: string,
      partition: readonly string[] | undefined,
      columns: readonly string[],
    ): ColumnStatistics[]
    /** Throws `Fault('not-found', 'statistics')`. */
    delete(
      scope: Scope,
      database: string,
      table: string,
      partition: readonly string[] | undefined,
      column: string,
    ): Promise<void>
  }
}

export interface NewPartitionIndex {
  readonly name: string
  readonly keys: readonly string[]
}

export interface PartitionPage {
  readonly partitions: Partition[]
  readonly next?: string
  /** How many were looked at, by their values alone or whole. */
  readonly examined: number
  /** The index that led to them. */
  readonly index?: string
}

/** `after`: the last name of the page before. */
export interface Page {
  readonly after?: string
  readonly limit: number
  /** Of databases and tables: those that are not kept are passed over unread. `home`: the database that has the table. */
  readonly keep?: (name: string, home: string) => boolean
}
