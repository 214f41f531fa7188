/** Numbers: Java's texts, radixes, bits, distributions. */
import { FunctionFailure } from '../failures.ts'
import { type Udf, udf } from './udf.ts'

/**
 * As Java's Double.toString: plain between 1e-3 and 1e7, else with an exponent and two digits at least. Where one digit
 * would do, as for the least numbers of all, they are the two closest ones: `4.9E-324` and not `5.0E-324`.
 */
export function javaText(value: number, digits: string = value.toExponential()): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  const [mantissa, exponent] = digits.split('e') as [string, string]
  if (size >= 1e-3 && size < 1e7) {
    const text = plainText(mantissa, Number(exponent))
    return text.includes('.') ? text : `${text}.0`
  }
  return scientificText(mantissa.includes('.') ? digits : value.toExponential(1))
}

/** As Trino casts a double to varchar: always with an exponent. */
function castText(value: number, digits: string = value.toExponential()): string {
  if (!Number.isFinite(value)) return javaText(value)
  if (value === 0) return Object.is(value, -0) ? '-0E0' : '0E0'
  // Java's DecimalFormat, which Trino uses, has the two closest digits of the least double alone.
  return Math.abs(value) === Number.MIN_VALUE ? javaText(value) : scientificText(digits)
}

function scientificText(digits: string): string {
  const [mantissa, exponent] = digits.split('e') as [string, string]
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}

/** The shortest digits that read back as the same float. */
function floatDigits(value: number): string {
  for (let digits = 0; digits <= 8; digits++) {
    const text = evenDigits(value, digits)
    if (Math.fround(Number(text)) === value) return text
  }
  return value.toExponential()
}

/** Java takes the even one of two digits that are as close; `toExponential` the larger. */
function evenDigits(value: number, places: number): string {
  const text = value.toExponential(places)
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const halfway = mantissa.endsWith('5') && mantissa.replace('-', '').length === places + 3
  // Forty digits tell the few numbers that are halfway from those that are only shown so.
  return halfway && /[13579]e/.test(text) && /50*e/.test(value.toExponential(40))
    ? `${mantissa.slice(0, -1)}e${exponent}`
    : text
}

/**
 * Trino casts a real to varchar as the double of its own text, of which Java's DecimalFormat is told to show no more than
 * seven digits; it takes the even of two that are as close, but of a whole number the larger.
 */
function sevenDigits(value: number): string {
  const shown = Number(javaText(value, floatDigits(value)))
  const digits = Number.isInteger(shown) ? shown.toExponential(6) : evenDigits(shown, 6)
  return digits.replace(/\.?0*e/, 'e')
}

function plainText(mantissa: string, exponent: number): string {
  const negative = mantissa.startsWith('-')
  const digits = mantissa.replace(/[-.]/g, '')
  const point = exponent + 1
  const text =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${text}` : text
}

function roundDouble(value: number, places: bigint): number {
  if (!Number.isFinite(value)) return value
  const factor = 10 ** Number(places)
  const scaled = value * factor
  if (!Number.isFinite(scaled) || factor === 0) return factor === 0 ? 0 : value
  return (Math.sign(scaled) * Math.round(Math.abs(scaled))) / factor
}

function roundInteger(value: bigint, places: bigint): bigint {
  if (places >= 0n) return value
  // The power that it divides by has to fit 64 bits.
  if (places < -18n) throw new FunctionFailure('NUMERIC_VALUE_OUT_OF_RANGE', `numerical overflow: ${value}`)
  const unit = 10n ** -places
  const rest = value % unit
  const down = value - rest
  const size = rest < 0n ? -rest : rest
  return size * 2n >= unit ? down + (value < 0n ? -unit : unit) : down
}

/** Decimal text cut or rounded at `places` digits, which may be negative. */
function atPlaces(text: string, places: bigint, round: boolean): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)(?:\.(\d+))?$/.exec(text) ?? []
  const keep = Number(places)
  if (keep >= fraction.length) return text
  const digits = BigInt(whole + fraction)
  const unit = 10n ** BigInt(Math.min(60, fraction.length - keep))
  const rest = digits % unit
  let kept = digits - rest
  if (round && rest * 2n >= unit) kept += unit
  if (kept >= 10n ** 38n) throw new FunctionFailure('NUMERIC_VALUE_OUT_OF_RANGE', `decimal overflow: ${text}`)
  const padded = kept.toString().padStart(fraction.length + 1, '0')
  const point = padded.length - fraction.length
  return `${sign}${padded.slice(0, point)}${fraction ? `.${padded.slice(point)}` : ''}`
}

function fromBase(text: string, radix: bigint): bigint {
  checkRadix(radix)
  const digits = text.toLowerCase().replace(/^[+-]/, '')
  let value = 0n
  for (const digit of digits) {
    const n = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(digit)
    if (n < 0 || BigInt(n) >= radix) throw notOfRadix(text, radix)
    value = value * radix + BigInt(n)
  }
  const signed = text.startsWith('-') ? -value : value
  if (digits === '' || signed > 9223372036854775807n || signed < -9223372036854775808n) throw notOfRadix(text, radix)
  return signed
}

const notOfRadix = (text: string, radix: bigint): FunctionFailure =>
  new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Not a valid base-${radix} number: ${text}`)

