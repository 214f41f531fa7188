/** The part of an object that a read asks for: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
import type { StoredObject } from '../../core/objects/object.ts'
import type { ByteRange } from '../../core/ports.ts'
import { AwsError } from '../../protocol/service.ts'
import { invalidArgument, invalidRequest } from './faults.ts'

/** Undefined: all of it. What is not one range of bytes is passed over, as HTTP has it. Throws where no byte is in it. */
export function rangeOf(object: StoredObject, header: string | undefined): ByteRange | undefined {
  const match = header === undefined ? undefined : /^bytes=\s*(?:(\d+)\s*)?-\s*(?:(\d+)\s*)?$/i.exec(header)
  if (!match || (match[1] === undefined && match[2] === undefined)) return undefined
  const size = object.sizeBytes
  if (match[1] === undefined) {
    const length = Number(match[2])
    if (length === 0 || size === 0) throw unsatisfiable(size, header)
    return { start: Math.max(size - length, 0), end: size - 1 }
  }
  const start = Number(match[1])
  const last = match[2] === undefined ? size - 1 : Number(match[2])
  if (match[2] !== undefined && last < start) return undefined
  if (start >= size) throw unsatisfiable(size, header)
  return { start, end: Math.min(last, size - 1) }
}

/** Throws where there is no such part. An object that was put whole has one part. */
export function partRange(object: StoredObject, number: number): ByteRange | undefined {
  if (number < 1 || number > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', String(number))
  }
  const parts = object.parts ?? [{ sizeBytes: object.sizeBytes }]
  const part = parts[number - 1]
  if (!part) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      status: 416,
      members: { ActualPartCount: parts.length, PartNumberRequested: number },
    })
  }
  const start = parts.slice(0, number - 1).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return part.sizeBytes === 0 ? undefined : { start, end: start + part.sizeBytes - 1 }
}

/** Of a copy: the form is fixed and the range must lie within the source (API_UploadPartCopy). */
export function copyRange(object: StoredObject, header: string | undefined): ByteRange | undefined {
  if (header === undefined) return undefined
  const match = /^bytes=(\d+)-(\d+)$/.exec(header)
  const [start, end] = [Number(match?.[1]), Number(match?.[2])]
  if (!match || end < start) {
    const message =
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy'
    throw invalidArgument(message, 'x-amz-copy-source-range', header)
  }
  if (end >= object.sizeBytes) {
    throw invalidRequest(`Range specified is not valid for source object of size: ${object.sizeBytes}`)
  }
  return { start, end }
}

const unsatisfiable = (size: number, range: string | undefined) =>
  new AwsError('InvalidRange', 'The requested range is not satisfiable', {
    status: 416,
    members: { ActualObjectSize: size, RangeRequested: range },
    headers: { 'content-range': `bytes */${size}` },
  })
