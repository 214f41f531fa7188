/** REST-XML: S3 and S3 Control. */
import type { Model, Operation, StructureShape } from '../schema.ts'
import type { AwsError } from '../service.ts'
import type { Wire, WireRequest, WireResponse } from '../wire.ts'
import { escapeXml, parseXml, type XmlElement, XmlError } from '../xml.ts'
import { errorFacts, reading } from './error-shapes.ts'
import { eventMember, eventResponse, xmlEvents } from './event-stream.ts'
import { readLocated, writeLocated } from './http-binding.ts'
import { isBodiless, isRawPayload, readBody, writeRawPayload } from './payload.ts'
import { readXml, readXmlMembers, writeXml, writeXmlMembers, type XmlStyle } from './xml-values.ts'

type Fields = Record<string, unknown>

export const restXml: Wire = { readInput, writeOutput, writeError }

const malformed = 'The XML you provided was not well-formed or did not validate against our published schema'
const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'
const style: XmlStyle = { milliseconds: true }

function readInput(operation: Operation, request: WireRequest, labels: Readonly<Record<string, string>>): unknown {
  const { input } = operation
  if (!input) return {}
  const target = reading(
    'MalformedXML',
    () => readBody(input, request.body, (bytes) => readDocument(operation, input, bytes)),
    malformed,
  )
  reading('InvalidArgument', () => readLocated(input.locatedMembers, request, labels, target))
  return target
}

function readDocument(operation: Operation, { payload, bodyMembers }: StructureShape, bytes: Uint8Array): Fields {
  const root = parseXml(decode(bytes))
  if (!payload) return readXmlMembers(bodyMembers, expectRoot(root, operation.inputElement))
  const shapeName = payload.shape.type === 'structure' ? payload.shape.xmlName : undefined
  return { [payload.name]: readXml(payload, expectRoot(root, payload.wireName ?? shapeName)) }
}

function expectRoot(root: XmlElement, name: string | undefined): XmlElement {
  if (name !== undefined && root.name !== name) throw new XmlError(`Expected ${name}, found ${root.name}`)
  return root
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new XmlError('Not UTF-8')
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function writeOutput(operation: Operation, output: unknown, requestId: string): WireResponse {
  const headers: Record<string, string> = { 'x-amz-request-id': requestId }
  const shape = operation.output
  const value = (output ?? {}) as Fields
  const located = shape && writeLocated(shape.locatedMembers, value, headers)
  const status = located ?? operation.http.status
  if (!shape || isBodiless(operation, status)) return { status, headers }
  const stream = eventMember(operation)
  if (stream) return eventResponse(operation, stream, value, xmlEvents, headers, [])
  if (isRawPayload(shape.payload)) {
    return { status, headers, body: writeRawPayload(shape.payload, value[shape.payload.name], headers) }
  }
  const body = writeBody(operation, shape, value)
  if (body === '') return { status, headers }
  headers['content-type'] ??= 'application/xml'
  return { status, headers, body: prolog + body }
}

function writeBody(operation: Operation, shape: StructureShape, value: Fields): string {
  const { payload, bodyMembers } = shape
  const { xmlNamespace } = operation.model
  if (payload) {
    const target = payload.shape
    const name = payload.wireName ?? (target.type === 'structure' ? target.xmlName : undefined) ?? target.name
    // Clients take an empty body for an aborted answer, so a missing payload is still an element.
    return writeXml(payload, name, value[payload.name] ?? {}, style, xmlNamespace)
  }
  if (bodyMembers.length === 0) return ''
  const root = operation.outputElement ?? shape.xmlName ?? shape.name
  const open = xmlNamespace ? `${root} xmlns="${xmlNamespace}"` : root
  const only = bodyMembers[0]!
  if (operation.bareOutput) return `<${open}>${escapeXml(String(value[only.name] ?? ''))}</${root}>`
  return `<${open}>${writeXmlMembers(bodyMembers, value, style)}</${root}>`
}

function writeError(model: Model, operation: Operation | undefined, error: AwsError, requestId: string): WireResponse {
  const facts = errorFacts(model, error)
  const headers: Record<string, string> = { 'x-amz-request-id': requestId }
  if (facts.shape) writeLocated(facts.shape.locatedMembers, error.members, headers)
  Object.assign(headers, error.headers)
  if (operation?.http.method === 'HEAD' || facts.status === 304) return { status: facts.status, headers }
  headers['content-type'] = 'application/xml'
  const own = errorBody(facts.code, error, requestId)
  // S3 Control wraps its errors as the query protocol does; S3 itself does not.
  const body =
    model.name === 's3' ? own : `<ErrorResponse>${own}<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`
  return { status: facts.status, headers, body: prolog + body }
}

/** Members are elements by their own names, modelled or not: S3's models say little of its errors. */
function errorBody(code: string, error: AwsError, requestId: string): string {
  let members = ''
  for (const [name, value] of Object.entries(error.members)) {
    if (value === undefined || value === null || name === 'RequestId') continue
    members += `<${name}>${escapeXml(String(value))}</${name}>`
  }
  return `<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>${members}<RequestId>${escapeXml(requestId)}</RequestId></Error>`
}
