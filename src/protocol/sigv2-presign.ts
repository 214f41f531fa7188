/**
 * Addresses signed with Signature Version 2, which `aws s3 presign` still writes for us-east-1. Only addresses: the
 * header form is gone from every current client.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
 */
import { createHmac } from 'node:crypto'
import { Fault } from '../core/faults.ts'
import { loadModel } from './model.ts'
import { equalText, mismatch, type SignedParts } from './sigv4.ts'

export interface PresignV2 {
  readonly accessKeyId: string
  readonly signature: string
  /** Seconds since the epoch. */
  readonly expires: string
  readonly sessionToken?: string
}

/** Parameters that belong to the resource, in the list of the page above and those that came after it. */
const subresources = new Set(
  `accelerate acl analytics cors delete encryption inventory lifecycle location logging metrics notification object-lock
  partNumber policy requestPayment response-cache-control response-content-disposition response-content-encoding
  response-content-language response-content-type response-expires restore replication tagging torrent uploadId uploads
  versionId versioning versions website`.split(/\s+/),
)

export function readPresignV2(query: URLSearchParams): PresignV2 | undefined {
  const accessKeyId = query.get('AWSAccessKeyId')
  if (accessKeyId === null) return undefined
  const signature = query.get('Signature')
  const expires = query.get('Expires')
  if (!signature || !expires || !/^\d+$/.test(expires))
    throw new Fault(
      'denied',
      'missing-parameter',
      'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    )
  return { accessKeyId, signature, expires, sessionToken: query.get('x-amz-security-token') ?? undefined }
}

/** `rawPath` begins with the bucket, also where the host named it. Throws `Fault('denied', 'expired' | 'mismatch' | 'missing-parameter')`. */
export function verifyPresignV2(
  presign: PresignV2,
  parts: SignedParts,
  query: URLSearchParams,
  secret: string,
  now: Date,
): void {
  if (now.getTime() > Number(presign.expires) * 1000)
    throw new Fault('denied', 'expired', 'Request has expired', {
      Expires: new Date(Number(presign.expires) * 1000).toISOString(),
      ServerTime: now.toISOString(),
    })
  const uncovered = [...query.keys()].find((name) => choosers().has(name) && !subresources.has(name))
  if (uncovered !== undefined)
    throw new Fault('denied', 'missing-parameter', `An address of Signature Version 2 does not cover '${uncovered}'`)
  const { headers } = parts
  const toSign = [
    parts.method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    presign.expires,
    ...amzLines(headers, query),
    canonicalResource(parts.rawPath, query),
  ].join('\n')
  const expected = createHmac('sha1', secret).update(toSign).digest('base64')
  if (!equalText(expected, presign.signature)) throw mismatch(presign.accessKeyId, presign.signature, toSign)
}

/** Parameters that make another operation of an address: one that came after Version 2 could be added to what was signed. */
let known: ReadonlySet<string> | undefined
function choosers(): ReadonlySet<string> {
  known ??= new Set(
    [...loadModel('s3').operations.values()].flatMap(({ http }) => http.literals.map(([name]) => name)),
  ).difference(new Set(['x-id', 'list-type']))
  return known
}

/** Clients move `x-amz-` headers into the address; they are signed as the headers they were, but for the date. */
function amzLines(headers: Readonly<Record<string, string>>, query: URLSearchParams): string[] {
  const found = [...Object.entries(headers), ...query].filter(([name]) => /^x-amz-(?!date$)/i.test(name))
  return found.map(([name, value]) => `${name.toLowerCase()}:${value.trim()}`).sort()
}

function canonicalResource(rawPath: string, query: URLSearchParams): string {
  const parameters = [...query]
    .filter(([name]) => subresources.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return parameters.length === 0 ? rawPath : `${rawPath}?${parameters.join('&')}`
}
