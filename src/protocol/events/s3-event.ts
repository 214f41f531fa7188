/** What S3's records tell: the address, the query and S3's own headers, as they were sent. */
import type { CallOutcome } from '../dispatch.ts'
import type { Operation } from '../schema.ts'
import type { ServiceCall } from '../service.ts'
import type { EventParts } from './call-event.ts'
import { described } from './parameters.ts'

/** Signatures, tokens and customers' keys are in no record. */
const UNTOLD =
  /signature|credential|security-token|customer-key|copy-source-server-side-encryption-customer|^x-amz-content-sha256$|^x-amz-date$|^x-amz-checksum-(?!algorithm)/i

/** docs: AmazonS3 userguide, cloudtrail-logging-understanding-s3-entries; of objects of a table, s3-tables-log-files. */
export function s3Event(
  { input, output, errorCode }: CallOutcome,
  call: ServiceCall,
  shape: Operation,
  { readOnly, ofTable }: { readonly readOnly: boolean; readonly ofTable: boolean },
): EventParts {
  const { Bucket, Key } = (input ?? {}) as { readonly Bucket?: string; readonly Key?: string }
  const { http } = call
  const asked: Record<string, unknown> = {}
  for (const [name, value] of http.query) if (!UNTOLD.test(name)) asked[name] = value
  for (const [name, value] of Object.entries(http.headers))
    if (name.startsWith('x-amz-') && !UNTOLD.test(name)) asked[name] = value
  if (Bucket !== undefined && !ofTable) asked.bucketName = Bucket
  asked.Host = http.headers.host ?? ''
  if (Key !== undefined) asked.key = Key
  const payload = shape.input?.payload
  if (payload?.shape.type === 'structure') {
    const told = described('s3', payload.shape, (input as Record<string, unknown> | undefined)?.[payload.name])
    if (told) asked[payload.name] = told
  }
  const { authorization = '' } = http.headers
  return {
    requestParameters: asked,
    responseElements: errorCode === undefined && !readOnly ? answeredHeaders(output) : null,
    additionalEventData: {
      SignatureVersion: http.query.has('AWSAccessKeyId') ? 'SigV2' : 'SigV4',
      AuthenticationMethod: authorization === '' ? 'QueryString' : 'AuthHeader',
      bytesTransferredIn: Number(http.headers['x-amz-decoded-content-length'] ?? http.headers['content-length'] ?? 0),
      bytesTransferredOut: errorCode === undefined ? sentBytes(output) : 0,
    },
  }
}

const sentBytes = (output: unknown): number => (output as { ContentLength?: number } | undefined)?.ContentLength ?? 0

/** What S3 says of an object that it wrote. */
function answeredHeaders(output: unknown): Record<string, unknown> | null {
  const { VersionId, ServerSideEncryption, CopySourceVersionId, DeleteMarker } = (output ?? {}) as Record<
    string,
    unknown
  >
  const told = {
    ...(VersionId !== undefined && { 'x-amz-version-id': VersionId }),
    ...(ServerSideEncryption !== undefined && { 'x-amz-server-side-encryption': ServerSideEncryption }),
    ...(CopySourceVersionId !== undefined && { 'x-amz-copy-source-version-id': CopySourceVersionId }),
    ...(DeleteMarker !== undefined && { 'x-amz-delete-marker': DeleteMarker }),
  }
  return Object.keys(told).length > 0 ? told : null
}
