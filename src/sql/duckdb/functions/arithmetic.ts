/** + - * / % over numbers, dates and intervals. */
import { isInteger } from '../../types.ts'
import type { Call, Lowering, Lowerings } from '../context.ts'
import { failureAs } from '../failures.ts'
import { isFine, type Moment, throughMicros } from '../fine-moments.ts'
import { duckdbType } from '../types.ts'
import { localTime, movedInstantOf } from '../zones.ts'
import { ordered } from './comparison.ts'
import { addDecimals, divideDecimals, multiplyDecimals, remainderOfDecimals } from './decimals.ts'

const DAYS = 'interval day to second'
const MONTHS = 'interval year to month'

const add: Lowering = (call) => {
  const [left, right] = call.types.map((type) => type.kind)
  if (left === DAYS || left === MONTHS)
    return right === left ? `(${call.args[0]} + ${call.args[1]})` : shifted(call, 1, 0, '+')
  return right === DAYS || right === MONTHS ? shifted(call, 0, 1, '+') : numeric(call, '+')
}

const subtract: Lowering = (call) => {
  const [left, right] = call.types.map((type) => type.kind)
  if ((right === DAYS || right === MONTHS) && left !== right) return shifted(call, 0, 1, '-')
  const [a, b] = call.args
  switch (left) {
    case 'date':
      return `(CAST(${a} - ${b} AS BIGINT) * 86400000)`
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
    case 'time':
      return millisBetween(call)
    default:
      return numeric(call, '-')
  }
}

/** The interval from the second moment to the first, rounded half up. */
function millisBetween(call: Call): string {
  const type = call.types[0] as Moment
  const [a, b] = call.args.map((arg) => ordered(arg, type)) as [string, string]
  if (isFine(type)) {
    if (type.kind === 'timestamp') return between(`tr_coarse_micros(${a})`, `tr_coarse_micros(${b})`, '1000')
    if (type.kind !== 'timestamp with time zone') return between(a, b, '1000000000')
    return `CAST(${zonedMillis(a, b, '1000000000')} AS BIGINT)`
  }
  const micros = (sql: string) => (type.kind === 'time with time zone' ? sql : `epoch_us(${sql})`)
  if (type.precision <= 3) return `((${micros(a)} - ${micros(b)}) // 1000)`
  if (type.kind === 'timestamp with time zone') return zonedMillis(micros(a), micros(b), '1000')
  return between(micros(a), micros(b), '1000')
}

const between = (a: string, b: string, unit: string): string => `tr_half_up(${a} - ${b}, ${unit})`

/** Whole milliseconds and the rest are kept apart in Trino, and rounded apart. */
const zonedMillis = (a: string, b: string, unit: string): string => `tr_millis_apart(${a}, ${b}, ${unit})`

/** A moment moved by an interval. */
function shiftedMicros(call: Call, at: number, by: number, sign: '+' | '-'): string {
  const moment = call.args[at]!
  const months = call.types[by]!.kind === MONTHS
  const amount = call.args[by]!
  const interval = months ? `to_months(${amount})` : `to_milliseconds(${amount})`
  switch (call.types[at]!.kind) {
    case 'date':
      if (months) return `CAST(${moment} ${sign} ${interval} AS DATE)`
      return call.once([amount], (ms) => {
        const cause = failureAs(
          'INVALID_FUNCTION_ARGUMENT',
          sign === '+'
            ? 'Cannot add hour, minutes or seconds to a date'
            : 'Cannot subtract hour, minutes or seconds from a date',
          'INTEGER',
        )
        return `(${moment} ${sign} CASE WHEN ${ms} % 86400000 <> 0 THEN ${cause} ELSE CAST(${ms} // 86400000 AS INTEGER) END)`
      })
    case 'timestamp with time zone': {
      // Days are of 24 hours; months are of the calendar of the value's own zone.
      if (!months) return `(${moment} ${sign} ${interval})`
      const zone = call.zone(at)
      return movedInstantOf(`(${localTime(moment, zone)} ${sign} ${interval})`, moment, zone)
    }
    default:
      return `(${moment} ${sign} ${interval})`
  }
}

const shifted = (call: Call, at: number, by: number, sign: '+' | '-'): string =>
  throughMicros((coarse) => shiftedMicros(coarse, at, by, sign), true)(call)

function numeric(call: Call, operator: '+' | '-' | '*'): string {
  const [a, b] = call.args
  if (call.result.kind !== 'decimal') return `(${a} ${operator} ${b})`
  if (operator === '*') return multiplyDecimals(call, call.result)
  return addDecimals(call, operator, call.result)
}

const multiply: Lowering = (call) => {
  if (call.result.kind !== DAYS && call.result.kind !== MONTHS) return numeric(call, '*')
  return ofInterval(call, '*', call.args[1]!)
}

/** Beyond 64 bits milliseconds stay at their last value. */
function ofInterval(call: Call, operator: '*' | '/', by: string): string {
  const value = `CAST(${call.args[0]} AS DOUBLE) ${operator} ${by}`
  if (call.result.kind === MONTHS) return `CAST(trunc(${value}) AS ${duckdbType(call.result)})`
  return call.once([value], (v) => {
    const verb = operator === '*' ? 'multiply' : 'divide'
    const refusal = failureAs('INVALID_FUNCTION_ARGUMENT', `Cannot ${verb} by double NaN`, 'BIGINT')
    return `CASE WHEN isnan(${v}) THEN ${refusal} ELSE tr_saturated(${v}) END`
  })
}

const divide: Lowering = (call) => {
  const [a, b] = call.args
  const { result } = call
  if (isInteger(result)) return `(${a} // ${divisor(call)})`
  if (result.kind === 'decimal') return divideDecimals(call, divisor(call), result)
  if (result.kind === DAYS || result.kind === MONTHS) return ofInterval(call, '/', divisor(call))
  return `(${a} / ${b})`
}

const modulus: Lowering = (call) => {
  const { result } = call
  if (result.kind === 'double' || result.kind === 'real') return `(${call.args[0]} % ${call.args[1]})`
  if (result.kind === 'decimal') return remainderOfDecimals(call, divisor(call), result)
  return `(${call.args[0]} % ${divisor(call)})`
}

/** The second argument, or Trino's error where it is zero and the first is not NULL. */
function divisor(call: Call): string {
  const [a, b] = call.args as [string, string]
  const known = call.constant(1)
  if (known !== undefined && known !== null && Number(known) !== 0) return b
  return call.once([b], (d) => {
    const guard = isLiteral(a) ? '' : ` AND (${a}) IS NOT NULL`
    return `CASE WHEN ${d} = 0${guard} THEN ${failureAs('DIVISION_BY_ZERO', 'Division by zero', 'TINYINT')} ELSE ${d} END`
  })
}

const isLiteral = (sql: string): boolean => /^\(?-?\d+\)?$|^CAST\('?-?\d[^ ]* AS \w+(\(\d+,\d+\))?\)$/.test(sql)

export const arithmeticLowerings: Lowerings = {
  $add: add,
  $subtract: subtract,
  $multiply: multiply,
  $divide: divide,
  $modulus: modulus,
  mod: modulus,
  $negate: ({ args }) => `(-${args[0]})`,
}
