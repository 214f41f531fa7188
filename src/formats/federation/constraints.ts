/** What a query asks of columns, as connectors are told: sets of values, expressions, order, limit. */
import { arrowTypeShape } from './arrow-type-shape.ts'
import { block } from './blocks.ts'
import {
  dictionary,
  flag,
  lazy,
  list,
  nullable,
  number,
  type Shape,
  since,
  struct,
  text,
  type ValueOf,
  type VariantOf,
  variant,
} from './json-shapes.ts'

/** A block of one row in one column, `col1`, or of none where the range has no end (`nullValue`). */
const marker = struct({
  valueBlock: block,
  /** BELOW, EXACTLY or ABOVE the value. */
  bound: text,
  nullValue: flag,
})
export type Marker = ValueOf<typeof marker>

const valueSet = variant({
  SortedRangeSet: {
    type: arrowTypeShape,
    ranges: list(struct({ low: marker, high: marker })),
    nullAllowed: flag,
  },
  /** `whiteList`: these and no others, or all but these. */
  EquatableValueSet: { valueBlock: block, whiteList: flag, nullAllowed: flag },
  AllOrNoneValueSet: { type: arrowTypeShape, all: flag, nullAllowed: flag },
})
export type ValueSet = ValueOf<typeof valueSet>

interface ExpressionVariants {
  readonly FunctionCallExpression: {
    readonly type: typeof arrowTypeShape
    readonly functionName: typeof functionName
    readonly arguments: Shape<readonly Expression[]>
  }
  readonly VariableExpression: { readonly columnName: typeof text; readonly type: typeof arrowTypeShape }
  readonly ConstantExpression: { readonly valueBlock: typeof block; readonly type: typeof arrowTypeShape }
}
export type Expression = VariantOf<{ readonly [Name in keyof ExpressionVariants]: ExpressionVariants[Name] }>

const functionName = struct({ functionName: text })
const expression: Shape<Expression> = variant({
  FunctionCallExpression: {
    type: arrowTypeShape,
    functionName,
    arguments: list(lazy((): Shape<Expression> => expression)),
  },
  VariableExpression: { columnName: text, type: arrowTypeShape },
  ConstantExpression: { valueBlock: block, type: arrowTypeShape },
})

/** `ASC_NULLS_FIRST`, `ASC_NULLS_LAST`, `DESC_NULLS_FIRST`, `DESC_NULLS_LAST`. */
const orderByField = struct({ columnName: text, direction: text })

/** All rows are wanted. */
export const NO_LIMIT = -1

export const constraints = struct({
  /** By column; one that is not there may have any value. */
  summary: dictionary(valueSet),
  expression: since(4, list(expression), []),
  orderByClause: since(4, list(orderByField), []),
  limit: since(4, number, NO_LIMIT),
  queryPassthroughArguments: since(5, dictionary(text), {}),
  queryPlan: since(6, nullable(struct({ substraitVersion: text, substraitPlan: text })), undefined),
})
export type Constraints = ValueOf<typeof constraints>
