/** The program's own way to call its public HTTP API: signed requests with JSON, and a few of S3's. */
import { createHash, createHmac } from 'node:crypto'

export interface ApiTarget {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of the keys of a session. */
  readonly sessionToken?: string
}

/** From options first, then the environment that AWS's own clients read. */
export function apiTarget(endpoint: string | undefined, env = process.env): ApiTarget {
  return {
    endpoint: (endpoint ?? env.LENTIC_ENDPOINT ?? env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566').replace(/\/+$/, ''),
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1',
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? 'test',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? 'test',
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
  }
}

/** What AWS answered instead of a result. */
class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const TARGETS = { athena: 'AmazonAthena', glue: 'AWSGlue' } as const

/** One operation of a service that speaks JSON 1.1. */
export async function callJson<T>(...call: JsonCall): Promise<T> {
  return (await callJsonWithHeaders<T>(...call)).answer
}

type JsonCall = [target: ApiTarget, service: keyof typeof TARGETS, operation: string, input: unknown]

/** The same, with what is said beside the answer. */
export async function callJsonWithHeaders<T>(
  ...[target, service, operation, input]: JsonCall
): Promise<{ readonly answer: T; readonly headers: Headers }> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${TARGETS[service]}.${operation}` }
  const response = await send(target, service, 'POST', '/', headers, JSON.stringify(input))
  const answer = (await response.json()) as T & { __type?: string; message?: string; Message?: string }
  if (!response.ok)
    throw new ApiError(
      answer.__type ?? String(response.status),
      answer.Message ?? answer.message ?? `the server answered ${response.status}`,
    )
  return { answer, headers: response.headers }
}

/** What the program offers beyond AWS's APIs: `/_lentic/NAME`. */
export async function callOwn<T>(target: ApiTarget, name: string, input: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await send(target, 'lentic', 'POST', `/_lentic/${name}`, headers, JSON.stringify(input))
  const answer = (await response.json()) as T & { __type?: string; message?: string }
  if (response.ok) return answer
  throw new ApiError(
    answer.__type ?? String(response.status),
    answer.message ?? `the server answered ${response.status}`,
  )
}

/** A request to S3; the path is `/bucket/key`, already encoded. */
export async function callS3(
  target: ApiTarget,
  method: 'GET' | 'PUT' | 'HEAD',
  path: string,
  body?: string,
): Promise<Response> {
  const response = await send(target, 's3', method, path, {}, body ?? '')
  if (!response.ok && response.status !== 409 && response.status !== 404)
    throw new ApiError(String(response.status), await response.text())
  return response
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
async function send(
  target: ApiTarget,
  service: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Response> {
  const url = new URL(target.endpoint + path)
  const timestamp = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const date = timestamp.slice(0, 8)
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': timestamp,
    ...(target.sessionToken !== undefined && { 'x-amz-security-token': target.sessionToken }),
  }
  const names = Object.keys(signed).sort()
  const canonical = [
    method,
    url.pathname,
    '',
    ...names.map((n) => `${n}:${signed[n]}`),
    '',
    names.join(';'),
    bodyHash,
  ].join('\n')
  const scope = `${date}/${target.region}/${service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', timestamp, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const key = [target.region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${target.secretAccessKey}`, date))
  const authorization = `AWS4-HMAC-SHA256 Credential=${target.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`
  const { host: _, ...sent } = signed
  return fetch(url, {
    method,
    headers: { ...sent, authorization },
    body: method === 'PUT' || method === 'POST' ? body : undefined,
  })
}
