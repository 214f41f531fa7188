/**
 * Whether a Parquet file has just the fields of a schema, as files of that schema are written: under their ids and names, each
 * of the type that the specification has for it. https://iceberg.apache.org/spec/#parquet
 */
import { bytes, type Fields, fields, number, type Value } from '../parquet/compact-reader.ts'
import { decimalOf, fixedLength, type IcebergType, type NestedField, type Schema } from './schema.ts'

/** Numbers of fields of Parquet's thrift definition, and of its types. */
const ELEMENT = {
  type: 1,
  length: 2,
  repetition: 3,
  name: 4,
  children: 5,
  converted: 6,
  scale: 7,
  precision: 8,
  id: 9,
  logical: 10,
} as const
const PHYSICAL = { boolean: 0, int32: 1, int64: 2, float: 4, double: 5, bytes: 6, fixed: 7 } as const
const LOGICAL = {
  string: 1,
  map: 2,
  list: 3,
  decimal: 5,
  date: 6,
  time: 7,
  timestamp: 8,
  integer: 10,
  uuid: 14,
} as const
const CONVERTED = { utf8: 0, map: 1, list: 3, decimal: 5, date: 6, int32: 17, int64: 18 } as const
const REPEATED = 2
const MICROS = 2
const UUID_BYTES = 16

interface Element {
  readonly own: Fields
  readonly children: readonly Element[]
}

/** `elements`: the footer's, the root first. Names may differ in case. */
export function holdsFieldsOf({ fields: wanted }: Schema, elements: readonly Value[]): boolean {
  const root = treeOf(elements)
  return root !== undefined && holdsFields(wanted, root.children)
}

function treeOf(elements: readonly Value[]): Element | undefined {
  let at = 0
  const next = (depth: number): Element | undefined => {
    const own = fields(elements[at++])
    const count = number(own?.get(ELEMENT.children)) ?? 0
    if (!own || count > elements.length - at || depth > elements.length) return undefined
    const children: Element[] = []
    for (let i = 0; i < count; i++) {
      const child = next(depth + 1)
      if (!child) return undefined
      children.push(child)
    }
    return { own, children }
  }
  const root = next(0)
  return at === elements.length ? root : undefined
}

function holdsFields(wanted: readonly NestedField[], found: readonly Element[]): boolean {
  const byId = new Map(found.map((element) => [number(element.own.get(ELEMENT.id)), element]))
  return (
    wanted.length === found.length &&
    byId.size === found.length &&
    wanted.every((field) => {
      const element = byId.get(field.id)
      return element !== undefined && nameOf(element) === field.name.toLowerCase() && holds(field.type, element)
    })
  )
}

const nameOf = ({ own }: Element): string =>
  Buffer.from(bytes(own.get(ELEMENT.name)) ?? [])
    .toString()
    .toLowerCase()

function holds(type: IcebergType, element: Element): boolean {
  if (isRepeated(element)) return false
  if (typeof type === 'string') return element.children.length === 0 && isStoredAs(type, element.own)
  if (element.own.has(ELEMENT.type)) return false
  if (type.type === 'struct') return !isAnnotated(element.own) && holdsFields(type.fields, element.children)
  const isMap = type.type === 'map'
  const [entry, ...others] = element.children
  if (!isKind(element.own, isMap ? 'map' : 'list') || !entry || others.length > 0 || !isRepeated(entry)) return false
  const inner = isMap
    ? [
        { id: type['key-id'], type: type.key },
        { id: type['value-id'], type: type.value },
      ]
    : [{ id: type['element-id'], type: type.element }]
  return (
    inner.length === entry.children.length &&
    inner.every(
      ({ id, type: one }, i) => number(entry.children[i]!.own.get(ELEMENT.id)) === id && holds(one, entry.children[i]!),
    )
  )
}

const isRepeated = ({ own }: Element): boolean => number(own.get(ELEMENT.repetition)) === REPEATED
const isAnnotated = (own: Fields): boolean => own.has(ELEMENT.converted) || own.has(ELEMENT.logical)

/** By its logical type, or where there is none the converted one that came before. */
function isKind(own: Fields, kind: keyof typeof LOGICAL & keyof typeof CONVERTED): boolean
function isKind(own: Fields, kind: 'string'): boolean
function isKind(own: Fields, kind: keyof typeof LOGICAL): boolean {
  const logical = fields(own.get(ELEMENT.logical))
  if (logical) return logical.has(LOGICAL[kind])
  const converted = kind === 'string' ? CONVERTED.utf8 : CONVERTED[kind as 'map' | 'list' | 'decimal' | 'date']
  return number(own.get(ELEMENT.converted)) === converted
}

function isStoredAs(type: string, own: Fields): boolean {
  const physical = number(own.get(ELEMENT.type))
  const length = number(own.get(ELEMENT.length))
  const digits = decimalOf(type)
  if (digits) return holdsDecimal(digits, own)
  const fixed = fixedLength(type)
  if (fixed !== undefined) return physical === PHYSICAL.fixed && length === fixed && !isAnnotated(own)
  switch (type) {
    case 'boolean':
    case 'float':
    case 'double':
      return physical === PHYSICAL[type] && !isAnnotated(own)
    case 'int':
      return physical === PHYSICAL.int32 && isWhole(own, 32, CONVERTED.int32)
    case 'long':
      return physical === PHYSICAL.int64 && isWhole(own, 64, CONVERTED.int64)
    case 'date':
      return physical === PHYSICAL.int32 && isKind(own, 'date')
    case 'time':
      return physical === PHYSICAL.int64 && momentUnit(own, LOGICAL.time) === MICROS
    case 'timestamp':
    case 'timestamptz':
      return (
        physical === PHYSICAL.int64 &&
        momentUnit(own, LOGICAL.timestamp) === MICROS &&
        (moment(own, LOGICAL.timestamp)?.get(1) === true) === (type === 'timestamptz')
      )
    case 'string':
      return physical === PHYSICAL.bytes && isKind(own, 'string')
    case 'binary':
      return physical === PHYSICAL.bytes && !isAnnotated(own)
    case 'uuid':
      return (
        physical === PHYSICAL.fixed &&
        length === UUID_BYTES &&
        fields(own.get(ELEMENT.logical))?.has(LOGICAL.uuid) === true
      )
    default:
      return false
  }
}

const WHOLE_PHYSICAL: ReadonlySet<number | undefined> = new Set([PHYSICAL.int32, PHYSICAL.int64, PHYSICAL.fixed])

function holdsDecimal(
  { precision, scale }: { readonly precision: number; readonly scale: number },
  own: Fields,
): boolean {
  return (
    WHOLE_PHYSICAL.has(number(own.get(ELEMENT.type))) &&
    isKind(own, 'decimal') &&
    (number(own.get(ELEMENT.scale)) ?? 0) === scale &&
    number(own.get(ELEMENT.precision)) === precision
  )
}

/** A signed number of so many bits, which need not be said. */
function isWhole(own: Fields, bits: number, converted: number): boolean {
  const logical = fields(own.get(ELEMENT.logical))
  if (logical) {
    const integer = fields(logical.get(LOGICAL.integer))
    return number(integer?.get(1)) === bits && integer?.get(2) === true
  }
  return !own.has(ELEMENT.converted) || number(own.get(ELEMENT.converted)) === converted
}

const moment = (own: Fields, kind: number): Fields | undefined => fields(fields(own.get(ELEMENT.logical))?.get(kind))

function momentUnit(own: Fields, kind: number): number | undefined {
  const unit = fields(moment(own, kind)?.get(2))
  return unit && [...unit.keys()][0]
}
