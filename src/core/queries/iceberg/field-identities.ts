/** How the fields of an Iceberg table are found in its files: by ids, by names that were mapped to ids, or by a default instead. */
import type { FieldIds } from '../../../formats/field-ids.ts'
import type { TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { fixedLength, type IcebergType, innerFields, type NestedField } from '../../../formats/iceberg/schema.ts'
import { SqlError } from '../../../sql/position.ts'

const NAME_MAPPING = 'schema.name-mapping.default'

export type MappedNames = ReadonlyMap<number, readonly string[]>

interface MappedField {
  readonly 'field-id'?: number
  readonly names: readonly string[]
  readonly fields?: readonly MappedField[]
}

/** By id, at any depth, what files without ids call fields, of a table that has such files. https://iceberg.apache.org/spec/#name-mapping-serialization */
export function mappedNames({ properties = {} }: TableMetadata): MappedNames | undefined {
  const text = properties[NAME_MAPPING]
  if (text === undefined) return undefined
  const found = new Map<number, readonly string[]>()
  const visit = (fields: readonly MappedField[]): void => {
    for (const { 'field-id': id, names, fields: inside } of fields) {
      if (!Array.isArray(names)) throw new SyntaxError('names are missing')
      if (id !== undefined) found.set(id, names)
      if (inside) visit(inside)
    }
  }
  try {
    visit(JSON.parse(text))
    return found
  } catch {
    throw new SqlError('ICEBERG_INVALID_METADATA', `The property ${NAME_MAPPING} is no name mapping`)
  }
}

export function fieldIds(field: Pick<NestedField, 'id' | 'type' | 'initial-default'>, mapped?: MappedNames): FieldIds {
  const initial = defaultText(field.type, field['initial-default'])
  return {
    id: field.id,
    ...(mapped && { names: mapped.get(field.id) ?? [] }),
    ...(initial !== undefined && { initial }),
    inner: innerFields(field.type).map(({ inner }) => fieldIds(inner, mapped)),
  }
}

export const hasDefault = ({ initial, inner }: FieldIds): boolean => initial !== undefined || inner.some(hasDefault)

/** A default as text that a cast understands; those of structs are the defaults of their fields. */
function defaultText(type: IcebergType, json: unknown): string | undefined {
  if (json === undefined || json === null || typeof type !== 'string') return undefined
  if (type === 'binary' || fixedLength(type) !== undefined) return bytesText(Buffer.from(String(json), 'hex'))
  if (type === 'timestamp_ns') return picosText(nanosOf(String(json)))
  return String(json)
}

/** As the engine keeps moments that have nanoseconds. */
export const picosText = (nanos: bigint): string => String(nanos * 1000n)

/** Of `2017-11-16T22:31:08.000000001`. */
function nanosOf(text: string): bigint {
  const [seconds = '', fraction = ''] = text.split('.')
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** As DuckDB casts text to bytes. */
export const bytesText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
