/**
 * Protocol Buffers definitions, proto2 and proto3, without extensions and groups, as Glue's registry takes them.
 * https://protobuf.dev/reference/protobuf/proto2-spec/ and proto3-spec; docs: glue dg, schema-registry.
 */
import { TokenCursor } from './protobuf-tokens.ts'

export interface ProtobufFile {
  readonly syntax: 'proto2' | 'proto3'
  readonly package: string
  /** By full name, the package included. */
  readonly messages: ReadonlyMap<string, ProtobufMessage>
  readonly enums: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** By service and method: `In => Out`, with `stream` where there is one. */
  readonly methods: ReadonlyMap<string, string>
}

export interface ProtobufMessage {
  /** Not inside another. */
  readonly outermost: boolean
  /** By number. */
  readonly fields: ReadonlyMap<number, ProtobufField>
}

export interface ProtobufField {
  readonly name: string
  readonly label: 'required' | 'optional' | 'repeated'
  /** A scalar type, the full name of a message or an enum, or `map<k,v>`. */
  readonly type: string
  readonly oneof?: string
}

const SCALARS: ReadonlySet<string> = new Set(
  'double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes'.split(' '),
)
const MAP_KEYS: ReadonlySet<string> = new Set(
  [...SCALARS].filter((type) => !['double', 'float', 'bytes'].includes(type)),
)
const MOST_NUMBER = 536_870_911
const RESERVED_NUMBERS = { from: 19_000, to: 19_999 }
const MOST_DEPTH = 64

/** Throws Error with what is wrong. */
export function protobufDefinition(text: string): ProtobufFile {
  return new Reader(text).file()
}

type OpenMessage = { outermost: boolean; fields: Map<number, ProtobufField> }

class Reader {
  readonly #cursor: TokenCursor
  #syntax: ProtobufFile['syntax'] = 'proto2'
  #package = ''
  #imports = false
  readonly #messages = new Map<string, OpenMessage>()
  readonly #enums = new Map<string, Map<string, number>>()
  readonly #methods = new Map<string, string>()
  /** What is to be looked up once all is known: a type and where it was named. */
  readonly #methodTypes: { readonly name: string; readonly scope: string }[] = []

  constructor(text: string) {
    this.#cursor = new TokenCursor(text)
  }

  file(): ProtobufFile {
    const cursor = this.#cursor
    if (cursor.accept('syntax')) this.#readSyntax()
    while (!cursor.done)
      if (cursor.accept('package')) {
        this.#package = cursor.name()
        cursor.expect(';')
      } else if (cursor.accept('import')) {
        if (!cursor.accept('public')) cursor.accept('weak')
        cursor.take('text', 'a file')
        cursor.expect(';')
        this.#imports = true
      } else if (cursor.accept('option')) this.#option()
      else if (cursor.accept('message')) this.#message(this.#package, true, 0)
      else if (cursor.accept('enum')) this.#enum(this.#package)
      else if (cursor.accept('service')) this.#service()
      else if (cursor.peek('extend')) throw new Error('Extensions are not supported')
      else if (!cursor.accept(';')) throw cursor.unexpected('a definition')
    if (this.#messages.size + this.#enums.size + this.#methods.size === 0)
      throw new Error('The definition defines nothing')
    return {
      syntax: this.#syntax,
      package: this.#package,
      messages: this.#resolvedMessages(),
      enums: this.#enums,
      methods: this.#methods,
    }
  }

  #readSyntax(): void {
    this.#cursor.expect('=')
    const syntax = this.#cursor.take('text', 'a syntax')
    if (syntax !== 'proto2' && syntax !== 'proto3') throw new Error(`Unknown syntax: ${syntax}`)
    this.#syntax = syntax
    this.#cursor.expect(';')
  }

