/**
 * Statistics of a column over several partitions: nulls and truths add up, extremes and lengths are those of the extreme
 * partition, and there are at least as many distinct values as in the partition that has the most: the lower bound that
 * Hive itself gives unless told otherwise (hive.metastore.stats.ndv.tuner).
 */
import type { ColumnStatisticsObj, StatsData } from './statistics-structs.ts'

type Members = Readonly<Record<string, unknown>>

/** Of one column, and at least one partition. Undefined where the partitions disagree on the column's kind. */
export function mergeStatistics(parts: readonly ColumnStatisticsObj[]): ColumnStatisticsObj | undefined {
  const [first] = parts
  const kind = first && kindOf(first.statsData)
  if (!first || !kind || parts.some((part) => kindOf(part.statsData) !== kind)) return undefined
  const members = parts.map((part) => part.statsData[kind] as Members)
  const merged = members.reduce(mergeMembers)
  return { ...first, statsData: { [kind]: merged } as StatsData }
}

function kindOf(data: StatsData): keyof StatsData | undefined {
  return (Object.keys(data) as (keyof StatsData)[])[0]
}

const ADDED: ReadonlySet<string> = new Set(['numNulls', 'numTrues', 'numFalses'])

function mergeMembers(a: Members, b: Members): Members {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...names].map((name) => [name, mergeMember(name, a[name], b[name])]))
}

function mergeMember(name: string, a: unknown, b: unknown): unknown {
  if (a === undefined || b === undefined) return a ?? b
  if (ADDED.has(name)) return exact(BigInt(a as number) + BigInt(b as number))
  const [x, y] = [magnitude(a), magnitude(b)]
  return x < y === (name === 'lowValue') ? a : b
}

/** To compare by: of a decimal both sides have the scale of their column. */
function magnitude(value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const { daysSinceEpoch, unscaled } = value as { daysSinceEpoch?: number | bigint; unscaled?: Uint8Array }
  return daysSinceEpoch ?? signedOf(unscaled ?? new Uint8Array())
}

/** Two's complement, the most significant byte first. */
function signedOf(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes).toString('hex')
  return hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`))
}

const exact = (value: bigint): number | bigint => (BigInt.asIntN(54, value) === value ? Number(value) : value)
