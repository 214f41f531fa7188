/** Ion values as bytes. https://amazon-ion.github.io/ion-docs/docs/binary.html */
import { ByteSink } from '../byte-sink.ts'
import type { IonType, IonValue } from './values.ts'

/** What a binary file begins with; where it comes again, the symbols before it are forgotten. */
export const VERSION_MARK = [0xe0, 0x01, 0x00, 0xea]

/** https://amazon-ion.github.io/ion-docs/docs/symbols.html: those that every reader knows end before this one. */
const FIRST_SYMBOL = 10
const SYMBOL_TABLE = 3
const SYMBOLS = 7

const TYPE_CODES: Readonly<Record<IonType, number>> = {
  null: 0,
  bool: 1,
  int: 2,
  float: 4,
  decimal: 5,
  timestamp: 6,
  symbol: 7,
  string: 8,
  clob: 9,
  blob: 10,
  list: 11,
  sexp: 12,
  struct: 13,
}
const NEGATIVE_INT = 3
const ANNOTATION = 14

/** Values one after the other, with a table of their symbols before them. Annotations are left out. */
export function ionBinary(values: Iterable<IonValue>): Uint8Array {
  const encoder = new Encoder()
  const body = new ByteSink()
  for (const value of values) encoder.value(body, value, 0)
  const sink = new ByteSink()
  sink.put(Uint8Array.from(VERSION_MARK))
  encoder.symbolTable(sink)
  sink.put(body.take())
  return sink.take()
}

class Encoder {
  readonly #symbols = new Map<string, number>()
  /** What is inside of a value is written before its length can be: a sink for each depth. */
  readonly #inner: ByteSink[] = []
  readonly #number = new DataView(new ArrayBuffer(8))

  symbolTable(sink: ByteSink): void {
    if (this.#symbols.size === 0) return
    const names = [...this.#symbols.keys()].map((value) => ({ type: 'string' as const, value, annotations: [] }))
    const content = new ByteSink()
    putVarUInt(content, 1)
    putVarUInt(content, SYMBOL_TABLE)
    const table = new ByteSink()
    putVarUInt(table, SYMBOLS)
    this.value(table, { type: 'list', items: names, annotations: [] }, 0)
    putContent(content, TYPE_CODES.struct, table.take())
    putContent(sink, ANNOTATION, content.take())
  }

  value(sink: ByteSink, value: IonValue, depth: number): void {
    switch (value.type) {
      case 'null':
        sink.byte((TYPE_CODES[value.of ?? 'null'] << 4) | 15)
        break
      case 'bool':
        sink.byte((TYPE_CODES.bool << 4) | (value.value ? 1 : 0))
        break
      case 'int':
        putContent(sink, value.value < 0n ? NEGATIVE_INT : TYPE_CODES.int, magnitude(value.value))
        break
      case 'float':
        putContent(sink, TYPE_CODES.float, this.#float(value.value))
        break
      case 'decimal':
        putContent(sink, TYPE_CODES.decimal, decimal(value.coefficient, value.exponent))
        break
      case 'timestamp':
        putContent(sink, TYPE_CODES.timestamp, timestamp(value.micros, value.text))
        break
      case 'symbol':
        putContent(sink, TYPE_CODES.symbol, magnitude(BigInt(this.#symbol(value.value))))
        break
      case 'string':
        putContent(sink, TYPE_CODES.string, Buffer.from(value.value))
        break
      case 'clob':
      case 'blob':
        putContent(sink, TYPE_CODES[value.type], value.value)
        break
      default: {
        this.#inner[depth] ??= new ByteSink()
        const content = this.#inner[depth]
        if (value.type !== 'struct') for (const item of value.items) this.value(content, item, depth + 1)
        else
          for (const [name, item] of value.fields) {
            putVarUInt(content, this.#symbol(name))
            this.value(content, item, depth + 1)
          }
        putContent(sink, TYPE_CODES[value.type], content.take())
      }
    }
  }

  #symbol(name: string): number {
    const known = this.#symbols.get(name)
    if (known !== undefined) return known
    const id = FIRST_SYMBOL + this.#symbols.size
    this.#symbols.set(name, id)
    return id
  }

  /** Of four bytes where these say the number. */
  #float(value: number): Uint8Array {
    if (Math.fround(value) === value) this.#number.setFloat32(0, value)
    else this.#number.setFloat64(0, value)
    return new Uint8Array(this.#number.buffer, 0, Math.fround(value) === value ? 4 : 8)
  }
}

const LONGEST_SHORT = 13

function putContent(sink: ByteSink, typeCode: number, content: Uint8Array): void {
  const isShort = content.length <= LONGEST_SHORT
  sink.byte((typeCode << 4) | (isShort ? content.length : LONGEST_SHORT + 1))
  if (!isShort) putVarUInt(sink, content.length)
  sink.put(content)
}

/** Seven bits in each byte, the highest first; the last one is marked. */
function putVarUInt(sink: ByteSink, value: number): void {
  let places = 1
  while (value >= 128 ** places) places++
  for (let place = places - 1; place > 0; place--) sink.byte(Math.floor(value / 128 ** place) & 0x7f)
  sink.byte((value & 0x7f) | 0x80)
}

/** The first byte has a sign, and so a bit less. */
function putVarInt(sink: ByteSink, value: number): void {
  const sign = value < 0 ? 0x40 : 0
  const size = Math.abs(value)
  let places = 1
  while (size >= 64 * 128 ** (places - 1)) places++
  for (let place = places - 1; place >= 0; place--) {
    const bits = Math.floor(size / 128 ** place) & 0x7f
    sink.byte(bits | (place === places - 1 ? sign : 0) | (place === 0 ? 0x80 : 0))
  }
}

/** Without a sign; nothing at all for zero. */
function magnitude(value: bigint): Uint8Array {
  if (value === 0n) return NOTHING
  const digits = (value < 0n ? -value : value).toString(16)
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
}
const NOTHING = new Uint8Array(0)

/** The sign is the first bit, for which there may have to be a byte of its own. */
function decimal(coefficient: bigint, exponent: number): Uint8Array {
  const sink = new ByteSink()
  putVarInt(sink, exponent)
  const bytes = magnitude(coefficient)
  const sign = coefficient < 0n ? 0x80 : 0
  if (bytes.length > 0 && bytes[0]! < 0x80) {
    sink.byte(bytes[0]! | sign)
    sink.put(bytes, 1)
  } else if (bytes.length > 0) {
    sink.byte(sign)
    sink.put(bytes)
  }
  return sink.take()
}

/** The offset as in the text, and how many digits there are; the parts are those of UTC. */
function timestamp(micros: bigint, text: string): Uint8Array {
  const sink = new ByteSink()
  const [, fraction, sign, hours, minutes] = /T.*?(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text) ?? []
  const hasTime = !text.endsWith('T')
  // Negative zero: of no known offset.
  if (hasTime) putVarInt(sink, (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1))
  else sink.byte(0xc0)
  const beyond = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)
  const date = new Date(Number((micros - BigInt(beyond)) / 1000n))
  putVarUInt(sink, date.getUTCFullYear())
  putVarUInt(sink, date.getUTCMonth() + 1)
  putVarUInt(sink, date.getUTCDate())
  if (!hasTime) return sink.take()
  for (const part of [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]) putVarUInt(sink, part)
  if (fraction === undefined) return sink.take()
  sink.put(decimal(BigInt(fraction), -fraction.length))
  return sink.take()
}
