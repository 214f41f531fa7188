/**
 * The actions of a Delta log that a reader needs, from the lines of a commit or of a JSON checkpoint.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions
 */
import { invalidLog } from './log-error.ts'

export interface Protocol {
  readonly minReaderVersion: number
  /** Present from reader version 3 on. */
  readonly readerFeatures: readonly string[]
}

export interface Metadata {
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
}

/** A data file that is part of the table. */
export interface AddFile {
  /** Relative to the table, or absolute; percent-encoded as a URI. */
  readonly path: string
  /** By physical name; null and '' both say that there is no value. */
  readonly partitionValues: Readonly<Record<string, string | null>>
  readonly size: number
  /** JSON, as the writer left it. */
  readonly stats?: string
  readonly deletionVector?: DeletionVectorDescriptor
}

export interface DeletionVectorDescriptor {
  /** `u`: a file named by a UUID, `p`: a file named by its path, `i`: the vector itself. */
  readonly storageType: 'u' | 'p' | 'i'
  readonly pathOrInlineDv: string
  readonly offset?: number
  readonly sizeInBytes: number
  readonly cardinality: number
}

/** Names a file as it was with its deletion vector. */
export interface RemovedFile {
  readonly path: string
  readonly deletionVector?: DeletionVectorDescriptor
}

export type Action =
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  | { readonly kind: 'metadata'; readonly metadata: Metadata }
  | { readonly kind: 'add'; readonly add: AddFile }
  | { readonly kind: 'remove'; readonly remove: RemovedFile }
  /** A part of a v2 checkpoint, below `_delta_log/_sidecars` unless its path says more. */
  | { readonly kind: 'sidecar'; readonly path: string }

/** The longest tell the columns of a table. */
const MOST_LINE = 16 << 20

/** Lines of JSON, one action each; kinds that a reader does not need are passed over. `name` and `first`, the place of the first line, are for messages. */
export function* parseActions(text: string, name: string, first = 0): Generator<Action> {
  let line = first
  for (let start = 0; start < text.length; line++) {
    const end = text.indexOf('\n', start)
    const json = text.slice(start, end < 0 ? text.length : end)
    start += json.length + 1
    if (json.trim() === '') continue
    const place = `${name}, line ${line + 1}`
    if (json.length > MOST_LINE) throw invalidLog(`Malformed Delta log: ${place} has more than ${MOST_LINE} characters`)
    const action = actionIn(parsed(json, place), place)
    if (action) yield action
  }
}

function parsed(json: string, place: string): Members {
  try {
    const value: unknown = JSON.parse(json)
    if (isMembers(value)) return value
  } catch {
    // Told below, with the place.
  }
  throw invalidLog(`Malformed Delta log: ${place} is not a JSON object`)
}

type Members = Readonly<Record<string, unknown>>

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function actionIn(line: Members, place: string): Action | undefined {
  const [kind = '', body] = Object.entries(line).find(([, value]) => isMembers(value)) ?? []
  if (!isMembers(body)) return undefined
  const read = new Fields(body, `${kind} in ${place}`)
  switch (kind) {
    case 'protocol':
      return { kind, protocol: protocolOf(read) }
    case 'metaData':
      return { kind: 'metadata', metadata: metadataOf(read) }
    case 'add':
      return { kind, add: addOf(read) }
    case 'remove':
      return { kind, remove: { path: read.text('path'), ...vectorIn(read) } }
    case 'sidecar':
      return { kind, path: read.text('path') }
    default:
      return undefined
  }
}

const protocolOf = (read: Fields): Protocol => ({
  minReaderVersion: read.number('minReaderVersion'),
  readerFeatures: read.texts('readerFeatures'),
})

const metadataOf = (read: Fields): Metadata => ({
  schemaString: read.text('schemaString'),
  partitionColumns: read.texts('partitionColumns'),
  configuration: read.record('configuration') as Record<string, string>,
})

function addOf(read: Fields): AddFile {
  const stats = read.value('stats')
  return {
    path: read.text('path'),
    partitionValues: read.record('partitionValues') as Record<string, string | null>,
    size: read.number('size'),
    ...(typeof stats === 'string' && { stats }),
    ...vectorIn(read),
  }
}

function vectorIn(read: Fields): { readonly deletionVector?: DeletionVectorDescriptor } {
  const value = read.value('deletionVector')
  if (!isMembers(value)) return {}
  const vector = new Fields(value, read.place)
  const storageType = vector.text('storageType')
  if (storageType !== 'u' && storageType !== 'p' && storageType !== 'i')
    throw invalidLog(`Unknown storage type '${storageType}' of a deletion vector: ${read.place}`)
  const offset = vector.value('offset')
  return {
    deletionVector: {
      storageType,
      pathOrInlineDv: vector.text('pathOrInlineDv'),
      ...(typeof offset === 'number' && { offset }),
      sizeInBytes: vector.number('sizeInBytes'),
      cardinality: vector.number('cardinality'),
    },
  }
}

/** Members of an action that must be of a type; says where one is not. */
class Fields {
  readonly place: string
  readonly #members: Members

  constructor(members: Members, place: string) {
    this.#members = members
    this.place = place
  }

  value(name: string): unknown {
    return this.#members[name]
  }

  text(name: string): string {
    const value = this.value(name)
    return typeof value === 'string' ? value : this.#wrong(name)
  }

  number(name: string): number {
    const value = this.value(name)
    return typeof value === 'number' ? value : this.#wrong(name)
  }

  texts(name: string): readonly string[] {
    const value = this.value(name) ?? []
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : this.#wrong(name)
  }

  record(name: string): Members {
    const value = this.value(name) ?? {}
    return isMembers(value) ? value : this.#wrong(name)
  }

  #wrong(name: string): never {
    throw invalidLog(`Malformed Delta log: '${name}' of ${this.place} is missing or of another type`)
  }
}
