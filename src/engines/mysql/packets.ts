/** Packets of MySQL's client protocol, as far as a client needs them to be let in: dev.mysql.com, page_protocol_basic_packets. */
import type { Socket } from 'node:net'
import { closedByServer } from '../login-socket.ts'

/** Sends and receives, and counts as both sides do. */
export class Packets {
  readonly #socket: Socket
  #bytes: Buffer = Buffer.alloc(0)
  #sequence: number
  #wake: (error?: Error) => void = () => {}

  constructor(socket: Socket, sequence = 0) {
    this.#socket = socket
    this.#sequence = sequence
    socket.on('data', this.#take)
    socket.on('error', this.#end)
    socket.on('close', this.#end)
  }

  readonly #take = (chunk: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    this.#wake()
  }

  readonly #end = (error: unknown): void => this.#wake(error instanceof Error ? error : closedByServer())

  /** The socket is somebody else's from now on. */
  detach(): void {
    this.#socket.off('data', this.#take)
  }

  /** COM_QUIT: a command begins to count anew. */
  quit(): void {
    this.#sequence = 0
    this.send(Buffer.from([1]))
  }

  get sequence(): number {
    return this.#sequence
  }

  send(body: Buffer): void {
    const head = Buffer.alloc(4)
    head.writeUIntLE(body.length, 0, 3)
    head[3] = this.#sequence++ & 0xff
    this.#socket.write(Buffer.concat([head, body]))
  }

  /** Throws what an error packet says. */
  async receive(): Promise<Buffer> {
    for (;;) {
      const length = this.#bytes.length >= 4 ? this.#bytes.readUIntLE(0, 3) : undefined
      if (length !== undefined && this.#bytes.length >= 4 + length) {
        const body = this.#bytes.subarray(4, 4 + length)
        this.#sequence = this.#bytes[3]! + 1
        this.#bytes = this.#bytes.subarray(4 + length)
        if (body[0] === 0xff) throw new Error(errorText(body))
        return body
      }
      if (length !== undefined && length > 1 << 20) throw new Error('The server does not speak the MySQL protocol')
      await this.#more()
    }
  }

  /** When more has come, or nothing will. */
  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wake = (error) => (error ? reject(error) : resolve())
      if (this.#socket.destroyed) this.#wake(this.#socket.errored ?? closedByServer())
    })
  }
}

/** After the code comes `#` and a state, but in the first packet of all. */
function errorText(body: Buffer): string {
  const text = body.toString('utf8', 3)
  return text.startsWith('#') ? text.slice(6) : text
}

export interface Handshake {
  readonly nonce: Buffer
  readonly plugin: string
  readonly offersTls: boolean
}

const NONCE_BYTES = 20

/** The server's first packet, version 10. */
export function readHandshake(body: Buffer): Handshake {
  if (body[0] !== 10) throw new Error('The server does not speak the MySQL protocol')
  let at = body.indexOf(0, 1) + 1 + 4
  const first = body.subarray(at, at + 8)
  at += 9
  const offersTls = (body.readUInt16LE(at) & 0x800) !== 0
  at += 2 + 1 + 2 + 2
  const second = Math.max(13, body[at]! - 8)
  at += 1 + 10
  const rest = body.subarray(at, at + second)
  const [plugin = ''] = body.toString('utf8', at + second).split('\0', 1)
  return { nonce: Buffer.concat([first, rest]).subarray(0, NONCE_BYTES), plugin, offersTls }
}

/** "Protocol::AuthSwitchRequest": another plugin, and a nonce of its own. */
export function readSwitch(body: Buffer): Pick<Handshake, 'nonce' | 'plugin'> {
  const end = body.indexOf(0, 1)
  return { plugin: body.toString('utf8', 1, end), nonce: body.subarray(end + 1, end + 1 + NONCE_BYTES) }
}
