/** Arrow's types and fields, and what vectors hold their values (https://arrow.apache.org/docs/format/Columnar.html). */
import { UnsupportedData } from '../corrupt-data.ts'
import type { ColumnType } from '../vectors.ts'

export type TimeUnit = 'SECOND' | 'MILLISECOND' | 'MICROSECOND' | 'NANOSECOND'

export type ArrowType =
  | { readonly kind: 'null' | 'bool' | 'utf8' | 'binary' | 'list' | 'struct' }
  /** Its only child is a struct of key and value. */
  | { readonly kind: 'map'; readonly keysSorted: boolean }
  | { readonly kind: 'int'; readonly bitWidth: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly precision: 'HALF' | 'SINGLE' | 'DOUBLE' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number; readonly bitWidth: number }
  | { readonly kind: 'date'; readonly unit: 'DAY' | 'MILLISECOND' }
  | { readonly kind: 'time'; readonly unit: TimeUnit; readonly bitWidth: number }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly timezone: string | undefined }
  /** Kinds that nothing here has columns for; their schemas are read, so that the column can be named. */
  | { readonly kind: 'other'; readonly name: string; readonly id: number }

export interface ArrowField {
  readonly name: string
  readonly nullable: boolean
  readonly type: ArrowType
  readonly children: readonly ArrowField[]
  readonly metadata: Readonly<Record<string, string>>
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[]
  readonly metadata: Readonly<Record<string, string>>
}

/** What a vector of a field's values is of. Throws UnsupportedData for a type that no column has. */
export function columnTypeOf(field: ArrowField): ColumnType {
  const { type, children } = field
  switch (type.kind) {
    case 'bool':
      return { kind: 'boolean' }
    case 'utf8':
      return { kind: 'string' }
    case 'binary':
      return { kind: 'binary' }
    case 'int':
      return integerType(field, type)
    case 'float':
      if (type.precision === 'HALF') break
      return { kind: type.precision === 'SINGLE' ? 'float' : 'double' }
    case 'decimal':
      if (type.bitWidth !== 128) break
      return { kind: 'decimal', precision: type.precision, scale: type.scale }
    case 'date':
      return { kind: type.unit === 'DAY' ? 'date' : 'timestamp' }
    case 'timestamp':
      return { kind: type.timezone === undefined ? 'timestamp' : 'instant' }
    case 'list':
      if (children.length !== 1) break
      return { kind: 'list', element: columnTypeOf(children[0]!) }
    case 'map': {
      const [key, value] = children[0]?.children ?? []
      if (!key || !value) break
      return { kind: 'map', key: columnTypeOf(key), value: columnTypeOf(value) }
    }
    case 'struct':
      if (children.length === 0) break
      return { kind: 'struct', fields: children.map((child) => ({ name: child.name, type: columnTypeOf(child) })) }
  }
  return unsupported(field)
}

const INTEGERS: Readonly<Record<number, 'tinyint' | 'smallint' | 'int' | 'long'>> = {
  8: 'tinyint',
  16: 'smallint',
  32: 'int',
  64: 'long',
}

function integerType(field: ArrowField, type: { readonly bitWidth: number; readonly signed: boolean }): ColumnType {
  const kind = INTEGERS[type.bitWidth]
  return type.signed && kind ? { kind } : unsupported(field)
}

function unsupported({ name, type }: ArrowField): never {
  throw new UnsupportedData(`column ${name} is of a type that is not read (${describe(type)})`)
}

function describe(type: ArrowType): string {
  switch (type.kind) {
    case 'other':
      return type.name
    case 'int':
      return `${type.signed ? 'Int' : 'UInt'}${type.bitWidth}`
    case 'float':
      return `FloatingPoint ${type.precision}`
    case 'decimal':
      return `Decimal${type.bitWidth}`
    default:
      return type.kind
  }
}

/**
 * The field in which a column of a type is told. What has no time zone is told as milliseconds since 1970, as Athena's
 * connectors do: the SDK takes no other (`SupportedTypes`).
 */
export function arrowField(name: string, type: ColumnType): ArrowField {
  return { name, nullable: true, type: arrowType(name, type), children: childFields(type), metadata: {} }
}

function arrowType(name: string, type: ColumnType): ArrowType {
  switch (type.kind) {
    case 'boolean':
      return { kind: 'bool' }
    case 'tinyint':
      return { kind: 'int', bitWidth: 8, signed: true }
    case 'smallint':
      return { kind: 'int', bitWidth: 16, signed: true }
    case 'int':
      return { kind: 'int', bitWidth: 32, signed: true }
    case 'long':
      return { kind: 'int', bitWidth: 64, signed: true }
    case 'float':
      return { kind: 'float', precision: 'SINGLE' }
    case 'double':
      return { kind: 'float', precision: 'DOUBLE' }
    case 'string':
    case 'char':
    case 'varchar':
      return { kind: 'utf8' }
    case 'binary':
    case 'list':
    case 'struct':
      return { kind: type.kind }
    case 'decimal':
      return { kind: 'decimal', precision: type.precision, scale: type.scale, bitWidth: 128 }
    case 'date':
      return { kind: 'date', unit: 'DAY' }
    case 'timestamp':
      return { kind: 'date', unit: 'MILLISECOND' }
    case 'instant':
      return { kind: 'timestamp', unit: 'MILLISECOND', timezone: 'UTC' }
    case 'map':
      return { kind: 'map', keysSorted: false }
    case 'time':
    case 'uuid':
      throw new UnsupportedData(`column ${name} is of a type that connectors do not know (${type.kind})`)
  }
}

function childFields(type: ColumnType): readonly ArrowField[] {
  switch (type.kind) {
    case 'list':
      return [arrowField('$data$', type.element)]
    case 'map': {
      const entries: ColumnType = {
        kind: 'struct',
        fields: [
          { name: 'key', type: type.key },
          { name: 'value', type: type.value },
        ],
      }
      const field = arrowField('entries', entries)
      const children = field.children.map((child, i) => ({ ...child, nullable: i === 1 }))
      return [{ ...field, nullable: false, children }]
    }
    case 'struct':
      return type.fields.map((field) => arrowField(field.name, field.type))
    default:
      return []
  }
}
