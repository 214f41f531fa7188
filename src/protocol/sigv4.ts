/**
 * Signature Version 4, verified: headers and presigned addresses. Reads no body: the caller says what its hash is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { Fault } from '../core/faults.ts'
import { canonicalHeaders, canonicalPaths, canonicalQuery } from './sigv4-canonical.ts'

const algorithm = 'AWS4-HMAC-SHA256'
/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: RequestTimeTooSkewed. */
const maxSkewMs = 15 * 60 * 1000
const maxPresignSeconds = 7 * 24 * 3600
/** More names than any client signs; each is looked up among all that was sent, before anyone is known. */
const maxSignedHeaders = 200

/** What of a request a signature covers. */
export interface SignedParts {
  readonly method: string
  readonly rawPath: string
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawHeaders: readonly string[]
}

export interface Signature {
  readonly presigned: boolean
  readonly accessKeyId: string
  /** `20150830`. */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `20150830T123600Z`. */
  readonly timestamp: string
  /** Presigned only. */
  readonly expiresSeconds: number
  readonly sessionToken?: string
}

/** What the chunks of a streamed body are signed with, the first after `signature`. */
export interface ChunkSigning {
  readonly signingKey: KeyObject
  readonly scope: string
  readonly timestamp: string
  readonly signature: string
}

/**
 * Signing keys are costly (four HMACs) and few: one per secret, day, region and service. Bounded. They are key objects
 * because Node takes 4 us for an HMAC with one, and 22 us with bytes.
 */
export interface SigningKeys {
  get(secret: string, scope: Pick<Signature, 'date' | 'region' | 'service'>): KeyObject
}

export function createSigningKeys(): SigningKeys {
  const keys = new Map<string, KeyObject>()
  return {
    get(secret, { date, region, service }) {
      const id = `${secret}\n${date}/${region}/${service}`
      const known = keys.get(id)
      if (known) return known
      let bytes: Buffer = Buffer.from(`AWS4${secret}`)
      for (const part of [date, region, service, 'aws4_request']) bytes = hmac(createSecretKey(bytes), part)
      const key = createSecretKey(bytes)
      if (keys.size >= 1000) keys.clear()
      keys.set(id, key)
      return key
    },
  }
}

export const hmac = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** `undefined` if the request carries no V4 signature. Throws `Fault('denied', 'incomplete' | 'malformed-query')`. */
export function readSignature(parts: SignedParts, query: URLSearchParams): Signature | undefined {
  const authorization = parts.headers.authorization
  const inQuery = query.has('X-Amz-Algorithm') || query.has('X-Amz-Credential')
  if (!authorization?.startsWith('AWS4-')) return inQuery ? readQuery(query) : undefined
  if (inQuery || query.has('AWSAccessKeyId'))
    throw new Fault(
      'denied',
      'two-signatures',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    )
  return readHeader(authorization, parts.headers)
}

function readHeader(authorization: string, headers: Readonly<Record<string, string>>): Signature {
  if (!authorization.startsWith(`${algorithm} `))
    throw new Fault('denied', 'incomplete', `Unsupported authorization algorithm: ${authorization.split(' ', 1)[0]}`)
  const fields = new Map<string, string>()
  for (const field of authorization.slice(algorithm.length + 1).split(',')) {
    const at = field.indexOf('=')
    if (at > 0) fields.set(field.slice(0, at).trim(), field.slice(at + 1).trim())
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name))
  const timestamp = headers['x-amz-date'] ?? basicDate(headers.date)
  if (!timestamp) missing.push('X-Amz-Date')
  if (missing.length > 0) {
    const wanted = missing.map((name) =>
      name === 'X-Amz-Date'
        ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        : `Authorization header requires '${name}' parameter.`,
    )
    throw new Fault('denied', 'incomplete', wanted.join(' '))
  }
  return {
    presigned: false,
    ...readScope(fields.get('Credential')!, 'incomplete'),
    signedHeaders: readNames(fields.get('SignedHeaders')!, 'incomplete'),
    signature: fields.get('Signature')!,
    timestamp: timestamp!,
    expiresSeconds: 0,
    sessionToken: headers['x-amz-security-token'],
  }
}

