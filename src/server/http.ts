/**
 * The socket: one port for HTTP/1.1 and for HTTP/2, which some clients speak without asking first (the JavaScript
 * KinesisClient), or both behind TLS. Hands every request to one function and sends what it answers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2'
import { createServer as createNetServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { HttpReply, HttpRequest } from '../protocol/http.ts'
import { type Exchange, type Incoming, type Outgoing, openExchange } from './exchange.ts'
import { listenOn } from './listening.ts'
import { gatherTurns } from './turn.ts'

// Not imported: an import reads every export of the module, and `WebSocket` among them loads a whole HTTP client, which
// is a tenth of the time and of the memory of a start.
const { createServer: createHttpServer } = process.getBuiltinModule('node:http')

export interface HttpServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly now: () => Date
  readonly answer: (request: HttpRequest) => Promise<HttpReply>
  /** An answer that failed while it was being sent, when nothing can be said to the client any more. */
  readonly report: (error: unknown) => void
}

export interface HttpServer {
  readonly port: number
  /** Stops listening, lets running requests end for at most `graceMs`, then closes every connection. */
  close(graceMs: number): Promise<void>
}

/** Longer than the idle time of the clients' pools, so that it is always they who close first. */
const keepAliveTimeoutMs = 65_000
const headersTimeoutMs = 30_000
/** Nothing sent and nothing taken for so long: an upload or a download whose other end is gone, or only holds the place. */
const stalledTimeoutMs = 300_000
/** More are hung up on: each takes a file descriptor, and some memory. */
const maxConnections = 12_000
/** Of HTTP/2, of all connections together: each holds more than a connection does. More are refused, which asks for a later try. */
const maxStreams = 4096
/** Session tokens and two kilobytes of metadata fit well; Node's own limit is 16 KiB. */
const maxHeaderBytes = 64 << 10

export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const sockets = new Set<Socket>()
  const sessions = new Set<ServerHttp2Session>()
  const gather = gatherTurns()
  const serve = (incoming: Incoming, outgoing: Outgoing, waits: boolean) => {
    const exchange = openExchange(incoming, outgoing, {
      scheme: options.tls ? 'https' : 'http',
      now: options.now,
      waits,
    })
    incoming.on('error', () => {}) // Readers of the body hear of it; a body that nobody reads may break in silence.
    gather(() => void answer(options, exchange, outgoing))
  }

  const http1 = createHttpServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: headersTimeoutMs,
    requestTimeout: 0, // An upload takes as long as it takes, as long as bytes come.
    maxHeaderSize: maxHeaderBytes,
    noDelay: true,
  })
  http1.setTimeout(stalledTimeoutMs)
  http1.on('request', (incoming, outgoing) => serve(incoming, outgoing, false))
  http1.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => serve(incoming, outgoing, true))
  // It is given its sockets and never listens, but only listening starts its watch over slow headers and idle sockets.
  http1.emit('listening')

  const http2 = createHttp2Server({
    settings: { maxConcurrentStreams: 256, initialWindowSize: 1 << 20 },
    maxSessionMemory: 64,
  })
  let streams = 0
  const serveStream = (incoming: Http2ServerRequest, outgoing: Http2ServerResponse, waits: boolean) => {
    if (streams === maxStreams) {
      incoming.stream.close(constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    streams++
    incoming.stream.once('close', () => streams--)
    serve(incoming, outgoing, waits)
  }
  http2.on('request', (incoming, outgoing) => serveStream(incoming, outgoing, false))
  http2.on('checkContinue', (incoming: Http2ServerRequest, outgoing: Http2ServerResponse) =>
    serveStream(incoming, outgoing, true),
  )
  http2.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
    // First it takes no new streams; where those that are open stand still too, nobody is there.
    session.setTimeout(keepAliveTimeoutMs * 2, () => {
      session.close()
      session.setTimeout(stalledTimeoutMs, () => session.destroy())
    })
  })

  const hand = (socket: Socket, isHttp2: boolean) => (isHttp2 ? http2 : http1).emit('connection', socket)
  const server: Server = options.tls
    ? createTlsServer({ ...options.tls, ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: headersTimeoutMs })
    : createNetServer({ noDelay: true })
  if (options.tls) server.on('secureConnection', (socket: TLSSocket) => hand(socket, socket.alpnProtocol === 'h2'))
  else server.on('connection', (socket: Socket) => recognise(socket, hand))
  server.maxConnections = maxConnections
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  })

  const port = await listenOn(server, options)
  return {
    port,
    async close(graceMs) {
      const closed = new Promise((resolve) => server.close(resolve))
      http1.close()
      for (const session of sessions) session.close()
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, graceMs)
      http1.closeIdleConnections()
      await closed
      clearTimeout(timer)
    },
  }
}

/** HTTP/2 begins with `PRI * HTTP/2.0`, and nothing else begins with these three letters. */
function recognise(socket: Socket, hand: (socket: Socket, isHttp2: boolean) => void): void {
  const giveUp = () => socket.destroy()
  let head = Buffer.alloc(0)
  const look = () => {
    for (let chunk: Buffer | null = socket.read(); chunk; chunk = socket.read()) head = Buffer.concat([head, chunk])
    const text = head.toString('latin1', 0, 3)
    if (text.length < 3 && 'PRI'.startsWith(text)) {
      socket.once('readable', look)
      return
    }
    // Put back only now: what is put back is readable at once, and who waits beside it for more never rests.
    socket.unshift(head)
    socket.setTimeout(0)
    socket.off('timeout', giveUp)
    hand(socket, text === 'PRI')
  }
  socket.setTimeout(keepAliveTimeoutMs, giveUp)
  socket.once('readable', look)
}

async function answer(options: HttpServerOptions, exchange: Exchange, outgoing: Outgoing): Promise<void> {
  try {
    await exchange.send(await options.answer(exchange.request))
  } catch (error) {
    if (!outgoing.destroyed) options.report(error)
    if (outgoing.headersSent) outgoing.destroy()
    else {
      outgoing.statusCode = 500
      outgoing.end()
    }
  }
}
