/** Who sends a request, and what of its body the signature has promised. */
import { hash } from 'node:crypto'
import { anonymousPrincipal, type Credential, type Credentials } from '../core/access/credentials.ts'
import type { Principal } from '../core/call.ts'
import { Fault } from '../core/faults.ts'
import type { Clock } from '../core/ports.ts'
import { readFormSignature, verifyForm } from './form-signature.ts'
import type { HttpRequest } from './http.ts'
import { AwsError } from './service.ts'
import { type PresignV2, readPresignV2, verifyPresignV2 } from './sigv2-presign.ts'
import {
  type ChunkSigning,
  checkTime,
  createSigningKeys,
  readSignature,
  type Signature,
  verifySignature,
} from './sigv4.ts'

/** What the caller claims to be, before anything is verified. */
export type Claim =
  | { readonly kind: 'v4'; readonly signature: Signature }
  | { readonly kind: 'v2'; readonly presign: PresignV2 }
  | { readonly kind: 'none' }

export interface Identity {
  readonly principal: Principal
  readonly region: string
  /** The body comes in chunks of its own coding. Where a signature covers the body's hash, no header can say so. */
  readonly chunked?: boolean
  /** The body must have this SHA-256, in hex. */
  readonly payloadHash?: string
  /** Chunks of the body must be signed, the first after this. */
  readonly chunkSigning?: ChunkSigning & { readonly accessKeyId: string }
  /** The signature covers a body whose hash no header tells: to be called with it before anything is done. */
  readonly verifyPayload?: (payloadHash: string) => void
}

/** What is addressed, as far as signatures are concerned. */
export interface Addressee {
  readonly service: string
  readonly signingName: string
  /** With the bucket in front. */
  readonly rawPath: string
}

export interface Authenticator {
  /** Throws Fault for a claim that is not even readable. */
  readClaim(request: HttpRequest, query: URLSearchParams): Claim
  authenticate(claim: Claim, request: HttpRequest, query: URLSearchParams, addressee: Addressee): Identity
  /** The signer of a browser's form upload: `policy` is the form's base64 text, `fields` its others, with names in lower case. */
  authenticateForm(policy: string, fields: Readonly<Record<string, string>>): Principal
}

const emptyHash = hash('sha256', '', 'hex')
const hashHeader = 'x-amz-content-sha256'
const inChunks = (announced: string | undefined) => announced?.startsWith('STREAMING-') ?? false
const hexHash = /^[0-9a-f]{64}$/
/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html, without Signature Version 4A. */
const payloadWords: ReadonlySet<string> = new Set([
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
])

