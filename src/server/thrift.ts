/** A socket for Thrift clients: one message after the other on each connection, answered in that order. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { frame, MessageStream } from '../protocol/thrift/message.ts'
import type { ThriftPeer } from '../protocol/thrift/service.ts'
import { ThriftError } from '../protocol/thrift/types.ts'
import { listenOn } from './listening.ts'
import { awaitTaking } from './waiting-answers.ts'

export interface ThriftServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly maxMessageBytes: number
  /** Answers a message, or nothing where none is waited for. */
  readonly answer: (message: Buffer, peer: ThriftPeer, signal: AbortSignal) => Promise<Buffer | undefined>
  /** A bug. */
  readonly report: (error: unknown) => void
}

export interface ThriftServer {
  readonly port: number
  /** Answers what has begun, at most for so long, and closes. */
  close(graceMs: number): Promise<void>
}

/** As many as Hive's own has threads (hive.metastore.server.max.threads). */
const MAX_CONNECTIONS = 1000
/** A message that has begun must end, and its answer be taken; between two of them a client may be silent for hours. */
const MESSAGE_TIMEOUT_MS = 60_000

export async function listenThrift(options: ThriftServerOptions): Promise<ThriftServer> {
  const closing = new AbortController()
  const sockets = new Set<Socket>()
  const conversations = new Set<Promise<void>>()
  const server = createServer({ keepAlive: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('timeout', () => socket.destroy())
    const conversation = converse(socket, options, closing.signal)
      .catch((error: unknown) => {
        if (!(error instanceof ThriftError) && !socket.destroyed) options.report(error)
      })
      .finally(() => {
        socket.destroy()
        sockets.delete(socket)
        conversations.delete(conversation)
      })
    conversations.add(conversation)
  })
  server.maxConnections = MAX_CONNECTIONS
  const port = await listenOn(server, options)
  return {
    port,
    async close(graceMs) {
      const closed = once(server, 'close')
      server.close()
      closing.abort()
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, graceMs)
      await Promise.all([...conversations, closed])
      clearTimeout(timer)
    },
  }
}

/** Reads on only when what was read has been answered: a client that does not wait for answers waits for us. */
async function converse(socket: Socket, options: ThriftServerOptions, closing: AbortSignal): Promise<void> {
  const stream = new MessageStream(options.maxMessageBytes)
  const peer: ThriftPeer = { address: socket.remoteAddress ?? '' }
  const gone = new AbortController()
  socket.once('close', () => gone.abort())
  // Nothing is asked of a connection that is silent: it ends at once when the server does.
  let silent = true
  const hangUp = () => silent && socket.destroy()
  closing.addEventListener('abort', hangUp)
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      silent = false
      stream.push(chunk)
      for (let message = stream.next(); message; message = stream.next()) {
        socket.setTimeout(0)
        const answer = await options.answer(message, peer, gone.signal)
        if (answer && !(await send(socket, stream.framed ? frame(answer) : answer))) return
        if (closing.aborted) return
      }
      silent = !stream.pending
      socket.setTimeout(stream.pending ? MESSAGE_TIMEOUT_MS : 0)
    }
  } finally {
    closing.removeEventListener('abort', hangUp)
  }
}

/** False where the client has gone. */
async function send(socket: Socket, bytes: Buffer): Promise<boolean> {
  if (socket.destroyed) return false
  if (socket.write(bytes)) return true
  socket.setTimeout(MESSAGE_TIMEOUT_MS)
  const taken = awaitTaking(bytes.length, () => socket.destroy())
  const settled = new AbortController()
  const { signal } = settled
  try {
    return await Promise.race([
      once(socket, 'drain', { signal }).then(() => true),
      once(socket, 'close', { signal }).then(() => false),
    ])
  } finally {
    taken()
    settled.abort()
  }
}
