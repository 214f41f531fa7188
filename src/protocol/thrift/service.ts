/** A service that speaks Thrift: its methods, each with the structs of its arguments and its result, and what does it. */
import type { ModelCall } from '../../core/events/model-call.ts'
import { Fault } from '../../core/faults.ts'
import type { Clock } from '../../core/ports.ts'
import { MESSAGE, type MessageHead, readHead, writeHead } from './message.ts'
import { Reader } from './reader.ts'
import {
  type AnyType,
  type FieldSpecs,
  i32,
  type Struct,
  type StructValue,
  string,
  struct,
  ThriftError,
  type Type,
} from './types.ts'
import { Writer } from './writer.ts'

/** Exceptions hold a message and nothing else, as all those of the services here do. */
export interface ExceptionType {
  readonly name: string
}

/** An exception of the interface definition, thrown by a method that declares it. */
export class ThriftException extends Error {
  override readonly name: string
  readonly type: ExceptionType

  constructor(type: ExceptionType, message: string) {
    super(message)
    this.name = type.name
    this.type = type
  }
}

/** Who is at the other end of a connection; the same for all its calls. */
export interface ThriftPeer {
  readonly address: string
  /** By the client's own word, which nothing proves. */
  claimedUser?: string
}

export interface ThriftCall {
  readonly method: string
  readonly peer: ThriftPeer
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal
}

export interface Method {
  readonly args: Struct<unknown>
  /** Absent for `void`. */
  readonly result: AnyType | undefined
  /** In the order of their numbers, from 1. */
  readonly throws: readonly ExceptionType[]
  /** Nobody waits for an answer. */
  readonly oneway?: boolean
  handle(args: never, call: ThriftCall): unknown
}

/** A method that answers with a value. */
export function method<const F extends FieldSpecs, R>(
  args: F,
  result: Type<R>,
  throws: readonly ExceptionType[],
  handle: (args: StructValue<F>, call: ThriftCall) => NoInfer<R> | Promise<NoInfer<R>>,
): Method {
  return { args: struct(args), result, throws, handle }
}

/** A method that answers with nothing, once it is done. */
export function procedure<const F extends FieldSpecs>(
  args: F,
  throws: readonly ExceptionType[],
  handle: (args: StructValue<F>, call: ThriftCall) => void | Promise<void>,
): Method {
  return { args: struct(args), result: undefined, throws, handle }
}

/** A method that asks for nothing. */
export const oneway: Method = { args: struct({}), result: undefined, throws: [], oneway: true, handle: () => {} }

export interface ThriftService {
  readonly name: string
  readonly methods: Readonly<Record<string, Method>>
  /** What a fault is called, of the exceptions that the method declares; undefined where it declares none that will do. */
  exception(fault: Fault, declared: readonly ExceptionType[]): ExceptionType | undefined
  /** What a call is in the words of AWS's APIs, with what it answered; nothing where it has no such meaning. */
  standsFor(method: string, args: unknown, value: unknown): readonly ModelCall[]
  /** What those APIs call its failure. */
  readonly errorCode: (error: unknown) => string
}

export interface ThriftOutcome {
  readonly service: string
  readonly operation: string
  /** As of HTTP: 200 when done, 400 when refused, 500 for a bug. */
  readonly status: number
  readonly durationMs: number
  readonly peer: ThriftPeer
  /** Absent where the call was refused before they were read. */
  readonly args?: unknown
  readonly value?: unknown
  /** Absent where the call was done. */
  readonly error?: unknown
}

/** What becomes known of a call on its way. */
type Progress = { -readonly [Known in 'args' | 'value' | 'error']?: unknown }

export interface ThriftDispatchOptions {
  readonly clock: Clock
  readonly maxAnswerBytes: number
  readonly observe: (outcome: ThriftOutcome) => void
  /** A bug: an error that no one expected. */
  readonly report: (error: unknown, method: string) => void
}

/** Answers a message with a message; with nothing where none is waited for. Throws ThriftError for what is no message. */
export type ThriftDispatcher = (message: Buffer, peer: ThriftPeer, signal: AbortSignal) => Promise<Buffer | undefined>

/** https://github.com/apache/thrift/blob/master/doc/specs/thrift-rpc.md */
const APPLICATION = { unknownMethod: 1, messageType: 2, internal: 6, protocol: 7 } as const
const applicationException = struct({ message: [1, string], type: [2, i32] })

type Answer = (writer: Writer) => void

export function createThriftDispatcher(service: ThriftService, options: ThriftDispatchOptions): ThriftDispatcher {
  const { clock, maxAnswerBytes, observe, report } = options

  async function run(
    head: MessageHead,
    reader: Reader,
    from: Omit<ThriftCall, 'method'>,
    progress: Progress,
  ): Promise<[number, Buffer]> {
    const { name } = head
    const method = Object.hasOwn(service.methods, name) ? service.methods[name]! : undefined
    try {
      if (head.type !== MESSAGE.call && head.type !== MESSAGE.oneway)
        return [400, refusal(head, APPLICATION.messageType, `Invalid message type ${head.type}`)]
      if (!method) return [400, refusal(head, APPLICATION.unknownMethod, `Invalid method name: '${name}'`)]
      progress.args = reader.struct(method.args)
      const value = await method.handle(progress.args as never, { method: name, ...from })
      progress.value = value
      return [200, reply(head, (writer) => method.result && writer.field(0, method.result, value))]
    } catch (error) {
      progress.error = error
      return failed(head, method, error)
    }
  }

  function failed(head: MessageHead, method: Method | undefined, error: unknown): [number, Buffer] {
    if (error instanceof ThriftError) return [400, refusal(head, APPLICATION.protocol, error.message)]
    const declared = method?.throws ?? []
    const type = error instanceof ThriftException ? error.type : faultType(error, declared)
    const place = type ? declared.indexOf(type) : -1
    const message = error instanceof Error ? error.message : String(error)
    if (place >= 0) return [400, reply(head, (writer) => writer.field(place + 1, exceptionBody, { message }))]
    const expected = error instanceof Fault || error instanceof ThriftException
    if (!expected) report(error, head.name)
    const text = expected ? message : `Internal error processing ${head.name}`
    return [expected ? 400 : 500, refusal(head, APPLICATION.internal, text)]
  }

  const faultType = (error: unknown, declared: readonly ExceptionType[]) =>
    error instanceof Fault ? service.exception(error, declared) : undefined

  function reply(head: MessageHead, fields: Answer): Buffer {
    return written({ ...head, type: MESSAGE.reply }, (writer) => {
      fields(writer)
      writer.stop()
    })
  }

  function refusal(head: MessageHead, type: number, message: string): Buffer {
    return written({ ...head, type: MESSAGE.exception }, (writer) =>
      writer.struct(applicationException, { message, type }),
    )
  }

  function written(head: MessageHead, body: Answer): Buffer {
    const writer = new Writer(maxAnswerBytes)
    writeHead(writer, head)
    body(writer)
    return writer.finish()
  }

  return async (message, peer, signal) => {
    const started = clock.now().getTime()
    const reader = new Reader(message)
    const head = readHead(reader)
    const progress: Progress = {}
    const [status, answer] = await run(head, reader, { peer, signal }, progress)
    const method = Object.hasOwn(service.methods, head.name) ? service.methods[head.name] : undefined
    const durationMs = clock.now().getTime() - started
    // Names that clients make up do not become labels.
    observe({ service: service.name, operation: method ? head.name : 'unknown', status, durationMs, peer, ...progress })
    return method?.oneway || head.type === MESSAGE.oneway ? undefined : answer
  }
}

const exceptionBody = struct({ message: [1, string] })
