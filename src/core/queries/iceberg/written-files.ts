/** What an engine has written, as the entries of a manifest. */
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import {
  decimalOf,
  fieldsById,
  type IcebergType,
  type LocatedField,
  type Schema,
} from '../../../formats/iceberg/schema.ts'
import type { BoundField } from '../../../formats/iceberg/specs.ts'
import { wrapped } from '../../../formats/iceberg/transforms.ts'
import { encodeValue, type IcebergValue } from '../../../formats/iceberg/values.ts'
import { dayOfDate } from '../../../sql/days.ts'
import { SqlError } from '../../../sql/position.ts'
import type { EngineOutcome, WrittenColumnStatistics } from '../engine-plan.ts'
import { microsOf } from './iceberg-values.ts'

type EngineFile = EngineOutcome['files'][number]

/** `path`: where the file is to be. Throws CONSTRAINT_VIOLATION for a NULL in a column that must have a value. */
export function dataFileOf(
  file: EngineFile,
  path: string,
  schema: Schema,
  spec: { readonly id: number; readonly fields: readonly BoundField[] },
): ContentFile {
  const statistics = file.statistics ?? []
  const known = statistics.flatMap((column) => {
    const located = fieldAt(schema, column.path)
    return located ? [{ id: located.field.id, located, column }] : []
  })
  known.sort((a, b) => a.id - b.id)
  for (const { located, column } of known)
    if (located.field.required && located.path.length === 1 && (column.nulls ?? 0) > 0)
      throw new SqlError('CONSTRAINT_VIOLATION', `NULL value not allowed for NOT NULL column: ${located.field.name}`)
  const counted = (of: (column: WrittenColumnStatistics) => number | undefined) =>
    new Map(known.flatMap(({ id, column }) => (of(column) === undefined ? [] : [[id, of(column)!] as const])))
  const bounds = known.flatMap(({ id, located: { field }, column }) => {
    const bound = column.hasNaN ? undefined : boundsOf(field.type, column)
    return bound ? [{ id, ...bound }] : []
  })
  return {
    content: 'data',
    path,
    format: 'parquet',
    specId: spec.id,
    partition: spec.fields.map(({ type }, i) => {
      const text = file.partition[i] ?? null
      return text === null ? null : partitionValue(type, text)
    }),
    recordCount: file.rows,
    sizeBytes: file.sizeBytes,
    columnSizes: counted((column) => column.sizeBytes),
    valueCounts: counted((column) => column.values),
    nullValueCounts: counted((column) => column.nulls),
    nanValueCounts: new Map(known.flatMap(({ id, column }) => (column.hasNaN === false ? [[id, 0] as const] : []))),
    lowerBounds: new Map(bounds.map(({ id, lower }) => [id, lower])),
    upperBounds: new Map(bounds.flatMap(({ id, upper }) => (upper ? [[id, upper] as const] : []))),
    sortOrderId: 0,
  }
}

/** Outside of lists and maps, in which a row has any number of values. */
function fieldAt(schema: Schema, path: readonly string[]): LocatedField | undefined {
  const wanted = path.join('\u0000').toLowerCase()
  return fieldsById(schema)
    .values()
    .find((one) => !one.repeated && one.path.join('\u0000').toLowerCase() === wanted)
}

/** A partition's value as the engine tells it: numbers of the unit that the type has, bytes in hexadecimal. */
function partitionValue(type: IcebergType, text: string): IcebergValue {
  switch (type) {
    case 'boolean':
      return text === 'true'
    case 'int':
    case 'date':
    case 'float':
    case 'double':
      return wrapped(type, Number(text))
    case 'string':
      return text
    case 'long':
      return wrapped(type, BigInt(text))
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return BigInt(text)
    default:
      return decimalOf(type) ? BigInt(text.replace('.', '')) : Buffer.from(text.replaceAll('-', ''), 'hex')
  }
}

const BOUND_CHARACTERS = 16

function boundsOf(
  type: IcebergType,
  { min, max }: WrittenColumnStatistics,
): { readonly lower: Uint8Array; readonly upper?: Uint8Array } | undefined {
  if (min === undefined || max === undefined) return undefined
  if (type === 'string') {
    const upper = upperText(max)
    return { lower: Buffer.from(firstCharacters(min)), ...(upper !== undefined && { upper: Buffer.from(upper) }) }
  }
  const [low, high] = [boundValue(type, min, -0), boundValue(type, max, 0)]
  if (low === undefined || high === undefined) return undefined
  return { lower: encodeValue(type, low), upper: encodeValue(type, high) }
}

const firstCharacters = (text: string): string => [...text].slice(0, BOUND_CHARACTERS).join('')

/** The smallest text of so many characters that no text with this beginning is after; none where there is none. */
function upperText(text: string): string | undefined {
  const characters = [...text]
  if (characters.length <= BOUND_CHARACTERS) return text
  const kept = characters.slice(0, BOUND_CHARACTERS)
  for (let i = kept.length - 1; i >= 0; i--) {
    const next = kept[i]!.codePointAt(0)! + 1
    // Halves of pairs are no characters.
    if (next <= 0x10ffff) return kept.slice(0, i).join('') + String.fromCodePoint(next === 0xd800 ? 0xe000 : next)
  }
  return undefined
}

/** `zero`: which of the two a zero of a floating number is. */
function boundValue(type: IcebergType, text: string, zero: number): IcebergValue | undefined {
  if (decimalOf(type)) return BigInt(text.replace('.', ''))
  switch (type) {
    case 'boolean':
      return text === 'true' || text === '1'
    case 'int':
      return Number(text)
    case 'long':
      return BigInt(text)
    case 'float':
    case 'double':
      return Number(text) === 0 ? zero : Number(text)
    case 'date':
      return dayOfDate(text)
    case 'time':
      return microsOf(`1970-01-01 ${text}`)
    case 'timestamp':
    case 'timestamptz':
      return microsOf(text.replace(/\+00(?::00)?$/, ''))
    default:
      return undefined
  }
}
