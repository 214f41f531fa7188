/** Logs in to a PostgreSQL server, says goodbye, and so shows that it can be reached with these credentials. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { DatabaseLogin } from '../../core/ports.ts'
import {
  clientMessage,
  errorText,
  firstMessage,
  int32,
  type ServerMessage,
  sslRequest,
  startupMessage,
  zeroEnded,
} from './messages.ts'
import { ScramClient } from './scram.ts'

const TIMEOUT_MS = 10_000

/** Rejects with what the server or the network says. */
export async function logIn(login: DatabaseLogin, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  let socket: Socket = connect({ host: login.host, port: login.port })
  const stop = () => socket.destroy(deadline.reason as Error)
  deadline.addEventListener('abort', stop, { once: true })
  try {
    await once(socket, 'connect')
    if (login.tls) socket = await secured(socket, login.host)
    socket.write(startupMessage(login.user, login.database))
    await authenticated(socket, login)
    socket.end(clientMessage('X', Buffer.alloc(0)))
  } finally {
    deadline.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** "JDBC_ENFORCE_SSL": encrypted, as Glue asks for it; certificates are checked where a custom one is named, which is not here. */
async function secured(plain: Socket, host: string): Promise<Socket> {
  plain.write(sslRequest())
  const [answer] = (await once(plain, 'data')) as [Buffer]
  if (answer.toString('latin1', 0, 1) !== 'S') throw new Error('The server does not offer TLS')
  const socket = connectTls({ socket: plain, servername: host, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}

async function authenticated(socket: Socket, login: DatabaseLogin): Promise<void> {
  let scram: ScramClient | undefined
  for await (const { kind, body } of serverMessages(socket)) {
    if (kind === 'E') throw new Error(errorText(body))
    if (kind === 'Z') return
    if (kind !== 'R') continue
    const rest = body.subarray(4)
    switch (body.readInt32BE(0)) {
      case 0:
        break
      case 3:
        socket.write(clientMessage('p', zeroEnded(login.password)))
        break
      case 5:
        socket.write(clientMessage('p', zeroEnded(saltedMd5(login, rest))))
        break
      case 10: {
        scram = new ScramClient(login.password)
        const first = Buffer.from(scram.first())
        socket.write(clientMessage('p', Buffer.concat([zeroEnded('SCRAM-SHA-256'), int32(first.length), first])))
        break
      }
      case 11:
        socket.write(clientMessage('p', Buffer.from(await scram!.final(rest.toString('utf8')))))
        break
      case 12:
        scram!.verify(rest.toString('utf8'))
        break
      default:
        throw new Error('The server asks for a kind of authentication that is not supported')
    }
  }
  throw new Error('The server closed the connection')
}

function saltedMd5({ user, password }: DatabaseLogin, salt: Buffer): string {
  const md5 = (...parts: (string | Buffer)[]): string => {
    const hash = createHash('md5')
    for (const part of parts) hash.update(part)
    return hash.digest('hex')
  }
  return `md5${md5(md5(password, user), salt)}`
}

async function* serverMessages(socket: Socket): AsyncGenerator<ServerMessage> {
  let bytes: Buffer = Buffer.alloc(0)
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk])
    for (let found = firstMessage(bytes); found; found = firstMessage(bytes)) {
      bytes = bytes.subarray(found.length)
      yield found.message
    }
  }
}
