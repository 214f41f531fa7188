/** What the parsers produce: the statement as written, with positions; no names resolved, no types known. */
import type { HiveStatement } from './hive/ast.ts'
import type { Position } from './position.ts'
import type { ExternalDeclaration } from './trino/external-ast.ts'
import type { MatchRecognize, PatternRecognition } from './trino/row-pattern-ast.ts'

export interface Identifier extends Node {
  /** As written inside the quotes; folded to lower case by whoever resolves it. */
  readonly name: string
  readonly quoted: boolean
}
export interface Node {
  readonly at: Position
}
/** One to three parts: table, database.table, catalog.database.table. */
export interface QualifiedName extends Node {
  readonly parts: readonly Identifier[]
}

// ---- queries

export interface Query extends Node {
  readonly kind: 'query'
  /** `USING EXTERNAL FUNCTION ...`, which stands before the query of a statement. */
  readonly externals?: readonly ExternalDeclaration[]
  readonly with?: { readonly recursive: boolean; readonly queries: readonly NamedQuery[] }
  readonly body: QueryBody
  readonly orderBy: readonly SortItem[]
  readonly offset?: RowCount
  readonly limit?: RowCount
  /** LIMIT or FETCH, and where it stands. */
  readonly limitClause?: { readonly kind: 'limit' | 'fetch' } & Node
  /** FETCH FIRST n ROWS WITH TIES. */
  readonly withTies?: boolean
}
export interface NamedQuery extends Node {
  readonly name: Identifier
  readonly columns?: readonly Identifier[]
  readonly query: Query
}
export type RowCount = ({ readonly count: number } | { readonly parameter: number }) & Node

export type QueryBody = Select | SetOperation | TableQuery | Values | ParenthesizedQuery
export interface Select extends Node {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly items: readonly SelectItem[]
  readonly from?: TableExpr
  readonly where?: Expr
  readonly groupBy?: GroupBy
  readonly having?: Expr
  readonly windows: readonly { readonly name: Identifier; readonly spec: WindowSpec }[]
}
export interface SetOperation extends Node {
  readonly kind: 'set-operation'
  readonly op: 'union' | 'intersect' | 'except'
  readonly all: boolean
  readonly left: QueryBody
  readonly right: QueryBody
}
export interface TableQuery extends Node {
  readonly kind: 'table'
  readonly name: QualifiedName
}
export interface Values extends Node {
  readonly kind: 'values'
  readonly rows: readonly Expr[]
}
export interface ParenthesizedQuery extends Node {
  readonly kind: 'parenthesized'
  readonly query: Query
}
export type SelectItem =
  | ({ readonly kind: 'expr'; readonly expr: Expr; readonly alias?: Identifier } & Node)
  /** `*`, `t.*`, `(row).*`, optionally `AS (a, b)`. */
  | ({ readonly kind: 'all'; readonly of?: Expr; readonly aliases?: readonly Identifier[] } & Node)
export interface GroupBy extends Node {
  readonly distinct: boolean
  readonly elements: readonly GroupingElement[]
}
export type GroupingElement = {
  readonly kind: 'simple' | 'rollup' | 'cube' | 'sets'
  readonly sets: readonly (readonly Expr[])[]
} & Node
export interface SortItem extends Node {
  readonly expr: Expr
  readonly descending: boolean
  readonly nullsFirst?: boolean
}

// ---- table expressions

export type TableExpr =
  | ({ readonly kind: 'name'; readonly name: QualifiedName; readonly version?: TableVersion } & Node)
  | ({
      readonly kind: 'alias'
      readonly relation: TableExpr
      readonly alias: Identifier
      readonly columns?: readonly Identifier[]
    } & Node)
  | ({ readonly kind: 'subquery'; readonly query: Query; readonly lateral: boolean } & Node)
  | ({ readonly kind: 'unnest'; readonly exprs: readonly Expr[]; readonly ordinality: boolean } & Node)
  | ({
      readonly kind: 'sample'
      readonly relation: TableExpr
      readonly method: 'bernoulli' | 'system'
      readonly percentage: Expr
    } & Node)
  | MatchRecognize
  | ({
      readonly kind: 'table-function'
      readonly name: QualifiedName
      readonly args: readonly TableFunctionArgument[]
    } & Node)
  | ({
      readonly kind: 'join'
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'implicit'
      readonly left: TableExpr
      readonly right: TableExpr
      readonly natural: boolean
      readonly on?: Expr
      readonly using?: readonly Identifier[]
    } & Node)
