/** The way to a database that is to let us in: a socket with a deadline, encrypted where that is asked for. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { DatabaseLogin, TlsDemand } from '../core/ports.ts'
import { sourceFailure } from './databases/source-failure.ts'
import { tlsOptions } from './tls.ts'

const TIMEOUT_MS = 10_000

/** Nothing of the socket is left when the work is done, has failed, or takes too long. */
export async function withLoginSocket(
  { host, port }: DatabaseLogin,
  signal: AbortSignal,
  work: (socket: Socket) => Promise<void>,
): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const over = aborted(AbortSignal.any([signal, timeout]))
  const socket = connect({ host, port })
  try {
    await Promise.race([once(socket, 'connect').then(() => work(socket)), over.promise])
  } catch (error) {
    throw sourceFailure(timeout.aborted ? new Error('The server does not answer') : error)
  } finally {
    over.forget()
    socket.destroy()
  }
}

function aborted(signal: AbortSignal): { readonly promise: Promise<never>; readonly forget: () => void } {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  return { promise, forget: () => signal.removeEventListener('abort', stop) }
}

export const closedByServer = (): Error => new Error('The server closed the connection')

/** Rejects where the socket is closed first, of which `once` hears nothing. */
export async function heard(socket: Socket, event: string): Promise<unknown[]> {
  const closed = once(socket, 'close').then(() => Promise.reject(closedByServer()))
  return Promise.race([once(socket, event), closed])
}

/** Once both sides have agreed to it. */
export async function encrypted(plain: Socket, host: string, tls: TlsDemand): Promise<Socket> {
  const socket = connectTls({ ...tlsOptions(tls, host), socket: plain })
  await heard(socket, 'secureConnect')
  return socket
}
