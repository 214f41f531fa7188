/**
 * The Iceberg REST protocol, below `/iceberg/`: JSON whose ids have 64 bits, addressed by catalog, namespace and table. AWS
 * serves it beside Glue and beside S3 Tables; whom a request is signed for says whose catalogs are meant.
 * https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml
 */
import type { Call } from '../core/call.ts'
import { exactJsonText, parseExactJson } from '../core/exact-json.ts'
import { type RequestOutcome, sourceOf } from './dispatch.ts'
import { readBody } from './dispatch-body.ts'
import { newRequestId } from './dispatch-reply.ts'
import type { HttpReply, HttpRequest } from './http.ts'
import { isTooDeep } from './json-depth.ts'
import type { CatalogCallers } from './rest-catalog-callers.ts'
import { AwsError } from './service.ts'

type Json = Readonly<Record<string, unknown>>

export interface CatalogRequest {
  readonly call: Call
  /** `catalogs/000000000000`, decoded; '' where the client was told none. */
  readonly prefix: string
  /** What stands in the places that the endpoint's path names, decoded. */
  readonly labels: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** Empty where none came. */
  readonly body: Json
  /** `http://host:port` as the client addressed it. */
  readonly origin: string
  readonly signedFor: SigningName
}

export type SigningName = 'glue' | 's3tables'

