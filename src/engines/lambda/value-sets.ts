/** What a plan asks of columns, in the sets of values that connectors know. */
import type { Domain, RangeEnd } from '../../core/federation/domain.ts'
import { type ArrowField, columnTypeOf } from '../../formats/arrow/types.ts'
import { arrowTypeJson } from '../../formats/federation/arrow-type-shape.ts'
import { writeBlock } from '../../formats/federation/blocks.ts'
import type { Marker, ValueSet } from '../../formats/federation/constraints.ts'
import {
  type Builder,
  type BytesBuilder,
  builderOf,
  type LongBuilder,
  type NumberBuilder,
} from '../../formats/vector-builders.ts'
import type { ColumnType, Vector } from '../../formats/vectors.ts'
import type { Constant } from '../../sql/plan.ts'
import { decimalAdder } from '../databases/decimal-text.ts'
import { dayOf, microsOf } from '../databases/moment-text.ts'

/** The name of a marker's only column. */
const MARKER_COLUMN = 'col1'
const ALLOCATOR = 'lentic'
/** Connectors know moments to the millisecond; a plan may know them finer. */
const MICROS = 1000n

/** Undefined where connectors can not be asked: values of nested types, and those that no value of the column is. */
export function valueSetOf(field: ArrowField, domain: Domain, version: number): ValueSet | undefined {
  const type = columnTypeOf(field)
  const ranges = []
  for (const { low, high } of domain.ranges) {
    const lowMarker = marker(field, type, low, 'ABOVE', version)
    const highMarker = marker(field, type, high, 'BELOW', version)
    if (!lowMarker || !highMarker) return undefined
    ranges.push({ low: lowMarker, high: highMarker })
  }
  return {
    '@type': 'SortedRangeSet',
    type: arrowTypeJson(field.type),
    ranges,
    nullAllowed: domain.nullAllowed,
  }
}

/** `open`: what a marker is to its value when the value itself is not within the range, or there is none. */
function marker(
  field: ArrowField,
  type: ColumnType,
  end: RangeEnd | undefined,
  open: 'ABOVE' | 'BELOW',
  version: number,
): Marker | undefined {
  const value = end === undefined ? emptyValue(type) : valueFrom(type, end.value)
  if (!value) return undefined
  const schema = { fields: [{ ...field, name: MARKER_COLUMN, nullable: true }], metadata: {} }
  return {
    valueBlock: writeBlock(schema, [value.vector], end === undefined ? 0 : 1, version, ALLOCATOR),
    bound: end !== undefined && (end.included || value.isCut) ? 'EXACTLY' : open,
    nullValue: end === undefined,
  }
}

interface MarkerValue {
  readonly vector: Vector
  /** It is not the value but the next lower one that can be told: then it has to count as within. */
  readonly isCut: boolean
}

const emptyValue = (type: ColumnType): MarkerValue => ({ vector: builderOf(type).finish(), isCut: false })

function valueFrom(type: ColumnType, value: Constant): MarkerValue | undefined {
  const builder = builderOf(type)
  return add(type, builder, value) ? { vector: builder.finish(), isCut: isCut(type, value) } : undefined
}

const isCut = ({ kind }: ColumnType, value: Constant): boolean =>
  (kind === 'timestamp' || kind === 'instant') && (momentOf(value) ?? 0n) % MICROS !== 0n

/** False where a constant is no value of the type. */
function add(type: ColumnType, builder: Builder, value: Constant): boolean {
  switch (type.kind) {
    case 'boolean':
      return added(typeof value === 'boolean' ? Number(value) : undefined, builder as NumberBuilder)
    case 'tinyint':
    case 'smallint':
    case 'int':
      return added(typeof value === 'bigint' ? Number(value) : undefined, builder as NumberBuilder)
    case 'long':
      if (typeof value !== 'bigint') return false
      ;(builder as LongBuilder).addBig(value)
      return true
    case 'float':
    case 'double':
      return added(typeof value === 'number' && !Number.isNaN(value) ? value : undefined, builder as NumberBuilder)
    case 'date':
      return added(typeof value === 'string' ? dayOf(value) : undefined, builder as NumberBuilder)
    case 'decimal':
      return typeof value === 'string' && decimalAdder(type, builder)(value)
    case 'timestamp':
    case 'instant': {
      const moment = momentOf(value)
      if (moment !== undefined) (builder as LongBuilder).addBig(moment)
      return moment !== undefined
    }
    case 'string':
      if (typeof value !== 'string') return false
      ;(builder as BytesBuilder).add(Buffer.from(value))
      return true
    case 'binary':
      if (!(value instanceof Uint8Array)) return false
      ;(builder as BytesBuilder).add(value)
      return true
    default:
      return false
  }
}

function added(value: number | undefined, builder: NumberBuilder): boolean {
  if (value !== undefined) builder.add(value)
  return value !== undefined
}

/** `2024-01-01 00:00:00.000`, and the same with UTC behind it; other zones are left to the plan. */
const momentOf = (value: Constant): bigint | undefined =>
  typeof value === 'string' ? microsOf(value.replace(/ UTC$/, '')) : undefined
