/** Messages of the binary protocol: their heads, in the strict and the old form, and the frames they may come in. */
import type { Reader } from './reader.ts'
import { MAX_NAME_BYTES, MessageScanner, tooLong } from './scanner.ts'
import { ThriftError } from './types.ts'
import type { Writer } from './writer.ts'

export const MESSAGE = { call: 1, reply: 2, exception: 3, oneway: 4 } as const

export interface MessageHead {
  readonly name: string
  readonly type: number
  readonly sequence: number
  /** Begins with the version of the protocol; old clients leave it out. */
  readonly strict: boolean
}

const VERSION = 0x8001

export function readHead(reader: Reader): MessageHead {
  const first = reader.i32()
  if (first >= 0) {
    reader.at -= 4
    const name = readName(reader)
    return { name, type: reader.byte(), sequence: reader.i32(), strict: false }
  }
  if (first >>> 16 !== VERSION) throw new ThriftError('Bad version in readMessageBegin')
  const name = readName(reader)
  return { name, type: first & 0xff, sequence: reader.i32(), strict: true }
}

function readName(reader: Reader): string {
  const name = reader.text()
  if (name.length > MAX_NAME_BYTES) throw new ThriftError('No method has so long a name.')
  return name
}

export function writeHead(writer: Writer, { name, type, sequence, strict }: MessageHead): void {
  if (strict) writer.i32((VERSION << 16) | type)
  writer.text(name)
  if (!strict) writer.byte(type)
  writer.i32(sequence)
}

/** The messages of one connection, out of the pieces they come in. Framed or not is told by how the first one begins. */
export class MessageStream {
  readonly #maxBytes: number
  #bytes = Buffer.alloc(0)
  #length = 0
  #framed: boolean | undefined
  #scanner: MessageScanner

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#scanner = new MessageScanner(maxBytes)
  }

  get framed(): boolean {
    return this.#framed === true
  }

  /** Some of a message has come, and not all. */
  get pending(): boolean {
    return this.#length > 0
  }

  push(chunk: Buffer): void {
    const length = this.#length + chunk.length
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, Math.min(this.#bytes.length * 2, this.#maxBytes)))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    chunk.copy(this.#bytes, this.#length)
    this.#length = length
  }

  /** The next whole message without its frame, or undefined when more must come. Throws ThriftError. */
  next(): Buffer | undefined {
    const come = this.#bytes.subarray(0, this.#length)
    this.#framed ??= comesFramed(come)
    if (this.#framed === undefined) return undefined
    return this.#framed ? this.#frame(come) : this.#message(come)
  }

  #frame(come: Buffer): Buffer | undefined {
    if (come.length < 4) return undefined
    const length = come.readInt32BE(0)
    if (length <= 0) throw new ThriftError(`A frame of ${length} bytes.`)
    if (length > this.#maxBytes) throw tooLong(this.#maxBytes)
    return come.length < 4 + length ? undefined : this.#take(4, 4 + length)
  }

  #message(come: Buffer): Buffer | undefined {
    const end = this.#scanner.scan(come)
    if (end === undefined) return undefined
    this.#scanner = new MessageScanner(this.#maxBytes)
    return this.#take(0, end)
  }

  #take(start: number, end: number): Buffer {
    const message = this.#bytes.subarray(start, end)
    // What comes next gets memory of its own: the message may be held for long.
    this.#bytes = Buffer.from(this.#bytes.subarray(end, this.#length))
    this.#length = this.#bytes.length
    return message
  }
}

/**
 * A strict message begins with a negative number, a frame with its length and then the message; an old message with the
 * length of its name and then the name, which does not begin with a NUL as a length below 2^24 does.
 */
function comesFramed(come: Buffer): boolean | undefined {
  if (come.length < 8) return undefined
  if (come.readInt32BE(0) < 0) return false
  return come.readInt32BE(4) < 0 || come[4] === 0
}

export function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(message.length)
  return Buffer.concat([length, message])
}
