/** Whether data written by one Avro schema can be read by another (Avro 1.11 specification, Schema Resolution). */
import type { AvroRecord, AvroType } from '../avro/schema.ts'

/** What each may be read as, beside itself. */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

/** Why not, with where in the reader's schema; undefined when it can. */
export function avroIncompatibility(reader: AvroType, writer: AvroType): string | undefined {
  return new Comparison().of(reader, writer, '')
}

class Comparison {
  /** Pairs under way: a type that holds itself is readable as far as the rest of it is. */
  readonly #assumed = new Map<AvroType, Set<AvroType>>()

  of(reader: AvroType, writer: AvroType, path: string): string | undefined {
    const seen = this.#assumed.get(reader) ?? new Set()
    if (seen.has(writer)) return undefined
    if (reader.kind === 'record' && writer.kind === 'record') this.#assumed.set(reader, seen.add(writer))
    if (writer.kind === 'union') return firstOf(writer.branches, (branch) => this.of(reader, branch, path))
    if (reader.kind === 'union') {
      const reads = reader.branches.some((branch) => this.of(branch, writer, path) === undefined)
      return reads ? undefined : `${at(path)} no branch of the union reads ${described(writer)}`
    }
    if (reader.kind !== writer.kind) {
      const promoted = PROMOTIONS[writer.kind]?.includes(reader.kind)
      return promoted ? undefined : `${at(path)} ${described(writer)} cannot be read as ${described(reader)}`
    }
    return this.#alike(reader, writer, path)
  }

  #alike(reader: AvroType, writer: AvroType, path: string): string | undefined {
    if (reader.kind === 'array' && writer.kind === 'array') return this.of(reader.items, writer.items, `${path}/items`)
    if (reader.kind === 'map' && writer.kind === 'map') return this.of(reader.values, writer.values, `${path}/values`)
    if (reader.kind === 'record' && writer.kind === 'record') return this.#record(reader, writer, path)
    if (reader.kind === 'fixed' && writer.kind === 'fixed') {
      if (reader.size === writer.size && sameName(reader, writer)) return undefined
      return `${at(path)} ${described(writer)} cannot be read as ${described(reader)}`
    }
    if (reader.kind === 'enum' && writer.kind === 'enum') {
      if (!sameName(reader, writer)) return `${at(path)} enum ${writer.name} cannot be read as ${reader.name}`
      const unknown = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol))
      if (unknown.length > 0 && reader.fallback === undefined)
        return `${at(path)} the reader's enum lacks ${unknown.join(', ')}`
    }
    return undefined
  }

  #record(reader: AvroRecord, writer: AvroRecord, path: string): string | undefined {
    if (!sameName(reader, writer) && !reader.aliases.some((alias) => lastName(alias) === lastName(writer.name)))
      return `${at(path)} record ${writer.name} cannot be read as ${reader.name}`
    return firstOf(reader.fields, (field) => {
      const names = [field.name, ...field.aliases]
      const written = writer.fields.find(({ name }) => names.includes(name))
      const here = `${path}/${field.name}`
      if (written) return this.of(field.type, written.type, here)
      // "Required fields do not have null as the Type": glue dg, schema-registry.
      if (field.fallback || isNullable(field.type)) return undefined
      return `${at(here)} the required field is not written`
    })
  }
}

function firstOf<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = check(item)
    if (fault !== undefined) return fault
  }
  return undefined
}

const at = (path: string): string => `${path === '' ? '/' : path}:`
const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1)
const sameName = (a: { readonly name: string }, b: { readonly name: string }): boolean =>
  lastName(a.name) === lastName(b.name)
const isNullable = (type: AvroType): boolean =>
  type.kind === 'null' || (type.kind === 'union' && type.branches.some(({ kind }) => kind === 'null'))
const described = (type: AvroType): string => ('name' in type ? `${type.kind} ${type.name}` : type.kind)
