/** What a statement asks of the values of a source's columns, in the form that sources are asked in. */
import type { Constant } from '../../sql/plan.ts'

/** The values that a column may have. Rows with others do not matter to the result. */
export interface Domain {
  /** In ascending order, apart from one another; none when no value will do, one without ends when any will. */
  readonly ranges: readonly ValueRange[]
  readonly nullAllowed: boolean
}

/** A single value is a range from it to it, both included. An end that is absent is open to all. */
export interface ValueRange {
  readonly low?: RangeEnd
  readonly high?: RangeEnd
}

export interface RangeEnd {
  /** Of the column's type, as the plan has constants. Texts are ordered by code points. */
  readonly value: Constant
  readonly included: boolean
}
