/**
 * Shapes of JSON, from which a message's type, its reading and its writing follow. Readers of the SDK take members in the
 * order in which it writes them and no other, so that a shape's order is that of the wire. Members that a shape does not
 * know are passed over: that is how the protocol grows.
 */
import { CorruptData } from '../corrupt-data.ts'

export interface Shape<T> {
  /** Throws CorruptData, with `path` to where it is not of the shape. */
  read(json: unknown, path: string): T
  /** As `version` of the protocol's serialization writes it. */
  write(value: T, version: number): unknown
  /** Earlier versions of the serialization do not have it as a member; then `read` is given undefined. */
  readonly since?: number
  /** A member that is left out where it has no value. */
  readonly optional?: true
}

export type ValueOf<S> = S extends Shape<infer T> ? T : never

function wrong(path: string, expected: string): never {
  throw new CorruptData(`${path} is no ${expected}`)
}

const primitive = <T>(expected: string, is: (json: unknown) => json is T): Shape<T> => ({
  read: (json, path) => (is(json) ? json : wrong(path, expected)),
  write: (value) => value,
})

export const text = primitive('text', (json): json is string => typeof json === 'string')
export const flag = primitive('boolean', (json): json is boolean => typeof json === 'boolean')
export const number = primitive('number', (json): json is number => typeof json === 'number')

/** A number told as text: it may have more digits than readers of JSON keep. */
export const longText: Shape<number> = {
  read: (json, path) => (/^-?\d+$/.test(String(json)) ? Number(json) : wrong(path, 'whole number')),
  write: String,
}

/** Bytes in base64. */
export const bytes: Shape<Uint8Array> = {
  read(json, path) {
    if (typeof json !== 'string') return wrong(path, 'text of bytes')
    const { buffer, byteOffset, length } = Buffer.from(json, 'base64')
    return new Uint8Array(buffer, byteOffset, length)
  },
  write: (value) => Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64'),
}

export const list = <T>(item: Shape<T>): Shape<readonly T[]> => ({
  read: (json, path) =>
    Array.isArray(json) ? json.map((one, i) => item.read(one, `${path}[${i}]`)) : wrong(path, 'list'),
  write: (values, version) => values.map((value) => item.write(value, version)),
})

export const dictionary = <T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> => ({
  read(json, path) {
    const entries = Object.entries(record(json, path))
    return Object.fromEntries(entries.map(([key, value]) => [key, item.read(value, `${path}.${key}`)]))
  },
  write: (values, version) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, item.write(value, version)])),
})

/** Null where there is none. */
export const nullable = <T>(shape: Shape<T>): Shape<T | undefined> => ({
  read: (json, path) => (json === null || json === undefined ? undefined : shape.read(json, path)),
  write: (value, version) => (value === undefined ? null : shape.write(value, version)),
})

export const optional = <T>(shape: Shape<T>): Shape<T | undefined> => ({ ...nullable(shape), optional: true })

/** What an earlier version does not say is `otherwise`. */
export const since = <T>(version: number, shape: Shape<T>, otherwise: T): Shape<T> => ({
  ...shape,
  read: (json, path) => (json === undefined ? otherwise : shape.read(json, path)),
  since: version,
})

// biome-ignore lint/suspicious/noExplicitAny: members are of any types, each its own
type Members = Readonly<Record<string, Shape<any>>>
type StructOf<M extends Members> = { readonly [Name in keyof M]: ValueOf<M[Name]> }

export const struct = <M extends Members>(members: M): Shape<StructOf<M>> => ({
  read(json, path) {
    const found = record(json, path)
    const read = Object.entries(members).map(([name, shape]) => [name, shape.read(found[name], `${path}.${name}`)])
    return Object.fromEntries(read) as StructOf<M>
  },
  write(value, version) {
    const written = Object.entries(members)
      .filter(([name, shape]) => version >= (shape.since ?? 0) && !(shape.optional && value[name] === undefined))
      .map(([name, shape]) => [name, shape.write(value[name] as never, version)])
    return Object.fromEntries(written)
  },
})

type Variants = Readonly<Record<string, Members>>
export type VariantOf<V extends Variants> = {
  [Name in keyof V & string]: { readonly '@type': Name } & StructOf<V[Name]>
}[keyof V & string]

/** One of several structs, which `@type` names. */
export const variant = <V extends Variants>(variants: V): Shape<VariantOf<V>> => {
  const shapes = new Map(Object.entries(variants).map(([name, members]) => [name, struct(members)]))
  return {
    read(json, path) {
      const name = String(record(json, path)['@type'])
      const shape = shapes.get(name) ?? wrong(`${path}, a ${name},`, Object.keys(variants).join(' or '))
      return { '@type': name, ...shape.read(json, path) } as VariantOf<V>
    },
    write: (value, version) => ({
      '@type': value['@type'],
      ...(shapes.get(value['@type'])!.write(value as never, version) as object),
    }),
  }
}

/** A shape that is within itself. */
export const lazy = <T>(shape: () => Shape<T>): Shape<T> => ({
  read: (json, path) => shape().read(json, path),
  write: (value, version) => shape().write(value, version),
})

function record(json: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return wrong(path, 'object')
  return json as Record<string, unknown>
}
