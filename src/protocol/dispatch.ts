/**
 * One request, from its headers to its answer: route, authenticate, read, decode, validate, authorise, handle, encode.
 * Every failure on the way becomes the error that this API would give.
 */
import type { Call, RequestSource } from '../core/call.ts'
import { Fault } from '../core/faults.ts'
import type { Authenticator, Claim, Identity } from './auth.ts'
import { authError } from './auth-faults.ts'
import { type OpenBody, openBody, readBody } from './dispatch-body.ts'
import {
  addRequestId,
  frameError,
  internalError,
  newHostId,
  newRequestId,
  notImplemented,
  unknownOperation,
} from './dispatch-reply.ts'
import type { HttpReply, HttpRequest } from './http.ts'
import { loadModel } from './model.ts'
import { matchRest } from './rest-match.ts'
import type { Route, Router } from './route.ts'
import type { Model, Operation, WireName } from './schema.ts'
import { type AnyHandlers, AwsError, type RawRequest, type ServiceCall, type ServiceDefinition } from './service.ts'
import { validateInput } from './validation.ts'
import { wires } from './wire.ts'

export interface DispatchOptions {
  readonly services: ReadonlyMap<string, ServiceDefinition>
  readonly router: Router
  readonly authenticator: Authenticator
  /** Throws Fault or AwsError if the caller may not. Comes after validation, so that it can look at the input. */
  readonly authorize?: (call: ServiceCall, wire: WireName, input: unknown) => void
  /** Told once of every request that reached a service. Must not throw. */
  readonly observe: (outcome: CallOutcome) => void
  /** A bug: an error that no one expected. */
  readonly report: (error: unknown, call: Pick<Call, 'service' | 'operation' | 'requestId'>) => void
}

/** What is counted of any request, whatever its door. */
export interface RequestOutcome {
  readonly service: string
  readonly operation: string
  readonly status: number
  readonly errorCode?: string
  readonly durationMs: number
}

export interface CallOutcome extends RequestOutcome {
  readonly request: HttpRequest
  /** Absent where the request was refused before its caller was known. */
  readonly call?: ServiceCall
  /** Absent where no operation of a model was called. */
  readonly shape?: Operation
  /** As the handler had it; absent where the request was refused before it was read. */
  readonly input?: unknown
  /** Absent where the call failed. */
  readonly output?: unknown
  readonly errorMessage?: string
}

export type Dispatcher = (request: HttpRequest) => Promise<HttpReply>

/** What becomes known of a request on its way; the failure path reads what there is. */
interface Progress {
  readonly requestId: string
  readonly query: URLSearchParams
  /** S3 only. */
  hostId?: string
  route?: Route
  model?: Model
  operation?: Operation
  labels: Readonly<Record<string, string>>
  call?: ServiceCall
  input?: unknown
  output?: unknown
  errorCode?: string
  errorMessage?: string
}

export function createDispatcher(options: DispatchOptions): Dispatcher {
  return async (request) => {
    const started = performance.now()
    const progress: Progress = { requestId: newRequestId(), query: new URLSearchParams(request.rawQuery), labels: {} }
    let reply: HttpReply
    try {
      reply = await answer(options, request, progress)
    } catch (error) {
      reply = fail(options, progress, error)
    }
    const { route, call, errorCode, errorMessage, requestId, hostId, input, output } = progress
    const framed = addRequestId(reply, requestId, hostId, extraHeaders(options, progress))
    options.observe({
      service: route?.service ?? '-',
      operation: progress.operation?.name ?? '-',
      status: framed.status,
      errorCode,
      errorMessage,
      durationMs: performance.now() - started,
      request,
      call,
      shape: progress.operation,
      input,
      output,
    })
    return framed
  }
}

async function answer(options: DispatchOptions, request: HttpRequest, progress: Progress): Promise<HttpReply> {
  const { query } = progress
  const claim = readClaim(options, request, query)
  const signedFor = claim.kind === 'v4' ? claim.signature.service : claim.kind === 'v2' ? 's3' : undefined
  const routable = { method: request.method, rawPath: request.rawPath, query, headers: request.headers }
  const route = options.router.route(routable, signedFor)
  if (route === 'form') return answerForm(options, request, progress, claim)
  addressTo(progress, route, request)
  if (claim.kind === 'unreadable') throw authError(claim.fault, route.wire)
  if (route.service === 's3' && !progress.operation) {
    const raw = await answerRaw(options, request, progress)
    if (raw) return raw
  }
  const identity = authenticate(options, progress, claim, request)
  return perform(options, request, progress, identity)
}

