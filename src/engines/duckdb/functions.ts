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
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api'
import type { Udf, UdfType, UdfValue } from '../../sql/duckdb/udfs/udf.ts'

const TYPES: Readonly<Record<UdfType, DuckDBType>> = { BOOLEAN, INTEGER, BIGINT, DOUBLE, FLOAT, VARCHAR, BLOB }

export function scalarFunction(udf: Udf): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: udf.name,
    parameterTypes: udf.parameterTypes.map((type) => TYPES[type]),
    returnType: TYPES[udf.returnType],
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

const fromEngine = (value: DuckDBValue): UdfValue | null =>
  value instanceof DuckDBBlobValue ? value.bytes : (value as UdfValue | null)

const toEngine = (value: UdfValue | null): DuckDBValue => (value instanceof Uint8Array ? blobValue(value) : value)
