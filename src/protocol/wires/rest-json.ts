/** REST-JSON: members in the path, the query and the headers; the rest, or one payload member, as a JSON body. */
import type { Model, Operation, StructureShape } from '../schema.ts'
import type { AwsError } from '../service.ts'
import type { Wire, WireRequest, WireResponse } from '../wire.ts'
import { errorFacts, queryErrorHeader, reading } from './error-shapes.ts'
import { eventMember, eventResponse, jsonEvents } from './event-stream.ts'
import { readLocated, writeLocated } from './http-binding.ts'
import {
  jsonText,
  messageMember,
  parseJson,
  readJson,
  readJsonMembers,
  writeJson,
  writeJsonMembers,
} from './json-values.ts'
import { isBodiless, isRawPayload, readBody, writeRawPayload } from './payload.ts'

type Fields = Record<string, unknown>

export const restJson: Wire = { readInput, writeOutput, writeError }

function readInput(operation: Operation, request: WireRequest, labels: Readonly<Record<string, string>>): unknown {
  const { input } = operation
  if (!input) return {}
  return reading('SerializationException', () => {
    const target = readBody(input, request.body, (bytes) => readDocument(input, bytes))
    readLocated(input.locatedMembers, request, labels, target)
    return target
  })
}

function readDocument({ payload, bodyMembers }: StructureShape, bytes: Uint8Array): Fields {
  const value = parseJson(bytes)
  if (value === null) return {}
  return payload ? { [payload.name]: readJson(payload, value, 0) } : readJsonMembers(bodyMembers, value, 0)
}

function writeOutput(operation: Operation, output: unknown, requestId: string): WireResponse {
  const headers: Record<string, string> = { 'x-amzn-requestid': requestId }
  const shape = operation.output
  const value = (output ?? {}) as Fields
  const located = shape && writeLocated(shape.locatedMembers, value, headers)
  const status = located ?? operation.http.status
  if (isBodiless(operation, status)) return { status, headers }
  const stream = eventMember(operation)
  if (stream) return eventResponse(operation, stream, value, jsonEvents, headers, [])
  if (isRawPayload(shape?.payload)) {
    return { status, headers, body: writeRawPayload(shape.payload, value[shape.payload.name], headers) }
  }
  headers['content-type'] ??= 'application/json'
  return { status, headers, body: writeBody(shape, value) }
}

function writeBody(shape: StructureShape | undefined, value: Fields): string {
  if (!shape) return '{}'
  if (!shape.payload) return jsonText(shape, shape.bodyMembers, value)
  const payload = value[shape.payload.name]
  return payload === undefined || payload === null ? '' : JSON.stringify(writeJson(shape.payload, payload))
}

function writeError(model: Model, _operation: Operation | undefined, error: AwsError, requestId: string): WireResponse {
  const facts = errorFacts(model, error)
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': facts.name,
    ...queryErrorHeader(model, facts),
  }
  const body: Fields = { ...error.members }
  if (facts.shape) {
    for (const member of facts.shape.locatedMembers) delete body[member.name]
    writeLocated(facts.shape.locatedMembers, error.members, headers)
    Object.assign(body, writeJsonMembers(facts.shape.bodyMembers, error.members))
  }
  if (error.message) body[messageMember(facts.shape, facts.name)] = error.message
  return { status: facts.status, headers: Object.assign(headers, error.headers), body: JSON.stringify(body) }
}