/** An unsigned form names its API in the body; read it, then go on as if it had been known. */
async function answerForm(
  options: DispatchOptions,
  request: HttpRequest,
  progress: Progress,
  claim: ReadClaim,
): Promise<HttpReply> {
  if (claim.kind === 'unreadable') throw authError(claim.fault, 'query')
  request.admitBody()
  const anyone = options.authenticator.authenticate({ kind: 'none' }, request, progress.query, nowhere)
  const body = await readBody(request, anyone, 'sts', 'query')
  const routable = { method: request.method, rawPath: request.rawPath, query: progress.query, headers: request.headers }
  const route = options.router.routeForm(new URLSearchParams(body.bytes.toString('latin1')), routable)
  addressTo(progress, route, request)
  const identity = authenticate(options, progress, claim, request)
  return perform(options, request, progress, identity, body)
}

const nowhere = { service: '', signingName: '', rawPath: '' }

type ReadClaim = Claim | { readonly kind: 'unreadable'; readonly fault: Fault }

/** A claim that can not be read is an error in the words of the API it was sent to, which is known only later. */
function readClaim(options: DispatchOptions, request: HttpRequest, query: URLSearchParams): ReadClaim {
  try {
    return options.authenticator.readClaim(request, query)
  } catch (error) {
    if (error instanceof Fault) return { kind: 'unreadable', fault: error }
    throw error
  }
}

function addressTo(progress: Progress, route: Route, request: HttpRequest): void {
  progress.route = route
  if (route.wire === 'rest-xml') progress.hostId = newHostId()
  const model = loadModel(route.service)
  progress.model = model
  if (route.wire === 'rest-json' || route.wire === 'rest-xml') {
    const match = matchRest(model, request.method, route.rawPath, progress.query, request.headers)
    progress.operation = match?.operation
    progress.labels = match?.labels ?? {}
  } else if (route.operation !== undefined) progress.operation = model.operations.get(route.operation)
}

function authenticate(options: DispatchOptions, progress: Progress, claim: Claim, request: HttpRequest): Identity {
  const route = progress.route!
  const addressee = { service: route.service, signingName: progress.model!.signingName, rawPath: route.rawPath }
  const identity = asAuthError(route.wire, () =>
    options.authenticator.authenticate(claim, request, progress.query, addressee),
  )
  const { verifyPayload } = identity
  return verifyPayload
    ? { ...identity, verifyPayload: (hash) => asAuthError(route.wire, () => verifyPayload(hash)) }
    : identity
}

function asAuthError<T>(wire: WireName, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof Fault ? authError(error, wire) : error
  }
}

function createCall(progress: Progress, request: HttpRequest, identity: Identity): Mutable<ServiceCall> {
  const { route, requestId, query } = progress
  const { principal, region } = identity
  return {
    account: principal.account,
    region,
    principal,
    requestId,
    service: route!.service,
    operation: progress.operation?.name ?? '',
    get source() {
      return sourceOf(request)
    },
    /** Asked for by few handlers, and costly to make. */
    get signal() {
      return request.signal
    },
    http: {
      method: request.method,
      rawPath: route!.rawPath,
      query,
      headers: request.headers,
      origin: request.origin,
      trailers: {},
    },
    reply: { headers: {} },
  }
}

export const sourceOf = ({ peer, origin, headers }: HttpRequest): RequestSource => ({
  address: peer?.address,
  secure: origin.startsWith('https:'),
  tlsVersion: peer?.tls?.tlsVersion.replace('TLSv', ''),
  userAgent: headers['user-agent'],
  referer: headers.referer,
})

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What no operation describes: CORS preflights and browsers' form uploads, which carry no signature of the usual kind. */
async function answerRaw(
  options: DispatchOptions,
  request: HttpRequest,
  progress: Progress,
): Promise<HttpReply | undefined> {
  const { raw } = options.services.get('s3') ?? {}
  if (!raw) return undefined
  const { authenticator } = options
  const anyone = authenticator.authenticate({ kind: 'none' }, request, progress.query, nowhere)
  const call = createCall(progress, request, anyone)
  progress.call = call
  const authenticateForm: RawRequest['authenticateForm'] = (policy, fields) =>
    asAuthError('rest-xml', () => authenticator.authenticateForm(policy, fields))
  return raw({ call, body: request.body, admitBody: () => request.admitBody(), authenticateForm })
}

