/** A Thrift client of few lines that shares nothing with the server: fields by their numbers, as the wire has them. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type Wire = readonly [code: number, value: unknown]
export type Fields = Readonly<Record<number, Wire | undefined>>
/** What came back: strings, numbers, bigints, booleans, arrays, Maps, and structs as objects by number. */
export type Struct = { readonly [id: number]: unknown }

const [BOOL, BYTE, DOUBLE, I16, I32, I64, STRING, STRUCT, MAP, SET, LIST] = [2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15]
export const bool = (value: boolean): Wire => [BOOL!, value]
export const i16 = (value: number): Wire => [I16!, value]
export const i32 = (value: number): Wire => [I32!, value]
export const i64 = (value: bigint): Wire => [I64!, value]
export const double = (value: number): Wire => [DOUBLE!, value]
export const text = (value: string): Wire => [STRING!, value]
export const struct = (fields: Fields): Wire => [STRUCT!, fields]
export const texts = (values: readonly string[]): Wire => [LIST!, [STRING, values]]
export const structs = (values: readonly Fields[]): Wire => [LIST!, [STRUCT, values]]
export const textMap = (entries: Readonly<Record<string, string>>): Wire => [
  MAP!,
  [STRING, STRING, Object.entries(entries)],
]

/** A TApplicationException. */
export class Refused extends Error {
  readonly code: number
  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}

export interface Form {
  readonly framed?: boolean
  readonly strict?: boolean
}

export class ThriftClient {
  readonly socket: Socket
  readonly #form: Form
  #received = Buffer.alloc(0)
  #sequence = 0
  /** Something has come, or the end has. */
  #stirred = Promise.withResolvers<void>()

  private constructor(socket: Socket, form: Form) {
    this.socket = socket
    this.#form = form
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#stir()
    })
    socket.on('error', () => {})
    socket.on('close', () => this.#stir())
  }

  static async connect(url: string, form: Form = {}): Promise<ThriftClient> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return new ThriftClient(socket, form)
  }

  /** The result struct: field 0 is the answer, the others are exceptions. Throws Refused. */
  async call(name: string, fields: Fields = {}): Promise<Struct> {
    this.socket.write(this.message(name, fields))
    return this.reply()
  }

  /** The answer alone. Throws the text of an exception. */
  async ask<T>(name: string, fields: Fields = {}): Promise<T> {
    const { 0: answer, ...exceptions } = await this.call(name, fields)
    const [exception] = Object.entries(exceptions)
    if (exception) throw new Error(`${exception[0]}: ${(exception[1] as Struct)[1]}`)
    return answer as T
  }

  message(name: string, fields: Fields): Buffer {
    const { strict = true, framed = false } = this.#form
    const head = strict
      ? [int(0x80010001 | 0), encode(STRING!, name), int(++this.#sequence)]
      : [encode(STRING!, name), Buffer.from([1]), int(++this.#sequence)]
    const whole = Buffer.concat([...head, encode(STRUCT!, fields)])
    return framed ? Buffer.concat([int(whole.length), whole]) : whole
  }

  /** To the call of this number, which must be the next answered. */
  async reply(sequence = this.#sequence): Promise<Struct> {
    for (;;) {
      const found = this.#decode(sequence)
      if (found) return found
      if (this.socket.destroyed) throw new Error('The server hung up.')
      await this.#stirred.promise
    }
  }

  #stir(): void {
    this.#stirred.resolve()
    this.#stirred = Promise.withResolvers()
  }

  #decode(sequence: number): Struct | undefined {
    const { strict = true, framed = false } = this.#form
    const cursor = { bytes: this.#received, at: framed ? 4 : 0 }
    try {
      let type = strict ? readInt(cursor) & 0xff : 0
      decode(cursor, STRING!)
      if (!strict) type = cursor.bytes.readInt8(cursor.at++)
      if (readInt(cursor) !== sequence) throw new Error('an answer to another call')
      const fields = decode(cursor, STRUCT!) as Struct
      this.#received = this.#received.subarray(cursor.at)
      if (type === 3) throw new Refused(String(fields[1]), Number(fields[2]))
      return fields
    } catch (error) {
      // Not all of it has come.
      if (error instanceof RangeError) return undefined
      throw error
    }
  }

  close(): void {
    this.socket.destroy()
  }
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function encode(code: number, value: unknown): Buffer {
  const wide = Buffer.alloc(8)
  switch (code) {
    case BOOL:
      return Buffer.from([value ? 1 : 0])
    case I16:
      wide.writeInt16BE(value as number)
      return wide.subarray(0, 2)
    case I32:
      return int(value as number)
    case I64:
      wide.writeBigInt64BE(value as bigint)
      return wide
    case DOUBLE:
      wide.writeDoubleBE(value as number)
      return wide
    case STRING: {
      const bytes = Buffer.from(value as string)
      return Buffer.concat([int(bytes.length), bytes])
    }
    case STRUCT: {
      const parts = Object.entries(value as Fields).map(([id, field]) => {
        if (!field) return Buffer.alloc(0)
        const [type, member] = field
        wide.writeInt16BE(Number(id))
        return Buffer.concat([Buffer.from([type]), wide.subarray(0, 2), encode(type, member)])
      })
      return Buffer.concat([...parts, Buffer.from([0])])
    }
    case LIST: {
      const [of, items] = value as [number, unknown[]]
      return Buffer.concat([Buffer.from([of]), int(items.length), ...items.map((item) => encode(of, item))])
    }
    default: {
      const [key, of, entries] = value as [number, number, [unknown, unknown][]]
      const parts = entries.map(([name, member]) => Buffer.concat([encode(key, name), encode(of, member)]))
      return Buffer.concat([Buffer.from([key, of]), int(entries.length), ...parts])
    }
  }
}

interface Cursor {
  readonly bytes: Buffer
  at: number
}

function readInt(cursor: Cursor): number {
  cursor.at += 4
  return cursor.bytes.readInt32BE(cursor.at - 4)
}

/** Throws RangeError where the bytes end. */
function decode(cursor: Cursor, code: number): unknown {
  const byte = () => cursor.bytes.readInt8(cursor.at++)
  switch (code) {
    case BOOL:
      return byte() === 1
    case BYTE:
      return byte()
    case I16:
      cursor.at += 2
      return cursor.bytes.readInt16BE(cursor.at - 2)
    case I32:
      return readInt(cursor)
    case I64:
      cursor.at += 8
      return cursor.bytes.readBigInt64BE(cursor.at - 8)
    case DOUBLE:
      cursor.at += 8
      return cursor.bytes.readDoubleBE(cursor.at - 8)
    case STRING: {
      const length = readInt(cursor)
      if (cursor.at + length > cursor.bytes.length) throw new RangeError()
      cursor.at += length
      return cursor.bytes.toString('utf8', cursor.at - length, cursor.at)
    }
    case STRUCT: {
      const fields: Record<number, unknown> = {}
      for (let type = byte(); type !== 0; type = byte()) {
        const id = decode(cursor, I16!) as number
        fields[id] = decode(cursor, type)
      }
      return fields
    }
    case SET:
    case LIST: {
      const of = byte()
      return Array.from({ length: readInt(cursor) }, () => decode(cursor, of))
    }
    case MAP: {
      const [key, of] = [byte(), byte()]
      const entries = Array.from({ length: readInt(cursor) }, () => [decode(cursor, key), decode(cursor, of)] as const)
      return new Map(entries)
    }
    default:
      throw new Error(`type ${code}`)
  }
}
