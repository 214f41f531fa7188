/** A row's columns as Parquet's schema: the elements of its footer, and the leaves that have pages. */
import type { ColumnField, ColumnType } from '../vectors.ts'
import { LONG_DECIMAL_DIGITS } from '../vectors.ts'
import { bool, i32, list, struct, type ThriftValue, text } from './thrift.ts'

/** Numbers of Parquet's thrift definition. */
const PHYSICAL = { boolean: 0, int32: 1, int64: 2, float: 4, double: 5, bytes: 6, fixed: 7 } as const
const REPETITION = { required: 0, optional: 1, repeated: 2 } as const
const CONVERTED = { utf8: 0, map: 1, list: 3, decimal: 5, date: 6, int8: 15, int16: 16 } as const
/** Of decimals of many digits, and of UUIDs. */
const FIXED_BYTES = 16

export interface Leaf {
  readonly path: readonly string[]
  readonly physical: number
}

export function schemaOf(fields: readonly ColumnField[]): {
  readonly elements: readonly ThriftValue[]
  readonly leaves: readonly Leaf[]
} {
  const elements: ThriftValue[] = [struct({ 4: text('schema'), 5: i32(fields.length) })]
  const leaves: Leaf[] = []
  for (const field of fields) add(field, [], REPETITION.optional, elements, leaves)
  return { elements, leaves }
}

function add(
  { name, type }: ColumnField,
  above: readonly string[],
  repetition: number,
  elements: ThriftValue[],
  leaves: Leaf[],
): void {
  const path = [...above, name]
  const group = (as: string, children: number, repeated: number, converted?: number) =>
    elements.push(
      struct({
        3: i32(repeated),
        4: text(as),
        5: i32(children),
        6: converted === undefined ? undefined : i32(converted),
      }),
    )
  switch (type.kind) {
    case 'struct':
      group(name, type.fields.length, repetition)
      for (const field of type.fields) add(field, path, REPETITION.optional, elements, leaves)
      return
    case 'list':
      group(name, 1, repetition, CONVERTED.list)
      group('list', 1, REPETITION.repeated)
      add({ name: 'element', type: type.element }, [...path, 'list'], REPETITION.optional, elements, leaves)
      return
    case 'map': {
      group(name, 1, repetition, CONVERTED.map)
      group('key_value', 2, REPETITION.repeated)
      const inside = [...path, 'key_value']
      add({ name: 'key', type: type.key }, inside, REPETITION.required, elements, leaves)
      add({ name: 'value', type: type.value }, inside, REPETITION.optional, elements, leaves)
      return
    }
    default: {
      const { physical, more } = scalar(type)
      const length = physical === PHYSICAL.fixed ? i32(FIXED_BYTES) : undefined
      elements.push(struct({ 1: i32(physical), 2: length, 3: i32(repetition), 4: text(name), ...more }))
      leaves.push({ path, physical })
    }
  }
}

interface ScalarElement {
  readonly physical: number
  /** Fields 6 (converted type), 7 and 8 (scale, precision) and 10 (logical type) of a schema element. */
  readonly more?: Readonly<Record<number, ThriftValue>>
}

const NOTHING = struct({})

function scalar(type: ColumnType): ScalarElement {
  switch (type.kind) {
    case 'boolean':
    case 'float':
    case 'double':
      return { physical: PHYSICAL[type.kind] }
    case 'tinyint':
      return { physical: PHYSICAL.int32, more: { 6: i32(CONVERTED.int8) } }
    case 'smallint':
      return { physical: PHYSICAL.int32, more: { 6: i32(CONVERTED.int16) } }
    case 'int':
      return { physical: PHYSICAL.int32 }
    case 'long':
      return { physical: PHYSICAL.int64 }
    case 'string':
    case 'char':
    case 'varchar':
      return { physical: PHYSICAL.bytes, more: { 6: i32(CONVERTED.utf8), 10: struct({ 1: NOTHING }) } }
    case 'binary':
      return { physical: PHYSICAL.bytes }
    case 'date':
      return { physical: PHYSICAL.int32, more: { 6: i32(CONVERTED.date) } }
    case 'timestamp':
    case 'instant':
      return { physical: PHYSICAL.int64, more: { 10: struct({ 8: moment(type.kind === 'instant') }) } }
    case 'time':
      return { physical: PHYSICAL.int64, more: { 10: struct({ 7: moment(false) }) } }
    case 'uuid':
      return { physical: PHYSICAL.fixed, more: { 10: struct({ 14: NOTHING }) } }
    case 'decimal':
      return {
        physical: type.precision <= LONG_DECIMAL_DIGITS ? PHYSICAL.int64 : PHYSICAL.fixed,
        more: { 6: i32(CONVERTED.decimal), 7: i32(type.scale), 8: i32(type.precision) },
      }
    default:
      throw new TypeError(`${type.kind} has no values of its own`)
  }
}

/** TimeType and TimestampType: adjusted to UTC or not, in microseconds. */
const moment = (adjusted: boolean): ThriftValue => struct({ 1: bool(adjusted), 2: struct({ 2: NOTHING }) })

export const pathList = (path: readonly string[]): ThriftValue => list(path.map(text))
