/** The values of a column as ORC's streams, by the column's type. */
import { type Bytes, type ColumnType, LONG_DECIMAL_DIGITS, type Values } from '../vectors.ts'
import type { WrittenColumn } from './column-writer.ts'
import { IntegerWriter } from './integer-writer.ts'
import { BitWriter, RawWriter, writeByteRuns } from './stream-writers.ts'
import { ENCODING, STREAM } from './stripe.ts'
import { TextWriter } from './text-writer.ts'
import { ORC_EPOCH } from './zone-offsets.ts'

export interface ValuesWriter {
  readonly size: number
  add(values: Values): void
  take(): Pick<WrittenColumn, 'streams' | 'encoding'>
}

export function valuesWriter(type: ColumnType): ValuesWriter {
  switch (type.kind) {
    case 'boolean':
      return new BooleanWriter()
    case 'tinyint':
      return new ByteWriter()
    case 'float':
    case 'double':
      return new FloatWriter()
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
      return new TextWriter(type.kind !== 'binary')
    case 'timestamp':
    case 'instant':
      return new MomentWriter()
    case 'decimal':
      return new DecimalWriter(type.scale, type.precision <= LONG_DECIMAL_DIGITS)
    case 'struct':
      return { size: 0, add: () => undefined, take: () => ({ streams: [], encoding: { kind: ENCODING.direct } }) }
    case 'list':
    case 'map':
      return new LengthsWriter()
    default:
      return new WholeWriter()
  }
}

class BooleanWriter implements ValuesWriter {
  readonly #bits = new BitWriter()
  readonly size = 0

  add(values: Values): void {
    this.#bits.mark()
    this.#bits.add((values as { values: Uint8Array }).values)
  }

  take() {
    return { streams: [{ ...this.#bits.take(), kind: STREAM.data }], encoding: { kind: ENCODING.direct } }
  }
}

class ByteWriter implements ValuesWriter {
  readonly #raw = new RawWriter()

  get size(): number {
    return this.#raw.sink.size
  }

  add(values: Values): void {
    this.#raw.mark()
    const bytes = Uint8Array.from((values as { values: Int32Array }).values)
    writeByteRuns(this.#raw.sink, bytes, 0, bytes.length)
  }

  take() {
    const { bytes, starts } = this.#raw.take()
    const streams = [{ bytes, starts: starts.map(({ byte }) => ({ byte, within: [0] })), kind: STREAM.data }]
    return { streams, encoding: { kind: ENCODING.direct } }
  }
}

class FloatWriter implements ValuesWriter {
  readonly #raw = new RawWriter()

  get size(): number {
    return this.#raw.sink.size
  }

  add(values: Values): void {
    this.#raw.mark()
    const { buffer, byteOffset, byteLength } = (values as { values: Float64Array }).values
    this.#raw.sink.put(new Uint8Array(buffer, byteOffset, byteLength))
  }

  take() {
    return { streams: [{ ...this.#raw.take(), kind: STREAM.data }], encoding: { kind: ENCODING.direct } }
  }
}

class WholeWriter implements ValuesWriter {
  readonly #integers = new IntegerWriter(true)

  get size(): number {
    return this.#integers.size
  }

  add(values: Values): void {
    this.#integers.mark()
    if (values.kind === 'int64') this.#integers.wide(values.values)
    else this.#integers.narrow((values as { values: Int32Array }).values)
  }

  take() {
    return { streams: [{ ...this.#integers.take(), kind: STREAM.data }], encoding: { kind: ENCODING.second } }
  }
}

class LengthsWriter implements ValuesWriter {
  readonly #lengths = new IntegerWriter(false)

  get size(): number {
    return this.#lengths.size
  }

  add(values: Values): void {
    this.#lengths.mark()
    this.#lengths.narrow((values as Bytes).lengths)
  }

  take() {
    return { streams: [{ ...this.#lengths.take(), kind: STREAM.length }], encoding: { kind: ENCODING.second } }
  }
}

const MILLION = 1_000_000

/** Seconds since 2015 and nanoseconds, as if the writer's clock were UTC. */
class MomentWriter implements ValuesWriter {
  readonly #seconds = new IntegerWriter(true)
  readonly #fractions = new IntegerWriter(false)

  get size(): number {
    return this.#seconds.size + this.#fractions.size
  }

  add(values: Values): void {
    const micros = (values as { values: BigInt64Array }).values
    const [seconds, fractions] = [new Float64Array(micros.length), new Float64Array(micros.length)]
    for (let i = 0; i < micros.length; i++) {
      const value = Number(micros[i]!)
      let second = Math.floor(value / MILLION)
      let nanos = (value - second * MILLION) * 1000
      // Readers take a second off what lies before 1970 and has a fraction of a millisecond or more.
      if (second < 0 && nanos > 999_999) second++
      // But they can not tell the last second before it from the first one after; there the fraction is below zero.
      if (second === 0 && value < 0) nanos -= 1_000_000_000
      seconds[i] = second - ORC_EPOCH
      fractions[i] = withoutZeros(nanos)
    }
    this.#seconds.mark()
    this.#fractions.mark()
    this.#seconds.narrow(seconds)
    this.#fractions.narrow(fractions)
  }

  take() {
    const streams = [
      { ...this.#seconds.take(), kind: STREAM.data },
      { ...this.#fractions.take(), kind: STREAM.secondary },
    ]
    return { streams, encoding: { kind: ENCODING.second } }
  }
}

/** The lowest three bits say how many zeros, less one, have been left off. */
function withoutZeros(nanos: number): number {
  if (nanos === 0 || nanos % 100 !== 0) return nanos * 8
  let [value, zeros] = [nanos / 100, 1]
  while (value % 10 === 0 && zeros < 7) {
    value /= 10
    zeros++
  }
  return value * 8 + zeros
}

class DecimalWriter implements ValuesWriter {
  readonly #digits = new RawWriter()
  readonly #scales = new IntegerWriter(true)
  readonly #scale: number
  readonly #long: boolean

  constructor(scale: number, long: boolean) {
    this.#scale = scale
    this.#long = long
  }

  get size(): number {
    return this.#digits.sink.size + this.#scales.size
  }

  add(values: Values): void {
    this.#digits.mark()
    this.#scales.mark()
    const { sink } = this.#digits
    const { values: raw } = values as { values: BigInt64Array | Uint8Array }
    const count = this.#long ? raw.length : raw.length / 16
    if (raw instanceof BigInt64Array) for (const value of raw) sink.zigzagBig(value)
    else {
      const view = new DataView(raw.buffer, raw.byteOffset)
      for (let at = 0; at < raw.length; at += 16)
        putBig(sink, (view.getBigInt64(at) << 64n) | view.getBigUint64(at + 8))
    }
    this.#scales.narrow(new Int32Array(count).fill(this.#scale))
  }

  take() {
    const streams = [
      { ...this.#digits.take(), kind: STREAM.data },
      { ...this.#scales.take(), kind: STREAM.secondary },
    ]
    return { streams, encoding: { kind: ENCODING.second } }
  }
}

/** A number with a sign, of any length, seven bits at a time. */
function putBig(sink: RawWriter['sink'], value: bigint): void {
  let left = value < 0n ? -value * 2n - 1n : value * 2n
  while (left >= 0x80n) {
    sink.byte(Number(left & 0x7fn) | 0x80)
    left >>= 7n
  }
  sink.byte(Number(left))
}
