/**
 * The values of an Ion file, binary or text, each as a tree. https://amazon-ion.github.io/ion-docs/docs/spec.html
 */
import { createRequire } from 'node:module'
import type * as Ion from 'ion-js'
import { CorruptData } from '../corrupt-data.ts'
import { VERSION_MARK } from './binary.ts'

export type IonType = IonValue['type']

export type IonScalar =
  /** `of`: its type, where it is to be said. */
  | { readonly type: 'null'; readonly of?: IonType }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  /** `coefficient` times ten to the `exponent`. */
  | { readonly type: 'decimal'; readonly coefficient: bigint; readonly exponent: number }
  /** `text` as Ion writes it. */
  | { readonly type: 'timestamp'; readonly micros: bigint; readonly text: string }
  | { readonly type: 'string' | 'symbol'; readonly value: string }
  | { readonly type: 'clob' | 'blob'; readonly value: Uint8Array }

export type IonValue = (
  | IonScalar
  | { readonly type: 'list' | 'sexp'; readonly items: readonly IonValue[] }
  | { readonly type: 'struct'; readonly fields: readonly (readonly [name: string, value: IonValue])[] }
) & { readonly annotations: readonly string[] }

const MOST_DEPTH = 200
/** A file is read as one: values refer to symbols that came before them. */
export const MOST_ION_BYTES = 256 << 20

/** The library takes a while to load, and few threads ever need it. */
let library: typeof Ion | undefined
function ion(): typeof Ion {
  library ??= withSoundTimestamps(createRequire(import.meta.url)('ion-js') as typeof Ion)
  return library
}

/** Of what a timestamp says of its second; a binary one of twelve bytes may say millions, of which the library makes zeros. */
const MOST_DIGITS = 1000

function withSoundTimestamps(loaded: typeof Ion): typeof Ion {
  const { Timestamp } = loaded
  const split = Timestamp._splitSecondsDecimal
  Timestamp._splitSecondsDecimal = (seconds) => {
    if (Math.abs(seconds.getExponent()) > MOST_DIGITS)
      throw new CorruptData(`a timestamp has more than ${MOST_DIGITS} digits in its seconds`)
    return split(seconds)
  }
  const { getDate } = Timestamp.prototype
  // The library rounds to milliseconds, and the last of a year to the next one, or back to the year's beginning.
  Timestamp.prototype.getDate = function (this: Ion.Timestamp) {
    const [second] = Timestamp._splitSecondsDecimal(this.getSecondsDecimal())
    return getDate.call(Object.create(this, { _secondsDecimal: { value: new loaded.Decimal(Number(second), 0) } }))
  }
  return loaded
}

/** The values at the top, one after the other. Throws `CorruptData`. */
export function* ionValues(bytes: Uint8Array): Generator<IonValue> {
  if (VERSION_MARK.every((byte, i) => bytes[i] === byte)) requireWhole(bytes)
  const reader = sound(() => ion().makeReader(bytes))
  for (;;) {
    const value = sound(() => (reader.next() === null ? undefined : valueAt(reader, 0)))
    if (value === undefined) return
    yield value
  }
}

/** The library takes a binary value that breaks off for one that ends there; so lengths are gone through first. */
function requireWhole(bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) {
    if (VERSION_MARK.every((byte, i) => bytes[at + i] === byte)) {
      at += VERSION_MARK.length
      continue
    }
    const [type, nibble] = [bytes[at]! >> 4, bytes[at]! & 15]
    at++
    if (type === 15) throw new CorruptData('a value is of an unknown type')
    let length = nibble === 15 || type === 1 ? 0 : nibble
    if (nibble === 14 || (type === 13 && nibble === 1)) {
      length = 0
      for (let byte = 0; byte < 128; at++) {
        byte = bytes[at] ?? 128
        length = length * 128 + (byte & 127)
      }
    }
    at += length
    if (at > bytes.length) throw new CorruptData('a value breaks off')
  }
}

/** Whatever the library throws is about the bytes that it was given. */
function sound<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CorruptData) throw error
    throw new CorruptData(error instanceof Error ? error.message : String(error))
  }
}

function valueAt(reader: Ion.Reader, depth: number): IonValue {
  if (depth > MOST_DEPTH) throw new CorruptData('values are nested too deeply')
  const annotations = reader.annotations()
  const type = reader.type()
  if (type === null || reader.isNull()) return { type: 'null', annotations }
  switch (type.name) {
    case 'list':
    case 'sexp':
      return { type: type.name, items: inside(reader, depth).map(([, value]) => value), annotations }
    case 'struct':
      return { type: 'struct', fields: inside(reader, depth), annotations }
    default:
      return { ...scalarAt(reader, type.name), annotations }
  }
}

function inside(reader: Ion.Reader, depth: number): [string, IonValue][] {
  const found: [string, IonValue][] = []
  reader.stepIn()
  while (reader.next() !== null) found.push([reader.fieldName() ?? '', valueAt(reader, depth + 1)])
  reader.stepOut()
  return found
}

function scalarAt(reader: Ion.Reader, type: string): IonScalar {
  switch (type) {
    case 'bool':
      return { type, value: reader.booleanValue()! }
    case 'int':
      return { type, value: reader.bigIntValue()! }
    case 'float':
      return { type, value: reader.numberValue()! }
    case 'decimal': {
      const value = reader.decimalValue()!
      return { type, coefficient: BigInt(value.getCoefficient()), exponent: value.getExponent() }
    }
    case 'timestamp': {
      const value = reader.timestampValue()!
      return { type, micros: microsOf(value), text: value.toString() }
    }
    case 'string':
    case 'symbol':
      return { type, value: reader.stringValue()! }
    case 'clob':
    case 'blob':
      return { type, value: reader.uInt8ArrayValue()! }
    default:
      return { type: 'null' }
  }
}

/** Since 1970, in UTC; digits beyond microseconds are cut off. */
function microsOf(value: Ion.Timestamp): bigint {
  const [, fraction] = ion().Timestamp._splitSecondsDecimal(value.getSecondsDecimal())
  return BigInt(value.getDate().getTime()) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}