export interface TableFunctionArgument extends Node {
  readonly name?: Identifier
  readonly value: Expr | TableArgument | Descriptor
}
export interface TableArgument extends Node {
  readonly kind: 'table-argument'
  readonly relation: TableExpr
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly SortItem[]
}
export interface Descriptor extends Node {
  readonly kind: 'descriptor'
  readonly fields: readonly ({ readonly name: Identifier; readonly type?: TypeName } & Node)[]
}
export interface TableVersion extends Node {
  readonly by: 'timestamp' | 'version'
  readonly expr: Expr
}

// ---- expressions

export type Expr = { readonly at: Position } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** As written: `1`, `1.50`, `1e3`; a minus sign directly before a number belongs to it: `-1`. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  /** Hexadecimal digits of `X'..'`. */
  | { readonly kind: 'binary'; readonly hex: string }
  /** `DATE '2024-01-01'`, `JSON '..'`, `DECIMAL '1.0'`. */
  | { readonly kind: 'typed-literal'; readonly type: TypeName; readonly value: string }
  | {
      readonly kind: 'interval'
      readonly value: string
      readonly negative: boolean
      readonly from: IntervalField
      readonly to?: IntervalField
    }
  /** `?`, numbered from 0. */
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'name'; readonly name: Identifier }
  | { readonly kind: 'field'; readonly of: Expr; readonly field: Identifier }
  | { readonly kind: 'subscript'; readonly of: Expr; readonly index: Expr }
  | { readonly kind: 'unary'; readonly op: '-' | '+'; readonly of: Expr }
  | {
      readonly kind: 'binary-op'
      readonly op: '+' | '-' | '*' | '/' | '%' | '||'
      readonly left: Expr
      readonly right: Expr
    }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Expr; readonly right: Expr }
  | {
      readonly kind: 'quantified'
      readonly op: Comparison
      readonly quantifier: 'all' | 'any' | 'some'
      readonly left: Expr
      readonly query: Query
    }
  | { readonly kind: 'logical'; readonly op: 'and' | 'or'; readonly terms: readonly Expr[] }
  | { readonly kind: 'not'; readonly of: Expr }
  | { readonly kind: 'between'; readonly of: Expr; readonly low: Expr; readonly high: Expr; readonly not: boolean }
  | { readonly kind: 'in-list'; readonly of: Expr; readonly items: readonly Expr[]; readonly not: boolean }
  | { readonly kind: 'in-query'; readonly of: Expr; readonly query: Query; readonly not: boolean }
  | { readonly kind: 'like'; readonly of: Expr; readonly pattern: Expr; readonly escape?: Expr; readonly not: boolean }
  | { readonly kind: 'is-null'; readonly of: Expr; readonly not: boolean }
  | { readonly kind: 'is-distinct'; readonly left: Expr; readonly right: Expr; readonly not: boolean }
  | { readonly kind: 'exists'; readonly query: Query }
  | { readonly kind: 'scalar-query'; readonly query: Query }
  | {
      readonly kind: 'case'
      readonly operand?: Expr
      readonly whens: readonly { readonly when: Expr; readonly then: Expr }[]
      readonly otherwise?: Expr
    }
  | { readonly kind: 'cast'; readonly of: Expr; readonly type: TypeName; readonly safe: boolean }
  | { readonly kind: 'extract'; readonly field: Identifier; readonly of: Expr }
  | { readonly kind: 'at-time-zone'; readonly of: Expr; readonly zone: Expr }
  | { readonly kind: 'row'; readonly items: readonly Expr[] }
  | { readonly kind: 'array'; readonly items: readonly Expr[] }
  | { readonly kind: 'lambda'; readonly parameters: readonly Identifier[]; readonly body: Expr }
  | { readonly kind: 'call'; readonly call: Call }
  /** A measure of the row pattern in a window: `m OVER w`. */
  | { readonly kind: 'measure'; readonly name: Identifier; readonly over: Identifier | WindowSpec }
  | {
      readonly kind: 'trim'
      readonly side: 'leading' | 'trailing' | 'both'
      readonly of: Expr
      readonly characters?: Expr
    }
  | { readonly kind: 'grouping'; readonly of: readonly Expr[] }
  /** `current_date`, `current_timestamp(6)`, `localtime`, `current_user` ... */
  | { readonly kind: 'current'; readonly what: CurrentValue; readonly precision?: number }
  | {
      readonly kind: 'json-path'
      readonly function: 'json_exists' | 'json_value' | 'json_query'
      readonly call: JsonPathCall
    }
  | {
      readonly kind: 'json-object'
      readonly members: readonly { readonly key: Expr; readonly value: Expr }[]
      readonly nullOnNull: boolean
      readonly uniqueKeys: boolean
      readonly returning?: TypeName
      readonly encoding?: JsonEncoding
    }
  | {
      readonly kind: 'json-array'
      readonly items: readonly Expr[]
      readonly nullOnNull: boolean
      readonly returning?: TypeName
      readonly encoding?: JsonEncoding
    }
  /** `x FORMAT JSON [ENCODING ..]`: only as input, member or item of the JSON functions above. */
  | { readonly kind: 'json-format'; readonly of: Expr; readonly encoding?: JsonEncoding }
)
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='
export type IntervalField = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'
export type CurrentValue =
  | 'current_date'
  | 'current_time'
  | 'current_timestamp'
  | 'localtime'
  | 'localtimestamp'
  | 'current_user'
  | 'current_catalog'
  | 'current_schema'
  | 'current_path'
