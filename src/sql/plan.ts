/**
 * What analysis produces and every engine prints from: a relational tree in which each column of each node has an id
 * that is unique in the statement, each expression has a Trino type, and each base table is a `scan` named by an id
 * that the resolver handed out. No user identifier is left in it but the output names. A correlated reference is just
 * the id of a column of an outer relation.
 */
import type { Position } from './position.ts'
import type { RowMatching } from './row-matching.ts'
import type { Type } from './types.ts'

export interface Column {
  readonly id: number
  readonly type: Type
}

export type Rel =
  | { readonly kind: 'scan'; readonly relation: string; readonly columns: readonly ScanColumn[] }
  /** One row without columns: what SELECT without FROM reads. */
  | { readonly kind: 'single-row' }
  | { readonly kind: 'values'; readonly columns: readonly Column[]; readonly rows: readonly (readonly Scalar[])[] }
  | { readonly kind: 'filter'; readonly input: Rel; readonly predicate: Scalar }
  /** Its columns are exactly `items`. */
  | { readonly kind: 'project'; readonly input: Rel; readonly items: readonly Assignment[] }
  /** Columns of left, then of right. `lateral`: right may refer to columns of left. */
  | {
      readonly kind: 'join'
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross'
      readonly left: Rel
      readonly right: Rel
      readonly on?: Scalar
      readonly lateral: boolean
    }
  /** Columns of input, then those of each item side by side (shorter ones padded with NULL), then the ordinality. */
  | {
      readonly kind: 'unnest'
      readonly input: Rel
      readonly items: readonly { readonly of: Scalar; readonly columns: readonly Column[] }[]
      readonly ordinality?: Column
      readonly outer: boolean
    }
  /** Columns: the keys, then the aggregates. `sets` (indexes into keys) when there are several grouping sets. */
  | {
      readonly kind: 'aggregate'
      readonly input: Rel
      readonly keys: readonly { readonly column: Column; readonly of: Scalar }[]
      readonly sets?: readonly (readonly number[])[]
      readonly aggregates: readonly Aggregation[]
      readonly groupings: readonly { readonly column: Column; readonly keys: readonly number[] }[]
    }
  /** Columns of input, then the functions'. */
  | { readonly kind: 'window'; readonly input: Rel; readonly functions: readonly WindowFunction[] }
  | RowMatching
  | { readonly kind: 'sort'; readonly input: Rel; readonly keys: readonly SortKey[] }
  | {
      readonly kind: 'limit'
      readonly input: Rel
      readonly count?: number
      readonly offset?: number
      readonly withTies?: readonly SortKey[]
    }
  | { readonly kind: 'distinct'; readonly input: Rel }
  /** `columns[i]` is made of `left.columns[i]` and `right.columns[i]`, both already of its type. */
  | {
      readonly kind: 'set-operation'
      readonly op: 'union' | 'intersect' | 'except'
      readonly all: boolean
      readonly left: Rel
      readonly right: Rel
      readonly columns: readonly Column[]
    }
  | {
      readonly kind: 'sample'
      readonly input: Rel
      readonly method: 'bernoulli' | 'system'
      readonly percentage: number
    }
  /** Its columns are those of `body`. A recursive query refers to itself with a `cte-ref` inside `step`. */
  | { readonly kind: 'with'; readonly queries: readonly Cte[]; readonly body: Rel }
  /** `columns[i]` renames column i of the query it refers to. */
  | { readonly kind: 'cte-ref'; readonly cte: number; readonly columns: readonly Column[] }

/** `source` is the name of the relation's column (see the relation that the id stands for). */
export interface ScanColumn extends Column {
  readonly source: string
}
export interface Assignment {
  readonly column: Column
  readonly of: Scalar
}
export interface Cte {
  readonly id: number
  readonly columns: readonly Column[]
  readonly query: Rel
  /** Present when recursive: `query` is the anchor, `step` is added to it until it yields nothing. */
  readonly step?: Rel
  readonly all?: boolean
}
export interface Aggregation {
  readonly column: Column
  readonly function: ResolvedFunction
  readonly args: readonly Scalar[]
  readonly distinct: boolean
  readonly filter?: Scalar
  readonly orderBy: readonly SortKey[]
}
export interface WindowFunction {
  readonly column: Column
  readonly function: ResolvedFunction
  readonly args: readonly Scalar[]
  readonly distinct: boolean
  readonly orderByInside: readonly SortKey[]
  readonly ignoreNulls: boolean
  readonly partitionBy: readonly Scalar[]
  readonly orderBy: readonly SortKey[]
  readonly frame?: Frame
}
export interface Frame {
  readonly unit: 'rows' | 'range' | 'groups'
  readonly start: Bound
  readonly end: Bound
}
export type Bound =
  | { readonly kind: 'unbounded-preceding' | 'unbounded-following' | 'current-row' }
  | { readonly kind: 'preceding' | 'following'; readonly value: Scalar }
