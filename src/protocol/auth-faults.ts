/**
 * What AWS calls a refused caller. The same failure has a name per kind of API: S3's, the query APIs', the JSON APIs'.
 * S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. Others: the CommonErrors page of each API.
 */
import type { Fault } from '../core/faults.ts'
import type { WireName } from './schema.ts'
import { AwsError } from './service.ts'

type Naming = readonly [code: string, status: number, message?: string]

const s3: Readonly<Record<string, Naming>> = {
  missing: ['AccessDenied', 403, 'Access Denied'],
  incomplete: ['AuthorizationHeaderMalformed', 400],
  'malformed-query': ['AuthorizationQueryParametersError', 400],
  'two-signatures': ['InvalidArgument', 400],
  'missing-parameter': ['AccessDenied', 403],
  'missing-hash': ['InvalidRequest', 400],
  'bad-hash': ['InvalidArgument', 400],
  'wrong-service': ['AuthorizationHeaderMalformed', 400],
  'bad-date': ['AccessDenied', 403, 'AWS authentication requires a valid Date or x-amz-date header'],
  skewed: ['RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'],
  expired: ['AccessDenied', 403],
  'not-yet-valid': ['AccessDenied', 403],
  mismatch: ['SignatureDoesNotMatch', 403],
  'unsigned-headers': ['AccessDenied', 403],
  'unknown-key': ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
  token: ['InvalidToken', 400, 'The provided token is malformed or otherwise invalid.'],
  'expired-token': ['ExpiredToken', 400, 'The provided token has expired.'],
}

const tellSecret =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

const query: Readonly<Record<string, Naming>> = {
  missing: ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
  incomplete: ['IncompleteSignature', 400],
  'malformed-query': ['IncompleteSignature', 400],
  'two-signatures': ['IncompleteSignature', 400],
  'wrong-service': ['SignatureDoesNotMatch', 403],
  'bad-hash': ['SignatureDoesNotMatch', 403, tellSecret],
  'bad-date': ['IncompleteSignature', 400],
  skewed: ['SignatureDoesNotMatch', 403],
  expired: ['SignatureDoesNotMatch', 403],
  'not-yet-valid': ['SignatureDoesNotMatch', 403],
  mismatch: ['SignatureDoesNotMatch', 403, tellSecret],
  'unknown-key': ['InvalidClientTokenId', 403, 'The security token included in the request is invalid.'],
  token: ['InvalidClientTokenId', 403, 'The security token included in the request is invalid.'],
  'expired-token': ['ExpiredToken', 403, 'The security token included in the request is expired'],
}

/** Statuses are those of the JSON RPC APIs; the REST ones answer 403 throughout. */
const json: Readonly<Record<string, Naming>> = {
  missing: ['MissingAuthenticationTokenException', 400, 'Missing Authentication Token'],
  incomplete: ['IncompleteSignatureException', 400],
  'malformed-query': ['IncompleteSignatureException', 400],
  'two-signatures': ['IncompleteSignatureException', 400],
  'wrong-service': ['InvalidSignatureException', 400],
  'bad-hash': ['InvalidSignatureException', 400, tellSecret],
  'bad-date': ['IncompleteSignatureException', 400],
  skewed: ['InvalidSignatureException', 400],
  expired: ['InvalidSignatureException', 400],
  'not-yet-valid': ['InvalidSignatureException', 400],
  mismatch: ['InvalidSignatureException', 400, tellSecret],
  'unknown-key': ['UnrecognizedClientException', 400, 'The security token included in the request is invalid.'],
  token: ['UnrecognizedClientException', 400, 'The security token included in the request is invalid.'],
  'expired-token': ['ExpiredTokenException', 400, 'The security token included in the request is expired'],
}

/** What S3 shows its callers of a failure, as members of the error; other APIs show nothing. */
export function authError(fault: Fault, wire: WireName): AwsError {
  if (wire === 'rest-xml') {
    const [code, status, message] = s3[fault.noun] ?? ['AccessDenied', 403, 'Access Denied']
    return new AwsError(code, message ?? fault.message, { status, members: fault.detail })
  }
  const [names, denied] = wire === 'query' ? [query, 'AccessDenied'] : [json, 'AccessDeniedException']
  const [code, status, message] = names[fault.noun] ?? [denied, 403]
  return new AwsError(code, message ?? fault.message, { status: wire === 'rest-json' ? 403 : status })
}
