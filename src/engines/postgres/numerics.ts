/** PostgreSQL's numerics in binary: digits of base 10,000, where the first of them stands, the sign. */
import { SourceError } from '../../core/federation/connector.ts'
import { fitDecimal } from '../../formats/value-fitting.ts'
import { LongBuilder, type WideBuilder } from '../../formats/vector-builders.ts'
import type { Type } from '../../sql/types.ts'
import type { ValueReader } from './columns.ts'

type Decimal = Type & { readonly kind: 'decimal' }

const BASE = 10_000
const SIGNS = { positive: 0, negative: 0x4000, nan: 0xc000 } as const
/** Whole numbers of so many digits are exact as JavaScript's. */
const NUMBER_DIGITS = 15

export function numericReader(column: string, type: Decimal, builder: LongBuilder | WideBuilder): ValueReader {
  const { precision, scale } = type
  const fails = (what: string): never => {
    throw new SourceError(`Column ${column} holds ${what}, which is no decimal(${precision},${scale})`)
  }
  const quick = builder instanceof LongBuilder && precision <= NUMBER_DIGITS ? builder : undefined
  return (bytes, at) => {
    const count = bytes.readInt16BE(at)
    const weight = bytes.readInt16BE(at + 2)
    const sign = bytes.readUInt16BE(at + 4)
    if (sign !== SIGNS.positive && sign !== SIGNS.negative) fails(sign === SIGNS.nan ? 'NaN' : 'infinity')
    // Digits that the column's declaration has room for: nothing has to be rounded or refused.
    if (quick && bytes.readUInt16BE(at + 6) <= scale) {
      const unscaled = smallNumber(bytes, at + 8, count, (weight - count + 1) * 4 + scale)
      if (Math.abs(unscaled) < 10 ** precision) return quick.addNumber(sign === SIGNS.negative ? -unscaled : unscaled)
    }
    let all = 0n
    for (let i = 0; i < count; i++) all = all * BigInt(BASE) + BigInt(bytes.readUInt16BE(at + 8 + 2 * i))
    const power = (weight - count + 1) * 4
    if (power > 0) all *= 10n ** BigInt(power)
    const unscaled = fitDecimal(sign === SIGNS.negative ? -all : all, Math.max(-power, 0), type)
    if (unscaled === undefined) return fails('a number of too many digits')
    if (builder instanceof LongBuilder) builder.addBig(unscaled)
    else builder.add(unscaled)
  }
}

/** Digits times ten to the `power`: a whole number, for what is cut off of its last digit is zeros. */
function smallNumber(bytes: Buffer, at: number, count: number, power: number): number {
  let value = 0
  for (let i = 0; i < count - 1; i++) value = value * BASE + bytes.readUInt16BE(at + 2 * i)
  const last = count > 0 ? bytes.readUInt16BE(at + 2 * (count - 1)) : 0
  if (power >= 0) return (value * BASE + last) * 10 ** power
  return value * 10 ** (power + 4) + last / 10 ** -power
}
