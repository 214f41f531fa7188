/** Timestamps and decimals of an ORC file: each of two streams. */
import { CorruptData } from '../corrupt-data.ts'
import { fitDecimal } from '../value-fitting.ts'
import type { ColumnType, Values } from '../vectors.ts'
import { TWO_32 } from './integers.ts'
import type { ValuesReader } from './reading.ts'
import type { OrcStream } from './stream.ts'
import { STREAM, type StripeStreams } from './stripe.ts'
import type { OrcType } from './tail.ts'
import { epochIn, ZoneOffsets } from './zone-offsets.ts'

export function momentReader(
  streams: StripeStreams,
  { kind, column }: OrcType,
  to: ColumnType,
): ValuesReader | undefined {
  if (kind !== 'timestamp' && kind !== 'instant') return undefined
  if (to.kind !== 'timestamp' && to.kind !== 'instant') return undefined
  const seconds = streams.integers(column, STREAM.data, true)
  const fractions = streams.integers(column, STREAM.secondary, false)
  const zone = new ZoneOffsets(kind === 'instant' ? 'UTC' : streams.layout.zone)
  const epoch = epochIn(zone)
  return {
    read(count) {
      const [whole, parts] = [seconds.wide(count), fractions.wide(count)]
      const micros = new Int32Array(count * 2)
      for (let i = 0; i < count * 2; i += 2) {
        const nanos = nanosOf(parts[i + 1]! * TWO_32 + (parts[i]! >>> 0))
        let second = whole[i + 1]! * TWO_32 + (whole[i]! >>> 0) + epoch
        // Writers cut off towards 1970 what is not a whole second.
        if (second < 0 && nanos > 999_999) second--
        const wall = zone.isUtc ? second : second + zone.at(second)
        const value = wall * 1_000_000 + Math.floor(nanos / 1000)
        if (Number.isSafeInteger(value)) {
          micros[i] = value
          micros[i + 1] = Math.floor(value / TWO_32)
        } else {
          // Before 1684 and after 2255.
          const wide = BigInt(wall) * 1_000_000n + BigInt(Math.floor(nanos / 1000))
          if (BigInt.asIntN(64, wide) !== wide) throw new CorruptData('a timestamp is out of range')
          micros[i] = Number(BigInt.asIntN(32, wide))
          micros[i + 1] = Number(wide >> 32n)
        }
      }
      return { kind: 'int64', values: new BigInt64Array(micros.buffer) }
    },
    seek(positions) {
      seconds.seek(positions(column))
      fractions.seek(positions(column))
    },
  }
}

/** The lowest three bits say how many zeros, less one, have been left off. */
function nanosOf(value: number): number {
  const zeros = value & 7
  const nanos = Math.floor(value / 8)
  return zeros === 0 ? nanos : nanos * 10 ** (zeros + 1)
}

export function decimalReader(
  streams: StripeStreams,
  { kind, column }: OrcType,
  to: ColumnType,
): ValuesReader | undefined {
  if (kind !== 'decimal' || to.kind !== 'decimal') return undefined
  const digits = streams.stream(column, STREAM.data)
  const scales = streams.integers(column, STREAM.secondary, true)
  return {
    read(count): Values {
      const scale = scales.narrow(count)
      const limit = 10n ** BigInt(to.precision)
      const values = Array.from({ length: count }, (_, i) => {
        const value = bigVarint(digits)
        if (scale[i] === to.scale && value < limit && value > -limit) return value
        if (Math.abs(scale[i]!) > 100) throw new CorruptData('a decimal has too large a scale')
        const fitted = fitDecimal(value, scale[i]!, to)
        if (fitted === undefined) throw new CorruptData(`a decimal has more than ${to.precision} digits`)
        return fitted
      })
      if (to.precision <= 18) return { kind: 'int64', values: BigInt64Array.from(values) }
      const wide = new DataView(new ArrayBuffer(count * 16))
      values.forEach((value, i) => {
        wide.setBigInt64(i * 16, value >> 64n)
        wide.setBigUint64(i * 16 + 8, BigInt.asUintN(64, value))
      })
      return { kind: 'int128', values: new Uint8Array(wide.buffer) }
    },
    seek(positions) {
      digits.seek(positions(column))
      scales.seek(positions(column))
    },
  }
}

const MOST_BITS = 140

/** A number with a sign, of any length: small ones without big arithmetic. */
function bigVarint(stream: OrcStream): bigint {
  let [value, factor] = [0, 1]
  for (let bits = 0; bits < 49; bits += 7) {
    const byte = stream.byte()
    value += (byte & 0x7f) * factor
    factor *= 128
    if (byte < 0x80) return BigInt(value % 2 === 0 ? value / 2 : -(value + 1) / 2)
  }
  let big = BigInt(value)
  for (let bits = 49n; bits < MOST_BITS; bits += 7n) {
    const byte = stream.byte()
    big |= BigInt(byte & 0x7f) << bits
    if (byte < 0x80) return big & 1n ? -((big + 1n) >> 1n) : big >> 1n
  }
  throw new CorruptData('a decimal has too many digits')
}
