/**
 * Checksums of multipart uploads: of each part, and of the whole either as a checksum of the parts' or of all bytes.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html#Full-object-checksums
 */
import type { CompletedPart } from '@aws-sdk/client-s3'
import type { Checksum, Part, Upload } from '../../core/objects/object.ts'
import { type ChosenPart, invalidPart } from '../../core/objects/uploads.ts'
import {
  type ChecksumAlgorithm,
  type CombinableAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  combineChecksums,
  createChecksum,
} from '../../protocol/checksums.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import { invalidRequest, malformedXml } from './faults.ts'
import { badDigest, type ChecksumMembers, statedChecksum, type UploadInput } from './integrity.ts'

const combinable = new Set<string>(['CRC32', 'CRC32C', 'CRC64NVME'] satisfies CombinableAlgorithm[])

/** The CRC64NVME is always of the whole object, the SHAs never are; the other two may be either. */
export function uploadChecksum(input: {
  readonly ChecksumAlgorithm?: string
  readonly ChecksumType?: string
}): Upload['checksum'] {
  const algorithm = input.ChecksumAlgorithm as ChecksumAlgorithm | undefined
  if (!algorithm) {
    if (!input.ChecksumType) return undefined
    throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
  }
  const type = (input.ChecksumType ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')) as Checksum['type']
  const possible = type === 'FULL_OBJECT' ? combinable.has(algorithm) : algorithm !== 'CRC64NVME'
  if (possible) return { algorithm, type }
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  )
}

/** A part must come with the upload's algorithm, if with any. Seen before the body is read. */
export function checkPartAlgorithm(upload: Upload, input: UploadInput, call: ServiceCall): void {
  const expected = upload.checksum?.algorithm
  if (!expected) return
  const trailers = call.http.headers['x-amz-trailer'] ?? ''
  const promised = checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === trailers.trim().toLowerCase())
  const actual = statedChecksum(input)?.algorithm ?? promised
  if (actual === expected || actual === undefined) return
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual.toLowerCase()}`,
  )
}

/** A part as the client lists it at the end, with what it says that the part's checksum is. */
export function choiceOf(input: { readonly UploadId: string }, given: CompletedPart): ChosenPart {
  const { PartNumber: number, ETag } = given
  if (number === undefined || ETag === undefined) throw malformedXml()
  const choice = { number, etag: ETag.replaceAll('"', '') }
  const stated = statedChecksum(given)
  return {
    ...choice,
    check(part) {
      if (!stated || !part.checksum || stated.algorithm !== part.checksum.algorithm) return
      if (stated.value !== part.checksum.value) throw invalidPart({ uploadId: input.UploadId }, choice)
    },
  }
}

export function wholeChecksum(
  upload: Upload,
  parts: readonly Part[],
  stated: ChecksumMembers & { readonly ChecksumType?: string },
): Checksum | undefined {
  if (!upload.checksum) return undefined
  const { algorithm, type } = upload.checksum
  if (stated.ChecksumType && stated.ChecksumType !== type) {
    throw invalidRequest(
      `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
    )
  }
  const value = type === 'COMPOSITE' ? compositeOf(algorithm, parts) : combinedOf(algorithm, parts)
  const claimed = statedChecksum(stated)
  if (
    claimed &&
    (claimed.algorithm !== algorithm || claimed.value.replace(/-\d+$/, '') !== value.replace(/-\d+$/, ''))
  ) {
    throw badDigest(claimed.algorithm)
  }
  return { algorithm, type, value }
}

const digestOf = (part: Part): Buffer => Buffer.from(part.checksum?.value ?? '', 'base64')

function compositeOf(algorithm: ChecksumAlgorithm, parts: readonly Part[]): string {
  const checksum = createChecksum(algorithm)
  for (const part of parts) checksum.update(digestOf(part))
  return `${checksum.digest().toString('base64')}-${parts.length}`
}

/** The CRC of the whole follows from those of its parts, without reading a byte again. */
function combinedOf(algorithm: ChecksumAlgorithm, parts: readonly Part[]): string {
  const [first, ...others] = parts
  if (!first) return ''
  const whole = others.reduce(
    (sum, part) => combineChecksums(algorithm as CombinableAlgorithm, sum, digestOf(part), part.sizeBytes),
    digestOf(first),
  )
  return whole.toString('base64')
}
