/** Logs in to a MySQL or MariaDB server, says goodbye, and so shows that it can be reached with these credentials. */
import type { DatabaseLogin } from '../../core/ports.ts'
import { encrypted, withLoginSocket } from '../login-socket.ts'
import { type Handshake, Packets, readHandshake, readSwitch } from './packets.ts'
import { encryptedPassword, passwordAnswer } from './passwords.ts'

/** Long passwords, protocol 4.1, secure connections, authentication plugins. */
const CAPABILITIES = 0x1 | 0x200 | 0x8000 | 0x80000
const WITH_DATABASE = 0x8
const WITH_TLS = 0x800
const MOST_PACKET = 1 << 24
const UTF8MB4 = 45

/** Rejects with what the server or the network says. */
export const logInToMysql = (login: DatabaseLogin, signal: AbortSignal): Promise<void> =>
  withLoginSocket(login, signal, async (plain) => {
    let packets = new Packets(plain)
    const handshake = readHandshake(await packets.receive())
    if (login.tls) {
      if (!handshake.offersTls) throw new Error('The server does not offer TLS')
      packets.send(loginHead(login))
      packets.detach()
      packets = new Packets(await encrypted(plain, login.host, login.tls), packets.sequence)
    }
    await authenticated(packets, login, handshake)
    packets.quit()
  })

function loginHead({ database, tls }: DatabaseLogin): Buffer {
  const head = Buffer.alloc(32)
  head.writeUInt32LE(CAPABILITIES | (database === '' ? 0 : WITH_DATABASE) | (tls ? WITH_TLS : 0))
  head.writeUInt32LE(MOST_PACKET, 4)
  head[8] = UTF8MB4
  return head
}

async function authenticated(packets: Packets, login: DatabaseLogin, handshake: Handshake): Promise<void> {
  let { nonce, plugin } = handshake
  const known = plugin === '' ? 'mysql_native_password' : plugin
  const first = known === 'mysql_clear_password' ? Buffer.alloc(0) : answerTo(known, login, nonce)
  const zeroEnded = (text: string) => Buffer.from(`${text}\0`)
  packets.send(
    Buffer.concat([
      loginHead(login),
      zeroEnded(login.user),
      Buffer.from([first.length]),
      first,
      ...(login.database === '' ? [] : [zeroEnded(login.database)]),
      zeroEnded(known),
    ]),
  )
  for (;;) {
    const body = await packets.receive()
    switch (body[0]) {
      case 0x00:
        return
      case 0xfe:
        ;({ nonce, plugin } = readSwitch(body))
        packets.send(answerTo(plugin, login, nonce))
        break
      case 0x01:
        await tellMore(packets, login, nonce, body[1])
        break
      default:
        throw new Error('The server does not speak the MySQL protocol')
    }
  }
}

/** A password in the clear is told over an encrypted socket alone. */
function answerTo(plugin: string, { password, tls }: DatabaseLogin, nonce: Buffer): Buffer {
  if (plugin === 'mysql_clear_password' && !tls) throw new Error('The server asks for the password in the clear')
  return passwordAnswer(plugin, password, nonce)
}

const FAST_SUCCESS = 3
const FULL_AUTHENTICATION = 4
const PUBLIC_KEY_REQUEST = Buffer.from([2])

/** "caching_sha2_password": the server remembers the password, or wants it whole. */
async function tellMore(
  packets: Packets,
  login: DatabaseLogin,
  nonce: Buffer,
  kind: number | undefined,
): Promise<void> {
  if (kind === FAST_SUCCESS) return
  if (kind !== FULL_AUTHENTICATION) throw new Error('The server asks for more than is known')
  if (login.tls) {
    packets.send(Buffer.from(`${login.password}\0`))
    return
  }
  packets.send(PUBLIC_KEY_REQUEST)
  const key = (await packets.receive()).toString('utf8', 1)
  packets.send(encryptedPassword(login.password, nonce, key))
}