/**
 * An ordinary, aggregate or window function call, before anyone knows which. Forms of standard SQL come as the calls
 * that Trino's own parser makes of them: `position(a IN b)` is `strpos(b, a)`, `substring(x FROM 2)` is `substr(x, 2)`,
 * `normalize(x)` is `normalize(x, 'NFC')`; LISTAGG always has its separator as second argument.
 */
export interface Call {
  readonly name: QualifiedName
  readonly args: readonly Expr[]
  /** `count(*)`. */
  readonly star: boolean
  /** `count(a.*)`, of the rows of a pattern that have this label. */
  readonly starLabel?: Identifier
  /** RUNNING or FINAL before a call in a measure. */
  readonly mode?: { readonly kind: 'running' | 'final' } & Node
  readonly distinct: boolean
  readonly orderBy: readonly SortItem[]
  readonly filter?: Expr
  readonly nulls?: 'ignore' | 'respect'
  /** `WITHIN GROUP (ORDER BY ...)` of LISTAGG. */
  readonly withinGroup?: readonly SortItem[]
  /** `ON OVERFLOW TRUNCATE '..' WITH COUNT` of LISTAGG; absent when overflow is an error. */
  readonly truncate?: { readonly filler: string; readonly withCount: boolean }
  readonly over?: Identifier | WindowSpec
}
export interface WindowSpec extends Node {
  readonly kind: 'window'
  readonly base?: Identifier
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly SortItem[]
  readonly frame?: WindowFrame
}
export interface WindowFrame extends Node {
  readonly unit: 'rows' | 'range' | 'groups'
  readonly start: FrameBound
  readonly end?: FrameBound
  /** The row pattern whose match the frame is reduced to; measures without a pattern are an error of analysis. */
  readonly recognition?: Partial<PatternRecognition>
}
export type FrameBound =
  | { readonly kind: 'unbounded-preceding' | 'unbounded-following' | 'current-row' }
  | { readonly kind: 'preceding' | 'following'; readonly value: Expr }
