/**
 * From the bound plan to DuckDB's SQL with Trino's meaning. Text is made from the plan alone: no user identifier
 * reaches it, and user values only as escaped literals. This folder never opens a database and never sees a file.
 *
 * How Trino's types live in DuckDB:
 * - `timestamp(p)` and `time(p)` are TIMESTAMP and TIME in microseconds; above p = 6 see fine-moments.ts;
 * - `timestamp with time zone` is TIMESTAMPTZ, the instant; its zone is followed by the printer (see zones.ts);
 * - `interval year to month` is INTEGER months, `interval day to second` BIGINT milliseconds, as in Trino itself;
 * - `char(n)` is VARCHAR padded with spaces to n; `json` is JSON in Trino's canonical text; `ipaddress` canonical text;
 * - sketches are BLOBs of Trino's bytes, geometries of well-known binary; Bing tiles are quadkeys;
 * - `row` is STRUCT (names: `rowFieldName`).
 */
import type { ExternalFunction } from '../plan.ts'
import { SqlError } from '../position.ts'
import { quotedName, quotedText } from '../quotation.ts'
import { holdsKind, type Type, typeName } from '../types.ts'
import { fineType, isFine } from './fine-moments.ts'

type Row = Type & { readonly kind: 'row' }

/** The DuckDB type that holds values of `type`. */
export function duckdbType(type: Type): string {
  switch (type.kind) {
    case 'unknown':
    case 'interval year to month':
      return 'INTEGER'
    case 'interval day to second':
      return 'BIGINT'
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'double':
    case 'date':
    case 'uuid':
    case 'json':
      return type.kind.toUpperCase()
    case 'real':
      return 'FLOAT'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'varchar':
    case 'char':
    case 'ipaddress':
    case 'BingTile':
      return 'VARCHAR'
    case 'varbinary':
    case 'HyperLogLog':
    case 'P4HyperLogLog':
    case 'tdigest':
    case 'qdigest':
    case 'Geometry':
    case 'SphericalGeography':
      return 'BLOB'
    case 'time':
      return isFine(type) ? fineType(type) : 'TIME'
    case 'time with time zone':
      return isFine(type) ? fineType(type) : 'TIMETZ'
    case 'timestamp':
      return isFine(type) ? fineType(type) : 'TIMESTAMP'
    case 'timestamp with time zone':
      return isFine(type) ? fineType(type) : 'TIMESTAMPTZ'
    case 'array':
      return `${duckdbType(type.element)}[]`
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`
    case 'row':
      return `STRUCT(${type.fields.map((field, i) => `${quotedName(rowFieldName(type, i))} ${duckdbType(field.type)}`).join(', ')})`
    default:
      throw new SqlError('NOT_SUPPORTED', `Type ${typeName(type)} is not supported`)
  }
}

/** DuckDB's field names ignore case and must differ: lower case, `f<i>` where Trino has none, then a suffix. */
export function rowFieldName(type: Row, index: number): string {
  return rowFieldNames(type)[index]!
}

export function rowFieldNames(type: Row): readonly string[] {
  const known = fieldNames.get(type) ?? distinctNames(type)
  fieldNames.set(type, known)
  return known
}

/** They are asked for field by field. */
const fieldNames = new WeakMap<Row, readonly string[]>()

function distinctNames(type: Row): readonly string[] {
  const taken = new Set<string>()
  /** By name, the next suffix. */
  const suffixes = new Map<string, number>()
  return type.fields.map((field, i) => {
    const base = field.name?.toLowerCase() || `f${i + 1}`
    let name = base
    let n = suffixes.get(base) ?? 2
    for (; taken.has(name); n++) name = `${base}_${n}`
    suffixes.set(base, n)
    taken.add(name)
    return name
  })
}

/** What the engine calls a function that is not its own. */
export const externalName = ({ id }: Pick<ExternalFunction, 'id'>): string => `external_${id}`

export const quote = (text: string): string => {
  // NUL can not stand in a DuckDB literal.
  if (text.includes('\0')) return `(${text.split('\0').map(quote).join(` || chr(0) || `)})`
  return quotedText(text)
}

/** Whether a value of this type is or holds a timestamp with time zone. */
export const holdsZone = (type: Type): boolean => holdsKind(type, 'timestamp with time zone')
