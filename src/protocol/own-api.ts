/**
 * What services offer beyond AWS's APIs, below `/_lentic/`: JSON posted by a caller whose signature, made for the service
 * `lentic`, is verified like any other.
 */
import { Fault } from '../core/faults.ts'
import type { Authenticator } from './auth.ts'
import { authError } from './auth-faults.ts'
import { readBody } from './dispatch-body.ts'
import { frameError, internalError, newRequestId } from './dispatch-reply.ts'
import type { HttpReply, HttpRequest } from './http.ts'
import { AwsError, type OwnOperation, type ServiceDefinition } from './service.ts'

export type OwnApi = (request: HttpRequest, name: string) => Promise<HttpReply | undefined>

const WIRE = 'aws-json-1.1'
const ADDRESSEE = { service: 'lentic', signingName: 'lentic' }

/** Answers undefined for a name that no service offers. */
export function createOwnApi(
  services: readonly ServiceDefinition[],
  authenticator: Authenticator,
  report: (error: unknown) => void,
): OwnApi {
  const offers = new Map(
    services.flatMap((service) =>
      Object.entries(service.own ?? {}).map(([name, operation]) => [name, { service, operation }] as const),
    ),
  )
  return async (request, name) => {
    const offer = offers.get(name)
    if (!offer || request.method !== 'POST') return undefined
    try {
      const answer = await perform(offer.operation, request, authenticator, offer.service.name)
      const headers = { 'content-type': 'application/json' }
      return { status: 200, headers, body: JSON.stringify(answer) }
    } catch (error) {
      if (error instanceof AwsError) return frameError(error)
      if (error instanceof Fault) return frameError(offer.service.translate(error))
      if (!request.signal.aborted) report(error)
      return frameError(internalError(WIRE))
    }
  }
}

async function perform(operation: OwnOperation, request: HttpRequest, authenticator: Authenticator, service: string) {
  const { principal, region, bytes } = await authenticated(request, authenticator)
  return operation(inputOf(bytes), {
    account: principal.account,
    region,
    principal,
    requestId: newRequestId(),
    service,
    operation: '',
    get signal() {
      return request.signal
    },
  })
}

async function authenticated(request: HttpRequest, authenticator: Authenticator) {
  try {
    const query = new URLSearchParams(request.rawQuery)
    const claim = authenticator.readClaim(request, query)
    const addressee = { ...ADDRESSEE, rawPath: request.rawPath }
    const identity = authenticator.authenticate(claim, request, query, addressee)
    if (identity.principal.kind === 'anonymous' || identity.principal.confinedTo)
      throw new Fault('denied', 'missing', 'Missing Authentication Token')
    request.admitBody()
    const { bytes } = await readBody(request, identity, ADDRESSEE.service, WIRE)
    return { ...identity, bytes }
  } catch (error) {
    throw error instanceof Fault ? authError(error, WIRE) : error
  }
}

function inputOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const input: unknown = bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8'))
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input }
  } catch {}
  throw new AwsError('SerializationException', 'The body is not a JSON object.')
}
