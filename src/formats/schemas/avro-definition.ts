/** What an Avro schema must be beyond what reading files asks of one: names, no duplicates, defaults of the right type. */
import { type AvroRecord, type AvroType, parseAvroSchema } from '../avro/schema.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Throws Error with what is wrong. */
export function avroDefinition(text: string): AvroType {
  const type = parseAvroSchema(text)
  check(type, new Set())
  return type
}

function check(type: AvroType, seen: Set<AvroType>): void {
  if (seen.has(type)) return
  seen.add(type)
  if ('name' in type)
    for (const part of type.name.split('.'))
      if (!NAME.test(part)) throw new Error(`Illegal character in the name ${type.name}`)
  switch (type.kind) {
    case 'array':
      check(type.items, seen)
      break
    case 'map':
      check(type.values, seen)
      break
    case 'union':
      checkUnion(type.branches, seen)
      break
    case 'enum':
      checkSymbols(type.name, type.symbols, type.fallback)
      break
    case 'record':
      checkRecord(type, seen)
      break
  }
}

function checkUnion(branches: readonly AvroType[], seen: Set<AvroType>): void {
  const kinds = branches.map((branch) => ('name' in branch ? branch.name : branch.kind))
  const twice = kinds.find((kind, i) => kinds.indexOf(kind) < i)
  if (twice !== undefined) throw new Error(`Duplicate in union: ${twice}`)
  for (const branch of branches) check(branch, seen)
}

function checkSymbols(name: string, symbols: readonly string[], fallback: string | undefined): void {
  const wrong = symbols.find((symbol, i) => !NAME.test(symbol) || symbols.indexOf(symbol) < i)
  if (wrong !== undefined) throw new Error(`Illegal or duplicate symbol of the enum ${name}: ${wrong}`)
  if (fallback !== undefined && !symbols.includes(fallback))
    throw new Error(`The default of the enum ${name} is none of its symbols: ${fallback}`)
}

function checkRecord({ name, fields }: AvroRecord, seen: Set<AvroType>): void {
  for (const [i, field] of fields.entries()) {
    if (!NAME.test(field.name)) throw new Error(`Illegal field name of the record ${name}: ${field.name}`)
    if (fields.findIndex((other) => other.name === field.name) < i)
      throw new Error(`Duplicate field ${field.name} in record ${name}`)
    if (field.fallback && !isValue(field.type, field.fallback.json))
      throw new Error(`Invalid default for field ${field.name}: ${JSON.stringify(field.fallback.json)}`)
    check(field.type, seen)
  }
}

function isValue(type: AvroType, json: unknown): boolean {
  switch (type.kind) {
    case 'null':
      return json === null
    case 'boolean':
      return typeof json === 'boolean'
    case 'int':
    case 'long':
      return Number.isInteger(json)
    case 'float':
    case 'double':
      return typeof json === 'number'
    case 'array':
      return Array.isArray(json) && json.every((item) => isValue(type.items, item))
    case 'map':
      return isObject(json) && Object.values(json).every((item) => isValue(type.values, item))
    case 'union':
      return type.branches.some((branch) => isValue(branch, json))
    case 'record':
      return (
        isObject(json) &&
        type.fields.every((f) => (f.name in json ? isValue(f.type, json[f.name]) : f.fallback !== undefined))
      )
    default:
      return typeof json === 'string'
  }
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
