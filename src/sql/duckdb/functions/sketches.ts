/** Scalar functions of sketches. */
import type { Type } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { asResult, constant } from './forms.ts'

/** How a quantile digest holds values of a type: as integers of the same order. */
export function integerOrder(type: Type): {
  readonly toInteger: (sql: string) => string
  readonly toValue: (sql: string) => string
} {
  if (type.kind === 'double')
    return { toInteger: (sql) => `js_sortable(${sql})`, toValue: (sql) => `js_unsortable(${sql})` }
  if (type.kind === 'real')
    return {
      toInteger: (sql) => `js_sortable_real(CAST(${sql} AS DOUBLE))`,
      toValue: (sql) => `CAST(js_unsortable_real(${sql}) AS FLOAT)`,
    }
  return { toInteger: (sql) => `CAST(${sql} AS BIGINT)`, toValue: (sql) => sql }
}

/** The value at one quantile: of a digest of doubles, or of one over integers that stand for values. */
function valueAt(call: Call, digest: string, quantile: string): string {
  const type = call.types[0]!
  if (type.kind !== 'qdigest') return `js_tdigest_value(${digest}, ${quantile})`
  return integerOrder(type.value).toValue(`js_qdigest_value(${digest}, ${quantile})`)
}

const valuesAt: Lowering = (call) => {
  const item = call.printing.fresh('v')
  const [digest, quantiles] = call.args
  return call.once(
    [digest!],
    (d) =>
      `CASE WHEN ${d} IS NOT NULL THEN list_transform(${quantiles}, lambda ${item}: ${valueAt(call, d!, item)}) END`,
  )
}

export const sketchLowerings: Lowerings = {
  empty_approx_set: constant('js_empty_set()'),
  quantile_at_value: (call) => {
    const { value } = call.types[0] as Type & { kind: 'qdigest' }
    return `js_qdigest_quantile(${call.args[0]}, ${integerOrder(value).toInteger(call.args[1]!)})`
  },
  value_at_quantile: (call) => asResult(call, valueAt(call, call.args[0]!, call.args[1]!)),
  values_at_quantiles: valuesAt,
}
