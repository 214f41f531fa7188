/** Smithy RPC v2 CBOR, and the older CBOR twin of AWS JSON 1.1 that the Kinesis Java libraries speak. */
import { CborError, decodeCbor, encodeCbor } from '../cbor.ts'
import type { Model, Operation } from '../schema.ts'
import { AwsError } from '../service.ts'
import type { Wire, WireRequest, WireResponse } from '../wire.ts'
import { cborMembers, readCborMembers, type UnitsPerSecond } from './cbor-values.ts'
import { errorFacts, queryErrorHeader, reading } from './error-shapes.ts'
import { messageMember } from './json-values.ts'

interface Dialect {
  readonly units: UnitsPerSecond
  readonly headers: Readonly<Record<string, string>>
}

export const cbor = dialect({
  units: 1,
  headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
})

export const awsCbor = dialect({ units: 1000, headers: { 'content-type': 'application/x-amz-cbor-1.1' } })

function dialect(options: Dialect): Wire {
  return {
    readInput: (operation, request) => readInput(options, operation, request),
    writeOutput: (operation, output, requestId) => ({
      status: 200,
      headers: { ...options.headers, 'x-amzn-requestid': requestId },
      body: encodeCbor(cborMembers(operation.output?.members ?? [], output ?? {}, options.units)),
    }),
    writeError: (model, _operation, error, requestId) => writeError(options, model, error, requestId),
  }
}

/** An operation without input may come without a body. */
function readInput(options: Dialect, operation: Operation, request: WireRequest): unknown {
  const bytes = request.body as Uint8Array
  if (bytes.length === 0) return {}
  return reading('SerializationException', () =>
    readCborMembers(operation.input?.members ?? [], decode(bytes), options.units),
  )
}

function decode(bytes: Uint8Array): unknown {
  try {
    return decodeCbor(bytes)
  } catch (error) {
    if (!(error instanceof CborError)) throw error
    throw new AwsError('SerializationException', error.message)
  }
}

function writeError(options: Dialect, model: Model, error: AwsError, requestId: string): WireResponse {
  const facts = errorFacts(model, error)
  const body = cborMembers(facts.shape?.members ?? [], error.members, options.units)
  body.set('__type', model.errorNamespace ? `${model.errorNamespace}#${facts.name}` : facts.name)
  body.set(messageMember(facts.shape, facts.name), error.message)
  const headers = { ...options.headers, 'x-amzn-requestid': requestId, 'x-amzn-errortype': facts.name }
  return {
    status: facts.status,
    headers: { ...headers, ...queryErrorHeader(model, facts), ...error.headers },
    body: encodeCbor(body),
  }
}
