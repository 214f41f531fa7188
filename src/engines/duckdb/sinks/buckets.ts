/** The bucket of a row, reckoned by the engine as it writes. */
import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBScalarFunction,
  type DuckDBType,
  FLOAT,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api'
import { bucketedType } from '../../../core/queries/bucketing.ts'
import type { Bucketing } from '../../../core/queries/engine-plan.ts'
import { type BucketedType, bucketHash } from '../../../formats/hive/buckets.ts'
import type { WrittenColumn } from './written-formats.ts'

/** What SQL can not say of the bits of a value. */
const FUNCTIONS: Readonly<Partial<Record<BucketedType, DuckDBType>>> = {
  real: FLOAT,
  double: DOUBLE,
  string: VARCHAR,
  varchar: VARCHAR,
}
const defined = new WeakSet<DuckDBConnection>()

/** An expression over `columns`, which are the output's. Sums are of 32 bits: what is above them is cut off. */
export function bucketNumber(
  { columns: places, count }: Bucketing,
  columns: readonly WrittenColumn[],
  connection: DuckDBConnection,
): string {
  define(connection)
  let sum = '0::BIGINT'
  for (const place of places) sum = `((${sum} * 31 + coalesce(${hash(columns[place]!)}, 0)::BIGINT) & 4294967295)`
  return `(${sum} & 2147483647) % ${count}`
}

function hash({ type, value }: WrittenColumn): string {
  const kind = bucketedType(type)
  switch (kind) {
    case 'boolean':
    case 'integer':
      return `${value}::INTEGER`
    case 'date':
      return `(${value} - DATE '1970-01-01')`
    case 'bigint':
      return `xor(${value} >> 32, ${value})`
    case 'real':
    case 'double':
    case 'string':
    case 'varchar':
      return `${functionName(kind)}(${value})`
    default:
      throw new Error(`no table is bucketed by ${type.kind}`)
  }
}

const functionName = (type: BucketedType): string => `bucket_hash_${type}`

function define(connection: DuckDBConnection): void {
  if (defined.has(connection)) return
  defined.add(connection)
  for (const [type, parameter] of Object.entries(FUNCTIONS))
    connection.registerScalarFunction(hashFunction(type as BucketedType, parameter))
}

function hashFunction(type: BucketedType, parameter: DuckDBType): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: functionName(type),
    parameterTypes: [parameter],
    returnType: INTEGER,
    mainFunction: (_info, input, output) => {
      const values = input.getColumnVector(0)
      for (let row = 0; row < input.rowCount; row++)
        output.setItem(row, bucketHash(type, values.getItem(row) as number | string | null))
      output.flush()
    },
  })
}
