/**
 * Hive's type strings, as the catalog keeps them (`struct<a:int,b:array<decimal(10,2)>>`), and Trino's types.
 * Names are the table of Trino's Hive connector; sizes and defaults are Hive's (decimal is `decimal(10,0)`).
 */
import { SqlError } from '../position.ts'
import {
  array,
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  map,
  REAL,
  type RowField,
  row,
  SMALLINT,
  TIMESTAMP,
  TIMESTAMP_TZ,
  TINYINT,
  type Type,
  typeName,
  VARBINARY,
  VARCHAR,
  varchar,
} from '../types.ts'

const PRIMITIVES: ReadonlyMap<string, Type> = new Map([
  ['boolean', BOOLEAN],
  ['tinyint', TINYINT],
  ['smallint', SMALLINT],
  ['int', INTEGER],
  ['integer', INTEGER],
  ['bigint', BIGINT],
  // Glue names it among the types of partition keys (GetPartitions, `Expression`).
  ['long', BIGINT],
  ['float', REAL],
  ['double', DOUBLE],
  ['double precision', DOUBLE],
  ['string', VARCHAR],
  ['binary', VARBINARY],
  ['date', DATE],
  ['timestamp', TIMESTAMP],
  ['timestamp with local time zone', TIMESTAMP_TZ],
])

const MAX_DEPTH = 200
const MAX_DECIMAL_PRECISION = 38
const MAX_VARCHAR_LENGTH = 65535
const MAX_CHAR_LENGTH = 255

/** Throws `SqlError`: HIVE_INVALID_METADATA where the text is no type, NOT_SUPPORTED for one that Trino cannot read. */
export function parseHiveType(text: string): Type {
  const scanner = { text, at: 0 }
  const type = parseType(scanner, 0)
  skipSpace(scanner)
  if (scanner.at < text.length) fail(scanner, 'end of type')
  return type
}

interface Scanner {
  readonly text: string
  at: number
}

function parseType(scanner: Scanner, depth: number): Type {
  if (depth > MAX_DEPTH) throw new SqlError('NOT_SUPPORTED', `Hive type is nested deeper than ${MAX_DEPTH} levels`)
  skipSpace(scanner)
  const start = scanner.at
  const name = typeWord(scanner)
  switch (name) {
    case 'array':
      return angled(scanner, () => array(parseType(scanner, depth + 1)))
    case 'map':
      return angled(scanner, () => {
        const key = parseType(scanner, depth + 1)
        expect(scanner, ',')
        return map(key, parseType(scanner, depth + 1))
      })
    case 'struct':
      return angled(scanner, () => row(structFields(scanner, depth + 1)))
    case 'decimal':
    case 'numeric':
    case 'dec':
      return decimalType(scanner)
    case 'varchar':
    case 'char':
      return sizedText(scanner, name)
    case 'uniontype':
    case 'void':
    case 'interval_year_month':
    case 'interval_day_time':
      throw new SqlError('NOT_SUPPORTED', `Unsupported Hive type: ${scanner.text.trim()}`)
  }
  const primitive = PRIMITIVES.get(name)
  if (!primitive) {
    scanner.at = start
    fail(scanner, 'type')
  }
  return primitive
}

/** Letters and underscores; `double precision` and `timestamp with local time zone` are several words. */
function typeWord(scanner: Scanner): string {
  const match = /[A-Za-z_]+(?:\s+[A-Za-z_]+)*/y
  match.lastIndex = scanner.at
  const found = match.exec(scanner.text)?.[0] ?? ''
  scanner.at += found.length
  return found.toLowerCase().replaceAll(/\s+/g, ' ')
}

function structFields(scanner: Scanner, depth: number): RowField[] {
  const fields: RowField[] = []
  do {
    const name = fieldName(scanner)
    expect(scanner, ':')
    fields.push({ name, type: parseType(scanner, depth) })
  } while (accept(scanner, ','))
  return fields
}

/** Hive lets a field be called anything up to the colon; in backquotes even that. */
function fieldName(scanner: Scanner): string {
  skipSpace(scanner)
  const match = /`((?:[^`]|``)+)`|[^`:<>,()]+/y
  match.lastIndex = scanner.at
  const found = match.exec(scanner.text)
  if (!found) fail(scanner, 'name')
  scanner.at += found[0].length
  return found[1]?.replaceAll('``', '`') ?? found[0].trim()
}

