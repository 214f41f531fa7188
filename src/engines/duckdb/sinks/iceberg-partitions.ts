/** The values of partition fields in the engine's own words. https://iceberg.apache.org/spec/#partition-transforms */
import type { PartitionColumn } from '../../../core/queries/engine-plan.ts'
import { murmur3 } from '../../../formats/iceberg/murmur3.ts'
import { numberBytes } from '../../../formats/number-bytes.ts'
import { type Udf, udf } from '../../../sql/duckdb/udfs/udf.ts'
import type { Type } from '../../../sql/types.ts'

const bucket = (bytes: Uint8Array, count: number): number => (murmur3(bytes) & 0x7fff_ffff) % count

function longBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, value, true)
  return bytes
}

const FUNCTIONS: Readonly<Record<'number' | 'bytes' | 'digits', Udf>> = {
  number: udf('js_bucket_of_number', ['BIGINT', 'INTEGER'], 'INTEGER', (value: bigint, count: number) =>
    bucket(longBytes(value), count),
  ),
  bytes: udf('js_bucket_of_bytes', ['BLOB', 'INTEGER'], 'INTEGER', bucket),
  digits: udf('js_bucket_of_digits', ['VARCHAR', 'INTEGER'], 'INTEGER', (digits: string, count: number) =>
    bucket(numberBytes(BigInt(digits)), count),
  ),
}

/** Those that `partitionText` of these calls. */
export const bucketFunctions = (columns: readonly PartitionColumn[]): readonly Udf[] =>
  columns.some(({ transform }) => transform.kind === 'bucket') ? Object.values(FUNCTIONS) : []

/** An expression over `value`, a value of the column, as text; NULL where that is NULL. */
export function partitionText({ type, transform }: PartitionColumn, value: string): string {
  return `CAST(${partitionValue(type, transform, value)} AS VARCHAR)`
}

function partitionValue(type: Type, transform: PartitionColumn['transform'], value: string): string {
  switch (transform.kind) {
    case 'void':
      return 'NULL'
    case 'identity':
      return plain(type, value)
    case 'year':
      return `(year(${local(type, value)}) - 1970)`
    case 'month':
      return `((year(${local(type, value)}) - 1970) * 12 + month(${local(type, value)}) - 1)`
    case 'day':
      return `(CAST(${local(type, value)} AS DATE) - DATE '1970-01-01')`
    case 'hour':
      return `CAST(floor(epoch_us(${value}) / 3600000000.0) AS BIGINT)`
    case 'truncate':
      return truncated(type, transform.width, value)
    case 'bucket':
      return bucketed(type, transform.count, value)
  }
}

/** Of an instant, what clocks in UTC show. */
const local = (type: Type, value: string): string =>
  type.kind === 'timestamp with time zone' ? `timezone('UTC', ${value})` : value

/** In the unit that a partition's value has. */
function plain(type: Type, value: string): string {
  switch (type.kind) {
    case 'date':
      return `(${value} - DATE '1970-01-01')`
    case 'timestamp':
    case 'timestamp with time zone':
    case 'time':
      return `epoch_us(${value})`
    case 'varbinary':
      return `lower(hex(${value}))`
    default:
      return value
  }
}

function truncated(type: Type, width: number, value: string): string {
  switch (type.kind) {
    case 'varchar':
      return `substring(${value}, 1, ${width})`
    case 'varbinary':
      return `substring(lower(hex(${value})), 1, ${width * 2})`
    case 'decimal':
      return floored(unscaled(type, value), width)
    default:
      return floored(`CAST(${value} AS HUGEINT)`, width)
  }
}

const floored = (value: string, width: number): string => `(${value} - ((${value} % ${width}) + ${width}) % ${width})`

/** All digits of a decimal, without its point. */
const unscaled = (type: Type & { readonly kind: 'decimal' }, value: string): string =>
  type.scale === 0 ? `CAST(${value} AS HUGEINT)` : `CAST(replace(CAST(${value} AS VARCHAR), '.', '') AS HUGEINT)`

function bucketed(type: Type, count: number, value: string): string {
  switch (type.kind) {
    case 'varchar':
      return `${FUNCTIONS.bytes.name}(encode(${value}), ${count})`
    case 'varbinary':
      return `${FUNCTIONS.bytes.name}(${value}, ${count})`
    case 'uuid':
      return `${FUNCTIONS.bytes.name}(unhex(replace(CAST(${value} AS VARCHAR), '-', '')), ${count})`
    case 'decimal':
      return `${FUNCTIONS.digits.name}(CAST(${unscaled(type, value)} AS VARCHAR), ${count})`
    default:
      return `${FUNCTIONS.number.name}(CAST(${plain(type, value)} AS BIGINT), ${count})`
  }
}