export interface CatalogAnswer {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface CatalogEndpoint {
  /** The specification's name of the operation. */
  readonly name: string
  /** `POST /v1/{prefix}/namespaces`. */
  readonly address: string
  answer(request: CatalogRequest): Promise<CatalogAnswer> | CatalogAnswer
}

export interface CatalogDefinition {
  readonly endpoints: readonly CatalogEndpoint[]
  /** What the protocol calls an expected failure; undefined for a bug. */
  translate(error: unknown): CatalogError | undefined
}

/** An error by the name that the protocol's clients know. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError'
  readonly status: number
  readonly type: string

  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

/** What became of a request. */
export interface CatalogOutcome extends RequestOutcome {
  readonly request: HttpRequest
  readonly errorMessage?: string
  /** Absent where the request was refused before its caller was known. */
  readonly caller?: { readonly call: Call; readonly signedFor: SigningName }
  /** Absent where it was refused before it was read. */
  readonly asked?: Pick<CatalogRequest, 'prefix' | 'labels' | 'body'>
}

/** What becomes known of a request on its way. */
type Progress = { -readonly [Known in 'caller' | 'asked']?: CatalogOutcome[Known] }

export interface RestCatalogOptions {
  readonly callers: CatalogCallers
  readonly observe: (outcome: CatalogOutcome) => void
  /** A bug. */
  readonly report: (error: unknown, what: string) => void
}

const SERVICE = 'iceberg'
const ROOT = '/iceberg/v1/'
const TOKENS = 'oauth/tokens'
/** A key was exchanged for a token, or a token for another. */
export const TOKEN_OPERATION = 'GetToken'
/** Paths that begin without the prefix of a catalog. */
const UNPREFIXED: ReadonlySet<string> = new Set([
  'config',
  'oauth',
  'aws',
  'namespaces',
  'tables',
  'views',
  'transactions',
])

/**
 * Answers undefined for a request that is not for the catalog: `iceberg` may be a bucket too. The first that is has the
 * catalog's code loaded.
 */
export function createRestCatalog(
  load: () => Promise<CatalogDefinition>,
  options: RestCatalogOptions,
): (request: HttpRequest) => Promise<HttpReply> | undefined {
  let opened: Promise<CatalogDoor> | undefined
  return (request) => {
    if (!request.rawPath.startsWith(ROOT) || !options.callers.isForCatalog(request)) return undefined
    opened ??= load().then((definition) => catalogDoor(definition, options))
    return opened.then((answer) => answer(request))
  }
}

type CatalogDoor = (request: HttpRequest) => Promise<HttpReply>

function catalogDoor(
  { endpoints, translate }: CatalogDefinition,
  { callers, observe, report }: RestCatalogOptions,
): CatalogDoor {
  const routes = endpoints.map(routeOf)

  const answer = async (
    request: HttpRequest,
    requestId: string,
    {
      route,
      found,
      progress,
    }: { readonly route: Route | undefined; readonly found: Found; readonly progress: Progress },
  ) => {
    if (request.method === 'POST' && found.path === TOKENS) {
      const { principal, region, body } = await callers.token(request)
      progress.caller = { call: callOf(request, requestId, { principal, region }, TOKEN_OPERATION), signedFor: 'glue' }
      return json(200, body)
    }
    const identity = callers.identify(request)
    if (!route) throw new CatalogError(404, 'NoSuchEndpointException', `There is no ${request.method} ${found.path}`)
    const call = callOf(request, requestId, identity, route.endpoint.name)
    progress.caller = { call, signedFor: identity.signedFor }
    request.admitBody()
    const { bytes } = await readBody(request, identity, SERVICE, 'rest-json')
    progress.asked = { prefix: found.prefix, labels: route.labels, body: bodyOf(bytes) }
    const { body, headers } = await route.endpoint.answer({
      call,
      ...progress.asked,
      query: new URLSearchParams(request.rawQuery),
      headers: request.headers,
      origin: request.origin,
      signedFor: identity.signedFor,
    })
    return body === undefined ? { status: 204, headers: { ...headers } } : json(200, body, headers)
  }

  const failed = (error: unknown, what: string, request: HttpRequest): CatalogError => {
    if (error instanceof CatalogError) return error
    if (error instanceof AwsError) return new CatalogError(error.status, error.code, error.message)
    const known = translate(error)
    if (known) return known
    if (!request.signal.aborted) report(error, what)
    return new CatalogError(500, 'InternalServerError', 'The request has failed because of an unknown error.')
  }

  return (request) => {
    const started = performance.now()
    const requestId = newRequestId()
    const found = locate(request.rawPath.slice(ROOT.length))
    const route = routes.map((match) => match(request.method, found)).find((one) => one !== undefined)
    const operation = found.path === TOKENS ? TOKEN_OPERATION : (route?.endpoint.name ?? '-')
    const progress: Progress = {}
    const told = (reply: HttpReply, errorCode?: string, errorMessage?: string): HttpReply => {
      const durationMs = performance.now() - started
      const outcome = { service: SERVICE, operation, status: reply.status, errorCode, errorMessage, durationMs }
      observe({ ...outcome, request, ...progress })
      return { ...reply, headers: { ...reply.headers, 'x-amzn-requestid': requestId } }
    }
    return answer(request, requestId, { route, found, progress }).then(
      (reply) => told(reply),
      (error: unknown) => {
        const { status, type, message } = failed(error, `${SERVICE}.${operation} ${requestId}`, request)
        const body =
          found.path === TOKENS
            ? { error: type, error_description: message }
            : { error: { message, type, code: status } }
        return told(json(status, body), type, message)
      },
    )
  }
}

const callOf = (
  request: HttpRequest,
  requestId: string,
  { principal, region }: Pick<Call, 'principal' | 'region'>,
  operation: string,
): Call => ({
  account: principal.account,
  region,
  principal,
  requestId,
  service: SERVICE,
  operation,
  get source() {
    return sourceOf(request)
  },
  get signal() {
    return request.signal
  },
})

interface Found {
  readonly prefix: string
  /** What follows it, undecoded. */
  readonly path: string
}

/** Glue's prefixes have two segments, `catalogs/000000000000`; others one. */
function locate(path: string): Found {
  const segments = path.split('/')
  const [first = ''] = segments
  const length = UNPREFIXED.has(first) ? 0 : first === 'catalogs' ? 2 : 1
  return { prefix: segments.slice(0, length).map(decoded).join('/'), path: segments.slice(length).join('/') }
}

interface Route {
  readonly endpoint: CatalogEndpoint
  readonly labels: Readonly<Record<string, string>>
}

function routeOf(endpoint: CatalogEndpoint): (method: string, found: Found) => Route | undefined {
  const [, method = '', template = ''] = /^([A-Z]+) \/v1\/(?:\{prefix\}\/)?(.+)$/.exec(endpoint.address) ?? []
  const parts = template.split('/')
  return (asked, { path }) => {
    const segments = path.split('/')
    if (asked !== method || segments.length !== parts.length) return undefined
    const labels: Record<string, string> = {}
    for (const [i, part] of parts.entries()) {
      const segment = segments[i]!
      if (part.startsWith('{')) labels[part.slice(1, -1)] = decoded(segment)
      else if (part !== segment) return undefined
    }
    return { endpoint, labels }
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment.replaceAll('+', '%20'))
  } catch {
    return segment
  }
}

function bodyOf(bytes: Buffer): Json {
  if (bytes.length === 0) return {}
  try {
    const body = parseExactJson(bytes.toString('utf8'))
    if (isTooDeep(body)) throw tooDeep()
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json
  } catch (error) {
    // A reader of numbers that are exact runs out of stack before its text ends.
    if (error instanceof RangeError) throw tooDeep()
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new CatalogError(400, 'BadRequestException', 'The body is not a JSON object')
}

const tooDeep = () => new CatalogError(400, 'BadRequestException', 'The body is nested too deeply')

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: exactJsonText(body)!,
})
