/** Where AWS answers otherwise than its own model says. Each entry names the observation it imitates. */
import type { SourceRef } from './source.ts'

export interface Quirks {
  readonly xmlNamespace?: string
  /** What AWS JSON 1.0 puts before the `#` of an error's `__type`. */
  readonly errorNamespace?: string
  /** Response statuses by operation. */
  readonly status?: Readonly<Record<string, number>>
  /** Operations whose answer's root element is the value itself. */
  readonly bareOutput?: readonly string[]
  /** Operations that share an address with the live one and must never win it. */
  readonly deprecated?: readonly string[]
  /** Patterns by shape. */
  readonly patterns?: Readonly<Record<string, string>>
  /** Greatest values by shape. */
  readonly maxima?: Readonly<Record<string, number>>
  /** Members by shape, in the form of the source. */
  readonly members?: Readonly<Record<string, Readonly<Record<string, SourceRef>>>>
}

// The model's own patterns nest quantifiers over overlapping classes and backtrack exponentially. These describe the
// same strings (anything over the class and tabs with at least one character of the class) in linear time.
const headerValue = '\\t*[\\x20-\\x7E][\\t\\x20-\\x7E]*'
const headerParameters = '\\t*[^\\x00-\\x1F:\\x7F][^\\x00-\\x08\\x0A-\\x1F:\\x7F]*'

// S3 keeps any text as Expires and gives it back; clients offer it as `ExpiresString` beside the date it may be.
const expiresAsText = { ExpiresString: { shape: 'ContentType', location: 'header', locationName: 'Expires' } }

export const quirks: Readonly<Record<string, Quirks>> = {
  s3: {
    // Every XML document S3 writes is in this namespace (S3 API reference, any response syntax); the model has none.
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    // "HTTP/1.1 204 No Content" in the sample responses of the S3 API reference.
    status: {
      PutBucketPolicy: 204,
      PutBucketTagging: 204,
      PutBucketAnalyticsConfiguration: 204,
      PutBucketIntelligentTieringConfiguration: 204,
      PutBucketInventoryConfiguration: 204,
      PutBucketMetricsConfiguration: 204,
    },
    members: { GetObjectOutput: expiresAsText, HeadObjectOutput: expiresAsText },
    // `<LocationConstraint xmlns="...">eu-west-1</LocationConstraint>` (S3 API reference, GetBucketLocation).
    bareOutput: ['GetBucketLocation'],
    // Superseded by ...Configuration at the same address. ListDirectoryBuckets shares `GET /` with ListBuckets and
    // is told apart by its host on AWS; JavaScript clients name it in `x-id`.
    deprecated: [
      'GetBucketLifecycle',
      'PutBucketLifecycle',
      'GetBucketNotification',
      'PutBucketNotification',
      'ListDirectoryBuckets',
    ],
  },
  athena: {
    // GetQueryResults itself refuses more than 1000, in its own words and after it has looked for the query (observed).
    maxima: { MaxQueryResults: 100_000 },
  },
  s3control: {
    // The response syntax of the S3 Control API reference.
    xmlNamespace: 'http://awss3control.amazonaws.com/doc/2018-08-20/',
  },
  dynamodb: {
    // "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" (DynamoDB developer guide, "Error handling").
    errorNamespace: 'com.amazonaws.dynamodb.v20120810',
    // The same strings without the overlap of the model's `[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+`.
    patterns: { S3Bucket: '[a-z0-9A-Z][.\\-\\w]*[a-z0-9A-Z]' },
  },
  // The namespaces of the services' Smithy models.
  cloudwatch: { errorNamespace: 'com.amazonaws.cloudwatch' },
  opensearchserverless: { errorNamespace: 'com.amazonaws.opensearchserverless' },
  glue: {
    // The model's `.*\\S.*` stops at the end of a line; the guide's definitions have many (glue dg, schema-registry).
    patterns: { SchemaDefinitionString: '[\\s\\S]*\\S[\\s\\S]*', SchemaDefinitionDiff: '[\\s\\S]*\\S[\\s\\S]*' },
  },
  quicksight: {
    // The model's also asks for an opening bracket, for which it searches seven megabytes in quadratic time.
    patterns: { SensitiveIOPayload: '[\\s\\S]*[}\\]]\\s*' },
  },
  sqs: {
    // "com.amazonaws.sqs#QueueDoesNotExist" (SQS API reference, "Error responses").
    errorNamespace: 'com.amazonaws.sqs',
  },
  events: {
    patterns: {
      HeaderValue: headerValue,
      HeaderValueSensitive: headerValue,
      AuthHeaderParameters: headerParameters,
      AuthHeaderParametersSensitive: headerParameters,
    },
  },
}
