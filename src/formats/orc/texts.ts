/** Text and bytes of an ORC file: one after the other, or as places in a stripe's dictionary. */
import { CorruptData } from '../corrupt-data.ts'
import { fitText } from '../value-fitting.ts'
import type { Bytes, ColumnType } from '../vectors.ts'
import { copyFrom } from './numbers.ts'
import type { ValuesReader } from './reading.ts'
import { STREAM, type StripeStreams } from './stripe.ts'
import type { OrcType } from './tail.ts'

const FROM = ['string', 'varchar', 'char', 'binary']
const TO = ['string', 'varchar', 'char', 'binary', 'uuid']
/** Of one column in one batch; what holds more is not sound. */
const MOST_BYTES = 1 << 30

export function textReader(
  streams: StripeStreams,
  { kind, column }: OrcType,
  to: ColumnType,
): ValuesReader | undefined {
  if (!FROM.includes(kind) || !TO.includes(to.kind)) return undefined
  const most = to.kind === 'char' || to.kind === 'varchar' ? to.length : undefined
  if (to.kind === 'uuid') return kind === 'binary' ? uuids(direct(streams, column, most)) : undefined
  const size = streams.dictionarySize(column)
  return size === undefined ? direct(streams, column, most) : folded(streams, column, size, most)
}

const UUID_BYTES = 16

function uuids(reader: ValuesReader): ValuesReader {
  return {
    read(count) {
      const { lengths, bytes } = reader.read(count) as Bytes
      if (lengths.some((length) => length !== UUID_BYTES)) throw new CorruptData('a UUID is not of 16 bytes')
      return { kind: 'int128', values: bytes }
    },
    seek: reader.seek,
  }
}

function direct(streams: StripeStreams, column: number, most: number | undefined): ValuesReader {
  const lengths = streams.integers(column, STREAM.length, false)
  const data = streams.stream(column, STREAM.data)
  return {
    read(count) {
      const texts = { kind: 'bytes', lengths: lengths.counts(count), bytes: new Uint8Array(0) } as const
      return cut({ ...texts, bytes: content(data, texts.lengths) }, most)
    },
    seek(positions) {
      data.seek(positions(column))
      lengths.seek(positions(column))
    },
  }
}

function content(data: ReturnType<StripeStreams['stream']>, lengths: Int32Array): Uint8Array {
  let size = 0
  for (let i = 0; i < lengths.length; i++) size += lengths[i]!
  if (size > MOST_BYTES) throw new CorruptData('a batch of rows is too large')
  const bytes = new Uint8Array(size)
  copyFrom(data, bytes)
  return bytes
}

function folded(streams: StripeStreams, column: number, size: number, most: number | undefined): ValuesReader {
  const indexes = streams.integers(column, STREAM.data, false)
  let entries: Bytes | undefined
  const readEntries = (): Bytes => {
    // Each entry has at least a byte of the run that tells its length, for hundreds of them.
    if (size > MOST_BYTES / 64) throw new CorruptData('a dictionary is too large')
    const lengths = streams.integers(column, STREAM.length, false).counts(size)
    return cut({ kind: 'bytes', lengths, bytes: content(streams.stream(column, STREAM.dictionary), lengths) }, most)
  }
  return {
    read(count) {
      entries ??= readEntries()
      const places = indexes.counts(count)
      for (let i = 0; i < count; i++) if (places[i]! >= size) throw new CorruptData('a dictionary has no such entry')
      return { kind: 'dictionary', entries, indexes: places }
    },
    seek: (positions) => indexes.seek(positions(column)),
  }
}

/** To the length that the column's type allows. */
function cut(texts: Bytes, most: number | undefined): Bytes {
  if (most === undefined || texts.lengths.every((length) => length <= most)) return texts
  const lengths = new Int32Array(texts.lengths.length)
  const bytes = new Uint8Array(texts.bytes.length)
  let [from, to] = [0, 0]
  for (let i = 0; i < lengths.length; i++) {
    const end = from + texts.lengths[i]!
    const kept = fitText(texts.bytes, from, end, most)
    bytes.set(texts.bytes.subarray(from, kept), to)
    lengths[i] = kept - from
    to += kept - from
    from = end
  }
  return { kind: 'bytes', lengths, bytes: bytes.subarray(0, to) }
}
