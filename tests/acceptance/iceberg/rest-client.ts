/** The REST protocol spoken by hand, signed as AWS's clients sign it, for what Iceberg's own clients would not send. */
import type { TestLake } from '../server.ts'
import { send } from '../wire/signed-request.ts'

/** Whatever an answer holds: tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers are nested deeply, and read here only
export type Json = any

export interface Answer {
  readonly status: number
  readonly body: Json
}

export interface RestClient {
  /** `path` is below the catalog's prefix: `namespaces/db`. */
  ask(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** The body of an answer that is none of failure. */
  want(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Json>
}

export function restClient(lake: TestLake, prefix = 'catalogs/000000000000', service = 'glue'): RestClient {
  const ask: RestClient['ask'] = async (method, path, body, headers = {}) => {
    const response = await send(lake, {
      method,
      path: `/iceberg/v1/${prefix}${prefix && '/'}${path}`,
      service,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  return {
    ask,
    async want(method, path, body, headers) {
      const answer = await ask(method, path, body, headers)
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
  }
}

export const SCHEMA = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 7, name: 'id', required: false, type: 'long' },
    { id: 9, name: 'day', required: false, type: 'date' },
  ],
}
export const SPEC = { 'spec-id': 0, fields: [{ name: 'day', transform: 'identity', 'source-id': 9, 'field-id': 1000 }] }
