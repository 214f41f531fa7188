/** Arrow's types as the protocol's JSON tells them, by the names of Java's classes. */
import type { ArrowType } from '../arrow/types.ts'
import { flag, list, nullable, number, type Shape, text, type VariantOf, variant } from './json-shapes.ts'

const variants = {
  Null: {},
  Struct: {},
  List: {},
  FixedSizeList: { listSize: number },
  Union: { mode: text, typeIds: list(number) },
  Int: { bitWidth: number, isSigned: flag },
  FloatingPoint: { precision: text },
  Utf8: {},
  Binary: {},
  FixedSizeBinary: { byteWidth: number },
  Bool: {},
  Decimal: { precision: number, scale: number },
  Date: { unit: text },
  Time: { unit: text, bitWidth: number },
  Timestamp: { unit: text, timezone: nullable(text) },
  Interval: { unit: text },
  Map: {},
}

export const arrowTypeShape: Shape<ArrowTypeJson> = variant(variants)
export type ArrowTypeJson = VariantOf<typeof variants>

/** Throws TypeError for a type that only reading knows. */
export function arrowTypeJson(type: ArrowType): ArrowTypeJson {
  switch (type.kind) {
    case 'null':
      return { '@type': 'Null' }
    case 'bool':
      return { '@type': 'Bool' }
    case 'utf8':
      return { '@type': 'Utf8' }
    case 'binary':
      return { '@type': 'Binary' }
    case 'list':
      return { '@type': 'List' }
    case 'struct':
      return { '@type': 'Struct' }
    case 'map':
      return { '@type': 'Map' }
    case 'int':
      return { '@type': 'Int', bitWidth: type.bitWidth, isSigned: type.signed }
    case 'float':
      return { '@type': 'FloatingPoint', precision: type.precision }
    case 'decimal':
      return { '@type': 'Decimal', precision: type.precision, scale: type.scale }
    case 'date':
      return { '@type': 'Date', unit: type.unit }
    case 'time':
      return { '@type': 'Time', unit: type.unit, bitWidth: type.bitWidth }
    case 'timestamp':
      return { '@type': 'Timestamp', unit: type.unit, timezone: type.timezone }
    case 'other':
      throw new TypeError(`a type ${type.name} is not told`)
  }
}
