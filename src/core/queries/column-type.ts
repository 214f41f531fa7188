/** A table's types as those of the columns that decoders make. */
import type { ColumnType } from '../../formats/vectors.ts'
import { rowFieldNames } from '../../sql/duckdb/types.ts'
import { SqlError } from '../../sql/position.ts'
import { type Type, typeName } from '../../sql/types.ts'

export function columnType(type: Type): ColumnType {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'double':
    case 'date':
    case 'time':
    case 'uuid':
      return { kind: type.kind }
    case 'decimal':
    case 'char':
      return type
    case 'integer':
      return { kind: 'int' }
    case 'bigint':
      return { kind: 'long' }
    case 'real':
      return { kind: 'float' }
    case 'varchar':
      return type.length === undefined ? { kind: 'string' } : { kind: 'varchar', length: type.length }
    case 'varbinary':
      return { kind: 'binary' }
    case 'timestamp':
      return { kind: 'timestamp' }
    case 'timestamp with time zone':
      return { kind: 'instant' }
    case 'array':
      return { kind: 'list', element: columnType(type.element) }
    case 'map':
      return { kind: 'map', key: columnType(type.key), value: columnType(type.value) }
    case 'row': {
      const names = rowFieldNames(type)
      return {
        kind: 'struct',
        fields: type.fields.map((field, i) => ({ name: names[i]!, type: columnType(field.type) })),
      }
    }
    default:
      throw new SqlError('NOT_SUPPORTED', `Unsupported Hive type: ${typeName(type)}`)
  }
}
