/** Folding a list whose elements and state are of different types. */
import type { Type } from '../../types.ts'
import type { Call } from '../context.ts'
import { duckdbType } from '../types.ts'

export interface Fold {
  readonly list: string
  readonly element: Type
  readonly initial: string
  readonly state: Type
  /** The index of the lambda (state, element) -> state. */
  readonly step: number
}

/** DuckDB reduces a list only to its element type: each element becomes a pair of state and element. */
export function fold(call: Call, { list, element, initial, state, step }: Fold): string {
  const pair = `STRUCT(s ${duckdbType(state)}, x ${duckdbType(element)})`
  const [item, before, next] = ['v', 'v', 'v'].map((prefix) => call.printing.fresh(prefix)) as [string, string, string]
  const body = call.cast(call.lambda(step, `${before}.s`, `${next}.x`), call.lambdaType(step).result, state)
  const first = `CAST(struct_pack(s := ${initial}, x := NULL) AS ${pair})`
  return call.once([list], (elements) => {
    const pairs = `list_transform(${elements}, lambda ${item}: CAST(struct_pack(s := NULL, x := ${item}) AS ${pair}))`
    const reduced = `list_reduce(list_concat([${first}], ${pairs}), lambda ${before}, ${next}: CAST(struct_pack(s := ${body}, x := NULL) AS ${pair})).s`
    return `CASE WHEN ${elements} IS NOT NULL THEN ${reduced} END`
  })
}
