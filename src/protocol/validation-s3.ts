/** S3 has no "validation errors": it answers by what is wrong. Codes and texts are of the S3 API reference's "Error responses". */
import { AwsError } from './service.ts'
import type { Violation } from './validation.ts'

const malformed = 'The XML you provided was not well-formed or did not validate against our published schema'

/** What S3 says of a value outside of an enumeration, by member. */
const enumerations: Readonly<Record<string, readonly [code: string, message: string]>> = {
  StorageClass: ['InvalidStorageClass', 'The storage class you specified is not valid'],
  EncodingType: ['InvalidArgument', 'Invalid Encoding Method specified in Request'],
  ServerSideEncryption: ['InvalidArgument', 'The encryption method specified is not supported'],
  MetadataDirective: ['InvalidArgument', 'Unknown metadata directive.'],
  TaggingDirective: ['InvalidArgument', 'Unknown tagging directive.'],
  ChecksumAlgorithm: [
    'InvalidRequest',
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  ],
}

export function s3Violation({ member, path, kind }: Violation): AwsError {
  const name = member.wireName ?? member.name
  if (member.location === undefined) {
    const missing = kind === 'null' && !path.includes('.')
    return missing
      ? new AwsError('MissingRequestBodyError', 'Request Body is empty')
      : new AwsError('MalformedXML', malformed)
  }
  const known = kind === 'enum' ? enumerations[member.name] : undefined
  if (known) return new AwsError(known[0], known[1], { members: { ArgumentName: name } })
  if (kind !== 'null') return new AwsError('InvalidArgument', 'Invalid Argument', { members: { ArgumentName: name } })
  if (member.location === 'header') {
    return new AwsError('InvalidRequest', `Missing required header for this request: ${name}`)
  }
  return new AwsError('InvalidArgument', `Missing required parameter: ${name}`, { members: { ArgumentName: name } })
}
