/** Turns a compiled model's names into references, and works out once what the codecs would ask at every request. */
import type {
  ErrorTraits,
  Location,
  Member,
  Model,
  ModelMetadata,
  Operation,
  Shape,
  StructureShape,
  TimestampFormat,
  XmlNamespace,
} from './schema.ts'

/** The files in `models/`, as `tools/models/compile.ts` writes them. */
export interface CompiledModel {
  readonly metadata: {
    readonly name: string
    readonly serviceId: string
    readonly wires: readonly string[]
    readonly signingName: string
    readonly endpointPrefix: string
    readonly apiVersion: string
    readonly targetPrefix?: string
    readonly xmlNamespace?: string
    readonly queryCompatible?: boolean
    readonly errorNamespace?: string
  }
  readonly operations: Readonly<Record<string, CompiledOperation>>
  readonly shapes: Readonly<Record<string, CompiledShape>>
}

interface CompiledOperation {
  readonly http: string
  readonly status?: number
  readonly input?: string
  readonly inputElement?: string
  readonly inputNamespace?: string
  readonly output?: string
  readonly outputElement?: string
  readonly bareOutput?: boolean
  readonly errors?: readonly string[]
  readonly deprecated?: boolean
  readonly hostPrefix?: string
  readonly unsigned?: boolean
}

type CompiledRef = string | readonly [shape: string, traits: CompiledTraits]

interface CompiledTraits {
  readonly location?: Location
  readonly name?: string
  readonly flattened?: boolean
  readonly xmlAttribute?: boolean
  readonly xmlNamespace?: XmlNamespace
  readonly timestampFormat?: TimestampFormat
  readonly streaming?: boolean
  readonly idempotencyToken?: boolean
  readonly jsonValue?: boolean
  readonly event?: 'header' | 'payload'
}

interface CompiledShape {
  readonly type: Shape['type']
  readonly members?: Readonly<Record<string, CompiledRef>>
  readonly required?: readonly string[]
  readonly payload?: string
  readonly member?: CompiledRef
  readonly key?: CompiledRef
  readonly value?: CompiledRef
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly flattened?: boolean
  readonly streaming?: boolean
  readonly timestampFormat?: TimestampFormat
  readonly union?: boolean
  readonly eventStream?: boolean
  readonly sensitive?: boolean
  readonly xmlName?: string
  readonly xmlNamespace?: XmlNamespace
  readonly jsonValue?: boolean
  readonly error?: { readonly code?: string; readonly status: number }
}

type Draft = { -readonly [K in keyof Shape]: Shape[K] } & Record<string, unknown>

export function linkModel(metadata: ModelMetadata, compiled: CompiledModel): Model {
  const shapes = linkShapes(compiled.shapes)
  const operations = new Map<string, Operation>()
  const model: Model = { ...metadata, operations, errors: indexErrors(shapes) }
  for (const [name, operation] of Object.entries(compiled.operations)) {
    operations.set(name, linkOperation(model, name, operation, shapes))
  }
  return model
}

function linkOperation(
  model: Model,
  name: string,
  compiled: CompiledOperation,
  shapes: ReadonlyMap<string, Shape>,
): Operation {
  const structure = (shape: string | undefined) => (shape ? (shapes.get(shape) as StructureShape) : undefined)
  const input = structure(compiled.input)
  const output = structure(compiled.output)
  const [method = '', uri = ''] = compiled.http.split(' ')
  const [path = '', query = ''] = uri.split('?')
  return {
    name,
    model,
    http: { method, path, literals: literalsOf(query), status: compiled.status ?? 200 },
    input,
    output,
    inputElement: compiled.inputElement,
    inputNamespace: compiled.inputNamespace,
    outputElement: compiled.outputElement,
    bareOutput: compiled.bareOutput ?? false,
    errors: (compiled.errors ?? []).map((error) => structure(error)!),
    streamsInput: streamsBytes(input),
    streamsOutput: streamsBytes(output),
    eventStream: hasEvents(input) || hasEvents(output),
    deprecated: compiled.deprecated ?? false,
    hostPrefix: compiled.hostPrefix,
    unsigned: compiled.unsigned ?? false,
  }
}

/** `x-id` only repeats the operation's name, and only JavaScript clients send it. */
function literalsOf(query: string): [string, string][] {
  return [...new URLSearchParams(query)].filter(([name]) => name !== 'x-id')
}

const streamsBytes = (shape: StructureShape | undefined) =>
  shape?.payload?.shape.type === 'blob' && shape.payload.streaming

const hasEvents = (shape: StructureShape | undefined) =>
  shape?.members.some((member) => member.shape.type === 'structure' && member.shape.eventStream) ?? false

function indexErrors(shapes: ReadonlyMap<string, Shape>): ReadonlyMap<string, StructureShape> {
  const errors = new Map<string, StructureShape>()
  const structures = [...shapes.values()].filter((shape): shape is StructureShape => shape.type === 'structure')
  for (const shape of structures) if (shape.error) errors.set(shape.error.code, shape)
  // A shape's own name wins where another's code is the same.
  for (const shape of structures) if (shape.error) errors.set(shape.name, shape)
  return errors
}