function readQuery(query: URLSearchParams): Signature {
  const names = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'].map((n) => `X-Amz-${n}`)
  const values = names.map((name) => query.get(name))
  if (values.some((value) => !value))
    throw new Fault(
      'denied',
      'malformed-query',
      `Query-string authentication version 4 requires the ${names.slice(0, -1).join(', ')}, and X-Amz-Expires parameters.`,
    )
  const [name, credential, signature, timestamp, signedHeaders, expires] = values as string[]
  if (name !== algorithm) throw new Fault('denied', 'malformed-query', `X-Amz-Algorithm only supports "${algorithm}"`)
  const expiresSeconds = Number(expires)
  if (!Number.isInteger(expiresSeconds))
    throw new Fault('denied', 'malformed-query', 'X-Amz-Expires should be a number')
  if (expiresSeconds < 0) throw new Fault('denied', 'malformed-query', 'X-Amz-Expires must be non-negative')
  if (expiresSeconds > maxPresignSeconds)
    throw new Fault(
      'denied',
      'malformed-query',
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${maxPresignSeconds} seconds`,
    )
  return {
    presigned: true,
    ...readScope(credential!, 'malformed-query'),
    signedHeaders: readNames(signedHeaders!, 'malformed-query'),
    signature: signature!,
    timestamp: timestamp!,
    expiresSeconds,
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
  }
}

/** An access key may hold slashes; the scope is always the last four. */
function readScope(credential: string, noun: string) {
  const parts = credential.split('/')
  if (parts.length < 5 || parts.at(-1) !== 'aws4_request')
    throw new Fault(
      'denied',
      noun,
      `Credential must have at least 5 slash-delimited elements, e.g. <YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request, got '${credential}'`,
    )
  const [date, region, service] = parts.slice(-4) as [string, string, string]
  // It becomes part of ARNs, which policies compare: a colon in it would make another ARN of them.
  if (!/^[A-Za-z0-9-]{1,64}$/.test(region))
    throw new Fault('denied', noun, `The region '${region}' of the credential is malformed`)
  return { accessKeyId: parts.slice(0, -4).join('/'), date, region, service }
}

function readNames(list: string, noun: string): readonly string[] {
  const names = list.split(';')
  if (names.length > maxSignedHeaders || new Set(names).size < names.length)
    throw new Fault('denied', noun, 'SignedHeaders names too many headers, or one of them twice.')
  return names
}

/** A `Date` header in the form that a signature uses. */
function basicDate(httpDate: string | undefined): string | undefined {
  const time = httpDate === undefined ? Number.NaN : Date.parse(httpDate)
  return Number.isNaN(time) ? undefined : formatTimestamp(new Date(time))
}

/** `20150830T123600Z`. */
const formatTimestamp = (date: Date) => `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** The second that was asked for last: requests come many to the second. */
let lastTimestamp = { text: '', ms: 0 }

function parseTimestamp(text: string): number {
  if (text === lastTimestamp.text) return lastTimestamp.ms
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!match) throw new Fault('denied', 'bad-date', `Date must be in ISO-8601 'basic format'. Got '${text}'.`)
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, ...number[]]
  lastTimestamp = { text, ms: Date.UTC(year, month! - 1, day, hour, minute, second) }
  return lastTimestamp.ms
}

/** Throws `Fault('denied', 'skewed' | 'expired' | 'not-yet-valid' | 'bad-date')`. */
export function checkTime(signature: Signature, now: Date): void {
  const signed = parseTimestamp(signature.timestamp)
  if (!signature.timestamp.startsWith(signature.date))
    throw new Fault(
      'denied',
      'bad-date',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${signature.date}' != '${signature.timestamp.slice(0, 8)}', from '${signature.timestamp}'.`,
    )
  const age = now.getTime() - signed
  if (signature.presigned) {
    if (age > signature.expiresSeconds * 1000)
      throw new Fault('denied', 'expired', 'Request has expired', {
        'X-Amz-Expires': String(signature.expiresSeconds),
        Expires: new Date(signed + signature.expiresSeconds * 1000).toISOString(),
        ServerTime: now.toISOString(),
      })
    if (age < -maxSkewMs) throw new Fault('denied', 'not-yet-valid', 'Request is not yet valid')
    return
  }
  if (Math.abs(age) <= maxSkewMs) return
  const [relation, sign] = age > 0 ? ['Signature expired', '-'] : ['Signature not yet current', '+']
  const limit = formatTimestamp(new Date(now.getTime() - Math.sign(age) * maxSkewMs))
  const text = `${relation}: ${signature.timestamp} is ${age > 0 ? 'now earlier' : 'still later'} than ${limit} (${formatTimestamp(now)} ${sign} 15 min.)`
  throw new Fault('denied', 'skewed', text, {
    RequestTime: signature.timestamp,
    ServerTime: now.toISOString(),
    MaxAllowedSkewMilliseconds: String(maxSkewMs),
  })
}

/**
 * Throws `Fault('denied', 'mismatch')` with what was calculated in its detail. `payloadHash` is the last line of the
 * canonical request: a hash in hex, or a word such as `UNSIGNED-PAYLOAD`.
 */
export function verifySignature(
  signature: Signature,
  parts: SignedParts,
  payloadHash: string,
  secret: string,
  keys: SigningKeys,
): ChunkSigning {
  const signingKey = keys.get(secret, signature)
  const scope = `${signature.date}/${signature.region}/${signature.service}/aws4_request`
  const names = signature.signedHeaders
  const query = canonicalQuery(parts.rawQuery)
  const headers = canonicalHeaders(names, parts)
  const hostSigned = names.includes('host') || names.includes(':authority')
  let shown: { request: string; toSign: string } | undefined
  for (const path of canonicalPaths(parts.rawPath, signature.service)) {
    const request = `${parts.method}\n${path}\n${query}\n${headers}\n${names.join(';')}\n${payloadHash}`
    const toSign = `${algorithm}\n${signature.timestamp}\n${scope}\n${hash('sha256', request, 'hex')}`
    if (hostSigned && equalText(hmac(signingKey, toSign).toString('hex'), signature.signature))
      return { signingKey, scope, timestamp: signature.timestamp, signature: signature.signature }
    shown ??= { request, toSign }
  }
  throw mismatch(signature.accessKeyId, signature.signature, shown!.toSign, shown!.request)
}

/** What S3 tells of a signature that does not fit; other doors leave the detail out. */
export function mismatch(accessKeyId: string, provided: string, toSign: string, canonicalRequest?: string): Fault {
  const bytes = (text: string) => (Buffer.from(text).toString('hex').match(/../g) ?? []).join(' ')
  return new Fault(
    'denied',
    'mismatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      AWSAccessKeyId: accessKeyId,
      StringToSign: toSign,
      SignatureProvided: provided,
      StringToSignBytes: bytes(toSign),
      ...(canonicalRequest !== undefined && {
        CanonicalRequest: canonicalRequest,
        CanonicalRequestBytes: bytes(canonicalRequest),
      }),
    },
  )
}

/** In constant time, so that a signature can not be guessed byte by byte. */
export function equalText(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
