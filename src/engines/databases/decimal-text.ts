/** Decimals as databases write them, `-12.50` or `1e+21`, made into vectors of a type. */

import { fitDecimal } from '../../formats/value-fitting.ts'
import type { Builder, LongBuilder, WideBuilder } from '../../formats/vector-builders.ts'
import { LONG_DECIMAL_DIGITS } from '../../formats/vectors.ts'
import type { Type } from '../../sql/types.ts'

type Decimal = Type & { readonly kind: 'decimal' }

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/
/** Whole numbers of so many digits are exact as JavaScript's. */
const NUMBER_DIGITS = 15

/** The function answers false for what is no decimal or has too many digits; digits behind the scale are rounded. */
export function decimalAdder(type: Decimal, builder: Builder): (text: string) => boolean {
  const { precision, scale } = type
  const isLong = precision <= LONG_DECIMAL_DIGITS
  return (text) => {
    const [, sign = '', whole = '', fraction = '', exponent] = DECIMAL.exec(text) ?? []
    const digits = whole + fraction
    if (digits === '') return false
    if (isLong && exponent === undefined && fraction.length <= scale && whole.length + scale <= NUMBER_DIGITS) {
      const unscaled = Number(digits) * 10 ** (scale - fraction.length)
      if (whole.length > precision - scale && unscaled >= 10 ** precision) return false
      ;(builder as LongBuilder).addNumber(sign === '-' ? -unscaled : unscaled)
      return true
    }
    const places = fraction.length - Number(exponent ?? 0)
    const all = BigInt(digits) * (places < 0 ? 10n ** BigInt(-places) : 1n)
    const unscaled = fitDecimal(sign === '-' ? -all : all, Math.max(places, 0), type)
    if (unscaled === undefined) return false
    if (isLong) (builder as LongBuilder).addBig(unscaled)
    else (builder as WideBuilder).add(unscaled)
    return true
  }
}
