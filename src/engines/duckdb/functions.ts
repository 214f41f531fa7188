/**
 * JavaScript functions inside the engine. DuckDB calls them on this process's main thread with a chunk of rows.
 */
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBListValue,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api'
import type { Udf, UdfScalar, UdfScalarType, UdfType, UdfValue } from '../../sql/duckdb/udfs/udf.ts'

const TYPES: Readonly<Record<UdfScalarType, DuckDBType>> = { BOOLEAN, INTEGER, BIGINT, DOUBLE, FLOAT, VARCHAR, BLOB }

function engineType(type: UdfType): DuckDBType {
  return type.endsWith('[]') ? LIST(TYPES[type.slice(0, -2) as UdfScalarType]) : TYPES[type as UdfScalarType]
}

export function scalarFunction(udf: Udf): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: udf.name,
    parameterTypes: udf.parameterTypes.map(engineType),
    returnType: engineType(udf.returnType),
    // Without it DuckDB answers NULL itself when an argument is the constant NULL.
    specialHandling: udf.takesNulls,
    mainFunction: (_info, input, output) => {
      const vectors = udf.parameterTypes.map((_, i) => input.getColumnVector(i))
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
  if (value instanceof DuckDBListValue) return value.items.map((item) => fromEngine(item) as UdfScalar | null)
  return value instanceof DuckDBBlobValue ? value.bytes : (value as UdfScalar | null)
}

function toEngine(value: UdfValue | null): DuckDBValue {
  if (value instanceof Uint8Array) return blobValue(value)
  return typeof value === 'object' && value !== null ? listValue(value.map(toEngine)) : value
}
