/** AWS JSON 1.0 and 1.1: one address, the operation in `X-Amz-Target`. */
import type { Model, Operation } from '../schema.ts'
import type { AwsError } from '../service.ts'
import type { Wire, WireRequest, WireResponse } from '../wire.ts'
import { errorFacts, queryErrorHeader, reading } from './error-shapes.ts'
import { eventMember, eventResponse, jsonEvents } from './event-stream.ts'
import { jsonText, messageMember, parseJson, readJsonMembers, writeJsonMembers } from './json-values.ts'

export function awsJson(version: '1.0' | '1.1'): Wire {
  const contentType = `application/x-amz-json-${version}`
  return {
    readInput,
    writeOutput: (operation, output, requestId) => writeOutput(contentType, operation, output, requestId),
    writeError: (model, _operation, error, requestId) => writeError(contentType, model, error, requestId),
  }
}

function readInput(operation: Operation, request: WireRequest): unknown {
  return reading('SerializationException', () =>
    readJsonMembers(operation.input?.members ?? [], parseJson(request.body as Uint8Array), 0),
  )
}

function writeOutput(contentType: string, operation: Operation, output: unknown, requestId: string): WireResponse {
  const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId }
  const shape = operation.output
  if (!shape) return { status: 200, headers, body: '{}' }
  const stream = eventMember(operation)
  if (!stream) return { status: 200, headers, body: jsonText(shape, shape.members, output ?? {}) }
  const initial = shape.members.filter((member) => member !== stream)
  return eventResponse(operation, stream, output as Record<string, unknown>, jsonEvents, headers, initial)
}

function writeError(contentType: string, model: Model, error: AwsError, requestId: string): WireResponse {
  const facts = errorFacts(model, error)
  const body: Record<string, unknown> = {
    __type: contentType.endsWith('1.0') ? qualifiedName(model, facts.name) : facts.name,
    ...error.members,
    ...(facts.shape ? writeJsonMembers(facts.shape.members, error.members) : {}),
  }
  // Athena was observed to leave the message out where it has none to give.
  if (error.message) body[messageMember(facts.shape, facts.name)] = error.message
  const headers = {
    'content-type': contentType,
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': facts.name,
    ...queryErrorHeader(model, facts),
    ...error.headers,
  }
  return { status: facts.status, headers, body: JSON.stringify(body) }
}

/** Version 1.0 names an error's shape in full, as DynamoDB and SQS answer. What the framework says has its own namespaces. */
const frameworkErrors: Readonly<Record<string, string>> = {
  SerializationException: 'com.amazon.coral.service',
  UnknownOperationException: 'com.amazon.coral.service',
  ValidationException: 'com.amazon.coral.validate',
}

function qualifiedName(model: Model, name: string): string {
  return `${frameworkErrors[name] ?? model.errorNamespace ?? 'com.amazon.coral.service'}#${name}`
}
