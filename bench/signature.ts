/** Signs requests as AWS's clients do, with as little work as can be, so that a client is not what is measured. */
import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export interface SignedRequest {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly service: 's3' | 'athena' | 'glue'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Hex SHA-256 of the body; computed if not given. */
  readonly bodyHash?: string
}

export interface SigningKey {
  readonly id: string
  readonly secret: string
}

const REGION = 'us-east-1'
/** That of the development root. */
const ROOT: SigningKey = { id: 'test', secret: 'test' }
const NOTHING = createHash('sha256').digest('hex')
const keys = new Map<string, KeyObject>()

/** The head of the request, ready to be written to a socket. */
export function signedHead(request: SignedRequest, host: string, key = ROOT): string {
  const { method, path, service, body } = request
  const timestamp = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const date = timestamp.slice(0, 8)
  const bodyHash = request.bodyHash ?? (body ? createHash('sha256').update(body).digest('hex') : NOTHING)
  const [pathname = '/', query = ''] = path.split('?')
  const headers: Record<string, string> = {
    ...request.headers,
    host,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': timestamp,
  }
  const names = Object.keys(headers).sort()
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const canonical = `${method}\n${pathname}\n${query}\n${lines}\n${names.join(';')}\n${bodyHash}`
  const scope = `${date}/${REGION}/${service}/aws4_request`
  const digest = createHash('sha256').update(canonical).digest('hex')
  const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${digest}`
  const signature = createHmac('sha256', signingKey(date, service, key.secret))
    .update(toSign)
    .digest('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  const sent = names.map((name) => `${name}: ${headers[name]}\r\n`).join('')
  const length = body || method !== 'GET' ? `content-length: ${body?.byteLength ?? 0}\r\n` : ''
  return `${method} ${path} HTTP/1.1\r\n${sent}${length}authorization: ${authorization}\r\n\r\n`
}

/** One a day and service, as every client keeps it. */
function signingKey(date: string, service: string, secret: string): KeyObject {
  const name = `${date}/${service}/${secret}`
  let key = keys.get(name)
  if (!key) {
    const steps = [date, REGION, service, 'aws4_request']
    const bytes = steps.reduce((key: string | Buffer, text) => hmac(key, text), `AWS4${secret}`) as Buffer
    key = createSecretKey(bytes)
    keys.set(name, key)
  }
  return key
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
