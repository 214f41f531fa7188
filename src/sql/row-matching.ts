/** The part of a plan that finds matches of a row pattern: MATCH_RECOGNIZE, or a window, with its names resolved. */
import type { Assignment, Bound, Column, Rel, ResolvedFunction, Scalar, SortKey } from './plan.ts'

/**
 * In each partition, one match after the other. Its columns are `kept` (of the input), then those of `measures`.
 * Conditions and measures see no row by themselves: what they name is a column of `references` or `aggregates`, of
 * `matchNumber`, or of an outer relation.
 */
export interface RowMatching {
  readonly kind: 'match'
  readonly input: Rel
  readonly partitionBy: readonly Scalar[]
  readonly orderBy: readonly SortKey[]
  readonly kept: readonly Column[]
  readonly rows: MatchedRows
  /** Of a window: each row searches in its own frame, and is a row of the answer, whatever it finds. */
  readonly frame?: PatternFrame
  readonly pattern: Pattern
  readonly skip: Skip
  /** As CLASSIFIER shows them; a label is its place in here. */
  readonly labels: readonly string[]
  /** By label; one without is met by every row. */
  readonly conditions: readonly (Scalar | undefined)[]
  readonly references: readonly RowReference[]
  readonly aggregates: readonly MatchAggregate[]
  /** Arguments of aggregates name the label of each row by this column. */
  readonly classifier: Column
  readonly matchNumber: Column
  readonly measures: readonly Assignment[]
}

/** What becomes of a match: one row, or each of its rows, with or without what did not match. */
export type MatchedRows =
  | { readonly each: false }
  | { readonly each: true; readonly emptyMatches: boolean; readonly unmatchedRows: boolean }

/** From the row at hand to `end`: no condition sees a row outside. */
export interface PatternFrame {
  readonly end: Bound
  /** Whether the match may begin behind the first row of the frame. */
  readonly seek: boolean
}

/** Where the search goes on after a match that is not empty. */
export type Skip =
  | { readonly kind: 'past-last-row' | 'to-next-row' }
  | { readonly kind: 'to-first' | 'to-last'; readonly labels: readonly number[] }

/** Alternatives in the order of preference. */
export type Pattern =
  | { readonly kind: 'label'; readonly label: number }
  | { readonly kind: 'empty' | 'partition-start' | 'partition-end' }
  | { readonly kind: 'sequence' | 'alternation' | 'permutation'; readonly items: readonly Pattern[] }
  | { readonly kind: 'exclusion'; readonly of: Pattern }
  | {
      readonly kind: 'repetition'
      readonly of: Pattern
      readonly min: number
      readonly max?: number
      readonly reluctant: boolean
    }

/**
 * One row of the partition, or none: the first or last with one of `labels` (any when there are none) among the rows
 * matched so far, or at the end of the match when `final`; `offset` rows of these labels further inside; from there
 * `distance` rows of the partition on.
 */
export interface RowChoice {
  readonly labels: readonly number[]
  readonly end: 'first' | 'last'
  readonly offset: number
  readonly final: boolean
  readonly distance: number
}
/** `column` holds the value that the chosen row has in `of`: a column of the input, or the row's label. */
export interface RowReference {
  readonly column: Column
  readonly row: RowChoice
  readonly of: { readonly kind: 'column'; readonly id: number } | { readonly kind: 'classifier' }
}
/** Over the rows with one of `labels` (any when there are none), in their order, so far or of the whole match. */
export interface MatchAggregate {
  readonly column: Column
  readonly function: ResolvedFunction
  /** Over columns of the input, `classifier` and `matchNumber`. */
  readonly args: readonly Scalar[]
  readonly labels: readonly number[]
  readonly final: boolean
  /**
   * Of FIRST_VALUE and its like, over the match of a window: they take one value of the rows, and what follows the first
   * argument is of the row at hand.
   */
  readonly value?: { readonly ignoreNulls: boolean }
}
