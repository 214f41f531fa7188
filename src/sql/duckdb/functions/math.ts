/** Mathematical and bitwise functions. */
import type { Call, Lowering, Lowerings } from '../context.ts'
import { failure } from '../failures.ts'
import { duckdbType } from '../types.ts'
import { asResult, constant, infix, named, numberConstant, typed } from './forms.ts'

const WIDTHS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 }

/** Trino answers NaN outside the domain, DuckDB raises. */
const within =
  (name: string, domain: (x: string) => string, outside = "CAST('NaN' AS DOUBLE)"): Lowering =>
  (call) =>
    call.once(call.args, (x) => `CASE WHEN ${x} IS NULL OR (${domain(x!)}) THEN ${name}(${x}) ELSE ${outside} END`)

const logarithm =
  (name: string): Lowering =>
  (call) =>
    call.once(
      call.args,
      (x) =>
        `CASE WHEN ${x} IS NULL OR ${x} > 0 THEN ${name}(${x}) WHEN ${x} = 0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END`,
    )

const rounding =
  (name: string): Lowering =>
  (call) =>
    ['real', 'double', 'decimal'].includes(call.types[0]!.kind)
      ? asResult(call, `${name}(${call.args[0]})`)
      : call.args[0]!

const round: Lowering = (call) => {
  const [x, digits] = call.args
  const { kind } = call.types[0]!
  const exact = kind !== 'double' && kind !== 'real' && kind !== 'decimal'
  if (digits === undefined) return exact ? x! : asResult(call, `round(${x})`)
  if (kind === 'decimal') {
    const known = numberConstant(call, 1)
    const scale = (call.types[0] as { scale: number }).scale
    if (known !== undefined && known >= scale) return asResult(call, x!)
    // Of all 38 digits rounding may make one more, which DuckDB would keep.
    const room = (call.types[0] as { precision: number }).precision < 38
    return known !== undefined && room
      ? asResult(call, `round(${x}, ${known})`)
      : asResult(call, `js_round_decimal(CAST(${x} AS VARCHAR), CAST(${digits} AS BIGINT))`)
  }
  if (exact) return asResult(call, `js_round_integer(CAST(${x} AS BIGINT), CAST(${digits} AS BIGINT))`)
  return asResult(call, `js_round_double(CAST(${x} AS DOUBLE), CAST(${digits} AS BIGINT))`)
}

const truncate: Lowering = (call) => {
  const [x, digits] = call.args
  if (digits === undefined) return asResult(call, `trunc(${x})`)
  return asResult(call, `js_truncate_decimal(CAST(${x} AS VARCHAR), CAST(${digits} AS BIGINT))`)
}

const random: Lowering = (call) => {
  const [first, second] = call.args
  if (first === undefined) return 'random()'
  const [low, high] = second === undefined ? ['0', first] : [first, second]
  const refusal = failure(
    'INVALID_FUNCTION_ARGUMENT',
    second === undefined ? 'bound must be positive' : 'start value must be less than stop value',
    call.result,
  )
  return asResult(
    call,
    `CASE WHEN ${low} < ${high} THEN ${low} + floor(random() * (${high} - ${low})) WHEN ${low} >= ${high} THEN ${refusal} END`,
  )
}

const widthBucket: Lowering = (call) => {
  if (call.args.length === 2) {
    return `js_width_bucket_bins(${call.args.join(', ')})`
  }
  return `js_width_bucket(${call.args.join(', ')})`
}

const shift =
  (name: string): Lowering =>
  (call) =>
    // Only the last six bits of a negative distance count, as in Java.
    asResult(call, `${name}(CAST(${call.args[0]} AS BIGINT), ${call.args[1]}, ${WIDTHS[call.types[0]!.kind] ?? 64})`)

/** Rounds half away from zero at zero decimals; the sign of an integer, decimal or float keeps its type. */
const sign: Lowering = (call: Call) => {
  const [x] = call.args
  const type = duckdbType(call.result)
  if (call.types[0]!.kind !== 'double' && call.types[0]!.kind !== 'real') return `CAST(sign(${x}) AS ${type})`
  return call.once([x!], (v) => `CASE WHEN isnan(${v}) THEN ${v} ELSE CAST(sign(${v}) AS ${type}) END`)
}

export const mathLowerings: Lowerings = {
  abs: typed('abs'),
  acos: within('acos', (x) => `${x} BETWEEN -1 AND 1`),
  asin: within('asin', (x) => `${x} BETWEEN -1 AND 1`),
  atan: named('atan'),
  atan2: named('atan2'),
  cbrt: named('js_cbrt'),
  ceiling: rounding('ceil'),
  floor: rounding('floor'),
  cos: within('cos', (x) => `isfinite(${x})`),
  cosh: named('cosh'),
  sin: within('sin', (x) => `isfinite(${x})`),
  sinh: named('sinh'),
  tan: within('tan', (x) => `isfinite(${x})`),
  tanh: named('tanh'),
  cosine_similarity: (call) =>
    call.once(
      call.args,
      (a, b) => `js_cosine_similarity(map_keys(${a}), map_values(${a}), map_keys(${b}), map_values(${b}))`,
    ),
  degrees: named('degrees'),
  radians: named('radians'),
  e: constant("CAST('2.718281828459045' AS DOUBLE)"),
  pi: constant('pi()'),
  exp: named('exp'),
  from_base: named('js_from_base'),
  to_base: named('js_to_base'),
  infinity: constant("CAST('Infinity' AS DOUBLE)"),
  nan: constant("CAST('NaN' AS DOUBLE)"),
  is_finite: named('isfinite'),
  is_infinite: named('isinf'),
  is_nan: named('isnan'),
  ln: logarithm('ln'),
  log2: logarithm('log2'),
  log10: logarithm('log10'),
  log: (call) =>
    call.once(
      call.args,
      (base, x) =>
        `CASE WHEN ${base} > 0 AND ${x} > 0 THEN ln(${x}) / ln(${base}) WHEN ${base} IS NULL OR ${x} IS NULL THEN NULL WHEN ${x} = 0 AND ${base} > 0 THEN CAST('-Infinity' AS DOUBLE) ELSE CAST('NaN' AS DOUBLE) END`,
    ),
  power: named('pow'),
  random,
  round,
  sign,
  sqrt: within('sqrt', (x) => `${x} >= 0`),
  truncate,
  width_bucket: widthBucket,
  beta_cdf: named('js_beta_cdf'),
  inverse_beta_cdf: named('js_inverse_beta_cdf'),
  normal_cdf: named('js_normal_cdf'),
  inverse_normal_cdf: named('js_inverse_normal_cdf'),
  wilson_interval_lower: named('js_wilson_lower'),
  wilson_interval_upper: named('js_wilson_upper'),

  bit_count: named('js_bit_count'),
  bitwise_and: infix('&'),
  bitwise_or: infix('|'),
  bitwise_not: ({ args }) => `(~${args[0]})`,
  bitwise_xor: named('xor'),
  bitwise_left_shift: shift('js_left_shift'),
  bitwise_right_shift: shift('js_right_shift'),
  bitwise_right_shift_arithmetic: (call) =>
    asResult(
      call,
      `(CAST(${call.args[0]} AS BIGINT) >> CASE WHEN ${call.args[1]} > 63 THEN 63 ELSE ${call.args[1]} & 63 END)`,
    ),
}
