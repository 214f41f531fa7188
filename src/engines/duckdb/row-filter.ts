/** Which columns of its relation a row filter reads. Filters are scalar: what holds a query is refused where it is saved. */
import { columnsIn } from '../../sql/analysis/plan-search.ts'
import type { Scalar } from '../../sql/plan.ts'

/** `width`: how many columns the relation has; parameters of lambdas have ids beyond. */
export const columnsRead = (filter: Scalar, width: number): readonly number[] =>
  [...columnsIn(filter)].filter((id) => id < width)
