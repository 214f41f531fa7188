/** What the program says about itself, below `/_lentic/`: never a legal bucket name. */
import { readFileSync } from 'node:fs'
import type { Metrics } from '../core/metrics.ts'
import type { HttpReply, HttpRequest } from '../protocol/http.ts'

export const ownPrefix = '/_lentic/'

export interface OwnPathOptions {
  readonly version: string
  readonly startedAt: Date
  readonly now: () => Date
  readonly metrics: Metrics
  /** What services offer there; undefined for a name that none does. */
  readonly offered: (request: HttpRequest, name: string) => Promise<HttpReply | undefined>
  /** Absent unless allowed: drops all state, and resolves when a fresh call would see none. */
  readonly reset?: () => Promise<void>
}

export function ownPaths(options: OwnPathOptions): (request: HttpRequest) => Promise<HttpReply> {
  return async (request) => {
    const path = request.rawPath.slice(ownPrefix.length)
    const reading = request.method === 'GET' || request.method === 'HEAD'
    if (path === 'health' && reading) return json(200, health(options))
    if (path === 'metrics' && reading)
      return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body: options.metrics.render() }
    if (path !== 'reset' || request.method !== 'POST')
      return (await options.offered(request, path)) ?? json(404, { message: `Nothing at ${request.rawPath}.` })
    if (!options.reset) return json(403, { message: 'Set LENTIC_ALLOW_RESET=1 to allow this.' })
    // A page of another origin can make a browser post, but not without saying where it comes from.
    if (request.headers.origin !== undefined && request.headers.origin !== request.origin)
      return json(403, { message: 'Not from another origin.' })
    await options.reset()
    return json(200, { status: 'empty' })
  }
}

function health({ version, startedAt, now }: OwnPathOptions) {
  return { status: 'ok', version, uptimeSeconds: Math.floor((now().getTime() - startedAt.getTime()) / 1000) }
}

const json = (status: number, body: unknown): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(body)}\n`,
})

/** Of the program. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
