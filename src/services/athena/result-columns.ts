/** How Athena describes a result's columns, in its API and in the `.metadata` file beside the result (observed). */

import type * as Sdk from '@aws-sdk/client-athena'
import type { ResultColumn } from '../../core/queries/outcome.ts'
import type { Type } from '../../sql/types.ts'

/** Absent where Athena's metadata file leaves the field out; its API says 0 or false there. */
interface ColumnFacts {
  readonly type: string
  readonly precision?: number
  readonly scale?: number
  readonly caseSensitive?: boolean
}

function factsOf(type: ResultColumn['type']): ColumnFacts {
  if (type === 'hive-string') return { type: 'string' }
  const number = (name: string, precision: number, scale = 0): ColumnFacts => ({
    type: name,
    precision,
    scale,
    caseSensitive: false,
  })
  switch (type.kind) {
    case 'tinyint':
      return number('tinyint', 3)
    case 'smallint':
      return number('smallint', 5)
    case 'integer':
      return number('integer', 10)
    case 'bigint':
      return number('bigint', 19)
    case 'double':
      return number('double', 17)
    case 'real':
      return number('float', 17)
    case 'decimal':
      return number('decimal', type.precision, type.scale)
    case 'varbinary':
      return number('varbinary', 1_073_741_824)
    case 'varchar':
      return { type: 'varchar', precision: type.length ?? 2_147_483_647, scale: 0, caseSensitive: true }
    case 'char':
      return { type: 'char', precision: type.length, scale: 0, caseSensitive: true }
    case 'timestamp':
    case 'timestamp with time zone':
    case 'time':
    case 'time with time zone':
      return number(type.kind, 3)
    case 'date':
      return { type: 'date', scale: 0, caseSensitive: false }
    case 'boolean':
    case 'interval day to second':
    case 'interval year to month':
      return { type: type.kind, caseSensitive: false }
    case 'Geometry':
      // awswrangler knows it in lower case.
      return { type: 'geometry' }
    default:
      return { type: type.kind }
  }
}

export function columnInfo({ name, type }: ResultColumn): Sdk.ColumnInfo {
  const facts = factsOf(type)
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: name,
    Label: name,
    Type: facts.type,
    Precision: facts.precision ?? 0,
    Scale: facts.scale ?? 0,
    Nullable: 'UNKNOWN',
    CaseSensitive: facts.caseSensitive ?? false,
  }
}

/** Utility statements describe even their varchar columns without a length. */
export const plainVarchar = (columns: readonly ResultColumn[]): Sdk.ColumnInfo[] =>
  columns.map(({ name, type }) => {
    const bare = typeof type === 'object' && type.kind === 'varchar' && type.length === undefined
    return bare ? { ...columnInfo({ name, type }), Precision: 0, CaseSensitive: false } : columnInfo({ name, type })
  })

export const ROWS_COLUMN: ResultColumn = { name: 'rows', type: { kind: 'bigint' } satisfies Type }

export interface ResultMetadata {
  readonly queryId: string
  /** `CREATE TABLE`, `INSERT`. */
  readonly update?: string
  readonly updateCount?: number
  readonly columns: readonly ResultColumn[]
}

/** The `.metadata` file: a protocol buffer (1 query id, 2 update, 3 count, 4 columns with 1 catalog, 4 name, 5 label, 6 type, 7-10). */
export function metadataFile({ queryId, update, updateCount, columns }: ResultMetadata): Buffer {
  return Buffer.concat([
    text(1, queryId),
    ...(update === undefined ? [] : [text(2, update)]),
    ...(updateCount === undefined ? [] : [varint(3, updateCount)]),
    ...columns.map((column) => bytes(4, columnMessage(column))),
  ])
}

const NULLABLE_UNKNOWN = 3

function columnMessage({ name, type }: ResultColumn): Buffer {
  const facts = factsOf(type)
  return Buffer.concat([
    text(1, 'hive'),
    text(4, name),
    text(5, name),
    text(6, facts.type),
    ...(facts.precision === undefined ? [] : [varint(7, facts.precision)]),
    ...(facts.scale === undefined ? [] : [varint(8, facts.scale)]),
    varint(9, NULLABLE_UNKNOWN),
    ...(facts.caseSensitive === undefined ? [] : [varint(10, facts.caseSensitive ? 1 : 0)]),
  ])
}

const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value))
const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([digits(field * 8 + 2), digits(value.length), value])
const varint = (field: number, value: number): Buffer => Buffer.concat([digits(field * 8), digits(value)])

/** Base-128, least significant first. */
function digits(value: number): Buffer {
  const out: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128)
  out.push(rest)
  return Buffer.from(out)
}
