/**
 * Finds where a message ends that comes without a frame, from as much of it as has come. It keeps its place between two
 * calls, so that a long message is looked through once however many pieces it comes in, and it refuses what claims to be
 * longer or deeper than is taken before any room is made for it.
 */
import { FIXED_SIZES, ThriftError, TYPE_CODES } from './types.ts'

const { struct: STRUCT, map: MAP, set: SET, list: LIST, string: STRING } = TYPE_CODES
const MAX_DEPTH = 64
export const MAX_NAME_BYTES = 255

/** What is open: a struct, or items still to come whose types take turns. */
type Frame = 'struct' | { left: number; turn: number; readonly types: readonly number[] }

export class MessageScanner {
  readonly #maxBytes: number
  readonly #open: Frame[] = []
  /** May be past the end of what has come: as far as is known to belong to the message. */
  #at = 0
  #inBody = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** `bytes` begins with the message and grows from call to call. Answers its length once all of it is there. */
  scan(bytes: Buffer): number | undefined {
    if (!this.#inBody && !this.#header(bytes)) return undefined
    while (this.#open.length > 0) {
      const frame = this.#open.at(-1)!
      const done = frame === 'struct' ? this.#field(bytes) : this.#item(bytes, frame)
      if (!done) return undefined
    }
    return this.#at <= bytes.length ? this.#at : undefined
  }

  #header(bytes: Buffer): boolean {
    if (bytes.length < 8) return false
    const strict = bytes.readInt32BE(0) < 0
    const nameLength = bytes.readInt32BE(strict ? 4 : 0)
    if (nameLength < 0 || nameLength > MAX_NAME_BYTES) throw new ThriftError('No Thrift message begins like this.')
    this.#at = nameLength + (strict ? 12 : 9)
    this.#inBody = true
    this.#open.push('struct')
    return true
  }

  #field(bytes: Buffer): boolean {
    if (bytes.length <= this.#at) return false
    const type = bytes[this.#at]!
    if (type === 0) {
      this.#advance(1)
      this.#open.pop()
      return true
    }
    return this.#value(bytes, type, 3)
  }

  #item(bytes: Buffer, frame: Exclude<Frame, 'struct'>): boolean {
    if (frame.left === 0) {
      this.#open.pop()
      return true
    }
    const type = frame.types[frame.turn]!
    // It counts as begun before it is opened, for it may open a frame of its own.
    const { left, turn } = frame
    frame.left--
    frame.turn = (turn + 1) % frame.types.length
    if (this.#value(bytes, type, 0)) return true
    frame.left = left
    frame.turn = turn
    return false
  }

  /** A value behind `before` bytes of a field's header. False, and nothing moved, when more must come to tell its size. */
  #value(bytes: Buffer, type: number, before: number): boolean {
    const start = this.#at + before
    const size = FIXED_SIZES.get(type)
    if (size !== undefined) return this.#advance(before + size)
    if (type === STRUCT) return this.#enter('struct', before)
    if (type === STRING) {
      if (bytes.length < start + 4) return false
      return this.#advance(before + 4 + this.#count(bytes.readInt32BE(start), 1))
    }
    const head = type === MAP ? 6 : 5
    if (type !== MAP && type !== SET && type !== LIST) throw new ThriftError(`${type} is no type of a value.`)
    if (bytes.length < start + head) return false
    const types = [...bytes.subarray(start, start + head - 4)]
    const count = bytes.readInt32BE(start + head - 4)
    const itemBytes = types.reduce((sum, one) => sum + (FIXED_SIZES.get(one) ?? 1), 0)
    const left = this.#count(count, itemBytes)
    if (types.every((one) => FIXED_SIZES.has(one))) return this.#advance(before + head + left * itemBytes)
    return this.#enter({ left: left * types.length, turn: 0, types }, before + head)
  }

  #enter(frame: Frame, bytes: number): boolean {
    if (this.#open.length >= MAX_DEPTH) throw new ThriftError('Nested too deep.')
    this.#advance(bytes)
    this.#open.push(frame)
    return true
  }

  #count(count: number, itemBytes: number): number {
    if (count < 0) throw new ThriftError(`A length of ${count}.`)
    if (this.#at + count * itemBytes > this.#maxBytes) throw tooLong(this.#maxBytes)
    return count
  }

  #advance(bytes: number): true {
    this.#at += bytes
    if (this.#at > this.#maxBytes) throw tooLong(this.#maxBytes)
    return true
  }
}

export const tooLong = (maxBytes: number): ThriftError =>
  new ThriftError(`A message of more than ${maxBytes} bytes is not taken.`)
