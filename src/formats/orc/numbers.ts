/** Booleans, whole numbers and floating-point numbers of an ORC file. */
import { CorruptData } from '../corrupt-data.ts'
import type { ColumnType, Values } from '../vectors.ts'
import type { ValuesReader } from './reading.ts'
import type { ByteRuns } from './runs.ts'
import type { OrcStream } from './stream.ts'
import { STREAM, type StripeStreams } from './stripe.ts'
import type { OrcType } from './tail.ts'

/** A time of the day is kept as a long of microseconds. */
const WHOLE = ['tinyint', 'smallint', 'int', 'long', 'time']

/** Undefined where the file's type is no number, or the table's another kind of thing. */
export function numberReader(
  streams: StripeStreams,
  { kind, column }: OrcType,
  to: ColumnType,
): ValuesReader | undefined {
  switch (kind) {
    case 'boolean':
      return to.kind === 'boolean' ? booleans(streams, column) : undefined
    case 'byte':
      return WHOLE.includes(to.kind) ? bytes(streams.bytes(column, STREAM.data), column, to) : undefined
    case 'short':
    case 'int':
    case 'long':
      return WHOLE.includes(to.kind) ? integers(streams, column, to) : undefined
    case 'date':
      return to.kind === 'date' ? integers(streams, column, to) : undefined
    case 'float':
      return to.kind === 'float' || to.kind === 'double'
        ? floats(streams.stream(column, STREAM.data), column, 4, to)
        : undefined
    case 'double':
      return to.kind === 'double' ? floats(streams.stream(column, STREAM.data), column, 8, to) : undefined
    default:
      return undefined
  }
}

function booleans(streams: StripeStreams, column: number): ValuesReader {
  const bits = streams.bits(column, STREAM.data)
  return {
    read(count) {
      const values = new Uint8Array(count)
      if (count > 0 && !bits) throw new CorruptData('a stream is missing')
      bits?.read(values, count)
      return { kind: 'bits', values }
    },
    seek: (positions) => bits?.seek(positions(column)),
  }
}

function bytes(runs: ByteRuns, column: number, to: ColumnType): ValuesReader {
  return {
    read(count) {
      const narrow = new Int32Array(count)
      for (let i = 0; i < count; i++) narrow[i] = (runs.next() << 24) >> 24
      if (to.kind !== 'long' && to.kind !== 'time') return { kind: 'int32', values: narrow }
      return { kind: 'int64', values: BigInt64Array.from(narrow, BigInt) }
    },
    seek: (positions) => runs.seek(positions(column)),
  }
}

const LARGEST: Readonly<Record<string, number>> = { tinyint: 0x7f, smallint: 0x7fff }

function integers(streams: StripeStreams, column: number, to: ColumnType): ValuesReader {
  const runs = streams.integers(column, STREAM.data, true)
  const largest = LARGEST[to.kind]
  return {
    read(count): Values {
      if (to.kind === 'long' || to.kind === 'time')
        return { kind: 'int64', values: new BigInt64Array(runs.wide(count).buffer) }
      const values = runs.narrow(count)
      if (largest !== undefined && values.some((value) => value > largest || value < -largest - 1))
        throw new CorruptData(`Decoded value out of range for a ${largest === 0x7f ? 8 : 16}bit number`)
      return { kind: 'int32', values }
    },
    seek: (positions) => runs.seek(positions(column)),
  }
}

function floats(stream: OrcStream, column: number, width: 4 | 8, to: ColumnType): ValuesReader {
  return {
    read(count): Values {
      const raw = new Uint8Array(count * width)
      copyFrom(stream, raw)
      if (width === 8) return { kind: 'double', values: new Float64Array(raw.buffer) }
      const values = new Float32Array(raw.buffer)
      return to.kind === 'float' ? { kind: 'float', values } : { kind: 'double', values: Float64Array.from(values) }
    },
    seek: (positions) => stream.seek(positions(column)),
  }
}

export function copyFrom(stream: OrcStream, into: Uint8Array): void {
  for (let done = 0; done < into.length; ) {
    if (stream.at === stream.end) stream.ensure(1)
    const part = Math.min(into.length - done, stream.end - stream.at)
    into.set(stream.buffer.subarray(stream.at, stream.at + part), done)
    stream.at += part
    done += part
  }
}
