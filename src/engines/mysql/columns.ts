/**
 * MySQL's types as those that Athena's connector makes of them, and how values are read that come as text.
 * https://docs.aws.amazon.com/athena/latest/ug/connectors-mysql.html
 */
import { SourceError } from '../../core/federation/connector.ts'
import type { Builder, BytesBuilder, LongBuilder, NumberBuilder } from '../../formats/vector-builders.ts'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  REAL,
  SMALLINT,
  TIMESTAMP,
  TINYINT,
  type Type,
  VARBINARY,
  VARCHAR,
} from '../../sql/types.ts'
import { decimalAdder } from '../databases/decimal-text.ts'
import { addMillis, dayOf, millisOf } from '../databases/moment-text.ts'

/** A column as the information schema has it. */
export interface ColumnDeclaration {
  /** `int`. */
  readonly dataType: string
  /** `int(10) unsigned`. */
  readonly columnType: string
  readonly precision: number
  readonly scale: number
}

const TYPES: Readonly<Record<string, Type>> = {
  tinyint: TINYINT,
  smallint: SMALLINT,
  mediumint: INTEGER,
  int: INTEGER,
  bigint: BIGINT,
  year: SMALLINT,
  float: REAL,
  double: DOUBLE,
  date: DATE,
  datetime: TIMESTAMP,
  timestamp: TIMESTAMP,
  binary: VARBINARY,
  varbinary: VARBINARY,
  tinyblob: VARBINARY,
  blob: VARBINARY,
  mediumblob: VARBINARY,
  longblob: VARBINARY,
  bit: VARBINARY,
}

/** Those without a sign need the next wider type. */
const UNSIGNED: Readonly<Record<string, Type>> = {
  tinyint: SMALLINT,
  smallint: INTEGER,
  int: BIGINT,
  bigint: decimal(20, 0),
}

const TRUTHS = /^(tinyint\(1\)|bit\(1\))$/

export function typeOf({ dataType, columnType, precision, scale }: ColumnDeclaration): Type {
  if (TRUTHS.test(columnType)) return BOOLEAN
  if (dataType === 'decimal') return precision <= 38 ? decimal(precision, scale) : VARCHAR
  const unsigned = columnType.includes('unsigned') ? UNSIGNED[dataType] : undefined
  return unsigned ?? TYPES[dataType] ?? VARCHAR
}

const SHAPES = /^(geometry|point|linestring|polygon|multi\w+|geometrycollection)$/

/** Shapes are asked for as text. */
export const isShape = ({ dataType }: ColumnDeclaration): boolean => SHAPES.test(dataType)

/** Adds a value; throws SourceError for one that the type does not hold. */
export type ValueReader = (value: Buffer) => void

export function valueReader(column: string, type: Type, builder: Builder): ValueReader {
  const numbers = builder as NumberBuilder
  const read = reader(type, builder)
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
      return (value) => numbers.add(wholeNumber(value))
    case 'real':
    case 'double':
      return (value) => numbers.add(Number(value.toString('latin1')))
    // A bit comes as the byte that holds it, a small number as text.
    case 'boolean':
      return (value) => numbers.add(value.length === 1 && (value[0] === 0 || value[0] === ZERO) ? 0 : 1)
    case 'bigint':
      return (value) => addLong(value, builder as LongBuilder)
    case 'varchar':
    case 'varbinary':
      return (value) => (builder as BytesBuilder).add(value)
    default:
      return (value) => {
        const text = value.toString('latin1')
        if (!read(text)) throw new SourceError(`Column ${column} holds '${text}', which is no ${type.kind}`)
      }
  }
}

/** False for what is no value of the type: dates like 0000-00-00. */
function reader(type: Type, builder: Builder): (text: string) => boolean {
  if (type.kind === 'decimal') return decimalAdder(type, builder)
  return (text) => {
    const value = type.kind === 'date' ? dayOf(text) : millisOf(text)
    if (value === undefined) return false
    if (type.kind === 'date') (builder as NumberBuilder).add(value)
    else addMillis(value, builder as LongBuilder)
    return true
  }
}

const ZERO = 48
const MINUS = 45
/** Whole numbers of so many characters are exact as JavaScript's. */
const NUMBER_LENGTH = 15

function wholeNumber(value: Buffer): number {
  const isNegative = value[0] === MINUS
  let number = 0
  for (let at = isNegative ? 1 : 0; at < value.length; at++) number = number * 10 + value[at]! - ZERO
  return isNegative ? -number : number
}

function addLong(value: Buffer, builder: LongBuilder): void {
  if (value.length <= NUMBER_LENGTH) builder.addNumber(wholeNumber(value))
  else builder.addBig(BigInt(value.toString('latin1')))
}
