/** What a service is to the protocol: a name, typed handlers, and what AWS calls its faults. */
import type { Readable } from 'node:stream'
import type { Call, Principal } from '../core/call.ts'
import type { Fault, FaultKind } from '../core/faults.ts'
import type { Authorization, Rule } from './authorization.ts'

/** A request inside a door: the call, and the little of HTTP that the model does not describe. */
export interface ServiceCall extends Call {
  readonly http: {
    readonly method: string
    /** Undecoded, without the query; a bucket that the host names comes first: `/bucket/key` however it was addressed. */
    readonly rawPath: string
    readonly query: URLSearchParams
    readonly headers: Readonly<Record<string, string>>
    /** `http://host:port` as the client addressed it, for links in answers. */
    readonly origin: string
    /** What came after a chunked body (`x-amz-checksum-crc32`), names in lower case: filled once the body has been read. */
    readonly trailers: Readonly<Record<string, string>>
  }
  /** What a handler may set beyond the modelled output: a status the model does not bind, extra headers. */
  readonly reply: { status?: number; readonly headers: Record<string, string> }
}

type Command = abstract new (
  ...args: never[]
) => { readonly input: unknown; resolveMiddleware(...args: never[]): unknown }

/**
 * Members the model requires are present in a handler's input: the codec has validated it. Streams arrive as Readable, or
 * as bytes where there are few.
 */
type Tighten<T> = T extends Date | Uint8Array | string | number | boolean | undefined | null
  ? T
  : T extends readonly (infer U)[]
    ? Tighten<U>[]
    : T extends Readable | { transformToString(): unknown }
      ? Readable | Uint8Array
      : T extends object
        ? { [K in keyof T]: Record<never, never> extends Pick<T, K> ? Tighten<T[K]> : Tighten<NonNullable<T[K]>> }
        : T

type InputOf<C> = C extends abstract new (...args: never[]) => { readonly input: infer I } ? Tighten<I> : never
/** Streams are answered as bytes or any iterable of bytes. */
type Loosen<T> = T extends { transformToString(): unknown } ? Uint8Array | AsyncIterable<Uint8Array> : T
type OutputOf<C> = C extends abstract new (
  ...args: never[]
) => {
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }>
}
  ? { [K in keyof Omit<O, '$metadata'>]: Loosen<Omit<O, '$metadata'>[K]> }
  : never

/** Typed from the SDK client's module: an operation that does not exist, or a wrong answer, does not compile. */
export type Handlers<Sdk> = {
  [K in keyof Sdk as K extends `${infer Name}Command` ? (Sdk[K] extends Command ? Name : never) : never]?: (
    input: InputOf<Sdk[K]>,
    call: ServiceCall,
  ) => Promise<OutputOf<Sdk[K]>> | OutputOf<Sdk[K]>
}

/** Per operation, what its caller has to be allowed. */
export type Rules<Sdk> = {
  [K in keyof Sdk as K extends `${infer Name}Command` ? (Sdk[K] extends Command ? Name : never) : never]?: Rule<
    InputOf<Sdk[K]>
  >
}

/** An error by AWS's own name, for what only a door knows. `members` fill the error's structure; `headers` go beside it. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string
  /** Used when the model does not say. */
  readonly status: number
  readonly members: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: string,
    message: string,
    options: {
      status?: number
      members?: Readonly<Record<string, unknown>>
      headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(message)
    this.code = code
    this.status = options.status ?? 400
    this.members = options.members ?? {}
    this.headers = options.headers ?? {}
  }
}

export type FaultTable = Partial<Record<FaultKind, string>>

/** A request that no modelled operation describes: CORS preflight, a browser's form upload. */
export interface RawRequest {
  /** Its principal is anonymous: nothing has been verified. */
  readonly call: ServiceCall
  readonly body: Readable
  /** To be called before the body is read: a client may be waiting for it. */
  admitBody(): void
  /** Who signed a form's base64 policy; `fields` are its others, names in lower case. Throws AwsError. */
  authenticateForm(policy: string, fields: Readonly<Record<string, string>>): Principal
}

export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
}

/** What the program asks of itself over HTTP, where AWS has no operation for it. */
export type OwnOperation = (input: Readonly<Record<string, unknown>>, call: Call) => unknown

/** What a few services do beyond their modelled operations. */
export interface ServiceExtras {
  /** Absent: each operation needs its own action on everything. */
  readonly authorization?: Authorization
  /** By the names below `/_lentic/`. */
  readonly own?: Readonly<Record<string, OwnOperation>>
  /** Handlers judge callers without a signature themselves (bucket policies); elsewhere these are refused before. */
  readonly anonymous?: boolean
  /** Asked where no modelled operation matches; `undefined` means it is nothing of ours either. */
  readonly raw?: (request: RawRequest) => Promise<RawReply | undefined>
  /** Headers for every answer to this call, errors too: CORS. */
  readonly answerHeaders?: (call: ServiceCall) => Readonly<Record<string, string>> | undefined
  /** Called before the first request: what an earlier process left unfinished is put in order. */
  readonly open?: () => Promise<void>
  /** Called when the server stops taking requests; resolves when nothing of the service is under way. */
  readonly close?: () => Promise<void>
}

export type AnyHandlers = Readonly<Record<string, (input: never, call: ServiceCall) => unknown>>

export interface ServiceDefinition extends ServiceExtras {
  /** The name of its compiled model, which is also its folder: `glue`, `s3`, `redshift-data`. */
  readonly name: string
  /** By the names of operations. The code of many comes with the first call: a server that is asked for none rests without it. */
  handlers(): AnyHandlers | Promise<AnyHandlers>
  /** The AWS error that a fault is for this service. */
  translate(fault: Fault): AwsError
}

/** `faults` is a table by kind, or a function where one kind has several names (NoSuchBucket, NoSuchKey). */
export function defineService<Sdk>(
  name: string,
  definition: {
    readonly handlers: Handlers<Sdk> | (() => Promise<Handlers<Sdk>>)
    readonly faults: FaultTable | ((fault: Fault) => AwsError)
  } & ServiceExtras,
): ServiceDefinition {
  const { handlers, faults, ...extras } = definition
  return {
    ...extras,
    name,
    handlers: typeof handlers === 'function' ? once(handlers) : () => handlers as AnyHandlers,
    translate:
      typeof faults === 'function'
        ? faults
        : (fault) => new AwsError(faults[fault.kind] ?? 'InternalFailure', fault.message, { members: fault.detail }),
  }
}

function once(load: () => Promise<object>): () => Promise<AnyHandlers> {
  let loaded: Promise<AnyHandlers> | undefined
  return () => {
    loaded ??= load() as Promise<AnyHandlers>
    return loaded
  }
}
