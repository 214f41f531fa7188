/** SCRAM-SHA-256 (RFC 5802, RFC 7677), the client's side, without channel binding. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
/** PostgreSQL's own default is 4096; a server that asks for millions keeps us busy for nothing. */
const MOST_ITERATIONS = 1_000_000
const KEY_BYTES = 32

const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest()

export class ScramClient {
  readonly #password: string
  readonly #nonce = randomBytes(18).toString('base64')
  readonly #bare = `n=,r=${this.#nonce}`
  #serverSignature: Buffer | undefined

  constructor(password: string) {
    this.#password = password
  }

  first(): string {
    return `n,,${this.#bare}`
  }

  /** The answer to the server's challenge. Throws for one that is none. */
  async final(challenge: string): Promise<string> {
    const { r: nonce = '', s: salt = '', i: iterations = '' } = attributes(challenge)
    const rounds = Number(iterations)
    if (!nonce.startsWith(this.#nonce) || salt === '' || !(rounds >= 1 && rounds <= MOST_ITERATIONS))
      throw new Error('The server sent a SCRAM challenge that is none')
    const salted = await derive(
      this.#password.normalize('NFKC'),
      Buffer.from(salt, 'base64'),
      rounds,
      KEY_BYTES,
      'sha256',
    )
    const clientKey = hmac(salted, 'Client Key')
    const withoutProof = `c=biws,r=${nonce}`
    const signed = `${this.#bare},${challenge},${withoutProof}`
    const signature = hmac(createHash('sha256').update(clientKey).digest(), signed)
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!))
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), signed)
    return `${withoutProof},p=${proof.toString('base64')}`
  }

  /** Throws unless the server knows the password too. */
  verify(final: string): void {
    const signature = Buffer.from(attributes(final).v ?? '', 'base64')
    const expected = this.#serverSignature
    if (!expected || signature.length !== expected.length || !timingSafeEqual(signature, expected))
      throw new Error('The server could not prove that it knows the password')
  }
}

const attributes = (text: string): Record<string, string | undefined> =>
  Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
