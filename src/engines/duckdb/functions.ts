/**
 * JavaScript functions inside the engine. DuckDB calls them on this process's main thread with a chunk of rows.
 */
import {
  ANY,
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBScalarFunction,
  DuckDBStructValue,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api'
import type { Udf, UdfScalarType, UdfType, UdfValue } from '../../sql/duckdb/udfs/udf.ts'

const TYPES: Readonly<Record<UdfScalarType, DuckDBType>> = { BOOLEAN, INTEGER, BIGINT, DOUBLE, FLOAT, VARCHAR, BLOB }

function engineType(type: UdfType): DuckDBType {
  return type.endsWith('[]') ? LIST(engineType(type.slice(0, -2) as UdfType)) : TYPES[type as UdfScalarType]
}

export function scalarFunction(udf: Udf): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: udf.name,
    parameterTypes: udf.parameterTypes.map(engineType),
    ...(udf.variadic && { varArgsType: ANY }),
    returnType: engineType(udf.returnType),
    // Without it DuckDB answers NULL itself when an argument is the constant NULL.
    specialHandling: udf.takesNulls,
    mainFunction: (_info, input, output) => {
      const vectors = Array.from({ length: input.columnCount }, (_, i) => input.getColumnVector(i))
      const count = input.rowCount
      for (let row = 0; row < count; row++) {
        const args = vectors.map((vector) => fromEngine(vector.getItem(row)))
        const missing = !udf.takesNulls && args.includes(null)
        output.setItem(row, missing ? null : toEngine(udf.apply(...args)))
      }
      output.flush()
    },
  })
}

function fromEngine(value: DuckDBValue): UdfValue | null {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof DuckDBBlobValue) return value.bytes
  if (value instanceof DuckDBListValue) return value.items.map(fromEngine)
  if (value instanceof DuckDBStructValue) return Object.values(value.entries).map(fromEngine)
  if (value instanceof DuckDBDecimalValue) return value.value
  if (value instanceof DuckDBDateValue) return value.days
  if ('micros' in value && typeof value.micros === 'bigint') return value.micros
  throw new TypeError(`no function takes ${String(value)}`)
}

function toEngine(value: UdfValue | null): DuckDBValue {
  if (typeof value !== 'object' || value === null) return value
  return value instanceof Uint8Array ? blobValue(value) : listValue(value.map(toEngine))
}
