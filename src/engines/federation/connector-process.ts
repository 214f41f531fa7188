/**
 * What runs in a process of connectors: calls side by side, each for one source, whose connector is opened at the first
 * and stays. It speaks only to the server that started it, and ends with it.
 */
import {
  type Connector,
  type ConnectorHost,
  type SourceDefinition,
  SourceError,
} from '../../core/federation/connector.ts'
import { type ConnectorSettings, openConnector } from './kinds.ts'
import type { Blame, FromConnectors, SourceCall, ToConnectors } from './messages.ts'
import { NoRoom, writeSplit } from './split-file.ts'

const settings: ConnectorSettings = JSON.parse(process.argv[2]!)

interface Opened {
  readonly connector: Promise<Connector>
  /** Calls that it works on. */
  users: number
}

/** By what they are made from; the one used last is the last. */
const opened = new Map<string, Opened>()
const MOST_IDLE = 16
const calls = new Map<number, AbortController>()
const objects = new Map<number, PromiseWithResolvers<Uint8Array>>()
let requests = 0

process.on('message', (message: ToConnectors) => {
  if (message.kind === 'call') void answer(message.id, message.source, message.call)
  else if (message.kind === 'cancel') calls.get(message.id)?.abort()
  else objectCame(message)
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

async function answer(id: number, source: SourceDefinition, call: SourceCall): Promise<void> {
  const cancelled = new AbortController()
  calls.set(id, cancelled)
  const found = openedFor(source)
  try {
    say({ kind: 'done', id, value: await perform(await found.connector, call, id, cancelled.signal) })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const blame = blameOf(error)
    say({
      kind: 'failed',
      id,
      blame,
      message: blame === 'bug' && error instanceof Error ? (error.stack ?? text) : text,
    })
  } finally {
    found.users--
    calls.delete(id)
  }
}

async function perform(connector: Connector, call: SourceCall, id: number, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted()
  switch (call.kind) {
    case 'schemas':
      return connector.schemas(signal)
    case 'tables':
      return connector.tables(call.schema, signal)
    case 'table':
      return connector.table(call.schema, call.name, signal)
    case 'functions':
      return connector.functions(signal)
    case 'called':
      return connector.called(call.called, call.values, signal)
    case 'pushdown':
      return connector.pushdown(call.scan)
    case 'splits':
      for await (const split of connector.splits(call.scan, signal)) say({ kind: 'split', id, split })
      return undefined
    case 'read':
      return writeSplit(connector, call.scan, call.split, call.output, signal, (bytes) =>
        say({ kind: 'received', id, bytes }),
      )
  }
}

function blameOf(error: unknown): Blame {
  if (error instanceof SourceError) return 'source'
  return error instanceof NoRoom ? 'room' : 'bug'
}

function openedFor(source: SourceDefinition): Opened {
  const key = JSON.stringify(source)
  const found = opened.get(key) ?? { connector: openConnector(source, host, settings), users: 0 }
  found.users++
  opened.delete(key)
  opened.set(key, found)
  // One that can not be opened is tried again.
  found.connector.catch(() => opened.delete(key))
  const idle = [...opened].filter(([, { users }]) => users === 0)
  for (const [other, { connector }] of idle.slice(0, -MOST_IDLE)) {
    opened.delete(other)
    void connector.then((one) => one.close()).catch(() => undefined)
  }
  return found
}

const host: ConnectorHost = {
  readObject(uri, signal) {
    const waiting = Promise.withResolvers<Uint8Array>()
    const request = ++requests
    objects.set(request, waiting)
    signal.addEventListener('abort', () => waiting.reject(signal.reason), { once: true })
    say({ kind: 'read-object', request, uri })
    return waiting.promise.finally(() => objects.delete(request))
  },
}

function objectCame({ request, bytes, failure }: ToConnectors & { readonly kind: 'object' }): void {
  if (bytes) objects.get(request)?.resolve(bytes)
  else objects.get(request)?.reject(new SourceError(failure ?? 'The object can not be read'))
}

function say(message: FromConnectors): void {
  // A server that has just gone hears nothing, and this process is about to end too.
  process.send?.(message, undefined, undefined, () => undefined)
}
