/** What the parser makes of MATCH_RECOGNIZE and of row patterns in windows. */
import type { Expr, Identifier, Node, SortItem, TableExpr } from '../ast.ts'

/** The clauses that MATCH_RECOGNIZE and a window frame have in common. */
export interface PatternRecognition {
  readonly measures: readonly Measure[]
  readonly afterMatch?: SkipTo
  readonly mode?: { readonly kind: 'initial' | 'seek' } & Node
  readonly pattern: RowPattern
  readonly subsets: readonly Subset[]
  readonly definitions: readonly Definition[]
}
export interface MatchRecognize extends Node, PatternRecognition {
  readonly kind: 'match-recognize'
  readonly relation: TableExpr
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly SortItem[]
  readonly rows: RowsPerMatch
}
export type RowsPerMatch = 'one' | 'all-show-empty' | 'all-omit-empty' | 'all-with-unmatched'

export interface Measure extends Node {
  readonly expr: Expr
  readonly name: Identifier
}
export type SkipTo = Node &
  (
    | { readonly kind: 'past-last-row' | 'to-next-row' }
    | { readonly kind: 'to-first' | 'to-last'; readonly label: Identifier }
  )
export interface Subset extends Node {
  readonly name: Identifier
  readonly elements: readonly Identifier[]
}
export interface Definition extends Node {
  readonly name: Identifier
  readonly expr: Expr
}
export type RowPattern = Node &
  (
    | { readonly kind: 'label'; readonly name: Identifier }
    | { readonly kind: 'empty' | 'partition-start' | 'partition-end' }
    | { readonly kind: 'sequence' | 'alternation' | 'permutation'; readonly items: readonly RowPattern[] }
    | { readonly kind: 'exclusion'; readonly of: RowPattern }
    | {
        readonly kind: 'quantified'
        readonly of: RowPattern
        readonly quantifier: Quantifier
      }
  )
/** Bounds as written, of any size; no `max` is any number of times. */
export interface Quantifier extends Node {
  readonly min: number
  readonly max?: number
  readonly reluctant: boolean
}
