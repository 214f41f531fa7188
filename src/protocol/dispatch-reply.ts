/** What every answer carries, and the answers that no handler gives. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { HttpReply, HttpRequest } from './http.ts'
import type { Route } from './route.ts'
import type { Model, WireName } from './schema.ts'
import { AwsError } from './service.ts'

export const newRequestId = (): string => randomUUID()

const hostIdBytes = 48
/** Drawn for many ids at once: each time the system is asked costs more than the id. */
let drawn = { bytes: Buffer.alloc(0), used: 0 }

/** S3's second id; its errors call it `HostId`. */
export function newHostId(): string {
  if (drawn.used === drawn.bytes.length) drawn = { bytes: randomBytes(64 * hostIdBytes), used: 0 }
  drawn.used += hostIdBytes
  return drawn.bytes.toString('base64', drawn.used - hostIdBytes, drawn.used)
}

/** S3 says its ids in headers of its own, and by them clients know it. */
export function addRequestId(
  reply: HttpReply,
  requestId: string,
  hostId: string | undefined,
  extra: Readonly<Record<string, string>> | undefined,
): HttpReply {
  const ids: Record<string, string> =
    hostId === undefined ? { 'x-amzn-requestid': requestId } : { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId }
  return { status: reply.status, headers: { ...reply.headers, ...ids, ...extra }, body: reply.body }
}

/** An error of a request that could not even be routed: in JSON, which says most to whoever reads it. */
export function frameError(error: AwsError): HttpReply {
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  }
}

export function internalError(wire: WireName | undefined): AwsError {
  return wire === 'rest-xml'
    ? new AwsError('InternalError', 'We encountered an internal error. Please try again.', { status: 500 })
    : new AwsError(
        'InternalFailure',
        'The request processing has failed because of an unknown error, exception or failure.',
        {
          status: 500,
        },
      )
}

export function notImplemented(model: Model, operation: string, wire: WireName): AwsError {
  const code = wire === 'rest-xml' || wire === 'query' ? 'NotImplemented' : 'NotImplementedException'
  const message = `Lentic does not implement the operation ${operation} of ${model.serviceId}.`
  return new AwsError(code, message, { status: 501 })
}

/** Throws what this API answers to an operation that it does not know. */
export function unknownOperation(model: Model, route: Route, request: HttpRequest | undefined): never {
  if (route.wire === 'query')
    throw new AwsError('InvalidAction', `Could not find operation ${route.operation} for version ${model.apiVersion}`)
  if (route.wire === 'rest-xml')
    throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      status: 405,
      members: { Method: request?.method, ResourceType: 'OBJECT' },
    })
  const what = route.operation ?? `${request?.method} ${route.rawPath}`
  throw new AwsError('UnknownOperationException', `${model.serviceId} has no operation ${what}.`, { status: 404 })
}
