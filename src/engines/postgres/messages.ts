/** Messages of PostgreSQL's protocol 3.0, as far as a client needs them to be let in: postgresql.org, protocol-message-formats. */

const PROTOCOL = 196_608
const SSL_REQUEST = 80_877_103

/** A message of the server: its kind and what follows its length. */
export interface ServerMessage {
  readonly kind: string
  readonly body: Buffer
}

export function startupMessage(user: string, database: string): Buffer {
  const parameters = ['user', user, 'database', database, 'application_name', 'lentic', ''].join('\0')
  const body = Buffer.concat([int32(PROTOCOL), Buffer.from(`${parameters}\0`)])
  return Buffer.concat([int32(body.length + 4), body])
}

export const sslRequest = (): Buffer => Buffer.concat([int32(8), int32(SSL_REQUEST)])

export function clientMessage(kind: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body])
}

export const zeroEnded = (text: string): Buffer => Buffer.from(`${text}\0`)

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** The first whole message of what has come, and how many bytes it takes; undefined while it is not whole. */
export function firstMessage(bytes: Buffer): { readonly message: ServerMessage; readonly length: number } | undefined {
  if (bytes.length < 5) return undefined
  const length = bytes.readInt32BE(1) + 1
  if (length < 5 || length > 1 << 20) throw new Error('The server does not speak the PostgreSQL protocol')
  if (bytes.length < length) return undefined
  return { message: { kind: String.fromCharCode(bytes[0]!), body: bytes.subarray(5, length) }, length }
}

/** The text of an ErrorResponse. */
export function errorText(body: Buffer): string {
  const fields = new Map<string, string>()
  for (const field of body.toString('utf8').split('\0')) if (field !== '') fields.set(field[0]!, field.slice(1))
  return fields.get('M') ?? 'unknown error'
}