export interface SortKey {
  readonly of: Scalar
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** An entry of the registry with its overload chosen; arguments have been coerced to `parameters`. */
export interface ResolvedFunction {
  /** The registry's canonical name: `date_trunc`, `$add`, `$eq`. Operators begin with `$`. */
  readonly name: string
  readonly parameters: readonly Type[]
  readonly result: Type
  /** It is none of the registry's. */
  readonly external?: ExternalFunction
}

/** A function that the statement declares and AWS Lambda runs, in batches of rows. */
export interface ExternalFunction {
  /** Its place among the statement's. */
  readonly id: number
  /** What it is called there. */
  readonly method: string
  /** The name or ARN of what holds it. */
  readonly lambda: string
  readonly parameters: readonly Type[]
  readonly result: Type
}

/** The day of the statement in the session's zone, and the statement's instant in UTC: `2024-01-02 03:04:05`. */
export interface Today {
  readonly day: string
  readonly instant: string
}

/** A typed expression. Coercions that Trino does silently are explicit `cast`s here. */
export type Scalar = { readonly type: Type; readonly at?: Position } & (
  | { readonly kind: 'constant'; readonly value: Constant }
  | { readonly kind: 'column'; readonly id: number }
  | { readonly kind: 'call'; readonly function: ResolvedFunction; readonly args: readonly Scalar[] }
  /** `today`: where a time becomes a timestamp. */
  | { readonly kind: 'cast'; readonly of: Scalar; readonly safe: boolean; readonly today?: Today }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Scalar[] }
  | { readonly kind: 'not'; readonly of: Scalar }
  | { readonly kind: 'is-null'; readonly of: Scalar }
  /** Searched CASE; a simple CASE has been rewritten with `$eq`. Lazy. */
  | {
      readonly kind: 'case'
      readonly whens: readonly { readonly when: Scalar; readonly then: Scalar }[]
      readonly otherwise?: Scalar
    }
  | { readonly kind: 'coalesce'; readonly items: readonly Scalar[] }
  | { readonly kind: 'nullif'; readonly left: Scalar; readonly right: Scalar }
  | { readonly kind: 'try'; readonly of: Scalar }
  | { readonly kind: 'in'; readonly of: Scalar; readonly items: readonly Scalar[] }
  | { readonly kind: 'row'; readonly items: readonly Scalar[] }
  | { readonly kind: 'array'; readonly items: readonly Scalar[] }
  /** Field `index` (from 0) of a row. */
  | { readonly kind: 'field'; readonly of: Scalar; readonly index: number }
  | { readonly kind: 'lambda'; readonly parameters: readonly Column[]; readonly body: Scalar }
  /** The one column of `query`, which must yield at most one row; NULL when none. */
  | { readonly kind: 'scalar-query'; readonly query: Rel }
  | { readonly kind: 'exists'; readonly query: Rel }
  | { readonly kind: 'in-query'; readonly of: Scalar; readonly query: Rel }
  | {
      readonly kind: 'quantified'
      readonly op: '=' | '<>' | '<' | '<=' | '>' | '>='
      readonly all: boolean
      readonly of: Scalar
      readonly query: Rel
    }
)

/**
 * A value in a form that keeps it exact: integers as bigint; decimals, dates, times and timestamps as Trino's text
 * (`12.50`, `2024-01-01`, `2024-01-01 00:00:00.000 UTC`); varbinary as bytes; intervals as months or milliseconds.
 */
export type Constant = null | boolean | bigint | number | string | Uint8Array

/** A query ready for an engine. */
export interface BoundQuery {
  readonly root: Rel
  /** What the client sees, in order: which column of `root` under which name. */
  readonly output: readonly OutputColumn[]
  /** It asks when it runs, or who runs it: the answers are constants of the plan, and another time others. */
  readonly isOfTheMoment?: true
  /** The functions of Lambda that it declares. */
  readonly externals?: readonly ExternalFunction[]
}
export interface OutputColumn {
  readonly name: string
  readonly column: Column
}

/** The columns a node yields, in order. */
export function columnsOf(rel: Rel): readonly Column[] {
  switch (rel.kind) {
    case 'scan':
    case 'values':
    case 'set-operation':
    case 'cte-ref':
      return rel.columns
    case 'single-row':
      return []
    case 'filter':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'sample':
      return columnsOf(rel.input)
    case 'project':
      return rel.items.map((item) => item.column)
    case 'join':
    case 'unnest':
    case 'window':
      return ofChain(rel)
    case 'aggregate':
      return [...rel.keys, ...rel.aggregates, ...rel.groupings].map((item) => item.column)
    case 'match':
      return [...rel.kept, ...rel.measures.map((measure) => measure.column)]
    case 'with':
      return columnsOf(rel.body)
  }
}

/** Of nodes that add to their input, which may be one of a thousand such: each list is copied once. */
function ofChain(rel: Rel): readonly Column[] {
  const parts: (readonly Column[])[] = []
  let at = rel
  for (;;) {
    if (at.kind === 'join') {
      parts.push(columnsOf(at.right))
      at = at.left
    } else if (at.kind === 'unnest') {
      parts.push([...at.items.flatMap((item) => item.columns), ...(at.ordinality ? [at.ordinality] : [])])
      at = at.input
    } else if (at.kind === 'window') {
      parts.push(at.functions.map((f) => f.column))
      at = at.input
    } else return columnsOf(at).concat(...parts.reverse())
  }
}
