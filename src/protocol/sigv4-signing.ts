/** Signature Version 4, made: for clients that have S3 requests signed by somebody who has the key. */
import { hash } from 'node:crypto'
import type { IssuedSession } from '../core/access/sessions.ts'
import { createSigningKeys, hmac } from './sigv4.ts'
import { canonicalHeaders, canonicalPaths, canonicalQuery } from './sigv4-canonical.ts'

const keys = createSigningKeys()
const UNSIGNED = 'UNSIGNED-PAYLOAD'
/** They change on the way, or are made anew by whoever sends the request. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'authorization',
  'expect',
  'user-agent',
  'connection',
  'x-amzn-trace-id',
])

export interface UnsignedS3Request {
  readonly method: string
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly region: string
}

/** All headers that the request is to be sent with. */
export function signedS3Headers(request: UnsignedS3Request, session: IssuedSession, now: Date): Record<string, string> {
  const { method, url, region } = request
  const timestamp = `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const date = timestamp.slice(0, 8)
  const given = Object.entries(request.headers).filter(([name]) => !LEFT_OUT.has(name))
  const headers: Record<string, string> = {
    ...Object.fromEntries(given),
    host: url.host,
    'x-amz-date': timestamp,
    'x-amz-security-token': session.sessionToken,
    'x-amz-content-sha256': request.headers['x-amz-content-sha256'] ?? UNSIGNED,
  }
  const names = Object.keys(headers).sort()
  const scope = `${date}/${region}/s3/aws4_request`
  const canonical = [
    method,
    canonicalPaths(url.pathname, 's3')[0],
    canonicalQuery(url.search.slice(1)),
    canonicalHeaders(names, { method, rawPath: '', rawQuery: '', headers, rawHeaders: [] }),
    names.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n')
  const key = keys.get(session.secretAccessKey, { date, region, service: 's3' })
  const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', canonical, 'hex')}`
  const signature = hmac(key, toSign).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${session.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...headers, authorization }
}
