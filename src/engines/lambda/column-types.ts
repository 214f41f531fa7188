/** The types that Athena shows for the columns that connectors tell. */
import { type ArrowField, columnTypeOf } from '../../formats/arrow/types.ts'
import type { ColumnType } from '../../formats/vectors.ts'
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
  row,
  SMALLINT,
  TINYINT,
  type Type,
  VARBINARY,
  VARCHAR,
} from '../../sql/types.ts'

/** Throws UnsupportedData. */
export function typeOfField(field: ArrowField): Type {
  const column = columnTypeOf(field)
  const { type, children } = field
  switch (column.kind) {
    case 'timestamp':
      return { kind: 'timestamp', precision: precisionOf(field) }
    case 'instant':
      return { kind: 'timestamp with time zone', precision: precisionOf(field) }
    case 'decimal':
      return decimal(column.precision, column.scale)
    case 'list':
      return array(typeOfField(children[0]!))
    case 'map': {
      const [key, value] = children[0]!.children
      return map(typeOfField(key!), typeOfField(value!))
    }
    case 'struct':
      return row(children.map((child) => ({ name: child.name, type: typeOfField(child) })))
    default:
      return SCALARS[column.kind] ?? unexpected(type.kind)
  }
}

const SCALARS: Readonly<Partial<Record<ColumnType['kind'], Type>>> = {
  boolean: BOOLEAN,
  tinyint: TINYINT,
  smallint: SMALLINT,
  int: INTEGER,
  long: BIGINT,
  float: REAL,
  double: DOUBLE,
  string: VARCHAR,
  binary: VARBINARY,
  date: DATE,
}

/** Digits of a second; what is finer than a microsecond has been cut off. */
function precisionOf({ type }: ArrowField): number {
  if (type.kind === 'date') return 3
  if (type.kind !== 'timestamp') return unexpected(type.kind)
  return { SECOND: 3, MILLISECOND: 3, MICROSECOND: 6, NANOSECOND: 6 }[type.unit]
}

function unexpected(kind: string): never {
  throw new TypeError(`no column is of ${kind}`)
}
