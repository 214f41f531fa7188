/** The beta distribution: the regularized incomplete beta function and its inverse. */
import { FunctionFailure } from '../failures.ts'
import { type Udf, udf } from './udf.ts'

const wrong = (text: string): FunctionFailure => new FunctionFailure('INVALID_FUNCTION_ARGUMENT', text)

function checkShape(a: number, b: number): void {
  if (!(a > 0 && b > 0)) throw wrong('a, b must be > 0')
}

function betaCdf(a: number, b: number, value: number): number {
  if (!(value >= 0 && value <= 1)) throw wrong('value must be 0 >= v >= 1')
  checkShape(a, b)
  return regularizedBeta(value, a, b)
}

function inverseBetaCdf(a: number, b: number, p: number): number {
  if (!(p >= 0 && p <= 1)) throw wrong('p must be 0 >= p >= 1')
  checkShape(a, b)
  if (p === 0 || p === 1) return p
  // The function rises all the way: halving finds the place to the last bit.
  let [low, high] = [0, 1]
  for (let round = 0; round < 1100 && low < high; round++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (regularizedBeta(middle, a, b) < p) low = middle
    else high = middle
  }
  return high
}

function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1
  // The continued fraction is quick on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a)
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  return factor * continuedFraction(x, a, b)
}

const TINY = 1e-300
const MAX_TERMS = 10_000

/** Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  const apart = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
  let c = 1
  let d = 1 / apart(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let step = 1
    for (const term of [even, odd]) {
      d = 1 / apart(1 + term * d)
      c = apart(1 + term / c)
      step = d * c
      result *= step
    }
    if (Math.abs(step - 1) < 1e-16) break
  }
  return result
}

/** Lanczos' coefficients for g = 7 and nine terms. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const t = x + 6.5
  const sum = LANCZOS.reduce((total, term, i) => (i === 0 ? term : total + term / (x - 1 + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

export const betaUdfs: readonly Udf[] = [
  udf('js_beta_cdf', ['DOUBLE', 'DOUBLE', 'DOUBLE'], 'DOUBLE', betaCdf),
  udf('js_inverse_beta_cdf', ['DOUBLE', 'DOUBLE', 'DOUBLE'], 'DOUBLE', inverseBetaCdf),
]
