/** Outputs that are streams of events: each event of the handler's iterable becomes a message as it comes. */
import { encodeMessage } from '../event-message.ts'
import type { Member, Operation, StructureShape } from '../schema.ts'
import { AwsError } from '../service.ts'
import type { WireResponse } from '../wire.ts'
import { errorFacts } from './error-shapes.ts'
import { writeJsonMembers } from './json-values.ts'
import { bytesOf } from './scalars.ts'
import { writeXmlMembers } from './xml-values.ts'

type Fields = Record<string, unknown>

export interface EventFormat {
  readonly contentType: string
  /** The payload of an event, or of an exception, that is a structure. */
  encode(shape: StructureShape, members: readonly Member[], value: Fields): string
}

export const jsonEvents: EventFormat = {
  contentType: 'application/json',
  encode: (_shape, members, value) => JSON.stringify(writeJsonMembers(members, value)),
}

/** S3 Select's: `<Stats xmlns=""><BytesScanned>...` (S3 API reference, "SelectObjectContent response"). */
export const xmlEvents: EventFormat = {
  contentType: 'text/xml',
  encode: (shape, members, value) =>
    `<?xml version="1.0" encoding="UTF-8"?><${shape.name} xmlns="">${writeXmlMembers(members, value, { milliseconds: true })}</${shape.name}>`,
}

/** The output's member that is a stream of events, if it has one. */
export function eventMember(operation: Operation): Member | undefined {
  if (!operation.eventStream) return undefined
  return operation.output?.members.find(({ shape }) => shape.type === 'structure' && shape.eventStream)
}

/**
 * An answer whose body goes on as long as the iterable of `{ EventName: event }` does. `initial` are the other members
 * of the output, which the RPC protocols send as a first message of their own.
 */
export function eventResponse(
  operation: Operation,
  member: Member,
  output: Fields,
  format: EventFormat,
  headers: Record<string, string>,
  initial: readonly Member[],
): WireResponse {
  const events = output[member.name] as AsyncIterable<Fields>
  const first =
    initial.length > 0 || !operation.output?.payload ? initialMessage(operation, initial, output, format) : undefined
  const type = { 'content-type': 'application/vnd.amazon.eventstream' }
  const body = messages(operation, member.shape as StructureShape, events, format, first)
  return { status: operation.http.status, headers: { ...headers, ...type }, body }
}

async function* messages(
  operation: Operation,
  union: StructureShape,
  events: AsyncIterable<Fields>,
  format: EventFormat,
  first: Uint8Array | undefined,
): AsyncGenerator<Uint8Array> {
  if (first) yield first
  try {
    for await (const event of events) yield eventMessage(union, event, format)
  } catch (error) {
    // What the service has no name for ends the connection, as any bug in the middle of an answer does.
    if (!(error instanceof AwsError)) throw error
    yield exceptionMessage(operation, union, error, format)
  }
}

function initialMessage(
  operation: Operation,
  members: readonly Member[],
  output: Fields,
  format: EventFormat,
): Uint8Array {
  const headers = eventHeaders('initial-response', format.contentType)
  return encodeMessage(headers, Buffer.from(format.encode(operation.output!, members, output)))
}

const eventHeaders = (type: string, contentType: string) => ({
  ':message-type': 'event',
  ':event-type': type,
  ':content-type': contentType,
})

function eventMessage(union: StructureShape, event: Fields, format: EventFormat): Uint8Array {
  const member = union.members.find(({ name }) => event[name] !== undefined)
  if (member?.shape.type !== 'structure') throw new TypeError(`${union.name} has no event ${Object.keys(event)}`)
  const value = event[member.name] as Fields
  const name = member.wireName ?? member.name
  const { members } = member.shape
  const headers: Record<string, string> = {}
  for (const header of members) {
    const found = value[header.name]
    if (header.event === 'header' && found !== undefined) headers[header.wireName ?? header.name] = String(found)
  }
  const { contentType, bytes } = eventPayload(member.shape, value, format)
  return encodeMessage({ ...eventHeaders(name, contentType), ...headers }, bytes)
}

function eventPayload(
  shape: StructureShape,
  value: Fields,
  format: EventFormat,
): { contentType: string; bytes: Uint8Array } {
  const whole = shape.members.find((member) => member.event === 'payload')
  const content = whole && value[whole.name]
  if (whole?.shape.type === 'blob') return { contentType: 'application/octet-stream', bytes: bytesOf(content ?? '') }
  if (whole?.shape.type === 'string') return { contentType: 'text/plain', bytes: bytesOf(content ?? '') }
  if (whole?.shape.type === 'structure') {
    const text = format.encode(whole.shape, whole.shape.members, (content ?? {}) as Fields)
    return { contentType: format.contentType, bytes: Buffer.from(text) }
  }
  const rest = shape.members.filter((member) => member.event !== 'header')
  if (rest.length === 0 && format === xmlEvents) return { contentType: format.contentType, bytes: new Uint8Array() }
  return { contentType: format.contentType, bytes: Buffer.from(format.encode(shape, rest, value)) }
}

/** Modelled errors are exceptions; others, and all of S3's, are errors that only have a code and a message. */
function exceptionMessage(
  operation: Operation,
  union: StructureShape,
  error: AwsError,
  format: EventFormat,
): Uint8Array {
  const { shape, name, code } = errorFacts(operation.model, error)
  const member = union.members.find((candidate) => candidate.shape === shape)
  if (!member || !shape) {
    const headers = { ':message-type': 'error', ':error-code': code, ':error-message': error.message }
    return encodeMessage(headers, new Uint8Array())
  }
  const message = shape.members.find((candidate) => candidate.name.toLowerCase() === 'message')
  const value = { ...error.members, ...(message ? { [message.name]: error.message } : {}) }
  const headers = {
    ':message-type': 'exception',
    ':exception-type': member.wireName ?? name,
    ':content-type': format.contentType,
  }
  return encodeMessage(headers, Buffer.from(format.encode(shape, shape.members, value)))
}
