/**
 * The columns of a table that points to a schema of the registry instead of listing them: Hive's for Avro, as its AvroSerDe
 * declares them (https://cwiki.apache.org/confluence/display/Hive/AvroSerDe). How AWS turns JSON Schemas and Protocol Buffers
 * into columns is not told; those have none here.
 */
import { type AvroRecord, type AvroType, type Logical, parseAvroSchema } from '../../formats/avro/schema.ts'
import type { ColumnDescriptor } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { SchemaFormat } from './definition.ts'

/** `definition` is sound. Throws invalid where Hive has no type for a field. */
export function columnsOf(format: SchemaFormat, definition: string): readonly ColumnDescriptor[] {
  if (format !== 'AVRO') return []
  const type = parseAvroSchema(definition)
  if (type.kind !== 'record') return []
  const budget = { fields: MOST_FIELDS }
  return type.fields.map(({ name, type: field }) => ({
    Name: name.toLowerCase(),
    Type: hiveType(field, [type], budget),
  }))
}

/** Of records in records: one that names another twice, which names a third twice, soon has more than can be told. */
const MOST_FIELDS = 20_000

/** `outer`: the records around it. */
function hiveType(type: AvroType, outer: readonly AvroRecord[], budget: { fields: number }): string {
  switch (type.kind) {
    case 'array':
      return `array<${hiveType(type.items, outer, budget)}>`
    case 'map':
      return `map<string,${hiveType(type.values, outer, budget)}>`
    case 'union': {
      const [value, ...others] = type.branches.filter(({ kind }) => kind !== 'null')
      if (!value || others.length > 0) throw noType('a union of several types')
      return hiveType(value, outer, budget)
    }
    case 'record': {
      if (outer.includes(type)) throw noType(`the record ${type.name}, which holds itself`)
      budget.fields -= type.fields.length
      if (budget.fields < 0) throw noType('a record of so many fields')
      const within = [...outer, type]
      const fields = type.fields.map((field) => `${field.name.toLowerCase()}:${hiveType(field.type, within, budget)}`)
      return `struct<${fields.join(',')}>`
    }
    case 'enum':
      return 'string'
    case 'null':
      throw noType('null')
    default:
      return logicalType(type.logical) ?? PRIMITIVES[type.kind]
  }
}

const PRIMITIVES = {
  boolean: 'boolean',
  int: 'int',
  long: 'bigint',
  float: 'float',
  double: 'double',
  bytes: 'binary',
  fixed: 'binary',
  string: 'string',
} as const

function logicalType(logical: Logical | undefined): string | undefined {
  if (!logical) return undefined
  if (logical.name === 'decimal') return `decimal(${logical.precision},${logical.scale})`
  if (logical.name === 'date') return 'date'
  return logical.name.includes('timestamp') ? 'timestamp' : undefined
}

const noType = (what: string): Fault =>
  new Fault(
    'invalid',
    'schema version',
    `A column can not have the type of ${what} in the schema that the table refers to.`,
  )
