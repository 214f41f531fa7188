/** Handlers answering on this machine as Lambda's Invoke does, for a connector that is being written. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Handler } from './connector.ts'

export interface LocalFunctions {
  readonly url: string
  close(): Promise<void>
}

/** As much as Lambda takes. */
const MOST_EVENT_BYTES = 6_291_456
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/

/** By name. `port` 0 is any free one; it listens on loopback only, for it asks nobody who he is. */
export async function serve(functions: Readonly<Record<string, Handler>>, port = 0): Promise<LocalFunctions> {
  const server = createServer(async (asked, answer) => {
    const [status, headers, body] = await invoked(functions, asked)
    answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Answer = [status: number, headers: Record<string, string>, body: unknown]

async function invoked(functions: Readonly<Record<string, Handler>>, asked: IncomingMessage): Promise<Answer> {
  const name = functionName(asked.url ?? '')
  const handler = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (asked.method !== 'POST' || !handler) return [404, {}, { Type: 'User', Message: `Function not found: ${name}` }]
  try {
    return [200, {}, await handler(JSON.parse(await bodyOf(asked)))]
  } catch (error) {
    const { name: errorType, message: errorMessage } = error instanceof Error ? error : new Error(String(error))
    return [200, { 'x-amz-function-error': 'Unhandled' }, { errorType, errorMessage, trace: [] }]
  }
}

/** The last part of an ARN, or the name alone; empty where the address names none. */
function functionName(url: string): string {
  const [, reference = ''] = PATH.exec(url) ?? []
  try {
    return decodeURIComponent(reference).split(':').at(-1)!
  } catch {
    return ''
  }
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of asked) {
    size += piece.length
    if (size > MOST_EVENT_BYTES) throw new RangeError(`an event has at most ${MOST_EVENT_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
