/** What clients add, drop or refuse by themselves: known, and no fault of the wires. Each with its reason. */
import type { Operation } from '../../src/protocol/schema.ts'

type Fields = Record<string, unknown>

/** The newest on the registry are older than the models and do not describe their shapes: unknown members are lost. */
export const olderClients: ReadonlySet<string> = new Set(['emr-containers', 'osis'])

/** Operations that no request and answer of plain values can drive. */
export function isUndriven(operation: Operation): boolean {
  // Streams of events have a framing of their own.
  if (operation.eventStream) return true
  // An Outposts bucket, addressed as if it were S3's object.
  if (operation.model.name === 's3control' && operation.name === 'CreateBucket') return true
  // Signed for S3 Object Lambda or S3 Express, which are other services.
  return /^WriteGetObjectResponse$|AccessPointScope$|DirectoryBuckets$/.test(operation.name)
}

const isS3 = (operation: Operation) => operation.model.name === 's3' || operation.model.name === 's3control'

/** Changes a generated input to one that the client can send as it is. */
export function adjustInput(operation: Operation, input: Fields): Fields {
  // An EventBridge global endpoint makes the client sign for and address another host.
  if (operation.name === 'PutEvents') delete input.EndpointId
  // So does a Kinesis stream's id.
  if (operation.model.name === 'kinesis') delete input.StreamId
  if (!isS3(operation)) return input
  // These become part of the host or the path, or are ARNs that change the address; only legal names get there.
  if ('Bucket' in input) input.Bucket = 'bucket-1'
  if ('AccountId' in input) input.AccountId = '123456789012'
  if ('Name' in input) input.Name = 'name-1'
  delete input.OutpostId
  for (const name of Object.keys(input)) if (clientComputes.test(name)) delete input[name]
  return input
}

/** Checksums, lengths and digests of keys are computed by the client; arbitrary ones are refused or replaced. */
const clientComputes =
  /^(Checksum|ContentMD5$|ContentLength$|SSECustomer|CopySourceSSECustomer|SSEKMSEncryptionContext)/

/** Removes from what arrived what the client put there unasked. */
export function dropUnasked(operation: Operation, sent: Fields, received: Fields): void {
  for (const member of operation.input?.members ?? []) {
    if (member.idempotencyToken && sent[member.name] === undefined) delete received[member.name]
  }
  const payload = operation.input?.payload
  // JavaScript sends `{}` for a payload that is not there.
  if (payload && sent[payload.name] === undefined && isEmpty(received[payload.name])) delete received[payload.name]
  if (!isS3(operation)) return
  const unasked = ['ChecksumMode', 'ChecksumAlgorithm', 'ChecksumCRC32', 'ContentMD5', 'ContentLength', 'ContentType']
  for (const name of unasked) if (!(name in sent)) delete received[name]
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** Changes a generated output to one that a client can take. */
export function adjustOutput(operation: Operation, output: Fields): Fields {
  for (const member of operation.output?.members ?? []) {
    // Any status but 2xx is an error to a client, and clients always fill this in.
    if (member.location === 'statusCode') output[member.name] = 200
  }
  // A 204 has no body; one model (QuickSight's DeleteSpace) gives it members all the same.
  if (operation.http.status === 204) for (const { name } of operation.output?.bodyMembers ?? []) delete output[name]
  if (operation.model.name !== 's3') return output
  for (const name of Object.keys(output)) {
    // Checked against the body, meant for the HTTP layer, or (`Expires`) a string to JavaScript.
    if (/^(Checksum|Content(Length|Encoding|Range)$|Expires(String)?$|(Next)?PartNumberMarker$)/.test(name))
      delete output[name]
  }
  // These are strings in JavaScript's types, numbers in the model.
  const parts = output.ObjectParts as Fields | undefined
  if (parts) output.ObjectParts = { ...parts, PartNumberMarker: undefined, NextPartNumberMarker: undefined }
  // Clients look for an error in the 200 answers of these and take an empty element for one.
  if (operation.name === 'CopyObject') output.CopyObjectResult = { ETag: 'x' }
  if (operation.name === 'UploadPartCopy') output.CopyPartResult = { ETag: 'x' }
  return output
}

/** Removes from what the client returned what was not in the output. */
export function dropReturned(operation: Operation, sent: Fields, returned: Fields): void {
  delete returned.$metadata
  // HTTP's own headers, and an empty map for no metadata headers.
  for (const name of ['ContentLength', 'ContentType', 'Metadata']) if (!(name in sent)) delete returned[name]
  const payload = operation.output?.payload
  // An empty body and an absent one are the same.
  if (payload && sent[payload.name] === undefined) delete returned[payload.name]
}
