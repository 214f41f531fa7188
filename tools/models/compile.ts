/** Turns one of botocore's models into our compact form: no documentation, every shape and operation that is reachable. */
import { errorCodes, outputElements } from './overlay.ts'
import { type Quirks, quirks } from './quirks.ts'
import type { SourceModel, SourceOperation, SourceRef, SourceShape } from './source.ts'

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json | undefined }
export type Entry = { readonly [key: string]: Json | undefined }

export interface CompiledModel {
  readonly metadata: Entry
  readonly operations: Readonly<Record<string, Entry>>
  readonly shapes: Readonly<Record<string, Entry>>
}

const types: Readonly<Record<string, string>> = {
  character: 'string',
  short: 'integer',
  byte: 'integer',
  biginteger: 'long',
  float: 'double',
  bigdecimal: 'double',
}

const protocols: Readonly<Record<string, string>> = {
  'rest-json': 'rest-json',
  'rest-xml': 'rest-xml',
  query: 'query',
  'smithy-rpc-v2-cbor': 'cbor',
}

export function compileModel(name: string, source: SourceModel): CompiledModel {
  const quirk = quirks[name] ?? {}
  const reached = new Set<string>()
  const operations: Record<string, Entry> = {}
  for (const [operation, value] of sorted(source.operations)) {
    operations[operation] = compileOperation(name, operation, value, quirk)
    for (const ref of [value.input, value.output, ...(value.errors ?? [])]) if (ref) reach(source, ref.shape, reached)
  }
  // Errors that no operation lists are still thrown (`AccessDenied`).
  for (const [shape, value] of Object.entries(source.shapes)) if (value.exception) reach(source, shape, reached)

  const shapes: Record<string, Entry> = {}
  for (const [shape, value] of sorted(source.shapes)) {
    if (reached.has(shape)) shapes[shape] = compileShape(name, shape, value, quirk)
  }
  return { metadata: compileMetadata(name, source, quirk), operations, shapes }
}

/** One shape or operation a line, so that a refresh reads as a difference. */
export function formatModel(model: CompiledModel): string {
  const section = (entries: Readonly<Record<string, Entry>>) =>
    Object.entries(entries)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(',\n')
  return `{"metadata":${JSON.stringify(model.metadata)},
"operations":{
${section(model.operations)}
},
"shapes":{
${section(model.shapes)}
}}
`
}

function compileMetadata(name: string, source: SourceModel, quirk: Quirks): Entry {
  const { metadata } = source
  const json = `aws-json-${metadata.jsonVersion ?? '1.1'}`
  const own = (metadata.protocols ?? [metadata.protocol]).map((protocol) =>
    protocol === 'json' ? json : protocols[protocol],
  )
  if (own.includes(undefined)) throw new Error(`${name}: unknown protocol among ${metadata.protocols}`)
  return {
    name,
    serviceId: metadata.serviceId,
    wires: own as string[],
    signingName: metadata.signingName ?? metadata.endpointPrefix,
    endpointPrefix: metadata.endpointPrefix,
    apiVersion: metadata.apiVersion,
    targetPrefix: metadata.targetPrefix,
    xmlNamespace: quirk.xmlNamespace ?? namespaceUri(metadata.xmlNamespace),
    queryCompatible: metadata.awsQueryCompatible ? true : undefined,
    errorNamespace: quirk.errorNamespace,
  }
}

function compileOperation(name: string, operation: string, source: SourceOperation, quirk: Quirks): Entry {
  const { input, output, http } = source
  const status = quirk.status?.[operation] ?? http.responseCode ?? 200
  const unsigned = source.authtype === 'none'
  return {
    http: `${http.method} ${http.requestUri}`,
    status: status === 200 ? undefined : status,
    input: input?.shape,
    inputElement: input?.locationName,
    inputNamespace: namespaceUri(input?.xmlNamespace),
    output: output?.shape,
    outputElement: outputElements[name]?.[operation] ?? output?.resultWrapper ?? output?.locationName,
    bareOutput: quirk.bareOutput?.includes(operation) || undefined,
    errors: source.errors?.length ? source.errors.map((error) => error.shape) : undefined,
    deprecated: source.deprecated || quirk.deprecated?.includes(operation) || undefined,
    hostPrefix: source.endpoint?.hostPrefix,
    unsigned: unsigned || undefined,
  }
}

function compileShape(service: string, name: string, source: SourceShape, quirk: Quirks): Entry {
  const members = source.members && { ...source.members, ...quirk.members?.[name] }
  return {
    type: source.document ? 'document' : (types[source.type] ?? source.type),
    members: members && Object.fromEntries(Object.entries(members).map(([member, ref]) => [member, compileRef(ref)])),
    required: source.required?.length ? source.required : undefined,
    payload: source.payload,
    member: source.member ? compileRef(source.member) : undefined,
    key: source.key ? compileRef(source.key) : undefined,
    value: source.value ? compileRef(source.value) : undefined,
    min: source.min,
    max: quirk.maxima?.[name] ?? source.max,
    pattern: quirk.patterns?.[name] ?? source.pattern,
    enum: source.enum,
    flattened: source.flattened || undefined,
    streaming: source.streaming || undefined,
    timestampFormat: source.timestampFormat,
    union: source.union || undefined,
    eventStream: source.eventstream || undefined,
    sensitive: source.sensitive || undefined,
    xmlName: source.locationName,
    xmlNamespace: namespace(source.xmlNamespace),
    jsonValue: source.jsonvalue || undefined,
    error: source.exception ? compileError(service, name, source) : undefined,
  }
}

function compileError(service: string, name: string, source: SourceShape): Entry {
  const code = errorCodes[service]?.[name] ?? source.error?.code ?? name
  const status = source.error?.httpStatusCode ?? (source.fault ? 500 : 400)
  return { code: code === name ? undefined : code, status }
}

function compileRef(ref: SourceRef): Json {
  const traits: Entry = {
    location: ref.location,
    name: ref.locationName,
    flattened: ref.flattened || undefined,
    xmlAttribute: ref.xmlAttribute || undefined,
    xmlNamespace: namespace(ref.xmlNamespace),
    timestampFormat: ref.timestampFormat,
    streaming: ref.streaming || undefined,
    idempotencyToken: ref.idempotencyToken || undefined,
    jsonValue: ref.jsonvalue || undefined,
    event: ref.eventheader ? 'header' : ref.eventpayload ? 'payload' : undefined,
  }
  return Object.values(traits).every((trait) => trait === undefined) ? ref.shape : [ref.shape, traits]
}

function reach(source: SourceModel, name: string, reached: Set<string>): void {
  if (reached.has(name)) return
  reached.add(name)
  const shape = source.shapes[name]
  if (!shape) throw new Error(`no shape ${name}`)
  const refs = [...Object.values(shape.members ?? {}), shape.member, shape.key, shape.value]
  for (const ref of refs) if (ref) reach(source, ref.shape, reached)
}

const namespaceUri = (value: SourceRef['xmlNamespace']) => (typeof value === 'string' ? value : value?.uri)

function namespace(value: SourceRef['xmlNamespace']): Json | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? { uri: value } : { prefix: value.prefix, uri: value.uri }
}

const sorted = <T>(record: Readonly<Record<string, T>>) =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
