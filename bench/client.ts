/**
 * A client with little to do between requests: one socket, kept as long as the server keeps it. Servers that close
 * after each answer cost it a new connection each time, as they cost every client.
 */
import { connect, type Socket } from 'node:net'
import { type SignedRequest, type SigningKey, signedHead } from './signature.ts'

export interface Answer {
  readonly status: number
  readonly bodyBytes: number
  /** Empty when the body was not wanted. */
  readonly body: Buffer
}

interface Head {
  readonly status: number
  /** Absent: until the connection closes. */
  readonly length?: number
  readonly closes: boolean
}

const BUFFER_BYTES = 262_144
/** Bodies longer than this are counted and let go. */
const KEPT_BYTES = 1_048_576

export class Client {
  readonly #port: number
  readonly #host: string
  readonly #key: SigningKey | undefined
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #socket: Socket | undefined
  #receive: ((chunk: Buffer | undefined) => void) | undefined

  /** `key`: whose the requests are; the root's where none is given. */
  constructor(port: number, key?: SigningKey) {
    this.#port = port
    this.#key = key
    this.#host = `127.0.0.1:${port}`
  }

  close(): void {
    this.#socket?.destroy()
  }

  /** Throws when the answer is not a success. */
  async send(request: SignedRequest): Promise<Answer> {
    const socket = this.#connected()
    const answer = this.#answer(socket)
    const head = signedHead(request, this.#host, this.#key)
    // In one packet where it is small, as the kernel would otherwise wait to send the second.
    if (!request.body) socket.write(head, 'latin1')
    else if (request.body.byteLength < 65_536) socket.write(Buffer.concat([Buffer.from(head, 'latin1'), request.body]))
    else {
      socket.write(head, 'latin1')
      socket.write(request.body)
    }
    const received = await answer
    if (received.status >= 300)
      throw new Error(`${request.method} ${request.path}: ${received.status} ${received.body}`)
    return received
  }

  /** An operation of Athena's. */
  async athena<T>(operation: string, input: unknown): Promise<T> {
    const { body } = await this.send(athenaRequest(operation, input))
    return JSON.parse(body.toString('utf8')) as T
  }

  #connected(): Socket {
    if (this.#socket) return this.#socket
    // Always the same buffer, so that large bodies cost the client no memory of their own.
    const callback = (count: number, buffer: Uint8Array) => {
      this.#receive?.(Buffer.from(buffer.buffer, buffer.byteOffset, count))
      return true
    }
    const onread = { buffer: this.#buffer, callback }
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, onread }).resume()
    this.#socket = socket
    const over = () => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#receive?.(undefined)
    }
    socket.on('error', over)
    socket.on('close', over)
    return socket
  }

  #answer(socket: Socket): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let head: Head | undefined
      let early: Buffer = Buffer.alloc(0)
      const kept: Buffer[] = []
      let bodyBytes = 0
      const settle = (status: number) => {
        this.#receive = undefined
        if (head?.closes && this.#socket === socket) {
          this.#socket = undefined
          socket.destroy()
        }
        resolve({ status, bodyBytes, body: Buffer.concat(kept) })
      }
      this.#receive = (chunk) => {
        if (!chunk) {
          this.#receive = undefined
          if (head && head.length === undefined) settle(head.status)
          else reject(new Error('The server closed the connection before it had answered'))
          return
        }
        let rest = chunk
        if (!head) {
          early = Buffer.concat([early, chunk])
          const end = early.indexOf('\r\n\r\n')
          if (end < 0) return
          head = readHead(early.toString('latin1', 0, end))
          rest = early.subarray(end + 4)
        }
        bodyBytes += rest.length
        if (bodyBytes <= KEPT_BYTES) kept.push(Buffer.from(rest))
        if (head.length !== undefined && bodyBytes >= head.length) settle(head.status)
      }
    })
  }
}

const TARGETS = { athena: 'AmazonAthena', glue: 'AWSGlue' } as const

export const athenaRequest = (operation: string, input: unknown): SignedRequest =>
  jsonRequest('athena', operation, input)

/** An operation of a service that speaks JSON 1.1. */
export function jsonRequest(service: keyof typeof TARGETS, operation: string, input: unknown): SignedRequest {
  return {
    method: 'POST',
    path: '/',
    service,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${TARGETS[service]}.${operation}` },
    body: Buffer.from(JSON.stringify(input)),
  }
}

function readHead(text: string): Head {
  const status = Number(text.slice(9, 12))
  if (/\r\ntransfer-encoding:/i.test(text)) throw new Error('This client does not read chunked answers')
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  const closes = text.startsWith('HTTP/1.0') || /\r\nconnection: *close/i.test(text)
  return { status, length: length === undefined ? undefined : Number(length), closes }
}