/** SQL/JSON path calls with their clauses; behaviours as written. */
export interface JsonPathCall {
  readonly input: Expr
  readonly path: string
  /** Where the path's literal is. */
  readonly pathAt: Position
  readonly passing: readonly { readonly value: Expr; readonly name: Identifier }[]
  readonly returning?: TypeName
  /** Of FORMAT JSON behind RETURNING. */
  readonly encoding?: JsonEncoding
  readonly wrapper?: 'without' | 'conditional' | 'unconditional'
  readonly quotes?: 'keep' | 'omit'
  readonly onEmpty?: JsonBehaviour
  readonly onError?: JsonBehaviour
}
export type JsonEncoding = 'utf8' | 'utf16' | 'utf32'
export type JsonBehaviour =
  | { readonly kind: 'null' | 'error' | 'empty-array' | 'empty-object' | 'true' | 'false' | 'unknown' }
  | { readonly kind: 'default'; readonly value: Expr }

/** A type as written: `decimal(10, 2)`, `array<int>`, `row(a bigint)`, `timestamp(3) with time zone`; resolved by analysis. */
export interface TypeName extends Node {
  /** Lower case: `varchar`, `array`, `map`, `row`, `timestamp with time zone`, `interval year to month`. */
  readonly name: string
  readonly parameters: readonly TypeParameter[]
}
export type TypeParameter =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'type'; readonly name?: Identifier; readonly type: TypeName }

// ---- statements

export type Statement = Node &
  (
    | Query
    | {
        readonly kind: 'explain'
        readonly analyze: boolean
        readonly verbose: boolean
        readonly type?: 'logical' | 'distributed' | 'io' | 'validate'
        readonly format?: 'text' | 'json' | 'graphviz'
        readonly statement: Statement
      }
    | {
        readonly kind: 'create-table-as'
        readonly name: QualifiedName
        readonly ifNotExists: boolean
        readonly columns?: readonly Identifier[]
        readonly comment?: string
        readonly properties: readonly Property[]
        readonly query: Query
        readonly withData: boolean
      }
    | {
        readonly kind: 'insert'
        readonly table: QualifiedName
        readonly columns?: readonly Identifier[]
        readonly query: Query
      }
    | { readonly kind: 'delete'; readonly table: QualifiedName; readonly where?: Expr }
    | {
        readonly kind: 'update'
        readonly table: QualifiedName
        readonly assignments: readonly { readonly column: Identifier; readonly value: Expr }[]
        readonly where?: Expr
      }
    | {
        readonly kind: 'merge'
        readonly table: QualifiedName
        readonly alias?: Identifier
        readonly source: TableExpr
        readonly on: Expr
        readonly cases: readonly MergeCase[]
      }
    | { readonly kind: 'unload'; readonly query: Query; readonly to: string; readonly properties: readonly Property[] }
    | {
        readonly kind: 'create-view'
        readonly name: QualifiedName
        readonly orReplace: boolean
        readonly columns?: readonly Identifier[]
        readonly query: Query
        readonly queryText: string
      }
    | { readonly kind: 'drop-view'; readonly name: QualifiedName; readonly ifExists: boolean }
    | { readonly kind: 'prepare'; readonly name: Identifier; readonly statement: Statement; readonly text: string }
    | { readonly kind: 'execute'; readonly name: Identifier; readonly using: readonly Expr[] }
    | { readonly kind: 'deallocate'; readonly name: Identifier }
    | { readonly kind: 'optimize'; readonly table: QualifiedName; readonly where?: Expr }
    | { readonly kind: 'vacuum'; readonly table: QualifiedName }
    | HiveStatement
  )
export interface Property extends Node {
  readonly name: Identifier
  readonly value: Expr
}
export type MergeCase = Node & {
  readonly matched: boolean
  readonly condition?: Expr
  readonly action:
    | { readonly kind: 'delete' }
    | {
        readonly kind: 'update'
        readonly assignments: readonly { readonly column: Identifier; readonly value: Expr }[]
      }
    | { readonly kind: 'insert'; readonly columns?: readonly Identifier[]; readonly values: readonly Expr[] }
}
