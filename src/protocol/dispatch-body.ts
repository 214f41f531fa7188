/** Bodies: as a stream that checks itself on the way, or whole, never beyond a limit. */
import { createHash, hash } from 'node:crypto'
import { finished, type Readable, Transform, type TransformCallback } from 'node:stream'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Fault } from '../core/faults.ts'
import type { Identity } from './auth.ts'
import { authError } from './auth-faults.ts'
import { ChunkedBody, incompleteBody } from './chunked-body.ts'
import type { HttpRequest } from './http.ts'
import type { WireName } from './schema.ts'
import { AwsError } from './service.ts'

/**
 * The largest bodies that are read whole. Lambda's is AWS's own ("Request must be smaller than 70167211 bytes for the
 * CreateFunction operation"); 16 MiB holds the largest of the others, ten mebibytes of Kinesis records in base64; S3's
 * largest documents (a thousand deletions, ten thousand parts) stay below 8 MiB.
 */
const maxBodyBytes: Readonly<Partial<Record<string, number>>> = {
  lambda: 70_167_211,
  s3: 8 << 20,
  s3control: 8 << 20,
  // Forms become many small strings, and who sends one without a signature is known only once it has been read: the
  // longest, a SAML assertion of 100,000 characters, fits, each of them encoded.
  sts: 320 << 10,
}
const defaultMaxBodyBytes = 16 << 20
/** Bodies of callers who are not known before all of it has come, of all requests together. */
const maxUnknownBytes = 256 << 20
let unknownBytes = 0
/** By then a body that is read whole has come: who sends it byte by byte only holds the place. */
const maxBodyMs = 300_000

/** Real requests shrink to a tenth or so; what grows more than a hundredfold was made to do harm. */
const maxInflation = 100
const smallBodyBytes = 1 << 20

export interface OpenBody {
  readonly stream: Readable
  /** All of it, where it was read whole. */
  readonly bytes?: Buffer
  /** As the codec should see them: without the transfer's own coding and length. */
  readonly headers: Readonly<Record<string, string>>
  readonly trailers: Readonly<Record<string, string>>
}

type WholeBody = OpenBody & { readonly bytes: Buffer }

/** The decoded, verified bytes. Errors surface at the reader as AwsError; the request's own stream is never destroyed by it. */
export function openBody(request: HttpRequest, identity: Identity): OpenBody {
  const { headers } = request
  if (!identity.chunked) {
    const length = headers['content-length']
    const check = new CheckedBody(identity.payloadHash, length === undefined ? undefined : Number(length))
    return { stream: connect(request.body, check), headers, trailers: {} }
  }
  const decodedLength = Number(headers['x-amz-decoded-content-length'] ?? Number.NaN)
  if (!Number.isSafeInteger(decodedLength) || decodedLength < 0)
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 })
  const trailers: Record<string, string> = {}
  const announced = announcedTrailers(headers)
  const decoder = new ChunkedBody({ signing: identity.chunkSigning, decodedLength, announced, trailers })
  return { stream: connect(request.body, decoder), headers: decodedHeaders(headers, decodedLength), trailers }
}

function announcedTrailers(headers: Readonly<Record<string, string>>): string[] {
  const names = (headers['x-amz-trailer'] ?? '').toLowerCase().split(',')
  const announced = names.map((name) => name.trim()).filter((name) => name !== '')
  const checksum = announced.find((name) => name.startsWith('x-amz-checksum-'))
  if (checksum === undefined) return announced
  const given = Object.keys(headers).some((name) => /^x-amz-checksum-(crc|sha)/.test(name) && !announced.includes(name))
  if (given) throw new AwsError('InvalidRequest', 'Expecting a single x-amz-checksum- header')
  const algorithm = headers['x-amz-sdk-checksum-algorithm']
  if (algorithm !== undefined && checksum !== `x-amz-checksum-${algorithm.toLowerCase()}`)
    throw new AwsError('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.')
  return announced
}

/** "Amazon S3 stores the resulting object without the aws-chunked value in the content-encoding header." */
function decodedHeaders(headers: Readonly<Record<string, string>>, length: number): Record<string, string> {
  const { 'content-encoding': encoding = '', ...rest } = headers
  const kept = encoding.split(',').filter((coding) => coding.trim() !== '' && coding.trim() !== 'aws-chunked')
  const encodings = kept.map((coding) => coding.trim()).join(',')
  return { ...rest, 'content-length': String(length), ...(encodings && { 'content-encoding': encodings }) }
}

/** `pipe` alone would leave the reader waiting for ever after a client that went away. */
function connect(source: Readable, check: Transform): Readable {
  // A handler that refuses before it reads leaves no one else to hear of a client that goes away meanwhile.
  check.on('error', () => {})
  finished(source, { writable: false }, (error) => {
    if (error) check.destroy(incompleteBody())
  })
  return source.pipe(check)
}

