/**
 * A server that only has the wires: it reads what a client sent, keeps it, and answers what the test told it to.
 * No authentication, no validation, no handlers.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { loadModel, modelMetadata, modelNames } from '../../src/protocol/model.ts'
import { matchRest } from '../../src/protocol/rest-match.ts'
import { createRouter, type Route } from '../../src/protocol/route.ts'
import type { Operation } from '../../src/protocol/schema.ts'
import { AwsError } from '../../src/protocol/service.ts'
import { type WireResponse, wires } from '../../src/protocol/wire.ts'

export interface Exchange {
  readonly operation: Operation
  readonly input: unknown
}

export interface EchoServer {
  readonly endpoint: string
  /** What the next request is answered: an output or an error to write. */
  answer: (exchange: Exchange) => unknown
  /** What the last request was read as. */
  last?: Exchange
  /** Why the last request could not be read or answered. */
  failure?: Error
  close(): Promise<void>
}

export async function startEchoServer(): Promise<EchoServer> {
  const router = createRouter(modelNames.map(modelMetadata), [])
  const http = createServer((request, response) => {
    respond(request, response).catch((error) => {
      echo.failure = error
      response.writeHead(500, { 'content-type': 'application/xml' }).end()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const echo: EchoServer = {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    answer: () => ({}),
    close: async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [rawPath = '/', rawQuery = ''] = split(request.url ?? '/')
    const query = new URLSearchParams(rawQuery)
    const headers = request.headers as Record<string, string>
    const body = await readBody(request)
    const method = request.method ?? 'GET'
    const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1]
    const found = router.route({ method, rawPath, query, headers }, scope)
    const route =
      found === 'form'
        ? router.routeForm(new URLSearchParams(body.toString()), { method, rawPath, query, headers })
        : found
    const model = loadModel(route.service)
    const wire = wires[route.wire]
    const target = addressed(route, method, query, headers, body)
    if (!target) throw new Error(`No operation for ${route.service} ${method} ${request.url}`)
    const { operation, labels } = target
    const input = wire.readInput(operation, { method, rawPath: route.rawPath, query, headers, body }, labels)
    echo.last = { operation, input }
    const output = echo.answer(echo.last)
    const requestId = 'conformance'
    if (output instanceof AwsError) await send(response, wire.writeError(model, operation, output, requestId))
    else await send(response, wire.writeOutput(operation, output, requestId))
  }
  return echo
}

type Labels = Readonly<Record<string, string>>

function addressed(
  route: Route,
  method: string,
  query: URLSearchParams,
  headers: Labels,
  body: Buffer,
): { operation: Operation; labels: Labels } | undefined {
  const model = loadModel(route.service)
  if (route.wire.startsWith('rest')) return matchRest(model, method, route.rawPath, query, headers)
  const action = route.operation ?? new URLSearchParams(body.toString()).get('Action') ?? ''
  const operation = model.operations.get(action)
  return operation && { operation, labels: {} }
}

function split(url: string): [string, string] {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const body = Buffer.concat(await request.toArray())
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

async function send(response: ServerResponse, answer: WireResponse): Promise<void> {
  response.writeHead(answer.status, answer.headers)
  if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) response.end(answer.body)
  else {
    if (answer.body) for await (const chunk of answer.body) response.write(chunk)
    response.end()
  }
}
