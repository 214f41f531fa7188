/** One request and its answer on Node's HTTP objects, of version 1.1 or 2. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { giveBack } from '../core/spent-bytes.ts'
import type { HttpReply, HttpRequest, Peer } from '../protocol/http.ts'
import { awaitHttpTaking } from './waiting-answers.ts'

export type Incoming = IncomingMessage | Http2ServerRequest
export type Outgoing = ServerResponse | Http2ServerResponse

/** What a body that nobody wanted may still cost: read and dropped up to here, so that the client hears the answer. */
const maxDrainBytes = 64 << 20
const maxDrainMs = 10_000
/** Less than this is read silently, and the connection stays. */
const smallDrainBytes = 64 << 10

export interface Exchange {
  readonly request: HttpRequest
  /** Resolves when all has been sent or the client is gone; rejects with what the reply's body threw. */
  send(reply: HttpReply): Promise<void>
}

export interface ExchangeOptions {
  readonly scheme: 'http' | 'https'
  /** Answers say the time that signatures are judged by: clients correct their clocks by it. */
  readonly now: () => Date
  /** The client sends its body only after `100 Continue`. */
  readonly waits: boolean
}

export function openExchange(
  incoming: Incoming,
  outgoing: Outgoing,
  { scheme, now, waits }: ExchangeOptions,
): Exchange {
  const { url, authority } = splitTarget(incoming.url ?? '/')
  const mark = url.indexOf('?')
  const headers = incoming.headers as Record<string, string>
  headers.host ??= authority ?? headers[':authority'] ?? ''
  let admitted = !waits
  let controller: AbortController | undefined
  let gone = false
  outgoing.once('close', () => {
    gone = !outgoing.writableFinished
    if (gone) controller?.abort(clientGone())
  })
  const request: HttpRequest = {
    method: incoming.method ?? 'GET',
    rawPath: (mark < 0 ? url : url.slice(0, mark)) || '/',
    rawQuery: mark < 0 ? '' : url.slice(mark + 1),
    headers,
    rawHeaders: incoming.rawHeaders,
    body: incoming,
    hasBody: hasBody(incoming),
    origin: `${scheme}://${headers.host}`,
    /** Asked for by what records calls. */
    get peer() {
      return peerOf(incoming)
    },
    /** Made when first looked at: most requests are over before anyone asks. */
    get signal() {
      if (!controller) {
        controller = new AbortController()
        if (gone) controller.abort(clientGone())
      }
      return controller.signal
    },
    admitBody() {
      if (admitted) return
      admitted = true
      outgoing.writeContinue()
    },
  }
  return { request, send: (reply) => send(incoming, outgoing, reply, request, { now, admitted: () => admitted }) }
}

/** The text of a second, kept while the second lasts. */
let lastSecond = { second: Number.NaN, text: '' }

function httpDate(date: Date): string {
  const second = Math.floor(date.getTime() / 1000)
  if (second !== lastSecond.second) lastSecond = { second, text: date.toUTCString() }
  return lastSecond.text
}

function peerOf({ socket }: Incoming): Peer {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (!('getCipher' in socket)) return { address }
  const { getProtocol, getCipher } = socket as TLSSocket
  return {
    address,
    tls: { tlsVersion: getProtocol.call(socket) ?? '', cipherSuite: getCipher.call(socket).standardName },
  }
}

const clientGone = () => new Error('The client closed the connection.')

/** A proxy's client sends the whole address. */
function splitTarget(target: string): { url: string; authority?: string } {
  if (target.startsWith('/')) return { url: target }
  const match = /^https?:\/\/([^/?]*)(.*)$/i.exec(target)
  return match ? { url: match[2] || '/', authority: match[1] } : { url: '/' }
}

function hasBody(incoming: Incoming): boolean {
  if (isHttp2(incoming)) return !incoming.stream.endAfterHeaders
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  return encoding !== undefined || (length !== undefined && length !== '0')
}

const isHttp2 = (incoming: Incoming): incoming is Http2ServerRequest => incoming.httpVersionMajor === 2

async function send(
  incoming: Incoming,
  outgoing: Outgoing,
  reply: HttpReply,
  request: HttpRequest,
  { now, admitted }: { readonly now: () => Date; readonly admitted: () => boolean },
): Promise<void> {
  const { body } = reply
  const headers: Record<string, string> = { date: httpDate(now()), ...reply.headers }
  const whole = typeof body === 'string' || body instanceof Uint8Array
  if (whole) headers['content-length'] = String(typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength)
  else if (!body && !isBodyless(reply.status) && request.method !== 'HEAD') headers['content-length'] ??= '0'
  const unread = request.hasBody && !incoming.readableEnded
  const large = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) > smallDrainBytes
  if (unread && !isHttp2(incoming) && (large || !admitted())) headers.connection = 'close'
  ;(outgoing as ServerResponse).writeHead(reply.status, headers)
  const silent = request.method === 'HEAD' || isBodyless(reply.status)
  if (silent && body && !whole) await body[Symbol.asyncIterator]().return?.()
  if (!silent && body) {
    if (whole) awaitHttpTaking(incoming, outgoing, Number(headers['content-length']))
    if (!whole) await sendStream(outgoing, body)
    else if (!unread) {
      ;(outgoing as ServerResponse).end(body)
      return
    } else (outgoing as ServerResponse).write(body)
  } else if (unread) (outgoing as ServerResponse).flushHeaders()
  if (unread && admitted()) await drain(incoming)
  outgoing.end()
}

const isBodyless = (status: number) => status === 204 || status === 304

/** Waits for a slow client, stops for one that is gone; the source is told either way. */
async function sendStream(outgoing: Outgoing, body: AsyncIterable<Uint8Array>): Promise<void> {
  // HTTP/2 answers before it has let go of what it sends.
  const own = !(outgoing instanceof Http2ServerResponse)
  for await (const chunk of body) {
    if (outgoing.destroyed) return
    const sent = (error?: Error | null) => {
      if (own && !error) giveBack(chunk)
    }
    if (!(outgoing as ServerResponse).write(chunk, sent)) await writable(outgoing)
  }
}

function writable(outgoing: Outgoing): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      outgoing.off('drain', settle).off('close', settle)
      resolve()
    }
    outgoing.on('drain', settle).on('close', settle)
  })
}

/**
 * The answer has been sent; the client may be sending still, and would take a closed connection for a failure before
 * it has read what we said. Reads on for a while, without keeping anything.
 */
function drain(incoming: Incoming): Promise<void> {
  return new Promise((resolve) => {
    let left = maxDrainBytes
    const settle = () => {
      clearTimeout(timer)
      incoming.off('data', count).off('end', settle).off('close', settle).off('error', settle)
      if (!incoming.readableEnded) stop(incoming)
      resolve()
    }
    const count = (chunk: Buffer) => {
      left -= chunk.length
      if (left < 0) settle()
    }
    const timer = setTimeout(settle, maxDrainMs)
    incoming.on('data', count).on('end', settle).on('close', settle).on('error', settle)
    incoming.resume()
  })
}

function stop(incoming: Incoming): void {
  if (isHttp2(incoming)) incoming.stream.close(constants.NGHTTP2_NO_ERROR)
  else incoming.socket.destroySoon()
}
