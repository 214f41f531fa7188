/** Functions that only make sense over a window. */
import type { Call } from '../context.ts'
import { failureAs } from '../failures.ts'

export interface WindowCall extends Call {
  /** ` IGNORE NULLS` or nothing: DuckDB wants it behind the arguments. */
  readonly nulls: string
  readonly over: string
}
type WindowLowering = (call: WindowCall) => string

const ranking =
  (name: string): WindowLowering =>
  ({ over }) =>
    `${name}()${over}`

const value =
  (name: string): WindowLowering =>
  ({ args, nulls, over }) =>
    `${name}(${args.join(', ')}${nulls})${over}`

/** The offset of NTH_VALUE, which counts from 1. */
export function checkedPlace(place: string): string {
  if (/^[1-9]\d*$/.test(place)) return place
  const early = failureAs('INVALID_FUNCTION_ARGUMENT', 'Offset must be at least 1', 'BIGINT')
  return `CASE WHEN ${place} < 1 THEN ${early} ELSE ${place} END`
}

/** LAG and LEAD: a default only takes the place of a row outside the partition. */
const shifted =
  (name: string): WindowLowering =>
  ({ args, nulls, over, types, cast }) => {
    const [of, offset = '1', fallback] = args
    const distance = `CASE WHEN ${offset} < 0 THEN ${failureAs('INVALID_FUNCTION_ARGUMENT', 'Offset must be at least 0', 'BIGINT')} ELSE CAST(${offset} AS BIGINT) END`
    const constant = /^\d+$/.test(offset) ? offset : distance
    return `${name}(${[of, constant, ...(fallback ? [cast(fallback, types[2]!, types[0]!)] : [])].join(', ')}${nulls})${over}`
  }

export const windowLowerings: Readonly<Record<string, WindowLowering>> = {
  row_number: ranking('row_number'),
  rank: ranking('rank'),
  dense_rank: ranking('dense_rank'),
  percent_rank: ranking('percent_rank'),
  cume_dist: ranking('cume_dist'),
  ntile: ({ args, over }) => `ntile(${args[0]})${over}`,
  first_value: value('first_value'),
  last_value: value('last_value'),
  nth_value: ({ args, nulls, over }) => {
    const [of, place] = args as [string, string]
    return `nth_value(${of}, ${checkedPlace(place)}${nulls})${over}`
  },
  lag: shifted('lag'),
  lead: shifted('lead'),
}
