import type { Fault, FaultKind } from '../../core/faults.ts'
import { AwsError } from '../../protocol/service.ts'

/** By noun where S3 has a name for it: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const byNoun: Readonly<Record<string, readonly [code: string, status: number]>> = {
  'not-found bucket': ['NoSuchBucket', 404],
  'not-found key': ['NoSuchKey', 404],
  'not-found version': ['NoSuchVersion', 404],
  'not-found upload': ['NoSuchUpload', 404],
  'already-exists bucket': ['BucketAlreadyExists', 409],
  'already-exists own bucket': ['BucketAlreadyOwnedByYou', 409],
  'not-empty bucket': ['BucketNotEmpty', 409],
  'invalid bucket': ['InvalidBucketName', 400],
  'invalid part': ['InvalidPart', 400],
  'invalid part order': ['InvalidPartOrder', 400],
  'invalid part size': ['EntityTooSmall', 400],
  'too-large entity': ['EntityTooLarge', 400],
  'denied marker': ['MethodNotAllowed', 405],
}

const byKind: Readonly<Partial<Record<FaultKind, readonly [code: string, status: number]>>> = {
  precondition: ['PreconditionFailed', 412],
  conflict: ['ConditionalRequestConflict', 409],
  denied: ['AccessDenied', 403],
  invalid: ['InvalidArgument', 400],
  unsupported: ['NotImplemented', 501],
  limit: ['InvalidRequest', 400],
  'storage-full': ['ServiceUnavailable', 503],
  'not-ready': ['SlowDown', 503],
}

export function toAwsError(fault: Fault): AwsError {
  const { markerVersionId, notModified, etag, modifiedAtMs, ...members } = fault.detail
  const headers: Record<string, string> = {}
  if (typeof modifiedAtMs === 'number') headers['last-modified'] = new Date(modifiedAtMs).toUTCString()
  // A read whose condition says that the client's copy is good: no error to S3, but no answer with a body either.
  if (notModified) {
    headers.etag = `"${etag}"`
    return new AwsError('NotModified', 'Not Modified', { status: 304, headers })
  }
  if (typeof markerVersionId === 'string') {
    headers['x-amz-delete-marker'] = 'true'
    headers['x-amz-version-id'] = markerVersionId
  }
  if (fault.noun === 'marker') headers.allow = 'DELETE'
  const [code, status] = byNoun[`${fault.kind} ${fault.noun}`] ?? byKind[fault.kind] ?? ['InternalError', 500]
  return new AwsError(code, fault.message, { status, members, headers })
}

export const invalidArgument = (message: string, name: string, value: string | undefined): AwsError =>
  new AwsError('InvalidArgument', message, { members: { ArgumentName: name, ArgumentValue: value } })

export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequest', message)

export const malformedXml = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