function decimalType(scanner: Scanner): Type {
  if (!accept(scanner, '(')) return decimal(10, 0)
  const precision = integer(scanner)
  const scale = accept(scanner, ',') ? integer(scanner) : 0
  expect(scanner, ')')
  if (precision < 1 || precision > MAX_DECIMAL_PRECISION || scale > precision)
    throw new SqlError('HIVE_INVALID_METADATA', `Invalid decimal type: decimal(${precision},${scale})`)
  return decimal(precision, scale)
}

function sizedText(scanner: Scanner, kind: 'varchar' | 'char'): Type {
  // A bare one is what tools write that mean a string; Trino's connector would refuse the whole table.
  if (!accept(scanner, '(')) return kind === 'varchar' ? VARCHAR : { kind: 'char', length: 1 }
  const length = integer(scanner)
  expect(scanner, ')')
  if (length < 1 || length > (kind === 'varchar' ? MAX_VARCHAR_LENGTH : MAX_CHAR_LENGTH))
    throw new SqlError('HIVE_INVALID_METADATA', `Invalid ${kind} length: ${length}`)
  return kind === 'varchar' ? varchar(length) : { kind: 'char', length }
}

function angled(scanner: Scanner, inside: () => Type): Type {
  expect(scanner, '<')
  const type = inside()
  expect(scanner, '>')
  return type
}

function integer(scanner: Scanner): number {
  skipSpace(scanner)
  const match = /\d{1,9}/y
  match.lastIndex = scanner.at
  const digits = match.exec(scanner.text)?.[0]
  if (!digits) fail(scanner, 'number')
  scanner.at += digits.length
  return Number(digits)
}

function skipSpace(scanner: Scanner): void {
  while (scanner.at < scanner.text.length && /\s/.test(scanner.text[scanner.at]!)) scanner.at++
}

function accept(scanner: Scanner, sign: string): boolean {
  skipSpace(scanner)
  if (scanner.text[scanner.at] !== sign) return false
  scanner.at++
  return true
}

function expect(scanner: Scanner, sign: string): void {
  if (!accept(scanner, sign)) fail(scanner, sign)
}

/** In the words of Hive's TypeInfoParser, which is what Athena shows. */
function fail(scanner: Scanner, wanted: string): never {
  const rest = scanner.text.slice(scanner.at)
  const found = rest === '' ? 'end of string' : `'${/^[A-Za-z_0-9]+|^./s.exec(rest)![0]}'`
  throw new SqlError(
    'HIVE_INVALID_METADATA',
    `Error: ${wanted.length === 1 ? `'${wanted}'` : wanted} expected at the position ${scanner.at} of '${scanner.text}' but ${found} is found.`,
  )
}

/** The string that the catalog keeps for a type. Throws `SqlError(NOT_SUPPORTED)` for a type that Hive does not have. */
export function hiveTypeName(type: Type): string {
  switch (type.kind) {
    case 'integer':
      return 'int'
    case 'real':
      return 'float'
    case 'varbinary':
      return 'binary'
    case 'varchar':
      // Hive has none of no characters, which is the type of ''; https://github.com/trinodb/trino/pull/18811.
      return type.length === undefined || type.length > MAX_VARCHAR_LENGTH
        ? 'string'
        : `varchar(${Math.max(type.length, 1)})`
    case 'char':
      return type.length > MAX_CHAR_LENGTH ? 'string' : `char(${type.length})`
    case 'timestamp':
      return 'timestamp'
    case 'timestamp with time zone':
      return 'timestamp with local time zone'
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'bigint':
    case 'double':
    case 'date':
    case 'decimal':
      return typeName(type)
    case 'array':
      return `array<${hiveTypeName(type.element)}>`
    case 'map':
      return `map<${hiveTypeName(type.key)},${hiveTypeName(type.value)}>`
    case 'row':
      return `struct<${type.fields.map((field) => `${structField(field, type)}:${hiveTypeName(field.type)}`).join(',')}>`
    default:
      throw new SqlError('NOT_SUPPORTED', `Unsupported Hive type: ${typeName(type)}`)
  }
}

function structField(field: RowField, struct: Type): string {
  if (field.name === undefined)
    throw new SqlError(
      'NOT_SUPPORTED',
      `Anonymous row type is not supported in Hive. Please give each field a name: ${typeName(struct)}`,
    )
  return /[`:<>,()]/.test(field.name) ? `\`${field.name.replaceAll('`', '``')}\`` : field.name
}
