/** Logs in to a PostgreSQL server, says goodbye, and so shows that it can be reached with these credentials. */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import type { DatabaseLogin, TlsDemand } from '../../core/ports.ts'
import { encrypted, heard, withLoginSocket } from '../login-socket.ts'
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

/** Rejects with what the server or the network says. */
export const logInToPostgres = (login: DatabaseLogin, signal: AbortSignal): Promise<void> =>
  withLoginSocket(login, signal, async (plain) => {
    const socket = login.tls ? await secured(plain, login.host, login.tls) : plain
    socket.write(startupMessage(login.user, login.database))
    await authenticated(socket, login)
    socket.end(clientMessage('X', Buffer.alloc(0)))
  })

async function secured(plain: Socket, host: string, tls: TlsDemand): Promise<Socket> {
  plain.write(sslRequest())
  const [answer] = (await heard(plain, 'data')) as [Buffer]
  if (answer.toString('latin1', 0, 1) !== 'S') throw new Error('The server does not offer TLS')
  return encrypted(plain, host, tls)
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
