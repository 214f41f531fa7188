/** Text of a stripe: as a dictionary while its values repeat, else one after the other. */
import { ByteSink } from '../byte-sink.ts'
import type { Bytes, Values } from '../vectors.ts'
import { IntegerWriter } from './integer-writer.ts'
import { RawWriter } from './stream-writers.ts'
import { ENCODING, STREAM } from './stripe.ts'
import type { ValuesWriter } from './values-writer.ts'

/** Beyond so many entries, or one for fewer than two values, a dictionary does not pay. */
const MOST_ENTRIES = 65_536
const LOOKED_AT = 10_000

export class TextWriter implements ValuesWriter {
  readonly #mayFold: boolean
  #folding: boolean
  /** Of each row group, until it is known how they are written. */
  #groups: Bytes[] = []
  #indexes: Int32Array[] = []
  #entries = new Map<string, number>()
  #dictionary = new ByteSink()
  #entryLengths: number[] = []
  #count = 0
  #size = 0

  constructor(mayFold: boolean) {
    this.#mayFold = mayFold
    this.#folding = mayFold
  }

  get size(): number {
    return this.#size
  }

  add(values: Values): void {
    const texts = values as Bytes
    this.#groups.push(texts)
    this.#size += texts.bytes.length + 4 * texts.lengths.length
    this.#count += texts.lengths.length
    if (this.#folding) this.#fold(texts)
  }

  take() {
    const folded = this.#folding && this.#count > 0
    const taken = folded ? this.#takeFolded() : this.#takeDirect()
    this.#groups = []
    this.#indexes = []
    this.#entries = new Map()
    this.#dictionary.take()
    this.#entryLengths = []
    this.#count = 0
    this.#size = 0
    this.#folding = this.#mayFold
    return taken
  }

  #fold({ bytes, lengths }: Bytes): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const indexes = new Int32Array(lengths.length)
    let at = 0
    for (let i = 0; i < lengths.length; i++) {
      const end = at + lengths[i]!
      const text = buffer.toString('latin1', at, end)
      let index = this.#entries.get(text)
      if (index === undefined) {
        index = this.#entries.size
        this.#entries.set(text, index)
        this.#dictionary.put(bytes, at, end)
        this.#entryLengths.push(lengths[i]!)
      }
      indexes[i] = index
      at = end
    }
    this.#indexes.push(indexes)
    const entries = this.#entries.size
    this.#folding = entries <= MOST_ENTRIES && (this.#count < LOOKED_AT || entries * 2 <= this.#count)
  }

  #takeFolded(): ReturnType<ValuesWriter['take']> {
    const indexes = new IntegerWriter(false)
    for (const group of this.#indexes) {
      indexes.mark()
      indexes.narrow(group)
    }
    const lengths = new IntegerWriter(false)
    lengths.narrow(this.#entryLengths)
    const streams = [
      { ...indexes.take(), kind: STREAM.data },
      { ...lengths.take(), kind: STREAM.length },
      { bytes: this.#dictionary.take(), starts: [], kind: STREAM.dictionary },
    ]
    return { streams, encoding: { kind: ENCODING.dictionary, dictionarySize: this.#entryLengths.length } }
  }

  #takeDirect(): ReturnType<ValuesWriter['take']> {
    const data = new RawWriter()
    const lengths = new IntegerWriter(false)
    for (const group of this.#groups) {
      data.mark()
      lengths.mark()
      data.sink.put(group.bytes)
      lengths.narrow(group.lengths)
    }
    const streams = [
      { ...data.take(), kind: STREAM.data },
      { ...lengths.take(), kind: STREAM.length },
    ]
    return { streams, encoding: { kind: ENCODING.second } }
  }
}