class CheckedBody extends Transform {
  readonly #expectedHash: string | undefined
  readonly #expectedLength: number | undefined
  readonly #hash
  #length = 0

  constructor(expectedHash: string | undefined, expectedLength: number | undefined) {
    super()
    this.#expectedHash = expectedHash
    this.#expectedLength = expectedLength
    this.#hash = expectedHash === undefined ? undefined : createHash('sha256')
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#length += chunk.length
    this.#hash?.update(chunk)
    done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    const computed = this.#hash?.digest('hex')
    if (this.#expectedLength !== undefined && this.#length !== this.#expectedLength) done(incompleteBody())
    else done(computed === this.#expectedHash ? null : wrongHash('rest-xml', this.#expectedHash!, computed!))
  }
}

function wrongHash(wire: WireName, claimed: string, computed: string): AwsError {
  if (wire !== 'rest-xml') return authError(new Fault('denied', 'mismatch', ''), wire)
  return new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { members: { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: computed } },
  )
}

/** Throws before a byte is read if the client says that it will be too much. */
function checkLength(request: HttpRequest, service: string, wire: WireName): number {
  const limit = maxBodyBytes[service] ?? defaultMaxBodyBytes
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(wire, limit)
  return limit
}

/** The whole body, decoded and verified. */
export async function readBody(
  request: HttpRequest,
  identity: Identity,
  service: string,
  wire: WireName,
): Promise<WholeBody> {
  const limit = checkLength(request, service, wire)
  if (identity.chunked) {
    const opened = openBody(request, identity)
    return { ...opened, bytes: await collect(opened.stream, limit, wire, false) }
  }
  const unknown = identity.verifyPayload !== undefined || identity.principal.kind === 'anonymous'
  const sent = request.hasBody ? await collect(request.body, limit, wire, unknown) : Buffer.alloc(0)
  const sentHash = identity.payloadHash === undefined && !identity.verifyPayload ? '' : hash('sha256', sent, 'hex')
  if (identity.payloadHash !== undefined && identity.payloadHash !== sentHash)
    throw wrongHash(wire, identity.payloadHash, sentHash)
  identity.verifyPayload?.(sentHash)
  const gzipped = wire !== 'rest-xml' && request.headers['content-encoding'] === 'gzip'
  const bytes = gzipped ? await inflate(sent, limit, wire) : sent
  return { stream: request.body, headers: request.headers, trailers: {}, bytes }
}

/** Bytes of a stream up to `limit`. The stream is paused, not destroyed, when there are more. */
function collect(source: Readable, limit: number, wire: WireName, unknown: boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (act: () => void) => {
      clearTimeout(timer)
      if (unknown) unknownBytes -= length
      source.off('data', take).off('end', end).off('error', fail).off('close', cut)
      source.pause()
      act()
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (unknown) unknownBytes += chunk.length
      if (unknown && unknownBytes > maxUnknownBytes) settle(() => reject(busy(wire)))
      else if (length > limit) settle(() => reject(tooLarge(wire, limit)))
      else chunks.push(chunk)
    }
    const end = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)))
    const fail = (error: Error) => settle(() => reject(error instanceof AwsError ? error : incompleteBody()))
    const cut = () => settle(() => reject(incompleteBody()))
    const timer = setTimeout(() => settle(() => reject(tooSlow(wire))), maxBodyMs)
    source.on('data', take).on('end', end).on('error', fail).on('close', cut)
  })
}

async function inflate(bytes: Buffer, limit: number, wire: WireName): Promise<Buffer> {
  const maxOutputLength = Math.min(limit, Math.max(smallBodyBytes, bytes.length * maxInflation))
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(wire, maxOutputLength)
    throw new AwsError('SerializationException', 'The request body is not valid gzip.')
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and the common errors of the other APIs. */
const busy = (wire: WireName): AwsError =>
  wire === 'rest-xml'
    ? new AwsError('SlowDown', 'Please reduce your request rate.', { status: 503 })
    : new AwsError(wire === 'query' ? 'ServiceUnavailable' : 'ServiceUnavailableException', 'Slow down.', {
        status: 503,
      })

const tooSlow = (wire: WireName): AwsError =>
  new AwsError(
    wire === 'rest-xml' ? 'RequestTimeout' : 'RequestTimeoutException',
    'Your socket connection to the server was not read from or written to within the timeout period.',
    { status: wire === 'rest-xml' ? 400 : 408 },
  )

function tooLarge(wire: WireName, limit: number): AwsError {
  if (wire === 'rest-xml') return new AwsError('MaxMessageLengthExceeded', 'Your request was too big.')
  const code = wire === 'query' ? 'RequestEntityTooLarge' : 'RequestEntityTooLargeException'
  return new AwsError(code, `Request must be smaller than ${limit} bytes.`, { status: 413 })
}
