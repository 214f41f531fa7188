/**
 * Lambda's Invoke, as AWS's own service, its runtime interface emulator and `sam local start-lambda` answer it: an event is
 * posted, the function's answer or its error comes back. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { SourceError } from '../../core/federation/connector.ts'

/** URLs by the name of the function. */
export type FunctionEndpoints = Readonly<Record<string, string>>

export interface FunctionAnswer {
  readonly json: unknown
  /** Of the answer, as it came. */
  readonly receivedBytes: number
}

/** What a function says of its error is kept with the query: so many characters of it. */
const MOST_TOLD = 4096

/** A function has ended with an error, or could not be asked. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
  /** As the function's runtime names it: `java.lang.RuntimeException`. */
  readonly type: string

  constructor(type: string, message: string) {
    super(message.slice(0, MOST_TOLD))
    this.type = type.slice(0, MOST_TOLD)
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: an answer's size, and how long a function may run. */
const LIMITS = { answerBytes: 6_291_556, runMs: 900_000 } as const

/** The runtime interface emulator takes one event at a time, and refuses others with a status and no word. */
export const BUSY = 'Busy'

/** Also the emulator's, in a body that is no JSON. */
const isTimeout = (text: string): boolean => text.startsWith('Task timed out')

/** `arn:aws:lambda:us-east-1:000000000000:function:name:qualifier`, or the name alone. */
function functionName(reference: string): string {
  const parts = reference.split(':')
  return parts[0] === 'arn' ? (parts[6] ?? '') : parts[0]!
}

/** An address without a path is that of a service; one with a path is the function's own. */
export function invocationUrl(endpoints: FunctionEndpoints, reference: string): URL {
  const name = functionName(reference)
  // Statements fold the name of a function that stands for a catalog.
  const folded = Object.keys(endpoints).find((one) => one.toLowerCase() === name)
  const endpoint = endpoints[name] ?? endpoints[folded ?? '']
  if (endpoint === undefined)
    throw new SourceError(
      `Function not found: ${reference}. Where the function ${name} answers is told by the option --function ${name}=URL.`,
    )
  const url = new URL(endpoint)
  if (url.pathname === '/') url.pathname = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`
  return url
}

/** Rejects with FunctionError, or with the signal's reason. */
export async function invoke(url: URL, event: string, signal: AbortSignal): Promise<FunctionAnswer> {
  const { status, functionError, body } = await post(url, event, signal)
  const json = parsed(body)
  if (functionError !== undefined || (status < 300 && isErrorAnswer(json))) throw errorOf(json)
  const told = messageIn(json) ?? body.toString('utf8', 0, MOST_TOLD)
  if (status === 400 && told === '') throw new FunctionError(BUSY, 'The function is at work for another')
  if (status >= 300) throw new FunctionError(`HTTP ${status}`, told)
  if (json === undefined)
    throw new FunctionError(isTimeout(told) ? 'Sandbox.Timedout' : 'Runtime.InvalidResponse', told)
  return { json, receivedBytes: body.length }
}

interface Reply {
  readonly status: number
  readonly functionError: string | undefined
  readonly body: Buffer
}

function post(url: URL, event: string, signal: AbortSignal): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const deadline = AbortSignal.timeout(LIMITS.runMs)
  const body = Buffer.from(event)
  const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(
    url,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': body.length,
        'x-amz-invocation-type': 'RequestResponse',
      },
      signal: AbortSignal.any([signal, deadline]),
    },
    (answer) => {
      const pieces: Buffer[] = []
      let size = 0
      answer.on('data', (piece: Buffer) => {
        size += piece.length
        pieces.push(piece)
        if (size > LIMITS.answerBytes) sent.destroy(tooLarge())
      })
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          functionError: answer.headers['x-amz-function-error']?.toString(),
          body: Buffer.concat(pieces),
        }),
      )
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise.catch((error: NodeJS.ErrnoException) => {
    signal.throwIfAborted()
    if (error instanceof FunctionError) throw error
    if (deadline.aborted) throw new FunctionError('Sandbox.Timedout', 'Task timed out after 900.00 seconds')
    throw new FunctionError(error.code ?? error.name, `${error.message || 'No answer'} (${url.origin})`)
  })
}

const tooLarge = (): FunctionError =>
  new FunctionError(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${LIMITS.answerBytes} bytes).`,
  )

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

interface ErrorAnswer {
  readonly errorMessage?: unknown
  readonly errorType?: unknown
  readonly Message?: unknown
  readonly message?: unknown
}

const isObject = (json: unknown): json is ErrorAnswer => typeof json === 'object' && json !== null

/** The runtime interface emulator does not always say so in a header. */
const isErrorAnswer = (json: unknown): boolean => isObject(json) && !('@type' in json) && 'errorMessage' in json

function errorOf(json: unknown): FunctionError {
  if (!isObject(json)) return new FunctionError('Unhandled', 'The function ended with an error that it did not tell')
  return new FunctionError(String(json.errorType ?? 'Unhandled'), String(json.errorMessage ?? ''))
}

/** As the service itself says why it did not invoke. */
function messageIn(json: unknown): string | undefined {
  const message = isObject(json) ? (json.Message ?? json.message ?? json.errorMessage) : undefined
  return message === undefined ? undefined : String(message)
}