async function perform(
  options: DispatchOptions,
  request: HttpRequest,
  progress: Progress,
  identity: Identity,
  formBody?: OpenBody,
): Promise<HttpReply> {
  const { model } = progress
  const route = progress.route!
  const service = options.services.get(route.service)
  const call = createCall(progress, request, identity)
  progress.call = call
  const anonymous = identity.principal.kind === 'anonymous'
  if (anonymous && request.headers.authorization !== undefined && route.wire === 'rest-xml') throw unknownMechanism()
  if (anonymous && !service?.anonymous && !progress.operation?.unsigned)
    throw authError(new Fault('denied', 'missing', 'Missing Authentication Token'), route.wire)
  if (identity.principal.confinedTo && route.service !== 's3')
    throw authError(new Fault('denied', 'confined', 'The key opens objects only.'), route.wire)
  // The action of a signed form is known once its body is read.
  const named = progress.operation ?? (route.wire === 'query' ? undefined : unknownOperation(model!, route, request))
  const handlers = await service?.handlers()
  if (named) findHandler(handlers, model!, named, route.wire)
  request.admitBody()
  const body = formBody ?? (await receive(request, identity, route, named))
  const operation = named ?? queryOperation(progress, route, body.bytes!)
  progress.operation = operation
  const handler = findHandler(handlers, model!, operation, route.wire)
  call.operation = operation.name
  call.http = { ...call.http, headers: body.headers, trailers: body.trailers }
  const wire = wires[route.wire]
  const input = wire.readInput(operation, { ...call.http, body: body.bytes ?? body.stream }, progress.labels)
  progress.input = input
  validateInput(operation, input)
  options.authorize?.(call, route.wire, input)
  progress.output = await handler(input as never, call)
  const reply = wire.writeOutput(operation, progress.output, progress.requestId)
  return {
    status: call.reply.status ?? reply.status,
    headers: { ...reply.headers, ...call.reply.headers },
    body: reply.body,
  }
}

/** Who tries to say who they are is never taken for nobody. */
const unknownMechanism = () =>
  new AwsError(
    'InvalidRequest',
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  )

/** No longer than this, a body has mostly come with its head, and to stream it would cost more than to have it. */
const smallBodyBytes = 64 << 10

/** A stream only where the handler takes one, there is much of it and the signature does not wait for all of it. */
async function receive(
  request: HttpRequest,
  identity: Identity,
  route: Route,
  operation: Operation | undefined,
): Promise<OpenBody> {
  const small = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) <= smallBodyBytes
  if (operation?.streamsInput && !identity.verifyPayload && !small) return openBody(request, identity)
  return readBody(request, identity, route.service, route.wire)
}

function findHandler(handlers: AnyHandlers | undefined, model: Model, operation: Operation, wire: WireName) {
  const handler = handlers?.[operation.name]
  if (!handler) throw notImplemented(model, operation.name, wire)
  return handler
}

function queryOperation(progress: Progress, route: Route, bytes: Buffer): Operation {
  const action = progress.query.get('Action') ?? new URLSearchParams(bytes.toString('latin1')).get('Action')
  const operation = action === null ? undefined : progress.model!.operations.get(action)
  if (operation) return operation
  if (action === null) throw new AwsError('MissingAction', 'The request is missing an action or operation parameter.')
  return unknownOperation(progress.model!, { ...route, operation: action }, undefined)
}

function fail(options: DispatchOptions, progress: Progress, error: unknown): HttpReply {
  const { route, model, operation, requestId, hostId } = progress
  const awsError = withHostId(toAwsError(options, progress, error), hostId)
  progress.errorCode = awsError.code
  progress.errorMessage = awsError.message
  if (!route || !model) return frameError(awsError)
  const reply = wires[route.wire].writeError(model, operation, awsError, requestId)
  return { ...reply, headers: { ...reply.headers, ...awsError.headers } }
}

function withHostId(error: AwsError, hostId: string | undefined): AwsError {
  if (hostId === undefined) return error
  const { code, message, status, members, headers } = error
  return new AwsError(code, message, { status, headers, members: { ...members, HostId: hostId } })
}

function toAwsError(options: DispatchOptions, progress: Progress, error: unknown): AwsError {
  const { route, operation, requestId } = progress
  if (error instanceof AwsError) return error
  const service = route && options.services.get(route.service)
  if (error instanceof Fault && service) return service.translate(error)
  // A client that went away hears nothing; what its absence broke on our side is no bug.
  if (!progress.call?.signal.aborted)
    options.report(error, { service: route?.service ?? '-', operation: operation?.name ?? '-', requestId })
  return internalError(route?.wire)
}

function extraHeaders(options: DispatchOptions, progress: Progress): Readonly<Record<string, string>> | undefined {
  const { route, call } = progress
  if (!route || !call) return undefined
  try {
    return options.services.get(route.service)?.answerHeaders?.(call)
  } catch (error) {
    options.report(error, call)
    return undefined
  }
}
