/** Exact arithmetic of decimals whose intermediate values have more than 38 digits, given and answered as text. */
import { FunctionFailure } from '../failures.ts'
import { type Udf, udf } from './udf.ts'

interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

function read(text: string): Decimal {
  const [, sign, whole, fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text)!
  const digits = BigInt(`${whole}${fraction}`)
  return { unscaled: sign === '-' ? -digits : digits, scale: fraction.length }
}

const power = (digits: number): bigint => 10n ** BigInt(digits)
const size = (value: bigint): bigint => (value < 0n ? -value : value)

/** Half away from zero. */
function dividedHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  if (size(dividend % divisor) * 2n < size(divisor)) return quotient
  return quotient + (dividend < 0n === divisor < 0n ? 1n : -1n)
}

function atScale({ unscaled, scale }: Decimal, wanted: number): bigint {
  return scale <= wanted ? unscaled * power(wanted - scale) : dividedHalfUp(unscaled, power(scale - wanted))
}

/** The result with `scale` fractional digits; more than 38 in all are Trino's `Decimal overflow`. */
function calculate(operator: string, left: string, right: string, scale: number): string {
  const [a, b] = [read(left), read(right)]
  const common = Math.max(a.scale, b.scale, scale)
  const [x, y] = [atScale(a, common), atScale(b, common)]
  if (y === 0n && (operator === '/' || operator === '%'))
    throw new FunctionFailure('DIVISION_BY_ZERO', 'Division by zero')
  const at = (value: bigint, valueScale: number) => atScale({ unscaled: value, scale: valueScale }, scale)
  switch (operator) {
    case '+':
      return text(at(x + y, common), scale)
    case '-':
      return text(at(x - y, common), scale)
    case '/':
      return text(dividedHalfUp(x * power(scale), y), scale)
    case '%':
      return text(at(x % y, common), scale)
    default:
      throw new TypeError(`no decimal operator: ${operator}`)
  }
}

function text(unscaled: bigint, scale: number): string {
  if (size(unscaled) >= power(38)) throw new FunctionFailure('NUMERIC_VALUE_OUT_OF_RANGE', 'Decimal overflow')
  const digits = String(size(unscaled)).padStart(scale + 1, '0')
  const sign = unscaled < 0n ? '-' : ''
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Negative, zero or positive. */
function order(left: string, right: string): number {
  const [a, b] = [read(left), read(right)]
  const common = Math.max(a.scale, b.scale)
  const [x, y] = [atScale(a, common), atScale(b, common)]
  return x < y ? -1 : x > y ? 1 : 0
}

export const decimalUdfs: readonly Udf[] = [
  udf('js_decimal', ['VARCHAR', 'VARCHAR', 'VARCHAR', 'INTEGER'], 'VARCHAR', calculate),
  udf('js_decimal_order', ['VARCHAR', 'VARCHAR'], 'INTEGER', order),
]
