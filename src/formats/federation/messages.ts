/**
 * The messages of Athena's federation protocol, as its SDK writes them
 * (https://github.com/awslabs/aws-athena-query-federation, athena-federation-sdk): a request is a function's event, a
 * response what it answers. Versions 2 to 6 of their serialization differ only in what `since` says, and in blocks.
 */
import { block } from './blocks.ts'
import { constraints } from './constraints.ts'
import {
  bytes,
  dictionary,
  flag,
  list,
  longText,
  nullable,
  number,
  optional,
  since,
  struct,
  text,
  type ValueOf,
  type VariantOf,
  variant,
} from './json-shapes.ts'

export const SERDE_VERSIONS = { oldest: 2, newest: 6 } as const

/** Until when a function's Ping did not say which version it speaks, it spoke this one. */
const UNTOLD_VERSION = 1

const identity = struct({
  /** No longer told. */
  id: text,
  principal: text,
  account: text,
  arn: text,
  /** Of the principal. */
  tags: dictionary(text),
  groups: list(text),
  /** Functions of earlier SDKs know no such member and take none. */
  configOptions: optional(dictionary(text)),
})
export type Identity = ValueOf<typeof identity>

const tableName = struct({ schemaName: text, tableName: text })
export type TableName = ValueOf<typeof tableName>

const spillLocation = variant({
  /** `directory`: blocks are written to `key.0`, `key.1` and so on. */
  S3SpillLocation: { bucket: text, key: text, directory: flag },
})
export type SpillLocation = ValueOf<typeof spillLocation>

/** In base64. */
const encryptionKey = struct({ key: text, nonce: text })
export type EncryptionKey = ValueOf<typeof encryptionKey>

const split = struct({
  spillLocation: nullable(spillLocation),
  encryptionKey: nullable(encryptionKey),
  properties: dictionary(text),
})
export type FederationSplit = ValueOf<typeof split>

const asked = { identity, queryId: text, catalogName: text }

const requests = {
  PingRequest: { identity, catalogName: text, queryId: text },
  ListSchemasRequest: asked,
  ListTablesRequest: { ...asked, schemaName: text, nextToken: nullable(text), pageSize: number },
  GetTableRequest: { ...asked, tableName, queryPassthroughArguments: since(5, dictionary(text), {}) },
  GetTableLayoutRequest: { ...asked, tableName, constraints, schema: bytes, partitionColumns: list(text) },
  GetSplitsRequest: {
    ...asked,
    tableName,
    partitions: block,
    partitionColumns: list(text),
    constraints,
    continuationToken: nullable(text),
  },
  /** Since version 4. */
  GetDataSourceCapabilitiesRequest: asked,
  ReadRecordsRequest: {
    ...asked,
    tableName,
    schema: bytes,
    split,
    constraints,
    maxBlockSize: longText,
    maxInlineBlockSize: longText,
  },
  UserDefinedFunctionRequest: {
    identity,
    inputRecords: block,
    outputSchema: bytes,
    methodName: text,
    /** SCALAR. */
    functionType: text,
  },
}

const responses = {
  PingResponse: {
    catalogName: text,
    queryId: text,
    sourceType: text,
    capabilities: number,
    serDeVersion: since(0, number, UNTOLD_VERSION),
  },
  ListSchemasResponse: { catalogName: text, schemas: list(text) },
  ListTablesResponse: { tables: list(tableName), catalogName: text, nextToken: nullable(text) },
  GetTableResponse: { catalogName: text, tableName, schema: bytes, partitionColumns: list(text) },
  GetTableLayoutResponse: { catalogName: text, tableName, partitions: block },
  GetSplitsResponse: { catalogName: text, splits: list(split), continuationToken: nullable(text) },
  GetDataSourceCapabilitiesResponse: {
    catalogName: text,
    capabilities: dictionary(list(struct({ subType: text, properties: list(text) }))),
  },
  ReadRecordsResponse: { catalogName: text, records: block },
  /** The rows lie in blocks that were spilled. */
  RemoteReadRecordsResponse: {
    catalogName: text,
    schema: bytes,
    remoteBlocks: list(spillLocation),
    encryptionKey: nullable(encryptionKey),
  },
  UserDefinedFunctionResponse: { records: block, methodName: text },
}

export const request = variant(requests)
export type FederationRequest = VariantOf<typeof requests>
export const response = variant(responses)
export type FederationResponse = VariantOf<typeof responses>

export type RequestName = FederationRequest['@type']
export type RequestOf<Name extends RequestName> = Extract<FederationRequest, { readonly '@type': Name }>
export type ResponseOf<Name extends FederationResponse['@type']> = Extract<
  FederationResponse,
  { readonly '@type': Name }
>
