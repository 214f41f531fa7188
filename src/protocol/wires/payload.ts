/** Bodies of REST requests and answers, whose payload may be one member of bytes or text. */
import type { Member, Operation, OtherShape, StringShape, StructureShape } from '../schema.ts'
import type { WireResponse } from '../wire.ts'
import { bytesOf } from './scalars.ts'

type Fields = Record<string, unknown>

export type RawMember = Member & { readonly shape: StringShape | OtherShape }

/** True where a member is the body as it is: bytes, a stream or text. */
export const isRawPayload = (member: Member | undefined): member is RawMember =>
  member !== undefined && (member.shape.type === 'blob' || member.shape.type === 'string')

/** `body` is bytes as read, or a stream where the operation's payload streams. An empty body is no payload. */
function readRawPayload(member: RawMember, body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return body
  if (body.length === 0 && !member.streaming) return undefined
  return member.shape.type === 'string' ? bytesOf(body).toString() : bytesOf(body)
}

/** What of an input stands in the body: bytes as they are, or the document that `parse` reads from bytes that are not empty. */
export function readBody(input: StructureShape, body: unknown, parse: (bytes: Uint8Array) => Fields): Fields {
  const { payload } = input
  if (isRawPayload(payload)) {
    const value = readRawPayload(payload, body)
    return value === undefined ? {} : { [payload.name]: value }
  }
  const bytes = body as Uint8Array
  if (bytes.length === 0 || (!payload && input.bodyMembers.length === 0)) return {}
  return parse(bytes)
}

export function writeRawPayload(
  member: RawMember,
  value: unknown,
  headers: Record<string, string>,
): WireResponse['body'] {
  headers['content-type'] ??= member.shape.type === 'blob' ? 'application/octet-stream' : 'text/plain'
  if (value === undefined || value === null) return undefined
  return value as WireResponse['body']
}

/** Answers to HEAD and these statuses have no body, and no type of one. */
export const isBodiless = (operation: Operation, status: number) =>
  operation.http.method === 'HEAD' || status === 204 || status === 304
