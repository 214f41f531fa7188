/** One exchange as the protocol sees it: what every transport (HTTP/1.1, HTTP/2, TLS or not) is turned into. */
import type { Readable } from 'node:stream'

export interface HttpRequest {
  readonly method: string
  /** As sent, undecoded, without the query. */
  readonly rawPath: string
  /** As sent, without the question mark; '' if there is none. */
  readonly rawQuery: string
  /** Names in lower case. `host` is there also where HTTP/2 said `:authority`. */
  readonly headers: Readonly<Record<string, string>>
  /** Names and values in turn, as sent: a signature may cover a name that was sent twice. */
  readonly rawHeaders: readonly string[]
  readonly body: Readable
  /** False where the transport says that nothing follows. */
  readonly hasBody: boolean
  /** `http://host:port` as the client addressed it. */
  readonly origin: string
  /** Who is at the other end. */
  readonly peer?: Peer
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal
  /** Tells a client that waits (`Expect: 100-continue`) to send its body; does nothing for others. */
  admitBody(): void
}

export interface Peer {
  readonly address: string
  /** As records of calls name them. */
  readonly tls?: { readonly tlsVersion: string; readonly cipherSuite: string }
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The pieces of a stream are nobody else's any more: their memory goes when they have been sent. */
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
}
