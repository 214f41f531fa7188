/** The way to a database that is to let us in: a socket with a deadline, encrypted where that is asked for. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TlsDemand } from '../core/federation/tls-demand.ts'
import type { DatabaseLogin } from '../core/ports.ts'
import { sourceFailure } from './databases/source-failure.ts'
import { tlsOptions } from './tls.ts'

const TIMEOUT_MS = 10_000

/** Nothing of the socket is left when the work is done, has failed, or takes too long. */
export async function withLoginSocket(
  { host, port }: DatabaseLogin,
  signal: AbortSignal,
  work: (socket: Socket) => Promise<void>,
): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  const socket = connect({ host, port })
  const stop = () => socket.destroy(deadline.reason as Error)
  deadline.addEventListener('abort', stop, { once: true })
  try {
    await once(socket, 'connect')
    await work(socket)
  } catch (error) {
    throw sourceFailure(error)
  } finally {
    deadline.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** Once both sides have agreed to it. */
export async function encrypted(plain: Socket, host: string, tls: TlsDemand): Promise<Socket> {
  const socket = connectTls({ ...tlsOptions(tls, host), socket: plain })
  await once(socket, 'secureConnect')
  return socket
}
