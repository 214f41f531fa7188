/** What Athena's DDL and utility statements are parsed into: Hive's grammar, with positions and nothing resolved. */
import type { Comparison, Identifier, Node, QualifiedName } from '../ast.ts'
import type { Position } from '../position.ts'

export interface Privilege {
  /** `SELECT`, `CREATE_TABLE`. */
  readonly name: string
  readonly columns?: readonly Identifier[]
}

export interface GrantStatement extends Node {
  readonly kind: 'grant' | 'revoke'
  readonly privileges: readonly Privilege[]
  readonly on: 'table' | 'database'
  readonly name: QualifiedName
  readonly holder: 'role' | 'user'
  /** A name or an ARN. */
  readonly principal: string
  /** WITH GRANT OPTION, or GRANT OPTION FOR. */
  readonly option: boolean
}

/** Athena's DDL and utility statements, which follow Hive's grammar (backquotes, string properties). */
export type HiveStatement = Node &
  (
    | {
        readonly kind: 'create-database'
        readonly name: Identifier
        readonly ifNotExists: boolean
        readonly comment?: string
        readonly location?: string
        readonly properties: readonly StringProperty[]
      }
    | {
        readonly kind: 'drop-database'
        readonly name: Identifier
        readonly ifExists: boolean
        readonly cascade: boolean
      }
    | { readonly kind: 'alter-database'; readonly name: Identifier; readonly properties: readonly StringProperty[] }
    | ({ readonly kind: 'create-table' } & HiveTable)
    | { readonly kind: 'drop-table'; readonly name: QualifiedName; readonly ifExists: boolean; readonly purge: boolean }
    | { readonly kind: 'alter-table'; readonly name: QualifiedName; readonly action: AlterTableAction }
    | GrantStatement
    | { readonly kind: 'msck-repair'; readonly name: QualifiedName; readonly mode: 'add' | 'drop' | 'sync' }
    | { readonly kind: 'show-databases'; readonly catalog?: Identifier; readonly pattern?: string }
    | { readonly kind: 'show-tables'; readonly database?: QualifiedName; readonly pattern?: string }
    | { readonly kind: 'show-views'; readonly database?: QualifiedName; readonly pattern?: string }
    | { readonly kind: 'show-columns'; readonly table: QualifiedName }
    | { readonly kind: 'show-partitions'; readonly table: QualifiedName; readonly spec?: PartitionSpec }
    | { readonly kind: 'show-create-table'; readonly table: QualifiedName }
    | { readonly kind: 'show-create-view'; readonly table: QualifiedName }
    | { readonly kind: 'show-tblproperties'; readonly table: QualifiedName; readonly property?: string }
    | { readonly kind: 'show-functions'; readonly pattern?: string }
    | {
        readonly kind: 'describe'
        readonly table: QualifiedName
        readonly extended: boolean
        readonly formatted: boolean
        readonly spec?: PartitionSpec
        readonly column?: Identifier
        /** Into a complex column: field names, `$elem$`, `$key$`, `$value$`. */
        readonly path?: readonly string[]
      }
    | { readonly kind: 'describe-view'; readonly table: QualifiedName }
  )
export interface StringProperty {
  readonly name: string
  readonly value: string
}
/** `type` keeps Hive's spelling, lower-cased outside field names: `struct<a:int,b:array<string>>`. */
export interface HiveColumn extends Node {
  readonly name: Identifier
  readonly type: string
  readonly comment?: string
}
export interface HiveTable {
  readonly name: QualifiedName
  readonly external: boolean
  readonly ifNotExists: boolean
  readonly columns: readonly HiveColumn[]
  readonly comment?: string
  readonly partitionedBy: readonly (HiveColumn | PartitionTransform)[]
  readonly clusteredBy?: {
    readonly columns: readonly Identifier[]
    readonly sortedBy: readonly { readonly column: Identifier; readonly descending: boolean }[]
    readonly buckets: number
  }
  readonly rowFormat?:
    | { readonly kind: 'serde'; readonly library: string; readonly properties: readonly StringProperty[] }
    | {
        readonly kind: 'delimited'
        readonly fieldsTerminatedBy?: string
        readonly escapedBy?: string
        readonly collectionItemsTerminatedBy?: string
        readonly mapKeysTerminatedBy?: string
        readonly linesTerminatedBy?: string
        readonly nullDefinedAs?: string
      }
  readonly storedAs?:
    | { readonly kind: 'format'; readonly format: string }
    | { readonly kind: 'classes'; readonly inputFormat: string; readonly outputFormat: string }
  readonly location?: string
  readonly properties: readonly StringProperty[]
}
/** Iceberg's `bucket(16, id)`, `day(ts)`; told from a HiveColumn by its `transform`. */
export interface PartitionTransform extends Node {
  readonly transform: string
  readonly column: Identifier
  readonly argument?: number
}
/** `(year = '2024', month = 1)`; values as written, without quotes. `op` is `=` except in DROP PARTITION. */
export type PartitionSpec = readonly {
  readonly column: Identifier
  readonly op: Comparison
  readonly value: string
  readonly at: Position
}[]
export type AlterTableAction =
  | {
      readonly kind: 'add-columns' | 'replace-columns'
      readonly columns: readonly HiveColumn[]
      readonly spec?: PartitionSpec
    }
  | {
      readonly kind: 'change-column'
      readonly from: Identifier
      readonly to: HiveColumn
      readonly place?: 'first' | { readonly after: Identifier }
    }
  | { readonly kind: 'drop-column'; readonly column: Identifier }
  | {
      readonly kind: 'add-partitions'
      readonly ifNotExists: boolean
      readonly partitions: readonly { readonly spec: PartitionSpec; readonly location?: string }[]
    }
  | { readonly kind: 'drop-partitions'; readonly ifExists: boolean; readonly specs: readonly PartitionSpec[] }
  | { readonly kind: 'rename-partition'; readonly from: PartitionSpec; readonly to: PartitionSpec }
  | { readonly kind: 'set-location'; readonly location: string; readonly spec?: PartitionSpec }
  | { readonly kind: 'set-properties'; readonly properties: readonly StringProperty[] }
  | { readonly kind: 'unset-properties'; readonly names: readonly string[] }
  | { readonly kind: 'rename'; readonly to: QualifiedName }
