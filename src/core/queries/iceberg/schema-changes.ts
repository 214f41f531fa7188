/**
 * What statements change about an Iceberg table's columns. A field keeps its id whatever becomes of its name, type or place, so
 * no data file is touched. https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-evolving-table-schema.html
 */
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { fieldsById, type IcebergType, type NestedField, type Schema } from '../../../formats/iceberg/schema.ts'
import { promotes } from '../../../formats/iceberg/schema-evolution.ts'
import { SqlError } from '../../../sql/position.ts'
import { type FieldIdsGiven, icebergType, type NewColumn } from './new-schemas.ts'

/** Ids that no field of the table has had. */
export const idsAfter = (metadata: TableMetadata): FieldIdsGiven => ({ next: metadata['last-column-id'] + 1 })

export function withColumns(schema: Schema, columns: readonly NewColumn[], ids: FieldIdsGiven): Schema {
  const fields = [...schema.fields]
  for (const { name, type, comment } of columns) {
    if (placeOf(fields, name) >= 0) throw new SqlError('COLUMN_ALREADY_EXISTS', `Column '${name}' already exists`)
    const id = ids.next++
    const doc = comment === undefined ? {} : { doc: comment }
    fields.push({ id, name, required: false, type: icebergType(type, ids), ...doc })
  }
  return { ...schema, fields }
}

/** `keys`: ids of fields that partitions or sort orders are made of. */
export function withoutColumn(schema: Schema, name: string, keys: ReadonlySet<number>): Schema {
  const field = schema.fields[required(schema.fields, name)]!
  if ([...fieldsById({ type: 'struct', fields: [field] }).keys()].some((id) => keys.has(id)))
    throw new SqlError('NOT_SUPPORTED', `Cannot drop partition field: ${name}`)
  if (schema.fields.length === 1) throw new SqlError('NOT_SUPPORTED', 'Cannot drop the only column in a table')
  return { ...schema, fields: schema.fields.filter((other) => other !== field) }
}

export interface ColumnChange {
  readonly from: string
  readonly to: NewColumn
  readonly place?: 'first' | { readonly after: string }
}

export function withChangedColumn(schema: Schema, { from, to, place }: ColumnChange, ids: FieldIdsGiven): Schema {
  const at = required(schema.fields, from)
  const field = schema.fields[at]!
  const others = schema.fields.toSpliced(at, 1)
  if (placeOf(others, to.name) >= 0) throw new SqlError('COLUMN_ALREADY_EXISTS', `Column '${to.name}' already exists`)
  const changed: NestedField = {
    ...field,
    name: to.name,
    type: widened(from, field.type, icebergType(to.type, { next: 0 }), ids),
    ...(to.comment !== undefined && { doc: to.comment }),
  }
  const goes = place === undefined ? at : place === 'first' ? 0 : required(others, place.after) + 1
  return { ...schema, fields: others.toSpliced(goes, 0, changed) }
}

const placeOf = (fields: readonly NestedField[], name: string): number =>
  fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase())

function required(fields: readonly NestedField[], name: string): number {
  const place = placeOf(fields, name)
  if (place < 0) throw new SqlError('COLUMN_NOT_FOUND', `Column '${name}' does not exist`)
  return place
}

/** The old type's ids under the new one's names: `to` has ids that mean nothing. Fields of structs are known by their names. */
function widened(place: string, from: IcebergType, to: IcebergType, ids: FieldIdsGiven): IcebergType {
  if (typeof from === 'string' || typeof to === 'string') {
    if (typeof from === 'string' && typeof to === 'string' && promotes(from, to)) return to
  } else if (from.type === 'list' && to.type === 'list')
    return { ...from, element: widened(`${place}.element`, from.element, to.element, ids) }
  else if (from.type === 'map' && to.type === 'map')
    return {
      ...from,
      key: widened(`${place}.key`, from.key, to.key, ids),
      value: widened(`${place}.value`, from.value, to.value, ids),
    }
  else if (from.type === 'struct' && to.type === 'struct') {
    const fields = to.fields.map((field): NestedField => {
      const old = from.fields[placeOf(from.fields, field.name)]
      if (old) return { ...old, type: widened(`${place}.${field.name}`, old.type, field.type, ids) }
      return { ...field, id: ids.next++, type: renumbered(field.type, ids) }
    })
    return { ...from, fields }
  }
  throw new SqlError(
    'ICEBERG_COMMIT_ERROR',
    `Failed to set column type: Cannot change column type: ${place}: ${text(from)} -> ${text(to)}`,
  )
}

function renumbered(type: IcebergType, ids: FieldIdsGiven): IcebergType {
  if (typeof type === 'string') return type
  switch (type.type) {
    case 'list':
      return { ...type, 'element-id': ids.next++, element: renumbered(type.element, ids) }
    case 'map': {
      const [key, value] = [ids.next++, ids.next++]
      const inner = { key: renumbered(type.key, ids), value: renumbered(type.value, ids) }
      return { ...type, 'key-id': key, 'value-id': value, ...inner }
    }
    case 'struct': {
      const first = type.fields.map(() => ids.next++)
      return {
        ...type,
        fields: type.fields.map((field, i) => ({ ...field, id: first[i]!, type: renumbered(field.type, ids) })),
      }
    }
  }
}

const text = (type: IcebergType): string => (typeof type === 'string' ? type : type.type)
