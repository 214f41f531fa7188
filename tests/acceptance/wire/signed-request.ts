/** Requests made by hand, for what no client would send: signed as AWS's own signer does it, then spoilt as wanted. */
import { connect, type Socket } from 'node:net'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { TestLake } from '../server.ts'

export interface RequestParts {
  readonly method?: string
  readonly path?: string
  readonly service?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly secretAccessKey?: string
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  readonly region?: string
  readonly signingDate?: Date
}

/** The headers of a signed request to `lake`. */
export async function signed(lake: TestLake, parts: RequestParts): Promise<Record<string, string>> {
  const { hostname, port, host } = new URL(lake.endpoint)
  const credentials = {
    ...(parts.credentials ?? lake.credentials),
    ...(parts.secretAccessKey && { secretAccessKey: parts.secretAccessKey }),
  }
  const service = parts.service ?? 's3'
  const signer = new SignatureV4({
    credentials,
    region: parts.region ?? lake.region,
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  })
  const [path = '/', search = ''] = (parts.path ?? '/').split('?')
  const request = await signer.sign(
    {
      method: parts.method ?? 'POST',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: { host, ...parts.headers },
      body: parts.body,
    },
    { signingDate: parts.signingDate },
  )
  return request.headers
}

/** Sends it signed, with fetch; what `spoil` returns is sent instead of the signed headers. */
export async function send(
  lake: TestLake,
  parts: RequestParts,
  spoil: (headers: Record<string, string>) => Record<string, string> = (headers) => headers,
): Promise<Response> {
  const { host: _, ...headers } = spoil(await signed(lake, parts))
  return fetch(`${lake.endpoint}${parts.path ?? '/'}`, {
    method: parts.method ?? 'POST',
    headers,
    body: parts.body,
  })
}

/** A socket to the server, and everything it has said. */
export class RawConnection {
  readonly socket: Socket
  text = ''
  #wake: () => void = () => {}

  constructor(lake: TestLake) {
    this.socket = connect(Number(new URL(lake.endpoint).port), '127.0.0.1')
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1')
      this.#wake()
    })
    this.socket.on('error', () => this.#wake())
    this.socket.on('close', () => this.#wake())
  }

  head(method: string, path: string, headers: Readonly<Record<string, string>>): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    this.socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  }

  /** Resolves when the server has said something that matches, or has closed the connection. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text) && !this.socket.closed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.text
  }

  async untilClosed(): Promise<string> {
    return this.until(/(?!)/)
  }
}
