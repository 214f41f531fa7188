/**
 * Content-MD5 and the five checksums: what a client states is verified over the bytes as they pass.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */

import { discard, type Received, receive, tooLarge } from '../../core/objects/bodies.ts'
import type { Checksum } from '../../core/objects/object.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { giveBack } from '../../core/spent-bytes.ts'
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  checksumLength,
  createChecksum,
  type Checksum as RunningChecksum,
} from '../../protocol/checksums.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'

/** The members of a request, a part or an answer that carry checksum values. */
export interface ChecksumMembers {
  readonly ChecksumCRC32?: string
  readonly ChecksumCRC32C?: string
  readonly ChecksumCRC64NVME?: string
  readonly ChecksumSHA1?: string
  readonly ChecksumSHA256?: string
}

const memberOf = (algorithm: ChecksumAlgorithm) => `Checksum${algorithm}` as const

/** The one checksum stated. Throws where there are several, or one that its algorithm cannot have produced. */
export function statedChecksum(
  members: ChecksumMembers,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  const stated = checksumAlgorithms.filter((algorithm) => members[memberOf(algorithm)] !== undefined)
  if (stated.length > 1) throw severalChecksums()
  const algorithm = stated[0]
  const value = algorithm && members[memberOf(algorithm)]
  return algorithm && value !== undefined ? { algorithm, value } : undefined
}

const severalChecksums = () =>
  invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')

export function checksumMembers(checksum: Checksum | undefined): ChecksumMembers & { ChecksumType?: Checksum['type'] } {
  if (!checksum) return {}
  return { [memberOf(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type }
}

/** As above, of a part: it has no type. */
export function partChecksumMembers(checksum: Checksum | undefined): ChecksumMembers {
  return checksum ? { [memberOf(checksum.algorithm)]: checksum.value } : {}
}

export const badDigest = (algorithm: string): AwsError =>
  new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)

function checkValue(algorithm: ChecksumAlgorithm, value: string): void {
  if (decoded(value)?.length !== checksumLength[algorithm]) {
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`)
  }
}

const decoded = (base64: string): Buffer | undefined => {
  const bytes = Buffer.from(base64, 'base64')
  return bytes.toString('base64') === base64 ? bytes : undefined
}

export interface UploadInput extends ChecksumMembers {
  readonly Body?: unknown
  readonly ContentLength?: number
  readonly ContentMD5?: string
  readonly ChecksumAlgorithm?: string
}

/** "Upload an object in a single operation: up to 5 GB" (userguide/upload-objects); the same holds for a part. */
const maxBodyBytes = 5 * 1024 ** 3

/**
 * Takes the body of an upload. `wanted` is the checksum to compute where the client states none. Everything that can be
 * refused before the body is read is; what is refused after leaves nothing behind.
 */
export async function receiveVerified(
  store: ObjectStore,
  input: UploadInput,
  call: ServiceCall,
  wanted?: ChecksumAlgorithm,
): Promise<{ readonly received: Received; readonly checksum?: Checksum }> {
  const length = statedLength(call)
  if (length > maxBodyBytes) throw tooLarge(length, maxBodyBytes)
  const md5 = statedMd5(input.ContentMD5)
  const { algorithm = wanted, value } = announcedChecksum(input, call)
  const checksum = algorithm && createChecksum(algorithm)
  const body = bodyOf(input.Body)
  const received = await receive(store, checksum ? observed(body, checksum) : body, {
    maxBytes: maxBodyBytes,
    announcedBytes: length,
  })
  try {
    if (received.sizeBytes !== length) throw incompleteBody()
    if (md5 && !md5.equals(received.md5)) throw badMd5(md5, received.md5)
    if (!algorithm || !checksum) return { received }
    const calculated = checksum.digest().toString('base64')
    const stated = value ?? call.http.trailers[checksumHeader(algorithm)]
    if (stated !== undefined) {
      checkValue(algorithm, stated)
      if (stated !== calculated) throw badDigest(algorithm)
    }
    return { received, checksum: { algorithm, value: calculated, type: 'FULL_OBJECT' } }
  } catch (error) {
    await discard(received)
    throw error
  }
}

/** Bytes of the body itself, without what chunking adds. S3 takes no body of unknown length. */
function statedLength({ http: { headers } }: ServiceCall): number {
  const length = Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? Number.NaN)
  if (Number.isSafeInteger(length) && length >= 0) return length
  // HTTP/1.1 says nothing where there is no body.
  if (headers['transfer-encoding'] === undefined) return 0
  throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 })
}

const incompleteBody = () =>
  new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header')

function statedMd5(base64: string | undefined): Buffer | undefined {
  if (base64 === undefined) return undefined
  const bytes = decoded(base64)
  if (bytes?.length !== 16) throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.')
  return bytes
}

const badMd5 = (expected: Buffer, calculated: Buffer) =>
  new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    members: { ExpectedDigest: expected.toString('hex'), CalculatedDigest: calculated.toString('base64') },
  })

/** In the headers, or promised for the trailer. */
function announcedChecksum(
  input: UploadInput,
  call: ServiceCall,
): { readonly algorithm?: ChecksumAlgorithm; readonly value?: string } {
  const stated = statedChecksum(input)
  const promised = (call.http.headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === name.trim().toLowerCase()))
    .filter((algorithm) => algorithm !== undefined)
  if (promised.length + (stated ? 1 : 0) > 1) throw severalChecksums()
  if (stated) checkValue(stated.algorithm, stated.value)
  const found = stated ?? (promised[0] && { algorithm: promised[0] })
  const named = input.ChecksumAlgorithm
  if (named && !found) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  if (named && found && named !== found.algorithm) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.')
  }
  return found ?? {}
}

function bodyOf(body: unknown): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (body === undefined || body === null) return []
  if (body instanceof Uint8Array) return [body]
  if (typeof body === 'string') return [Buffer.from(body)]
  return releasing(body as AsyncIterable<Uint8Array>)
}

/** The pieces are the network's, and nobody else's: one has been used when the next is asked for. */
async function* releasing(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const piece of body) {
    yield piece
    giveBack(piece)
  }
}

async function* observed(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  checksum: RunningChecksum,
): AsyncIterable<Uint8Array> {
  for await (const chunk of body) {
    checksum.update(chunk)
    yield chunk
  }
}

/** Bytes that were here already: nothing is stated of them, and the checksum is computed if one is wanted. */
export async function receiveCopy(
  store: ObjectStore,
  bytes: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<{ readonly received: Received; readonly checksum?: Checksum }> {
  const checksum = algorithm && createChecksum(algorithm)
  const received = await receive(store, checksum ? observed(bytes, checksum) : bytes, { announcedBytes: sizeBytes })
  if (!algorithm || !checksum) return { received }
  return { received, checksum: { algorithm, value: checksum.digest().toString('base64'), type: 'FULL_OBJECT' } }
}
