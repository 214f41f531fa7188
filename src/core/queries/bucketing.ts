/** Tables in buckets: what they are, and which buckets a query needs. */
import { type BucketedType, bucketHash, bucketInName, bucketOf } from '../../formats/hive/buckets.ts'
import type { PartitionFilter } from '../../sql/analysis/partition-filters.ts'
import { dayOfDate } from '../../sql/days.ts'
import type { Constant } from '../../sql/plan.ts'
import type { Type } from '../../sql/types.ts'
import type { LakeFile } from '../objects/files.ts'
import { isLinked } from './linked-files.ts'
import type { LakeRelation } from './table-resolver.ts'

/** How a type is hashed; undefined for those that no table is bucketed by. */
export function bucketedType(type: Type): BucketedType | undefined {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
      return 'integer'
    case 'varchar':
      return type.length === undefined ? 'string' : 'varchar'
    case 'boolean':
    case 'bigint':
    case 'real':
    case 'double':
    case 'date':
      return type.kind
    default:
      return undefined
  }
}

/** More combinations of values than this would hit most buckets anyhow. */
const MOST_COMBINATIONS = 1000

/** Which buckets of a table may hold rows that a query wants, and how many there are. */
export interface WantedBuckets {
  readonly wanted: ReadonlySet<number>
  readonly all: number
}

/**
 * Undefined where every bucket may: as with Trino, each column that the table is bucketed by must be known to be one of
 * some values. Spark's buckets, those of Hive's second algorithm, and those of tables of lists are read as if there were none.
 */
export function wantedBuckets({ table, layout }: LakeRelation, filter: PartitionFilter): WantedBuckets | undefined {
  const { StorageDescriptor: storage, Parameters: parameters = {} } = table.descriptor
  const { BucketColumns: names = [], NumberOfBuckets: all = 0 } = storage ?? {}
  if (names.length === 0 || all < 1 || isLinked(storage)) return undefined
  if (parameters.bucketing_format?.toLowerCase() === 'spark' || (parameters.bucketing_version ?? '1') !== '1')
    return undefined
  let combinations: readonly (readonly number[])[] = [[]]
  for (const name of names) {
    const hashes = hashesOf(name.toLowerCase(), layout, filter)
    if (!hashes || combinations.length * hashes.length > MOST_COMBINATIONS) return undefined
    combinations = combinations.flatMap((begun) => hashes.map((hash) => [...begun, hash]))
  }
  return { wanted: new Set(combinations.map((hashes) => bucketOf(hashes, all))), all }
}

function hashesOf(
  name: string,
  { columns }: LakeRelation['layout'],
  filter: PartitionFilter,
): readonly number[] | undefined {
  const column = columns.find((one) => one.kind === 'data' && one.name === name)
  const type = column && bucketedType(column.type)
  const constraint = filter.constraint(name)
  if (!type || constraint?.kind !== 'values') return undefined
  const values = constraint.values.map((value) => comparable(type, value))
  if (values.includes(undefined)) return undefined
  return (values as (boolean | bigint | string)[]).map((value) => bucketHash(type, value))
}

/** Of numbers with a point, zero has two hashes and is one value: they are left to the filter. */
function comparable(type: BucketedType, value: Constant): boolean | bigint | string | undefined {
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (type === 'integer' || type === 'bigint') return typeof value === 'bigint' ? value : undefined
  if (type === 'date') return typeof value === 'string' ? dayIn(value) : undefined
  if (type === 'string' || type === 'varchar') return typeof value === 'string' ? value : undefined
  return undefined
}

function dayIn(date: string): bigint | undefined {
  const day = dayOfDate(date)
  return day === undefined ? undefined : BigInt(day)
}

/**
 * Where the name of one does not tell its bucket, as many files as there are buckets are taken to be these, in the order of
 * their names, as Trino takes them (BackgroundHiveSplitLoader); of another number of files all are read.
 */
export function filesInBuckets(files: readonly LakeFile[], { wanted, all }: WantedBuckets): readonly LakeFile[] {
  const buckets = files.map(({ uri }) => bucketInName(uri.slice(uri.lastIndexOf('/') + 1)))
  if (buckets.every((bucket) => bucket !== undefined))
    return buckets.some((bucket) => bucket >= all) ? files : files.filter((_, i) => wanted.has(buckets[i]!))
  if (files.length !== all) return files
  return files.toSorted((a, b) => (a.uri < b.uri ? -1 : 1)).filter((_, bucket) => wanted.has(bucket))
}
