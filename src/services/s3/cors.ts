/**
 * Cross-origin requests of browsers, by the bucket's CORS rules: preflight, and headers on what is answered.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
import type { CORSConfiguration, CORSRule } from '@aws-sdk/client-s3'
import { findBucket, setting } from '../../core/objects/buckets.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import type { RawReply, ServiceCall } from '../../protocol/service.ts'

interface Crossing {
  readonly origin: string
  readonly method: string
  readonly headers: readonly string[]
}

/** Undefined where the request is no preflight. */
export function preflight(store: ObjectStore, call: ServiceCall): RawReply | undefined {
  if (call.http.method !== 'OPTIONS') return undefined
  const { headers } = call.http
  const [origin, method] = [headers.origin, headers['access-control-request-method']]
  if (!origin || !method) {
    return refusal(400, 'BadRequest', 'Insufficient information. Origin request header needed.', call)
  }
  const asked = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  const rules = rulesOf(store, call)
  if (!rules) return refusal(403, 'AccessForbidden', 'CORSResponse: CORS is not enabled for this bucket.', call)
  const crossing = { origin, method, headers: asked }
  const rule = rules.find((rule) => allows(rule, crossing))
  if (!rule) {
    const message =
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
    return refusal(403, 'AccessForbidden', message, call)
  }
  return { status: 200, headers: { ...answerOf(rule, crossing), 'content-length': '0' } }
}

export function corsHeaders(store: ObjectStore, call: ServiceCall): Readonly<Record<string, string>> | undefined {
  const origin = call.http.headers.origin
  if (!origin) return undefined
  const crossing = { origin, method: call.http.method, headers: [] }
  const rule = rulesOf(store, call)?.find((rule) => allows(rule, crossing))
  return rule && answerOf(rule, crossing)
}

function rulesOf(store: ObjectStore, call: ServiceCall): readonly CORSRule[] | undefined {
  const bucket = call.http.rawPath.split('/')[1] ?? ''
  if (!findBucket(store, bucket)) return undefined
  return setting<CORSConfiguration>(store, bucket, 'cors')?.CORSRules
}

function allows(rule: CORSRule, { origin, method, headers }: Crossing): boolean {
  return (
    (rule.AllowedOrigins ?? []).some((pattern) => fits(pattern, origin)) &&
    (rule.AllowedMethods ?? []).includes(method) &&
    headers.every((name) => (rule.AllowedHeaders ?? []).some((pattern) => fits(pattern.toLowerCase(), name)))
  )
}

/** At most one `*`, for any run of characters. */
function fits(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return pattern === text
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}

function answerOf(rule: CORSRule, { origin, headers }: Crossing): Record<string, string> {
  const any = rule.AllowedOrigins?.includes('*')
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-methods': (rule.AllowedMethods ?? []).join(', '),
    ...(any ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(headers.length > 0 && { 'access-control-allow-headers': headers.join(', ') }),
    ...(rule.ExposeHeaders?.length && { 'access-control-expose-headers': rule.ExposeHeaders.join(', ') }),
    ...(rule.MaxAgeSeconds !== undefined && { 'access-control-max-age': String(rule.MaxAgeSeconds) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}

function refusal(status: number, code: string, message: string, call: ServiceCall): RawReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message.replaceAll("'", '&apos;')}</Message><RequestId>${call.requestId}</RequestId></Error>`
  return { status, headers: { 'content-type': 'application/xml' }, body }
}