function linkShapes(compiled: CompiledModel['shapes']): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>()
  for (const [name, shape] of Object.entries(compiled)) shapes.set(name, draftShape(name, shape) as unknown as Shape)
  for (const [name, shape] of Object.entries(compiled)) {
    const draft = shapes.get(name) as unknown as Draft
    if (shape.type === 'structure') linkMembers(draft, shape, compiled, shapes)
    if (shape.member) draft.element = linkMember('', shape.member, false, compiled, shapes)
    if (shape.key) draft.key = linkMember('', shape.key, false, compiled, shapes)
    if (shape.value) draft.value = linkMember('', shape.value, false, compiled, shapes)
  }
  markPlain([...shapes.values()])
  return shapes
}

function draftShape(name: string, shape: CompiledShape): Draft {
  const { type, min, max } = shape
  switch (type) {
    case 'structure':
      return {
        type,
        name,
        union: shape.union ?? false,
        eventStream: shape.eventStream ?? false,
        sensitive: shape.sensitive ?? false,
        xmlName: shape.xmlName,
        xmlNamespace: shape.xmlNamespace,
        error: shape.error && errorTraits(name, shape.error),
        plain: true,
      }
    case 'list':
    case 'map':
      return {
        type,
        name,
        min,
        max,
        flattened: shape.flattened ?? false,
        sensitive: shape.sensitive ?? false,
        plain: true,
      }
    case 'string': {
      const values = shape.enum && new Set(shape.enum)
      const plain = !shape.jsonValue
      return { type, name, min, max, pattern: shape.pattern, values, sensitive: shape.sensitive ?? false, plain }
    }
    default: {
      // Doubles may be NaN, which JSON cannot say without quotes; the other two are converted.
      const plain = type !== 'timestamp' && type !== 'blob' && type !== 'double'
      return {
        type,
        name,
        min,
        max,
        timestampFormat: shape.timestampFormat,
        sensitive: shape.sensitive ?? false,
        plain,
      }
    }
  }
}

const errorTraits = (name: string, error: { readonly code?: string; readonly status: number }): ErrorTraits => ({
  code: error.code ?? name,
  status: error.status,
})

function linkMembers(
  draft: Draft,
  shape: CompiledShape,
  compiled: CompiledModel['shapes'],
  shapes: ReadonlyMap<string, Shape>,
): void {
  const required = new Set(shape.required)
  const members = Object.entries(shape.members ?? {}).map(([name, ref]) =>
    linkMember(name, ref, required.has(name), compiled, shapes),
  )
  draft.members = members
  draft.locatedMembers = members.filter((member) => member.location !== undefined)
  draft.payload = members.find((member) => member.name === shape.payload)
  draft.bodyMembers = draft.payload ? [] : members.filter((member) => member.location === undefined)
}

function linkMember(
  name: string,
  ref: CompiledRef,
  required: boolean,
  compiled: CompiledModel['shapes'],
  shapes: ReadonlyMap<string, Shape>,
): Member {
  const [target, traits] = typeof ref === 'string' ? [ref, noTraits] : ref
  const source = compiled[target]!
  return {
    name,
    wireName: traits.name,
    shape: shapes.get(target)!,
    required,
    location: traits.location,
    flattened: traits.flattened ?? source.flattened ?? false,
    xmlAttribute: traits.xmlAttribute ?? false,
    xmlNamespace: traits.xmlNamespace ?? source.xmlNamespace,
    timestampFormat: traits.timestampFormat ?? source.timestampFormat,
    streaming: traits.streaming ?? source.streaming ?? false,
    idempotencyToken: traits.idempotencyToken ?? false,
    jsonValue: traits.jsonValue ?? source.jsonValue ?? false,
    event: traits.event,
  }
}

const noTraits: CompiledTraits = {}

/** What is not plain makes what contains it not plain; shapes may contain themselves, so until nothing changes. */
function markPlain(shapes: readonly Shape[]): void {
  const containers = shapes.filter((shape) => 'element' in shape || 'value' in shape || 'members' in shape)
  for (let changed = true; changed; ) {
    changed = false
    for (const shape of containers) {
      if (!shape.plain || contentIsPlain(shape)) continue
      ;(shape as { plain: boolean }).plain = false
      changed = true
    }
  }
}

function contentIsPlain(shape: Shape): boolean {
  if (shape.type === 'list') return shape.element.shape.plain
  if (shape.type === 'map') return shape.value.shape.plain
  if (shape.type !== 'structure') return shape.plain
  return shape.members.every(
    (member) => member.shape.plain && !member.jsonValue && !member.location && !renamed(member),
  )
}

const renamed = (member: Member) => member.wireName !== undefined && member.wireName !== member.name