function checkRadix(radix: bigint): void {
  if (radix < 2n || radix > 36n)
    throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Radix must be between 2 and 36`)
}

function widthBucket(x: number, low: number, high: number, count: bigint): bigint {
  const wrong = (text: string) => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
  if (count <= 0n) throw wrong('bucketCount must be greater than 0')
  if (Number.isNaN(x)) throw wrong('operand must not be NaN')
  if (!Number.isFinite(low)) throw wrong('first bound must be finite')
  if (!Number.isFinite(high)) throw wrong('second bound must be finite')
  if (low === high) throw wrong('bounds cannot equal each other')
  const [lower, upper] = low < high ? [low, high] : [high, low]
  let bucket: bigint
  if (x < lower) bucket = 0n
  else if (x >= upper) bucket = count + 1n
  else bucket = BigInt(Math.floor((Number(count) * (x - lower)) / (upper - lower))) + 1n
  return low > high ? count - bucket + 1n : bucket
}

/** Looks for the place as Trino does, in halves, and finds what is out of order on its way alone. */
function widthBucketOfBins(x: number, bins: readonly (number | null)[]): bigint {
  const wrong = (text: string) => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
  if (bins.length === 0) throw wrong('Bins cannot be an empty array')
  if (Number.isNaN(x)) throw wrong('Operand cannot be NaN')
  let [low, high] = [0, bins.length]
  while (low < high) {
    if ((bins[low] ?? 0) > (bins[high - 1] ?? 0)) throw wrong('Bin values are not sorted in ascending order')
    const middle = (low + high) >> 1
    const bin = bins[middle] ?? 0
    if (!Number.isFinite(bin)) throw wrong(`Bin value must be finite, got ${bin}`)
    if (x < bin) high = middle
    else low = middle + 1
  }
  return BigInt(low)
}

function bitCount(value: bigint, bits: bigint): bigint {
  if (bits === 64n) return countOnes(BigInt.asUintN(64, value))
  if (bits <= 1n || bits > 64n)
    throw new FunctionFailure(
      'INVALID_FUNCTION_ARGUMENT',
      `Bits specified in bit_count must be between 2 and 64, got ${bits}`,
    )
  const low = -(1n << (bits - 1n))
  if (value < low || value > -low - 1n)
    throw new FunctionFailure(
      'INVALID_FUNCTION_ARGUMENT',
      `Number must be representable with the bits specified. ${value} cannot be represented with ${bits} bits`,
    )
  return countOnes(BigInt.asUintN(Number(bits), value))
}

function countOnes(value: bigint): bigint {
  return BigInt(value.toString(2).replaceAll('0', '').length)
}

/** Abramowitz and Stegun 7.1.26 is too coarse: a continued series to double precision. */
function errorFunction(x: number): number {
  const size = Math.abs(x)
  if (size > 6) return Math.sign(x)
  let sum = size
  let term = size
  for (let n = 1; n < 200; n++) {
    term *= (-size * size) / n
    const add = term / (2 * n + 1)
    sum += add
    if (Math.abs(add) < 1e-17 * Math.abs(sum)) break
  }
  return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI)
}

function normalCdf(mean: number, deviation: number, value: number): number {
  if (!(deviation > 0)) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'standardDeviation must be > 0')
  return 0.5 * (1 + errorFunction((value - mean) / (deviation * Math.SQRT2)))
}

function inverseNormalCdf(mean: number, deviation: number, p: number): number {
  if (!(p > 0 && p < 1)) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'p must be 0 > p > 1')
  if (!(deviation > 0)) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'sd must be > 0')
  let low = -40
  let high = 40
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2
    if (0.5 * (1 + errorFunction(middle / Math.SQRT2)) < p) low = middle
    else high = middle
  }
  return mean + (deviation * (low + high)) / 2
}

function wilson(successes: bigint, trials: bigint, z: number, sign: number): number {
  if (successes < 0n) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'number of successes must not be negative')
  if (trials <= 0n) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'number of trials must be positive')
  if (successes > trials)
    throw new FunctionFailure(
      'INVALID_FUNCTION_ARGUMENT',
      'number of successes must not be larger than number of trials',
    )
  if (!(z >= 0)) throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', 'z-score must not be negative')
  const n = Number(trials)
  const p = Number(successes) / n
  const z2 = (z * z) / n
  return (p + z2 / 2 + sign * z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n))) / (1 + z2)
}

/** The number of a literal of Java's, which has been looked at. */
function javaDouble(text: string): number {
  const hex = /^\s*([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)/.exec(text)
  if (!hex) return Number(text.trim().replace(/[dDfF]$/, ''))
  const [, sign, whole, fraction, exponent] = hex as unknown as [string, string, string, string, string]
  const digits = Number(BigInt(`0x${whole}${fraction}`))
  return (sign === '-' ? -1 : 1) * digits * 2 ** (Number(exponent) - 4 * fraction.length)
}

/** All ways to choose `n` of the places 1 to `length`, in Trino's order: the last place varies slowest. */
function combinations(length: bigint, n: bigint): string {
  const wrong = (text: string) => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)
  if (n < 0n) throw wrong(`combination size must not be negative: ${n}`)
  if (n > 5n) throw wrong(`combination size must not exceed 5: ${n}`)
  // Counted before they are made: five of a hundred places are more than memory holds.
  let count = 1
  for (let i = 0; i < Number(n); i++) count = (count * (Number(length) - i)) / (i + 1)
  if (count > 100_000) throw wrong('combinations exceed max size')
  const choose = (last: number, size: number): number[][] => {
    if (size === 0) return [[]]
    const chosen: number[][] = []
    for (let place = size; place <= last; place++)
      for (const rest of choose(place - 1, size - 1)) chosen.push([...rest, place])
    return chosen
  }
  return JSON.stringify(choose(Number(length), Number(n)))
}

function cosineSimilarity(
  ...[leftKeys, leftValues, rightKeys, rightValues]: readonly (readonly (string | number | null)[])[]
): number | null {
  const read = (keys: readonly unknown[], values: readonly unknown[]) =>
    new Map(keys.map((key, i) => [String(key), values[i] as number | null]))
  const a = read(leftKeys!, leftValues!)
  const b = read(rightKeys!, rightValues!)
  let dot = 0
  for (const [key, value] of a) {
    const other = b.get(key)
    if (value === null || other === null) return null
    if (other !== undefined) dot += value * other
  }
  const norm = (map: Map<string, number | null>) =>
    Math.sqrt([...map.values()].reduce<number>((sum, v) => sum + (v ?? 0) ** 2, 0))
  return norm(a) === 0 || norm(b) === 0 ? null : dot / (norm(a) * norm(b))
}

export const numberUdfs: readonly Udf[] = [
  udf('js_double_text', ['DOUBLE'], 'VARCHAR', (x: number) => castText(x)),
  udf('js_real_text', ['FLOAT'], 'VARCHAR', (x: number) => castText(x, sevenDigits(x))),
  udf('js_double_java', ['DOUBLE'], 'VARCHAR', (x: number) => javaText(x)),
  udf('js_real_java', ['FLOAT'], 'VARCHAR', (x: number) => javaText(x, floatDigits(x))),
  udf('js_double_json', ['DOUBLE'], 'VARCHAR', (x: number) => jsonNumber(javaText(x))),
  udf('js_real_json', ['FLOAT'], 'VARCHAR', (x: number) => jsonNumber(javaText(x, floatDigits(x)))),
  udf('js_java_double', ['VARCHAR'], 'DOUBLE', javaDouble),
  udf('js_cbrt', ['DOUBLE'], 'DOUBLE', (x: number) => Math.cbrt(x)),
  udf('js_round_double', ['DOUBLE', 'BIGINT'], 'DOUBLE', roundDouble),
  udf('js_round_integer', ['BIGINT', 'BIGINT'], 'BIGINT', roundInteger),
  udf('js_round_decimal', ['VARCHAR', 'BIGINT'], 'VARCHAR', (text: string, n: bigint) => atPlaces(text, n, true)),
  udf('js_truncate_decimal', ['VARCHAR', 'BIGINT'], 'VARCHAR', (text: string, n: bigint) => atPlaces(text, n, false)),
  udf('js_from_base', ['VARCHAR', 'BIGINT'], 'BIGINT', fromBase),
  udf('js_to_base', ['BIGINT', 'BIGINT'], 'VARCHAR', (x: bigint, radix: bigint) => {
    checkRadix(radix)
    return x.toString(Number(radix))
  }),
  udf('js_width_bucket', ['DOUBLE', 'DOUBLE', 'DOUBLE', 'BIGINT'], 'BIGINT', widthBucket),
  udf('js_width_bucket_bins', ['DOUBLE', 'DOUBLE[]'], 'BIGINT', widthBucketOfBins),
  udf('js_bit_count', ['BIGINT', 'BIGINT'], 'BIGINT', bitCount),
  udf('js_left_shift', ['BIGINT', 'BIGINT', 'INTEGER'], 'BIGINT', (x: bigint, n: bigint, width: number) =>
    n >= BigInt(width) ? 0n : BigInt.asIntN(width, x << BigInt.asUintN(6, n)),
  ),
  udf('js_right_shift', ['BIGINT', 'BIGINT', 'INTEGER'], 'BIGINT', (x: bigint, n: bigint, width: number) =>
    n >= BigInt(width) ? 0n : BigInt.asIntN(width, BigInt.asUintN(width, x) >> BigInt.asUintN(6, n)),
  ),
  udf('js_normal_cdf', ['DOUBLE', 'DOUBLE', 'DOUBLE'], 'DOUBLE', normalCdf),
  udf('js_inverse_normal_cdf', ['DOUBLE', 'DOUBLE', 'DOUBLE'], 'DOUBLE', inverseNormalCdf),
  udf('js_wilson_lower', ['BIGINT', 'BIGINT', 'DOUBLE'], 'DOUBLE', (s: bigint, n: bigint, z: number) =>
    wilson(s, n, z, -1),
  ),
  udf('js_wilson_upper', ['BIGINT', 'BIGINT', 'DOUBLE'], 'DOUBLE', (s: bigint, n: bigint, z: number) =>
    wilson(s, n, z, 1),
  ),
  udf('js_combinations', ['BIGINT', 'BIGINT'], 'VARCHAR', combinations),
  udf('js_cosine_similarity', ['VARCHAR[]', 'DOUBLE[]', 'VARCHAR[]', 'DOUBLE[]'], 'DOUBLE', cosineSimilarity),
]

/** NaN and infinities are text in JSON. */
function jsonNumber(text: string): string {
  return /\d/.test(text) ? text : `"${text}"`
}
