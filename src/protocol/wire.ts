/** The wires: each turns a request's bytes into an operation's typed input, and an output or an error into bytes. */
import type { Readable } from 'node:stream'
import type { Model, Operation, WireName } from './schema.ts'
import type { AwsError } from './service.ts'
import { awsJson } from './wires/aws-json.ts'
import { awsCbor, cbor } from './wires/cbor.ts'
import { query } from './wires/query.ts'
import { restJson } from './wires/rest-json.ts'
import { restXml } from './wires/rest-xml.ts'

export interface WireRequest {
  readonly method: string
  /** As sent, undecoded, without the query. */
  readonly rawPath: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** A Readable only for operations whose payload streams (`Operation.streamsInput`). */
  readonly body: Uint8Array | Readable
}

export interface WireResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
}

export interface Wire {
  /** Throws AwsError (SerializationException, MalformedXML ...). `labels` are the decoded `{Label}`s of a REST path. */
  readInput(operation: Operation, request: WireRequest, labels: Readonly<Record<string, string>>): unknown
  writeOutput(operation: Operation, output: unknown, requestId: string): WireResponse
  /** `operation` is unknown where the error is that there is none. */
  writeError(model: Model, operation: Operation | undefined, error: AwsError, requestId: string): WireResponse
}

export const wires: Readonly<Record<WireName, Wire>> = {
  'aws-json-1.0': awsJson('1.0'),
  'aws-json-1.1': awsJson('1.1'),
  'rest-json': restJson,
  'rest-xml': restXml,
  query,
  cbor,
  'aws-cbor-1.1': awsCbor,
}
