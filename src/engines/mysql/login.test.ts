import assert from 'node:assert/strict'
import { constants, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { logInToMysql } from './login.ts'
import { Packets } from './packets.ts'

const PASSWORD = 'pässword'
const NONCE = Buffer.from('abcdefghijklmnopqrst')
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
/** All that MySQL keeps of a password. */
const STORED = sha256(sha256(Buffer.from(PASSWORD)))

/** MySQL 8's side of `caching_sha2_password`, as its documentation says, before and after it has seen the password. */
async function serve(socket: Socket, remembers: boolean): Promise<void> {
  const packets = new Packets(socket)
  const two = (value: number) => Buffer.from([value & 0xff, value >> 8])
  packets.send(
    Buffer.concat([
      Buffer.from('\x0a8.0.36\0'),
      Buffer.from([1, 0, 0, 0]),
      NONCE.subarray(0, 8),
      Buffer.from([0]),
      two(0xf7ff),
      Buffer.from([255]),
      two(2),
      two(0xdfff),
      Buffer.from([21]),
      Buffer.alloc(10),
      NONCE.subarray(8),
      Buffer.from('\0caching_sha2_password\0'),
    ]),
  )
  const login = await packets.receive()
  const user = login.indexOf(0, 32)
  const scramble = login.subarray(user + 2, user + 2 + login[user + 1]!)
  const proof = Buffer.from(scramble.map((byte, i) => byte ^ sha256(STORED, NONCE)[i]!))
  let right = sha256(proof).equals(STORED)
  if (!remembers) {
    packets.send(Buffer.from([1, 4]))
    assert.deepEqual(await packets.receive(), Buffer.from([2]))
    packets.send(Buffer.concat([Buffer.from([1]), Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))]))
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const veiled = privateDecrypt({ key: privateKey, padding }, await packets.receive())
    const told = Buffer.from(veiled.map((byte, i) => byte ^ NONCE[i % NONCE.length]!))
    right = told.equals(Buffer.from(`${PASSWORD}\0`))
  } else if (right) packets.send(Buffer.from([1, 3]))
  packets.send(right ? Buffer.from([0, 0, 0, 2, 0, 0, 0]) : Buffer.from('\xff\x15\x04#28000Access denied', 'latin1'))
}

for (const remembers of [true, false])
  test(`caching_sha2_password, ${remembers ? 'remembered' : 'told whole'}`, async () => {
    const server = createServer((socket) => void serve(socket, remembers).catch(() => socket.destroy()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const login = { host: '127.0.0.1', port, database: 'shop', user: 'ann' }
    const signal = new AbortController().signal
    await logInToMysql({ ...login, password: PASSWORD }, signal)
    await assert.rejects(logInToMysql({ ...login, password: 'wrong' }, signal), { message: 'Access denied' })
    server.close()
  })
