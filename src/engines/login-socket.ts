/** The way to a database that is to let us in: a socket with a deadline, encrypted where that is asked for. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { DatabaseLogin } from '../core/ports.ts'

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
  } finally {
    deadline.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** Once both sides have agreed to it. Certificates are not checked, as Glue does not where no own one is named. */
export async function encrypted(plain: Socket, host: string): Promise<Socket> {
  const socket = connectTls({ socket: plain, servername: host, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}
