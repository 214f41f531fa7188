/**
 * SQLite's columns with the types that their declarations stand for. A value is what it is, whatever was declared: one that
 * is not of its column's type ends the scan. https://sqlite.org/datatype3.html
 */
import { SourceError } from '../../core/federation/connector.ts'
import { columnType } from '../../core/queries/column-type.ts'
import {
  type Builder,
  type BytesBuilder,
  builderOf,
  type LongBuilder,
  type NumberBuilder,
} from '../../formats/vector-builders.ts'
import { BIGINT, BOOLEAN, DATE, DOUBLE, decimal, TIMESTAMP, type Type, VARBINARY, VARCHAR } from '../../sql/types.ts'
import { decimalAdder } from '../databases/decimal-text.ts'
import { addMillis, dayOf, millisOf } from '../databases/moment-text.ts'

export type SqliteValue = null | bigint | number | string | Uint8Array

/** By the affinity that SQLite derives from the declaration, and finer where the declaration says more. */
export function typeOfDeclaration(declaration: string): Type {
  const text = declaration.toUpperCase()
  const [, precision, scale = '0'] = /^(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(text) ?? []
  if (precision !== undefined && Number(precision) <= 38 && Number(scale) <= Number(precision))
    return decimal(Number(precision), Number(scale))
  if (/^BOOL/.test(text)) return BOOLEAN
  if (/^DATE$/.test(text)) return DATE
  if (/^(DATETIME|TIMESTAMP)/.test(text)) return TIMESTAMP
  if (text.includes('INT')) return BIGINT
  if (/CHAR|CLOB|TEXT/.test(text)) return VARCHAR
  if (text.includes('BLOB')) return VARBINARY
  if (/REAL|FLOA|DOUB|DEC|NUM/.test(text)) return DOUBLE
  return VARCHAR
}

/** Of what no declaration tells of. */
export function typeOfValue(value: SqliteValue): Type {
  if (typeof value === 'bigint') return BIGINT
  if (typeof value === 'number') return DOUBLE
  return value instanceof Uint8Array ? VARBINARY : VARCHAR
}

export interface ColumnReader {
  readonly builder: Builder
  /** Throws SourceError for a value that is not of the column's type. */
  add(value: SqliteValue): void
}

export function columnReader(name: string, type: Type): ColumnReader {
  const builder = builderOf(columnType(type))
  const adds = valueAdder(type, builder)
  return {
    builder,
    add(value) {
      if (value === null) builder.missing()
      else if (!adds(value)) throw new SourceError(`Column ${name} holds ${shown(value)}, which is no ${type.kind}`)
    },
  }
}

const shown = (value: SqliteValue): string =>
  value instanceof Uint8Array
    ? `a blob of ${value.length} bytes`
    : typeof value === 'string'
      ? `'${value}'`
      : `${value}`

type Value = NonNullable<SqliteValue>

/** False for a value of another type. */
function valueAdder(type: Type, builder: Builder): (value: Value) => boolean {
  const numbers = builder as NumberBuilder
  const longs = builder as LongBuilder
  const bytes = builder as BytesBuilder
  switch (type.kind) {
    case 'bigint':
      return taking(isBig, (value) => longs.addBig(value))
    case 'double':
      return taking(isNumber, (value) => numbers.add(Number(value)))
    case 'boolean':
      return taking(isTruth, (value) => numbers.add(Number(value)))
    case 'varbinary':
      return taking(isBlob, (value) => bytes.add(value))
    case 'date':
      return (value) => found(typeof value === 'string' ? dayOf(value) : undefined, (day) => numbers.add(day))
    case 'timestamp':
      return (value) => found(typeof value === 'string' ? millisOf(value) : undefined, (at) => addMillis(at, longs))
    case 'decimal': {
      const add = decimalAdder(type, builder)
      return (value) => !isBlob(value) && add(String(value))
    }
    default:
      return taking(isNoBlob, (value) => bytes.add(Buffer.from(String(value))))
  }
}

const isBig = (value: Value): value is bigint => typeof value === 'bigint'
const isNumber = (value: Value): value is bigint | number => typeof value === 'number' || typeof value === 'bigint'
const isTruth = (value: Value): value is bigint => value === 0n || value === 1n
const isBlob = (value: Value): value is Uint8Array => value instanceof Uint8Array
const isNoBlob = (value: Value): value is bigint | number | string => !isBlob(value)

const taking =
  <V extends Value>(is: (value: Value) => value is V, add: (value: V) => void) =>
  (value: Value): boolean => {
    if (!is(value)) return false
    add(value)
    return true
  }

function found(value: number | undefined, add: (value: number) => void): boolean {
  if (value === undefined) return false
  add(value)
  return true
}
