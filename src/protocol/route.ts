/**
 * Which service a request is for, on one port for all of them. Decides by the address and the headers alone, except
 * for unsigned form posts, which name their API in the body.
 */
import type { ModelMetadata, WireName } from './schema.ts'
import { AwsError } from './service.ts'

export interface RouteRequest {
  readonly method: string
  readonly rawPath: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
}

export interface Route {
  /** The model's name. */
  readonly service: string
  readonly wire: WireName
  /** Where the request names it; REST requests are matched by their address, query requests by `Action`. */
  readonly operation?: string
  /** The path with the bucket in front where the host named one. */
  readonly rawPath: string
}

export interface Router {
  /** `signedFor` is the service in the credential scope. `'form'`: read the body and ask `routeForm`. */
  route(request: RouteRequest, signedFor: string | undefined): Route | 'form'
  routeForm(parameters: URLSearchParams, request: RouteRequest): Route
}

/** `hostnames`: names under which a bucket may stand as the first label (`bucket.localhost`). */
export function createRouter(services: readonly ModelMetadata[], hostnames: readonly string[]): Router {
  const byTarget = new Map<string, ModelMetadata>()
  const byName = new Map(services.map((service) => [service.name, service]))
  const bySigningName = Map.groupBy(services, (service) => service.signingName)
  for (const service of services) if (service.targetPrefix) byTarget.set(lastSegment(service.targetPrefix), service)
  const queryServices = services.filter((service) => service.wires.includes('query'))
  const bucketOf = bucketFinder(hostnames)

  const s3 = (request: RouteRequest): Route => {
    const bucket = bucketOf(request.headers.host ?? '')
    const rawPath = bucket === undefined ? request.rawPath : `/${bucket}${request.rawPath}`
    return { service: 's3', wire: 'rest-xml', rawPath }
  }

  const signed = (request: RouteRequest, signedFor: string): Route => {
    const candidates = bySigningName.get(signedFor)
    if (!candidates) throw unknownService(signedFor)
    if (signedFor === 's3') return isS3Control(request) ? plainRoute(byName.get('s3control')!, request) : s3(request)
    // The two OpenSearch APIs share a signing name; the elder one keeps its date in every path.
    const service =
      signedFor === 'es' ? byName.get(request.rawPath.startsWith('/2015-01-01/') ? 'es' : 'opensearch') : candidates[0]
    return plainRoute(service!, request)
  }

  return {
    route(request, signedFor) {
      const { headers, rawPath, query } = request
      if (headers['smithy-protocol'] === 'rpc-v2-cbor') return routeCbor(byTarget, rawPath)
      const target = headers['x-amz-target']
      if (target !== undefined) return routeTarget(byTarget, target, request)
      if (signedFor !== undefined) return signed(request, signedFor)
      if (rawPath.startsWith('/2015-03-31/')) return plainRoute(byName.get('lambda')!, request)
      if (query.has('Action')) return this.routeForm(query, request)
      return request.method === 'POST' && rawPath === '/' && isForm(headers) ? 'form' : s3(request)
    },
    routeForm(parameters, request) {
      const action = parameters.get('Action')
      if (!action) return s3(request)
      const version = parameters.get('Version')
      const service = queryServices.find((candidate) => candidate.apiVersion === version)
      if (service) return { service: service.name, wire: 'query', operation: action, rawPath: request.rawPath }
      throw new AwsError(
        'InvalidAction',
        `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}`,
      )
    },
  }
}

function routeCbor(byTarget: ReadonlyMap<string, ModelMetadata>, rawPath: string): Route {
  const match = /\/service\/([^/]+)\/operation\/([^/]+)$/.exec(rawPath)
  const service = match && byTarget.get(match[1]!)
  if (!service?.wires.includes('cbor'))
    throw new AwsError('UnknownOperationException', 'Unknown service or operation.', { status: 404 })
  return { service: service.name, wire: 'cbor', operation: match![2]!, rawPath }
}

/** Clients disagree about what stands before the last segment of CloudTrail's target: only that segment counts. */
function routeTarget(byTarget: ReadonlyMap<string, ModelMetadata>, target: string, request: RouteRequest): Route {
  const dot = target.lastIndexOf('.')
  const service = byTarget.get(lastSegment(target.slice(0, Math.max(dot, 0))))
  if (!service) throw new AwsError('UnknownOperationException', `Unknown target: ${target}`, { status: 404 })
  const wire = targetWire(service, request.headers['content-type'] ?? '')
  return { service: service.name, wire, operation: target.slice(dot + 1), rawPath: request.rawPath }
}

function targetWire(service: ModelMetadata, contentType: string): WireName {
  if (contentType.startsWith('application/x-amz-cbor-1.1')) return 'aws-cbor-1.1'
  if (contentType.startsWith('application/x-amz-json-1.0')) return 'aws-json-1.0'
  if (contentType.startsWith('application/x-amz-json-1.1')) return 'aws-json-1.1'
  return service.wires.find((wire) => wire.startsWith('aws-json')) ?? 'aws-json-1.1'
}

function plainRoute(service: ModelMetadata, { query, headers, rawPath }: RouteRequest): Route {
  const asQuery = service.wires.includes('query') && (query.has('Action') || isForm(headers))
  return { service: service.name, wire: asQuery ? 'query' : service.wire, rawPath }
}

/** A bucket may be called `v20180820`; S3 Control always says whose account it is. */
const isS3Control = ({ rawPath, headers }: RouteRequest) =>
  rawPath.startsWith('/v20180820/') && headers['x-amz-account-id'] !== undefined

const isForm = (headers: Readonly<Record<string, string>>) =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false

const lastSegment = (name: string) => name.slice(name.lastIndexOf('.') + 1)

const unknownService = (name: string) =>
  new AwsError('NotImplementedException', `The service '${name}' is not one that Lentic implements.`, { status: 501 })

/** No name is longer (RFC 1035). */
const MOST_HOST = 255
const PORT_LETTERS = ':65535'.length

/** `bucket.s3.us-east-1.amazonaws.com`, `bucket.s3.anything`, `bucket.localhost`; a bucket's name may hold dots. */
function bucketFinder(hostnames: readonly string[]): (host: string) => string | undefined {
  const suffixes = hostnames.map((hostname) => `.${hostname}`)
  const known = new Map<string, string | undefined>()
  const find = (host: string): string | undefined => {
    const name = host.replace(/:\d+$/, '').toLowerCase()
    if (/^[\d.]+$/.test(name) || name.startsWith('[')) return undefined
    const s3 = /^(?:(.+)\.)?s3(?:-[a-z0-9-]+)?(?:\.[a-z0-9-]+)+$/.exec(name)
    if (s3) return s3[1]
    const suffix = suffixes.find((candidate) => name.endsWith(candidate))
    return suffix === undefined ? undefined : name.slice(0, -suffix.length)
  }
  return (host) => {
    if (host.length > MOST_HOST + PORT_LETTERS) return undefined
    if (known.has(host)) return known.get(host)
    if (known.size >= 10_000) known.clear()
    const bucket = find(host)
    known.set(host, bucket)
    return bucket
  }
}
