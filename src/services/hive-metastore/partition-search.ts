/** Finds partitions by what the metastore's methods say of them. */
import { setImmediate } from 'node:timers/promises'
import type { Partition, Table } from '../../core/catalog/catalog.ts'
import type { KeyBounds, PartitionBounds } from '../../core/catalog/partition-bounds.ts'
import { conditionOn } from '../../core/catalog/partition-expression.ts'
import { keyType } from '../../core/catalog/partition-value.ts'
import { Fault } from '../../core/faults.ts'
import type { Metastore } from './metastore.ts'
import { parseFilter } from './partition-filter.ts'

/** Partitions that are looked at in one go: some tens of milliseconds. */
const BUDGET = 10_000
const PORTION = 1000

export interface PartitionSearch {
  readonly bounds?: PartitionBounds
  readonly keep?: (values: readonly string[]) => boolean
  readonly skip?: (known: readonly (string | undefined)[]) => boolean
}

/** In order of values. `most`: below zero for all. Others get their turn between stretches. */
export async function findPartitions(
  { catalog, scope }: Metastore,
  { database, descriptor }: Table,
  search: PartitionSearch,
  most: number,
  signal: AbortSignal,
): Promise<Partition[]> {
  const found: Partition[] = []
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most
  let after: string | undefined
  while (found.length < limit) {
    const page = catalog.partitions.list(scope, database, descriptor.Name, {
      ...search,
      after,
      limit: Math.min(PORTION, limit - found.length),
      budget: BUDGET,
    })
    for (const partition of page.partitions) found.push(partition)
    after = page.next
    if (after === undefined) break
    await setImmediate(undefined, { signal })
  }
  return found
}

export function byFilter({ descriptor }: Table, filter: string | undefined): PartitionSearch {
  return filter?.trim() ? conditionOn(parseFilter(filter), descriptor.PartitionKeys ?? []) : {}
}

/** By values of which an empty one, and one that is not given, stands for any. */
export function byValues({ descriptor }: Table, values: readonly string[] = []): PartitionSearch {
  const keys = descriptor.PartitionKeys ?? []
  if (values.length > keys.length)
    throw new Fault(
      'invalid',
      'partition',
      `Incorrect number of partition values: ${values.length} of ${keys.length} keys`,
    )
  const differs = (known: readonly (string | undefined)[]) =>
    values.some((value, i) => value !== '' && known[i] !== undefined && known[i] !== value)
  const bounds = values.map((value, i): KeyBounds | undefined => {
    const fixed = value === '' ? undefined : keyType(keys[i]!.Type ?? 'string')?.parse(value)
    return fixed === undefined ? undefined : { low: fixed, high: fixed }
  })
  return { bounds, keep: (of) => !differs(of), skip: differs }
}