export function createAuthenticator(options: {
  readonly credentials: Credentials
  readonly clock: Clock
  readonly account: string
  readonly region: string
}): Authenticator {
  const { credentials, clock, account, region } = options
  const keys = createSigningKeys()

  const find = (accessKeyId: string, sessionToken: string | undefined): Credential => {
    const credential = credentials.find(accessKeyId, sessionToken)
    if (!credential)
      throw new Fault('denied', 'unknown-key', 'The security token included in the request is invalid.', {
        AWSAccessKeyId: accessKeyId,
      })
    return credential
  }

  const authenticateV4 = (signature: Signature, request: HttpRequest, query: URLSearchParams, to: Addressee) => {
    const s3 = to.signingName === 's3'
    const announced = inHex(announcedHash(request, query, signature, s3), s3)
    const payloadHash = announced !== undefined && hexHash.test(announced) ? announced : undefined
    if (announced !== undefined && !payloadHash && !payloadWords.has(announced))
      throw new Fault(
        'denied',
        'bad-hash',
        `x-amz-content-sha256 must be ${[...payloadWords].join(', ')} or a valid sha256 value.`,
      )
    const { accessKeyId } = signature
    const { principal, secretAccessKey } = find(accessKeyId, signature.sessionToken)
    // The header counts by itself only where the signature leaves the body open: an address made for any upload.
    const coding = signature.presigned && announced === 'UNSIGNED-PAYLOAD' ? request.headers[hashHeader] : announced
    const identity = { principal, region: signature.region, payloadHash, chunked: inChunks(coding) }
    if (secretAccessKey === undefined) return identity
    checkTime(signature, clock.now())
    checkScope(signature, to)
    if (s3) checkHeadersSigned(signature, request.headers)
    else checkPath(request.rawPath)
    const verify = (hex: string) => verifySignature(signature, request, hex, secretAccessKey, keys)
    if (announced === undefined) return { ...identity, verifyPayload: verify }
    const signing = verify(announced)
    const chunksSigned = announced.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
    return chunksSigned ? { ...identity, chunkSigning: { ...signing, accessKeyId } } : identity
  }

  return {
    readClaim(request, query) {
      const signature = readSignature(request, query)
      if (signature) return { kind: 'v4', signature }
      const presign = readPresignV2(query)
      return presign ? { kind: 'v2', presign } : { kind: 'none' }
    },
    authenticate(claim, request, query, to) {
      const chunked = inChunks(request.headers[hashHeader])
      if (claim.kind === 'none') return { principal: anonymousPrincipal(account), region, chunked }
      if (claim.kind === 'v4') return authenticateV4(claim.signature, request, query, to)
      if (to.service !== 's3') throw new Fault('denied', 'missing', 'Missing Authentication Token')
      const { principal, secretAccessKey } = find(claim.presign.accessKeyId, claim.presign.sessionToken)
      const parts = { ...request, rawPath: to.rawPath }
      if (secretAccessKey !== undefined) verifyPresignV2(claim.presign, parts, query, secretAccessKey, clock.now())
      return { principal, region, chunked }
    },
    authenticateForm(policy, fields) {
      const form = readFormSignature(fields)
      const { principal, secretAccessKey } = find(form.accessKeyId, fields['x-amz-security-token'])
      if (secretAccessKey !== undefined) verifyForm(form, policy, secretAccessKey, keys)
      return principal
    },
  }
}

/** The last line of the canonical request, where it is known before the body is. */
function announcedHash(
  request: HttpRequest,
  query: URLSearchParams,
  signature: Signature,
  s3: boolean,
): string | undefined {
  const header = request.headers[hashHeader]
  if (signature.presigned) {
    const signed = signature.signedHeaders.includes(hashHeader) ? header : undefined
    return (
      signed ?? query.get('X-Amz-Content-Sha256') ?? (s3 ? 'UNSIGNED-PAYLOAD' : request.hasBody ? undefined : emptyHash)
    )
  }
  if (header !== undefined) return header
  if (s3) throw new Fault('denied', 'missing-hash', 'Missing required header for this request: x-amz-content-sha256')
  return request.hasBody ? undefined : emptyHash
}

/** Iceberg's Java client writes the hash of a body in base64 there, and in hex into what it signs. */
function inHex(announced: string | undefined, s3: boolean): string | undefined {
  if (announced === undefined || s3 || !/^[A-Za-z0-9+/]{43}=$/.test(announced)) return announced
  return Buffer.from(announced, 'base64').toString('hex')
}

function checkScope(signature: Signature, to: Addressee): void {
  if (signature.service === to.signingName) return
  throw new Fault('denied', 'wrong-service', `Credential should be scoped to correct service: '${to.signingName}'.`)
}

/** But for S3's, a signature covers where the dots of a path lead; the operation would be that of the path as it was sent. */
function checkPath(rawPath: string): void {
  if (/\/\.{1,2}(?:\/|$)/.test(rawPath)) throw new AwsError('InvalidURI', "Couldn't parse the specified URI.")
}

/** "the host header and all x-amz-* headers, excluding x-amz-content-sha256, are required" (sig-v4-header-based-auth.html). */
function checkHeadersSigned(signature: Signature, headers: Readonly<Record<string, string>>): void {
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !signature.signedHeaders.includes(name),
  )
  if (unsigned.length > 0)
    throw new Fault('denied', 'unsigned-headers', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    })
}
