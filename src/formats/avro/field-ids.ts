/**
 * Fields of an Avro file found by the ids that Iceberg gives them: the file's schema is told again under the names that
 * the table has for them, after which it is read as any other. https://iceberg.apache.org/spec/#avro
 */
import { UnsupportedData } from '../corrupt-data.ts'
import type { FieldIds } from '../field-ids.ts'
import type { ColumnField, ColumnType } from '../vectors.ts'
import type { AvroField, AvroRecord, AvroType } from './schema.ts'

const ID = 'field-id'

/** `wanted`: its names are those that fields have in what is answered. Without ids the names count that were mapped to them. */
export function recordById(
  record: AvroRecord,
  wanted: readonly (ColumnField & { readonly ids: FieldIds })[],
): AvroRecord {
  return renamed(record, wanted, hasIds(record) ? byId : byName)
}

/** Whether it is so of any field; a record may hold itself. */
function hasIds(type: AvroType, seen = new Set<AvroType>()): boolean {
  if (seen.has(type)) return false
  seen.add(type)
  switch (type.kind) {
    case 'record':
      return type.fields.some((field) => field.attributes[ID] !== undefined || hasIds(field.type, seen))
    case 'union':
      return type.branches.some((branch) => hasIds(branch, seen))
    case 'array':
      return hasIds(type.items, seen)
    case 'map':
      return hasIds(type.values, seen)
    default:
      return false
  }
}

type Is = (field: AvroField, ids: FieldIds) => boolean

const byId: Is = ({ attributes }, { id }) => attributes[ID] === id
const byName: Is = ({ name, aliases }, { names = [] }) => [name, ...aliases].some((one) => names.includes(one))

function renamed(
  record: AvroRecord,
  wanted: readonly (ColumnField & { readonly ids: FieldIds })[],
  is: Is,
): AvroRecord {
  const fields = record.fields.map((field, i): AvroField => {
    const found = wanted.find(({ ids }) => is(field, ids))
    // No column is called so, and a field has to be stepped over.
    if (!found) return { ...field, name: `\u0001${i}`, aliases: [] }
    return { ...field, name: found.name, aliases: [], type: asWanted(field.type, found.type, found.ids, is) }
  })
  return { ...record, fields }
}

function asWanted(type: AvroType, to: ColumnType, { inner }: FieldIds, is: Is): AvroType {
  if (type.kind === 'union')
    return { ...type, branches: type.branches.map((branch) => asWanted(branch, to, { id: 0, inner }, is)) }
  if (type.kind === 'array' && to.kind === 'list')
    return { ...type, items: asWanted(type.items, to.element, inner[0]!, is) }
  if (type.kind === 'array' && to.kind === 'map' && type.items.kind === 'record') {
    const [key, value] = type.items.fields
    if (!key || !value) return type
    const entry = [
      { ...key, name: 'key', type: asWanted(key.type, to.key, inner[0]!, is) },
      { ...value, name: 'value', type: asWanted(value.type, to.value, inner[1]!, is) },
    ]
    return { ...type, items: { ...type.items, fields: entry } }
  }
  if (type.kind === 'map' && to.kind === 'map')
    return { ...type, values: asWanted(type.values, to.value, inner[1]!, is) }
  if (type.kind !== 'record' || to.kind !== 'struct') return type
  const wanted = to.fields.map((field, i) => ({ ...field, ids: inner[i]! }))
  const lacking = wanted.find(({ ids }) => ids.initial !== undefined && !type.fields.some((field) => is(field, ids)))
  if (lacking)
    throw new UnsupportedData(`the file lacks field ${lacking.name}, whose default can not be told inside a column`)
  return renamed(type, wanted, is)
}
