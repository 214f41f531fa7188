/** One function that speaks the federation protocol, in the version that its Ping says. */
import { setTimeout } from 'node:timers/promises'
import { SourceError } from '../../core/federation/connector.ts'
import { CorruptData, UnsupportedData } from '../../formats/corrupt-data.ts'
import {
  type FederationResponse,
  type Identity,
  type RequestName,
  type RequestOf,
  request,
  response,
  SERDE_VERSIONS,
} from '../../formats/federation/messages.ts'
import { BUSY, type FunctionAnswer, FunctionError, invoke } from './invocation.ts'
import { abortable, Remembered } from './remembered.ts'

/** How often a function that is asked too much is asked again, and after how long at first; each time twice as long. */
const THROTTLED = { tries: 6, pauseMs: 100 } as const

/** Sources say so by the SDK's FederationThrottleException, Lambda by its own. */
const isThrottled = (error: unknown): boolean =>
  error instanceof FunctionError && /(FederationThrottleException|TooManyRequestsException|^HTTP 429)$/.test(error.type)

async function unthrottled<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isThrottled(error) || attempt === THROTTLED.tries) throw error
      await setTimeout(THROTTLED.pauseMs * 2 ** (attempt - 1), undefined, { signal })
    }
  }
}

const isBusy = (error: unknown): boolean => error instanceof FunctionError && error.type === BUSY

/** Others may ask the function too, and a function that was asked side by side is still at work. */
async function whenFree<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error)) throw error
      await setTimeout(THROTTLED.pauseMs, undefined, { signal })
    }
  }
}

/** What all requests of a data catalog have in common. */
export interface Caller {
  readonly identity: Identity
  readonly catalogName: string
}

export function callerOf(account: string, catalogName: string): Caller {
  const arn = `arn:aws:iam::${account}:root`
  const identity = { id: 'UNKNOWN', principal: 'UNKNOWN', account, arn, tags: {}, groups: [], configOptions: undefined }
  return { identity, catalogName }
}

/** Where in a query's life a function is asked: errors name it. */
const METADATA_CONTEXT = 'retrieving meta-data'

export interface Answered<T> {
  readonly message: T
  readonly receivedBytes: number
}

export class FunctionClient {
  readonly reference: string
  readonly #url: URL
  readonly #caller: Caller
  readonly #version = new Remembered<number>()
  #takesOne = false
  #lastTurn: Promise<unknown> = Promise.resolve()

  constructor(reference: string, url: URL, caller: Caller) {
    this.reference = reference
    this.#url = url
    this.#caller = caller
  }

  /** The newest version that both know. */
  version(queryId: string, signal: AbortSignal): Promise<number> {
    return this.#version.get((asking) => this.#ping(queryId, asking), signal)
  }

  /** Rejects with SourceError, in Athena's words. */
  async ask<Name extends RequestName, Answer extends FederationResponse['@type']>(
    message: Omit<RequestOf<Name>, keyof Caller> & { readonly '@type': Name },
    expected: readonly Answer[],
    signal: AbortSignal,
    context = METADATA_CONTEXT,
  ): Promise<Answered<Extract<FederationResponse, { readonly '@type': Answer }>>> {
    const queryId = 'queryId' in message ? String(message.queryId) : ''
    const version = await this.version(queryId, signal)
    return this.#exchange({ ...this.#caller, ...message } as never, version, expected, signal, context)
  }

  async #ping(queryId: string, signal: AbortSignal): Promise<number> {
    const { oldest, newest } = SERDE_VERSIONS
    const ping = { '@type': 'PingRequest', ...this.#caller, queryId } as const
    const { message } = await this.#exchange(ping, oldest, ['PingResponse'], signal, METADATA_CONTEXT)
    if (message.serDeVersion >= oldest) return Math.min(message.serDeVersion, newest)
    throw new SourceError(
      `LambdaFunction[${this.reference}] speaks version ${message.serDeVersion} of the federation protocol's serialization; ${oldest} to ${newest} are spoken here`,
    )
  }

  async #exchange<Answer extends FederationResponse['@type']>(
    message: RequestOf<RequestName>,
    version: number,
    expected: readonly Answer[],
    signal: AbortSignal,
    context: string,
  ): Promise<Answered<Extract<FederationResponse, { readonly '@type': Answer }>>> {
    return this.blamed(context, async () => {
      const event = JSON.stringify(request.write(message, version))
      const { json, receivedBytes } = await this.#invoke(event, signal)
      const answer = response.read(json, message['@type'])
      if (!(expected as readonly string[]).includes(answer['@type']))
        throw new CorruptData(`${message['@type']} was answered with ${answer['@type']}`)
      return { message: answer as never, receivedBytes }
    })
  }

  /** Side by side, until the function says that it takes one event at a time. */
  async #invoke(event: string, signal: AbortSignal): Promise<FunctionAnswer> {
    const invoked = () => unthrottled(() => invoke(this.#url, event, signal), signal)
    if (!this.#takesOne) {
      try {
        return await invoked()
      } catch (error) {
        if (!isBusy(error)) throw error
        this.#takesOne = true
      }
    }
    const mine = abortable(this.#lastTurn, signal).then(() => whenFree(invoked, signal))
    this.#lastTurn = mine.catch(() => undefined)
    return mine
  }

  /** What goes wrong in `work` is the function's fault. */
  async blamed<T>(context: string, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const isData = error instanceof CorruptData || error instanceof UnsupportedData
      if (!isData && !(error instanceof FunctionError)) throw error
      const type = error instanceof FunctionError ? error.type : 'InvalidResponse'
      throw new SourceError(
        `Encountered an exception[${type}] from your LambdaFunction[${this.reference}] executed in context[${context}] with message[${error.message}]`,
      )
    }
  }
}
