/** A compiled service model, linked: what the codecs, the router and the validator walk. Read `model.ts` to get one. */

/** How a request or an answer is written. `cbor` is Smithy RPC v2; `aws-cbor-1.1` is what the Kinesis Java libraries speak. */
export type WireName = 'aws-json-1.0' | 'aws-json-1.1' | 'rest-json' | 'rest-xml' | 'query' | 'cbor' | 'aws-cbor-1.1'

/** What routing needs of a service, kept apart so that no model is loaded before its first request. */
export interface ModelMetadata {
  /** Our name, the folder's and the file's: `redshift-data`. */
  readonly name: string
  /** AWS's name: `Redshift Data`. */
  readonly serviceId: string
  /** The wire that a request without any other sign is read by: a form or a bare path says nothing of its own. */
  readonly wire: WireName
  /** Every wire the service speaks, its own first. */
  readonly wires: readonly WireName[]
  /** The service in a SigV4 credential scope: `elasticmapreduce` for EMR. */
  readonly signingName: string
  readonly endpointPrefix: string
  /** `2017-05-18`; a query request's `Version`. */
  readonly apiVersion: string
  /** What stands before the last dot of `X-Amz-Target`. Some clients send a longer one with the same last segment. */
  readonly targetPrefix?: string
  readonly xmlNamespace?: string
  /** Answers carry `x-amzn-query-error` for clients that still expect the codes of the query protocol. */
  readonly queryCompatible: boolean
  /** What stands before the `#` of a `__type` in AWS JSON 1.0. */
  readonly errorNamespace?: string
}

export interface Model extends ModelMetadata {
  readonly operations: ReadonlyMap<string, Operation>
  /** Error structures, by shape name (`NoSuchEntityException`) and by wire code (`NoSuchEntity`). */
  readonly errors: ReadonlyMap<string, StructureShape>
}

export interface Operation {
  readonly name: string
  readonly model: Model
  readonly http: {
    readonly method: string
    /** `/{Bucket}/{Key+}`, without the query. */
    readonly path: string
    /** Query parameters that are part of the address: `list-type` = `2`; '' where any value will do (`?acl`). */
    readonly literals: readonly (readonly [name: string, value: string])[]
    readonly status: number
  }
  readonly input?: StructureShape
  readonly output?: StructureShape
  /** The XML element around an input whose body is not one payload member, and its namespace. */
  readonly inputElement?: string
  readonly inputNamespace?: string
  /** The XML element around an output (REST), or inside the response element (query). */
  readonly outputElement?: string
  /** The element that *is* the value of the output's only member: S3's GetBucketLocation. */
  readonly bareOutput: boolean
  readonly errors: readonly StructureShape[]
  /** The payload is a stream of bytes: the body is handed to the handler as it arrives. */
  readonly streamsInput: boolean
  readonly streamsOutput: boolean
  /** Input or output is a stream of events. */
  readonly eventStream: boolean
  readonly deprecated: boolean
  /** `query-` in `query-lakeformation.us-east-1.amazonaws.com`. */
  readonly hostPrefix?: string
  /** Needs no signature (`AssumeRoleWithWebIdentity`). */
  readonly unsigned: boolean
}

export type Shape = StructureShape | ListShape | MapShape | StringShape | NumberShape | OtherShape

interface Constraints {
  readonly min?: number
  readonly max?: number
  /** Never repeated in a message. */
  readonly sensitive: boolean
}

export interface StructureShape {
  readonly type: 'structure'
  readonly name: string
  readonly members: readonly Member[]
  /** Members that travel in the body and belong to no payload. */
  readonly bodyMembers: readonly Member[]
  /** Members that travel in the address, the headers or the status. */
  readonly locatedMembers: readonly Member[]
  /** The member that is the whole body. */
  readonly payload?: Member
  readonly union: boolean
  readonly eventStream: boolean
  readonly sensitive: boolean
  readonly xmlName?: string
  readonly xmlNamespace?: XmlNamespace
  readonly error?: ErrorTraits
  /** The JSON codec may hand a value of this shape on as it is: nothing in it is renamed or converted. */
  readonly plain: boolean
}

export interface ErrorTraits {
  /** The code of the query and XML protocols; the shape's name where AWS gives no other. */
  readonly code: string
  readonly status: number
}

export interface ListShape extends Constraints {
  readonly type: 'list'
  readonly name: string
  readonly element: Member
  readonly flattened: boolean
  readonly plain: boolean
}

export interface MapShape extends Constraints {
  readonly type: 'map'
  readonly name: string
  readonly key: Member
  readonly value: Member
  readonly flattened: boolean
  readonly plain: boolean
}

export interface StringShape extends Constraints {
  readonly type: 'string'
  readonly name: string
  readonly pattern?: string
  readonly values?: ReadonlySet<string>
  readonly plain: boolean
}

export interface NumberShape extends Constraints {
  readonly type: 'integer' | 'long' | 'double'
  readonly name: string
  readonly plain: boolean
}

export interface OtherShape extends Constraints {
  readonly type: 'boolean' | 'timestamp' | 'blob' | 'document'
  readonly name: string
  readonly timestampFormat?: TimestampFormat
  readonly plain: boolean
}

export type TimestampFormat = 'unixTimestamp' | 'iso8601' | 'rfc822'

export interface XmlNamespace {
  readonly prefix?: string
  readonly uri: string
}

export type Location = 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'

/** A use of a shape: a structure's member, a list's element, a map's key or value. */
export interface Member {
  /** The name in a handler's input and output; '' for elements, keys and values. */
  readonly name: string
  /** The name on the wire where the model gives one. */
  readonly wireName?: string
  readonly shape: Shape
  readonly required: boolean
  readonly location?: Location
  readonly flattened: boolean
  readonly xmlAttribute: boolean
  readonly xmlNamespace?: XmlNamespace
  readonly timestampFormat?: TimestampFormat
  readonly streaming: boolean
  /** Filled in by the client where the caller gave none. */
  readonly idempotencyToken: boolean
  /** A string that is JSON; in a header it travels as base64. */
  readonly jsonValue: boolean
  /** Events only: travels as a message header, or as the whole message. */
  readonly event?: 'header' | 'payload'
}
