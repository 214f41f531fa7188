/**
 * A table's schema as the log keeps it: Spark's JSON of a struct, with the physical names and ids of column mapping.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#schema-serialization-format
 */
import type { Metadata } from './actions.ts'
import { invalidLog } from './log-error.ts'

export type DeltaType =
  /** `long`, `decimal(10,2)`, `timestamp_ntz` ...: as it is written. */
  | string
  | { readonly kind: 'struct'; readonly fields: readonly DeltaField[] }
  | { readonly kind: 'array'; readonly element: DeltaType }
  | { readonly kind: 'map'; readonly key: DeltaType; readonly value: DeltaType }

export interface DeltaField {
  readonly name: string
  readonly type: DeltaType
  readonly comment?: string
  /** What the field is called in data files, in partition values and in statistics. */
  readonly physicalName: string
  /** Where files are to be read by id. */
  readonly fieldId?: number
}

type ColumnMappingMode = 'none' | 'name' | 'id'

function columnMappingMode({ configuration }: Metadata): ColumnMappingMode {
  const mode = configuration['delta.columnMapping.mode'] ?? 'none'
  if (mode !== 'none' && mode !== 'name' && mode !== 'id') throw invalidLog(`Unsupported column mapping mode: ${mode}`)
  return mode
}

/** Throws DeltaLogError where it is no struct. */
export function tableFields(metadata: Metadata): readonly DeltaField[] {
  const mode = columnMappingMode(metadata)
  let root: unknown
  try {
    root = JSON.parse(metadata.schemaString)
  } catch {
    throw unparsed(metadata)
  }
  const type = typeOf(root, mode, 0)
  if (typeof type === 'string' || type?.kind !== 'struct') throw unparsed(metadata)
  return type.fields
}

/** What the partition columns are called in partition values, in the order of the log. */
export function physicalPartitionColumns(metadata: Metadata): readonly string[] {
  const fields = tableFields(metadata)
  return metadata.partitionColumns.map((name) => fields.find((field) => field.name === name)?.physicalName ?? name)
}

const unparsed = ({ schemaString }: Metadata) =>
  invalidLog(`Failed to parse serialized schema: ${schemaString.slice(0, 1000)}`)

const MOST_DEPTH = 100

type Json = Readonly<Record<string, unknown>>

function typeOf(value: unknown, mode: ColumnMappingMode, depth: number): DeltaType {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH)
    throw invalidLog('The schema in the Delta log holds something that is not a type')
  const { type, fields, elementType, keyType, valueType } = value as Json
  const inner = (of: unknown) => typeOf(of, mode, depth + 1)
  if (type === 'array') return { kind: 'array', element: inner(elementType) }
  if (type === 'map') return { kind: 'map', key: inner(keyType), value: inner(valueType) }
  if (type === 'struct' && Array.isArray(fields))
    return { kind: 'struct', fields: fields.map((field) => fieldOf(field, mode, depth)) }
  throw invalidLog(`The schema in the Delta log holds an unknown type: ${String(type)}`)
}

function fieldOf(value: unknown, mode: ColumnMappingMode, depth: number): DeltaField {
  const { name, type, metadata } = (value ?? {}) as Json
  if (typeof name !== 'string') throw invalidLog('The schema in the Delta log has a field without a name')
  const told = (metadata ?? {}) as Json
  const physicalName = told['delta.columnMapping.physicalName']
  const fieldId = told['delta.columnMapping.id']
  if (mode !== 'none' && typeof physicalName !== 'string')
    throw invalidLog(`Column '${name}' has no physical name, which its column mapping asks for`)
  if (mode === 'id' && typeof fieldId !== 'number')
    throw invalidLog(`Column '${name}' has no id, which its column mapping asks for`)
  return {
    name,
    type: typeOf(type, mode, depth + 1),
    ...(typeof told.comment === 'string' && { comment: told.comment }),
    physicalName: mode === 'none' ? name : (physicalName as string),
    ...(mode === 'id' && { fieldId: fieldId as number }),
  }
}
