/** What clients add, drop or refuse by themselves: known, and no fault of the wires. Each with its reason. */
import type { Operation, StructureShape } from '../../src/protocol/schema.ts'

type Fields = Record<string, unknown>

/** Changes a generated input to what the client will really send. */
export function adjustInput(operation: Operation, input: Fields): Fields {
  if (!operation.model.name.startsWith('s3') || operation.model.name === 's3tables') return input
  // A bucket is part of the host or path: only legal names get there. Clients check account ids the same way.
  if ('Bucket' in input && operation.model.name === 's3') input.Bucket = 'bucket-1'
  if ('AccountId' in input) input.AccountId = '123456789012'
  if (operation.model.name === 's3control') {
    // Outposts ARNs in these change the client's address.
    if ('Bucket' in input) input.Bucket = 'bucket-1'
    if ('Name' in input) input.Name = 'name-1'
    if ('RequestRoute' in input) input.RequestRoute = 'route'
  }
  for (const name of Object.keys(input)) if (clientComputes.test(name)) delete input[name]
  return input
}

/** Checksums, lengths and keys' digests are computed by the client; arbitrary ones are refused or replaced. */
const clientComputes =
  /^(Checksum|ContentMD5$|ContentLength$|SSECustomer|CopySourceSSECustomer|SSEKMSEncryptionContext|MFA$)/

/** Removes from what arrived what the client put there unasked. */
export function dropUnasked(operation: Operation, sent: Fields, received: Fields): void {
  for (const member of operation.input?.members ?? []) {
    if (member.idempotencyToken && sent[member.name] === undefined) delete received[member.name]
  }
  if (operation.model.name === 's3' || operation.model.name === 's3control') {
    for (const name of ['ChecksumMode', 'ChecksumAlgorithm', 'ChecksumCRC32', 'ContentMD5', 'ContentLength']) {
      if (!(name in sent)) delete received[name]
    }
    // JavaScript: parts are counted in strings by the old type of this member.
    if (typeof received.PartNumberMarker === 'number') received.PartNumberMarker = String(received.PartNumberMarker)
  }
}

/** Changes a generated output to one that a client can take. */
export function adjustOutput(operation: Operation, output: Fields): Fields {
  for (const member of operation.output?.members ?? []) {
    // Any status but 2xx is an error to a client.
    if (member.location === 'statusCode' && output[member.name] !== undefined) output[member.name] = 200
  }
  if (operation.model.name !== 's3') return output
  for (const name of Object.keys(output)) {
    // Checked against the body, or meant for the HTTP layer.
    if (/^(Checksum|ContentLength$|ContentEncoding$|ContentRange$)/.test(name)) delete output[name]
    // A string to JavaScript, beside `ExpiresString`.
    if (/^Expires(String)?$/.test(name)) delete output[name]
  }
  // Clients look for an error in the 200 answers of these and take an empty element for one.
  if (operation.name === 'CopyObject') output.CopyObjectResult = { ETag: 'x' }
  if (operation.name === 'UploadPartCopy') output.CopyPartResult = { ETag: 'x' }
  return output
}

/** Removes from what the client returned what was not in the output: HTTP's own headers. */
export function dropReturned(operation: Operation, sent: Fields, returned: Fields): void {
  delete returned.$metadata
  for (const name of ['ContentLength', 'ContentType']) if (!(name in sent)) delete returned[name]
  const payload = operation.output?.payload
  // An empty body and an absent one are the same.
  if (payload && sent[payload.name] === undefined) delete returned[payload.name]
}

/** A member that is the whole body must be there for a client to tell it from none. */
export const requiresPayload = (shape: StructureShape | undefined) => shape?.payload?.name
