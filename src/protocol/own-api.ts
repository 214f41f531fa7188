/**
 * What services offer beyond AWS's APIs, below `/_lentic/`: JSON posted by a caller whose signature, made for the service
 * `lentic`, is verified like any other, and whose policies allow the action: `lentic:Explain` of `/_lentic/explain`.
 */
import type { Access } from '../core/access/access.ts'
import type { Call } from '../core/call.ts'
import { Fault } from '../core/faults.ts'
import type { Authenticator } from './auth.ts'
import { authError } from './auth-faults.ts'
import { sourceOf } from './dispatch.ts'
import { readBody } from './dispatch-body.ts'
import { frameError, internalError, newRequestId } from './dispatch-reply.ts'
import type { OwnOutcome } from './events/own-event.ts'
import type { HttpReply, HttpRequest } from './http.ts'
import { isTooDeep } from './json-depth.ts'
import { AwsError, type ServiceDefinition } from './service.ts'

export type OwnApi = (request: HttpRequest, name: string) => Promise<HttpReply | undefined>

const WIRE = 'aws-json-1.1'
const ADDRESSEE = { service: 'lentic', signingName: 'lentic' }

/** Answers undefined for a name that no service offers. */
export function createOwnApi(
  services: readonly ServiceDefinition[],
  { authenticator, access, observe }: Doorkeepers,
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
    let known: Awaited<ReturnType<typeof admitted>> | undefined
    const failed = (error: unknown): AwsError => {
      if (error instanceof AwsError) return error
      if (error instanceof Fault) return offer.service.translate(error)
      if (!request.signal.aborted) report(error)
      return internalError(WIRE)
    }
    try {
      known = await admitted(request, authenticator, { service: offer.service.name, name })
      const { call, input } = known
      requireAllowed(access, call, name)
      const answer = await offer.operation(input, call)
      observe({ ...known, request })
      const headers = { 'content-type': 'application/json' }
      return { status: 200, headers, body: JSON.stringify(answer) }
    } catch (error) {
      const failure = failed(error)
      if (known) observe({ ...known, request, errorCode: failure.code, errorMessage: failure.message })
      return frameError(failure)
    }
  }
}

interface Doorkeepers {
  readonly authenticator: Authenticator
  readonly access: Access
  readonly observe: (outcome: OwnOutcome) => void
}

async function admitted(
  request: HttpRequest,
  authenticator: Authenticator,
  { service, name }: { readonly service: string; readonly name: string },
) {
  const { principal, region, bytes } = await authenticated(request, authenticator)
  const call: Call = {
    account: principal.account,
    region,
    principal,
    requestId: newRequestId(),
    service,
    operation: operationOf(name),
    source: sourceOf(request),
    get signal() {
      return request.signal
    },
  }
  return { call, input: inputOf(bytes) }
}

/** `TableReplacement` of `table-replacement`. */
const operationOf = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** There are no resources of it to tell apart: what an operation tells of others' things is asked of these. */
function requireAllowed(access: Access, call: Call, name: string): void {
  if (access.isUnbound(call.principal)) return
  try {
    access.check(call, { action: `lentic:${operationOf(name)}`, resource: '*' })
  } catch (error) {
    throw error instanceof Fault ? authError(error, WIRE) : error
  }
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
  let input: unknown
  try {
    input = bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8'))
  } catch {}
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new AwsError('SerializationException', 'The body is not a JSON object.')
  if (isTooDeep(input)) throw new AwsError('SerializationException', 'The body is nested too deeply.')
  return { ...input }
}
