/**
 * PostgreSQL's types as those that Athena's connector makes of them, how a column is asked for, and how its values are read
 * in the binary form of COPY. https://docs.aws.amazon.com/athena/latest/ug/connectors-postgresql.html
 */
import { SourceError } from '../../core/federation/connector.ts'
import type {
  Builder,
  BytesBuilder,
  ListBuilder,
  LongBuilder,
  NumberBuilder,
  WideBuilder,
} from '../../formats/vector-builders.ts'
import { LONG_DECIMAL_DIGITS } from '../../formats/vectors.ts'
import {
  array,
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  REAL,
  SMALLINT,
  TIMESTAMP,
  type Type,
  VARBINARY,
  VARCHAR,
} from '../../sql/types.ts'
import { wholeMillis } from '../databases/moment-text.ts'
import { numericReader } from './numerics.ts'

/** A column as the catalog has it: its type's name, or its element's, below whatever domains there are. */
export interface ColumnDeclaration {
  readonly typeName: string
  readonly isArray: boolean
  /** What follows the type in parentheses, as PostgreSQL packs it; -1 for nothing. */
  readonly modifier: number
  /** Its collation holds texts equal that are not the same. */
  readonly isBlurred?: boolean
}

/** What numeric without digits is read as: it may hold more than any decimal. */
const FREE_NUMERIC = decimal(38, 18)

const TYPES: Readonly<Record<string, Type>> = {
  bool: BOOLEAN,
  int2: SMALLINT,
  int4: INTEGER,
  int8: BIGINT,
  float4: REAL,
  float8: DOUBLE,
  date: DATE,
  timestamp: TIMESTAMP,
  timestamptz: TIMESTAMP,
  bytea: VARBINARY,
}

export function typeOf({ typeName, isArray, modifier }: ColumnDeclaration): Type {
  const type = typeName === 'numeric' ? numericType(modifier) : (TYPES[typeName] ?? VARCHAR)
  return isArray ? array(type) : type
}

function numericType(modifier: number): Type {
  if (modifier < 0) return FREE_NUMERIC
  const precision = ((modifier - 4) >> 16) & 0xffff
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024
  return precision <= 38 && scale >= 0 && scale <= precision ? decimal(precision, scale) : FREE_NUMERIC
}

/** Types whose binary form is read; of all others their text is asked for. */
export const isReadAsItIs = ({ typeName }: ColumnDeclaration): boolean => typeName === 'numeric' || typeName in TYPES

/** Adds the value that lies in `bytes` from `at` to `end`. */
export type ValueReader = (bytes: Buffer, at: number, end: number) => void

export function valueReader(column: string, type: Type, builder: Builder): ValueReader {
  const numbers = builder as NumberBuilder
  const longs = builder as LongBuilder
  switch (type.kind) {
    case 'boolean':
      return (bytes, at) => numbers.add(bytes[at]!)
    case 'smallint':
      return (bytes, at) => numbers.add(bytes.readInt16BE(at))
    case 'integer':
      return (bytes, at) => numbers.add(bytes.readInt32BE(at))
    case 'bigint':
      return (bytes, at) => longs.add(bytes.readInt32BE(at + 4), bytes.readInt32BE(at))
    case 'real':
      return (bytes, at) => numbers.add(bytes.readFloatBE(at))
    case 'double':
      return (bytes, at) => numbers.add(bytes.readDoubleBE(at))
    case 'date':
      return (bytes, at) => numbers.add(finite(bytes.readInt32BE(at), column) + DAYS_TO_2000)
    case 'timestamp':
      return (bytes, at) => addMoment(bytes, at, longs, column)
    case 'decimal':
      return numericReader(column, type, type.precision <= LONG_DECIMAL_DIGITS ? longs : (builder as WideBuilder))
    case 'array':
      return arrayReader(column, type.element, builder as ListBuilder)
    default:
      return (bytes, at, end) => (builder as BytesBuilder).add(bytes, at, end)
  }
}

const DAYS_TO_2000 = 10_957
const MICROS_TO_2000 = 946_684_800_000_000
const INFINITY = 0x7fffffff

function finite(value: number, column: string): number {
  if (value === INFINITY || value === -INFINITY - 1) throw new SourceError(`Column ${column} holds infinity`)
  return value
}

/** Microseconds since 2000, become whole milliseconds since 1970. */
function addMoment(bytes: Buffer, at: number, longs: LongBuilder, column: string): void {
  const high = finite(bytes.readInt32BE(at), column)
  // Beyond the year 2250 there are more microseconds than a number holds.
  if (high >= 1 << 20 || high < -(1 << 20)) {
    const micros = bytes.readBigInt64BE(at) + BigInt(MICROS_TO_2000)
    longs.addBig(micros - (((micros % 1000n) + 1000n) % 1000n))
  } else longs.addNumber(wholeMillis(high * 4_294_967_296 + bytes.readUInt32BE(at + 4) + MICROS_TO_2000))
}

/** Dimensions, whether there are NULLs, the element's type; then a length and a lower bound for each dimension. */
function arrayReader(column: string, element: Type, list: ListBuilder): ValueReader {
  const read = valueReader(column, element, list.element)
  return (bytes, start) => {
    const dimensions = bytes.readInt32BE(start)
    if (dimensions > 1) throw new SourceError(`Column ${column} holds an array of ${dimensions} dimensions`)
    const count = dimensions === 0 ? 0 : bytes.readInt32BE(start + 12)
    let at = start + 20
    for (let i = 0; i < count; i++) {
      const length = bytes.readInt32BE(at)
      at += 4
      if (length < 0) list.element.missing()
      else read(bytes, at, at + length)
      at += Math.max(length, 0)
    }
    list.add(count)
  }
}
