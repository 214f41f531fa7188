/** The thread that asks functions of Lambda, while the thread that wants their values stands still. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { SourceError } from '../../../core/federation/connector.ts'
import type { ExternalCaller } from '../../../core/queries/engine-plan.ts'
import type { Vector } from '../../../formats/vectors.ts'
import { callFunction, type FunctionCall } from '../../lambda/function-calls.ts'
import { callerOf, FunctionClient } from '../../lambda/function-client.ts'
import { type FunctionEndpoints, invocationUrl } from '../../lambda/invocation.ts'

export interface CallThreadData {
  readonly port: MessagePort
  /** Of one number: 1 once an answer has been posted. */
  readonly answered: Int32Array<SharedArrayBuffer>
  readonly endpoints: FunctionEndpoints
}

export interface CallRequest {
  readonly lambda: string
  readonly account: string
  readonly call: FunctionCall
}

export type CallReply =
  | { readonly kind: 'done'; readonly values: Vector }
  /** `told`: in words for the user. */
  | { readonly kind: 'failed'; readonly message: string; readonly told: boolean }

/** What a Ping names: no data catalog is asked. */
const CATALOG = 'AwsDataCatalog'
const { port, answered, endpoints } = workerData as CallThreadData
/** Of one query, by their references. */
const clients = new Map<string, FunctionClient>()
let asking: string | undefined
/** A call that is not wanted any more ends with the process. */
const never = new AbortController().signal

port.on('message', async (request: CallRequest) => {
  port.postMessage(await reply(request))
  Atomics.store(answered, 0, 1)
  Atomics.notify(answered, 0)
})

async function reply({ lambda, account, call }: CallRequest): Promise<CallReply> {
  try {
    return {
      kind: 'done',
      values: await callFunction(clientOf(lambda, { account, queryId: call.queryId }), call, never),
    }
  } catch (error) {
    if (error instanceof SourceError) return { kind: 'failed', message: error.message, told: true }
    return { kind: 'failed', message: String(error instanceof Error ? error.stack : error), told: false }
  }
}

/** Each query asks anew which version a function speaks. */
function clientOf(lambda: string, { account, queryId }: ExternalCaller): FunctionClient {
  if (asking !== queryId) clients.clear()
  asking = queryId
  let client = clients.get(lambda)
  if (!client) {
    client = new FunctionClient(lambda, invocationUrl(endpoints, lambda), callerOf(account, CATALOG))
    clients.set(lambda, client)
  }
  return client
}
