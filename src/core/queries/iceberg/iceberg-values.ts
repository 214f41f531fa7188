/** Constants of a query as values of an Iceberg column, and what a filter says of such a column. */
import type { KnownColumn } from '../../../formats/iceberg/pruning.ts'
import { decimalOf, type IcebergType, type Schema } from '../../../formats/iceberg/schema.ts'
import type { Known } from '../../../formats/iceberg/transforms.ts'
import type { IcebergValue } from '../../../formats/iceberg/values.ts'
import type { Constraint, PartitionFilter } from '../../../sql/analysis/partition-filters.ts'
import { dateOfDay, dayOfDate } from '../../../sql/days.ts'
import type { Constant } from '../../../sql/plan.ts'

/** Undefined where the constant is no value of the type, or it is not certain which. */
function icebergValue(type: IcebergType, value: Constant): IcebergValue | undefined {
  const digits = decimalOf(type)
  if (digits) return typeof value === 'string' ? unscaled(value, digits.scale) : undefined
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'int':
      return typeof value === 'bigint' ? Number(value) : undefined
    case 'long':
      return typeof value === 'bigint' ? value : undefined
    case 'float':
    case 'double':
      return typeof value === 'number' && !Number.isNaN(value) ? value : undefined
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'date':
      return typeof value === 'string' ? dayOfDate(value) : undefined
    case 'timestamp':
      return typeof value === 'string' ? microsOf(value) : undefined
    // One of more digits than microseconds leaves nothing out.
    case 'timestamp_ns': {
      const micros = typeof value === 'string' ? microsOf(value) : undefined
      return micros === undefined ? undefined : micros * 1000n
    }
    case 'timestamptz':
      return typeof value === 'string' && value.endsWith(' UTC') ? microsOf(value.slice(0, -4)) : undefined
    case 'uuid':
      return typeof value === 'string' ? Buffer.from(value.replaceAll('-', ''), 'hex') : undefined
    case 'binary':
      return value instanceof Uint8Array ? value : undefined
    default:
      return undefined
  }
}

/** Of `2024-01-15 10:00:00.123456`; one of more digits falls between two values. */
export function microsOf(text: string): bigint | undefined {
  const [, day, time = '00:00:00', fraction = ''] =
    /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?)?$/.exec(text) ?? []
  if (day === undefined || /[1-9]/.test(fraction.slice(6))) return undefined
  const seconds = Date.parse(`${day}T${time}Z`) / 1000
  return Number.isNaN(seconds) ? undefined : BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}

function unscaled(text: string, scale: number): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) ?? []
  if (sign === undefined || /[1-9]/.test(fraction.slice(scale))) return undefined
  const digits = BigInt(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}` || '0')
  return sign === '-' ? -digits : digits
}

/** What the filter lets columns have, as far as it is told by their values alone. */
export function knownColumns(schema: Schema, filter: PartitionFilter): KnownColumn[] {
  return schema.fields.flatMap(({ id, name, type }) => {
    const constraint = typeof type === 'string' ? filter.constraint(name.toLowerCase()) : undefined
    const known = constraint && knownOf(type, constraint)
    return known ? [{ id, type, known }] : []
  })
}

/** A value that can not be told makes the whole condition say nothing. */
function knownOf(type: IcebergType, constraint: Constraint): Known | undefined {
  if (constraint.kind === 'values') {
    const values = constraint.values.map((value) => icebergValue(type, value))
    return values.every((value) => value !== undefined) ? { kind: 'values', values } : undefined
  }
  const [low, high] = [constraint.low, constraint.high].map((bound) =>
    bound === undefined ? undefined : icebergValue(type, bound),
  )
  if (low === undefined && high === undefined) return undefined
  return { kind: 'range', ...(low !== undefined && { low }), ...(high !== undefined && { high }) }
}

/** The constant that a value is to a filter; undefined where it is none that it could be compared with. */
export function constantOf(type: IcebergType, value: IcebergValue | null): Constant | undefined {
  if (value === null) return null
  switch (type) {
    case 'boolean':
    case 'string':
    case 'long':
      return value
    case 'int':
      return BigInt(value as number)
    case 'date':
      return dateOfDay(Number(value))
    default:
      return undefined
  }
}