  /** To its semicolon, over braces and brackets. */
  #option(): void {
    let depth = 0
    while (depth > 0 || !this.#cursor.peek(';')) {
      if (this.#cursor.peek('{') || this.#cursor.peek('[')) depth++
      if (this.#cursor.peek('}') || this.#cursor.peek(']')) depth--
      this.#cursor.skip()
    }
    this.#cursor.expect(';')
  }

  #bracketed(): void {
    if (!this.#cursor.accept('[')) return
    for (let depth = 1; depth > 0; this.#cursor.skip()) {
      if (this.#cursor.peek('[')) depth++
      if (this.#cursor.peek(']')) depth--
    }
  }

  #message(scope: string, outermost: boolean, depth: number): void {
    if (depth > MOST_DEPTH) throw new Error('Messages are nested too deeply')
    const cursor = this.#cursor
    const name = joined(scope, cursor.take('word', 'a name'))
    this.#requireNew(name)
    const message: OpenMessage = { outermost, fields: new Map() }
    this.#messages.set(name, message)
    const reserved: { numbers: [number, number][]; names: Set<string> } = { numbers: [], names: new Set() }
    cursor.expect('{')
    while (!cursor.accept('}'))
      if (cursor.accept('message')) this.#message(name, false, depth + 1)
      else if (cursor.accept('enum')) this.#enum(name)
      else if (cursor.peek('option') && !cursor.peek('=', 2)) {
        cursor.skip()
        this.#option()
      } else if (cursor.accept('reserved')) this.#reserved(reserved)
      else if (cursor.accept('oneof')) this.#oneof(name, message)
      else if (cursor.peek('extensions') || cursor.peek('extend')) throw new Error('Extensions are not supported')
      else if (!cursor.accept(';')) this.#field(name, message)
    for (const [number, field] of message.fields)
      if (reserved.names.has(field.name) || reserved.numbers.some(([low, high]) => number >= low && number <= high))
        throw new Error(`The field ${field.name} = ${number} of ${name} is reserved`)
  }

  #requireNew(name: string): void {
    if (this.#messages.has(name) || this.#enums.has(name)) throw new Error(`${name} is defined twice`)
  }

  #reserved(into: { numbers: [number, number][]; names: Set<string> }): void {
    const cursor = this.#cursor
    do {
      if (cursor.peek('max')) throw cursor.unexpected('a number')
      const name = this.#text()
      if (name !== undefined) into.names.add(name)
      else {
        const low = this.#number()
        const high = cursor.accept('to') ? (cursor.accept('max') ? MOST_NUMBER : this.#number()) : low
        into.numbers.push([low, high])
      }
    } while (cursor.accept(','))
    cursor.expect(';')
  }

  #text(): string | undefined {
    try {
      return this.#cursor.take('text', 'a name')
    } catch {
      return undefined
    }
  }

  #number(): number {
    const negative = this.#cursor.accept('-')
    const text = this.#cursor.take('number', 'a number')
    if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) throw new Error(`${text} is not a whole number`)
    return negative ? -Number(text) : Number(text)
  }

  #oneof(scope: string, message: OpenMessage): void {
    const cursor = this.#cursor
    const oneof = cursor.take('word', 'a name')
    cursor.expect('{')
    while (!cursor.accept('}'))
      if (cursor.accept('option')) this.#option()
      else if (!cursor.accept(';')) this.#plainField(scope, message, 'optional', oneof)
  }

  #field(scope: string, message: OpenMessage): void {
    const cursor = this.#cursor
    if (cursor.peek('map') && cursor.peek('<', 1)) {
      this.#map(scope, message)
      return
    }
    const labels = ['required', 'optional', 'repeated'] as const
    const label = labels.find((one) => cursor.peek(one) && !cursor.peek('=', 1))
    if (label) cursor.skip()
    if (label === 'required' && this.#syntax === 'proto3') throw new Error('Fields of proto3 cannot be required')
    if (!label && this.#syntax === 'proto2') throw cursor.unexpected("'required', 'optional' or 'repeated'")
    this.#plainField(scope, message, label ?? 'optional')
  }

  #plainField(scope: string, message: OpenMessage, label: ProtobufField['label'], oneof?: string): void {
    if (this.#cursor.peek('group')) throw new Error('Groups are not supported')
    const type = this.#cursor.name()
    this.#put(scope, message, { label, type, ...(oneof !== undefined && { oneof }) })
  }

  #map(scope: string, message: OpenMessage): void {
    const cursor = this.#cursor
    cursor.expect('map')
    cursor.expect('<')
    const key = cursor.name()
    if (!MAP_KEYS.has(key)) throw new Error(`${key} cannot be the key of a map`)
    cursor.expect(',')
    const value = cursor.name()
    cursor.expect('>')
    this.#put(scope, message, { label: 'repeated', type: `map<${key},${value}>` })
  }

  #put(scope: string, { fields }: OpenMessage, field: Omit<ProtobufField, 'name'>): void {
    const name = this.#cursor.take('word', 'a name')
    this.#cursor.expect('=')
    const number = this.#number()
    this.#bracketed()
    this.#cursor.expect(';')
    if (number < 1 || number > MOST_NUMBER || (number >= RESERVED_NUMBERS.from && number <= RESERVED_NUMBERS.to))
      throw new Error(`${number} cannot be the number of the field ${name} of ${scope}`)
    if (fields.has(number)) throw new Error(`The number ${number} of ${scope} is used twice`)
    if ([...fields.values()].some((other) => other.name === name))
      throw new Error(`The field ${name} of ${scope} is defined twice`)
    fields.set(number, { ...field, name })
  }

  #enum(scope: string): void {
    const cursor = this.#cursor
    const name = joined(scope, cursor.take('word', 'a name'))
    this.#requireNew(name)
    const values = new Map<string, number>()
    cursor.expect('{')
    while (!cursor.accept('}'))
      if (cursor.peek('option') && !cursor.peek('=', 1)) {
        cursor.skip()
        this.#option()
      } else if (cursor.accept('reserved')) this.#reserved({ numbers: [], names: new Set() })
      else if (!cursor.accept(';')) {
        const value = cursor.take('word', 'a value')
        cursor.expect('=')
        if (values.has(value)) throw new Error(`The value ${value} of ${name} is defined twice`)
        values.set(value, this.#number())
        this.#bracketed()
        cursor.expect(';')
      }
    const [first] = values.values()
    if (first === undefined) throw new Error(`The enum ${name} has no values`)
    if (this.#syntax === 'proto3' && first !== 0) throw new Error(`The first value of the enum ${name} must be 0`)
    this.#enums.set(name, values)
  }

  #service(): void {
    const cursor = this.#cursor
    const service = joined(this.#package, cursor.take('word', 'a name'))
    cursor.expect('{')
    while (!cursor.accept('}'))
      if (cursor.accept('option')) this.#option()
      else if (cursor.accept('rpc')) {
        const method = `${service}.${cursor.take('word', 'a name')}`
        if (this.#methods.has(method)) throw new Error(`${method} is defined twice`)
        const input = this.#methodType()
        cursor.expect('returns')
        this.#methods.set(method, `${input} => ${this.#methodType()}`)
        if (cursor.accept('{')) {
          while (!cursor.accept('}'))
            if (cursor.accept('option')) this.#option()
            else cursor.expect(';')
        } else cursor.expect(';')
      } else if (!cursor.accept(';')) throw cursor.unexpected("'rpc'")
  }

  #methodType(): string {
    this.#cursor.expect('(')
    const stream = this.#cursor.peek('stream') && !this.#cursor.peek(')', 1) && this.#cursor.accept('stream')
    const name = this.#cursor.name()
    this.#methodTypes.push({ name, scope: this.#package })
    this.#cursor.expect(')')
    return stream ? `stream ${name}` : name
  }

  #resolvedMessages(): Map<string, ProtobufMessage> {
    for (const { name, scope } of this.#methodTypes) this.#typeName(name, scope)
    const resolve =
      (scope: string) =>
      ([number, field]: [number, ProtobufField]) => {
        const map = /^map<(.*),(.*)>$/.exec(field.type)
        const type = map ? `map<${map[1]},${this.#typeName(map[2]!, scope)}>` : this.#typeName(field.type, scope)
        return [number, { ...field, type }] as const
      }
    return new Map(
      [...this.#messages].map(([scope, message]) => [
        scope,
        { ...message, fields: new Map([...message.fields].map(resolve(scope))) },
      ]),
    )
  }

  /** From the innermost scope outwards, as Protocol Buffers look names up. What is imported is not seen, and believed. */
  #typeName(name: string, scope: string): string {
    if (SCALARS.has(name)) return name
    const known = (full: string) => this.#messages.has(full) || this.#enums.has(full)
    if (name.startsWith('.')) {
      if (known(name.slice(1)) || this.#imports) return name.slice(1)
    } else
      for (let around = scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
        if (known(joined(around, name))) return joined(around, name)
        if (around === '') break
      }
    if (this.#imports) return name
    throw new Error(`${name} is not defined`)
  }
}

const joined = (scope: string, name: string): string => (scope === '' ? name : `${scope}.${name}`)
