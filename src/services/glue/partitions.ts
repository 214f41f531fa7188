import { setImmediate } from 'node:timers/promises'
import type * as Sdk from '@aws-sdk/client-glue'
import type { Catalog, Partition, PartitionDescriptor, Scope } from '../../core/catalog/catalog.ts'
import { partitionCondition } from '../../core/catalog/partition-expression.ts'
import { partitionSegment } from '../../core/catalog/partition-key.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { reachedScope } from './scope.ts'
import { glueStorage } from './storage-shape.ts'

/** Partitions that are looked at in one go: some tens of milliseconds. */
const BUDGET = 10_000

export function partitions({ catalog }: Lake): Handlers<typeof Sdk> {
  return {
    async CreatePartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      await catalog.partitions.create(scope, input.DatabaseName, input.TableName, [described(input.PartitionInput)])
      return {}
    },

    GetPartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { DatabaseName, TableName, PartitionValues } = input
      const found = catalog.partitions.get(scope, DatabaseName, TableName, PartitionValues)
      return { Partition: gluePartition(found, scope, input) }
    },

    GetPartitions: (input, call) => partitionPage(catalog, reachedScope(call, input.CatalogId), input, call.signal),

    async UpdatePartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { DatabaseName, TableName, PartitionValueList, PartitionInput } = input
      const partition = described(PartitionInput, PartitionValueList)
      await catalog.partitions.update(scope, DatabaseName, TableName, PartitionValueList, partition)
      return {}
    },

    async DeletePartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { DatabaseName, TableName, PartitionValues } = input
      const deleted = await catalog.partitions.delete(scope, DatabaseName, TableName, [PartitionValues])
      if (deleted.length === 0) throw new Fault('not-found', 'partition', 'Cannot find partition.')
      return {}
    },
  }
}

type PartitionsInput = Sdk.GetPartitionsRequest & { readonly DatabaseName: string; readonly TableName: string }

/** Of the partitions that the scope's principal sees, those that are asked for: a page of them. */
export async function partitionPage(
  catalog: Catalog,
  scope: Scope,
  input: PartitionsInput,
  signal: AbortSignal,
): Promise<Sdk.GetPartitionsResponse> {
  const filter = filterOf(catalog, scope, input)
  const limit = input.MaxResults ?? 1000
  const found: Partition[] = []
  let after = cursorOf(input.NextToken)
  do {
    const options = { ...filter, after, limit: limit - found.length, budget: BUDGET }
    const page = catalog.partitions.list(scope, input.DatabaseName, input.TableName, options)
    found.push(...page.partitions)
    after = page.next
    // A filter may keep one of a million: others get their turn while it is looked for.
    if (after !== undefined && found.length < limit) await setImmediate(undefined, { signal: signal })
  } while (after !== undefined && found.length < limit)
  return {
    Partitions: found.map((one) => gluePartition(one, scope, input, input.ExcludeColumnSchema)),
    NextToken: tokenOf(after),
  }
}

/** Which partitions the expression and the segment keep, if any is given. */
function filterOf(
  catalog: Catalog,
  scope: Scope,
  input: { DatabaseName: string; TableName: string; Expression?: string; Segment?: Sdk.Segment },
): Pick<Parameters<Catalog['partitions']['list']>[3], 'bounds' | 'keep' | 'skip'> {
  const { PartitionKeys = [] } = requireTable(catalog, scope, input).descriptor
  const condition = partitionCondition(input.Expression, PartitionKeys)
  const { SegmentNumber = 0, TotalSegments = 1 } = input.Segment ?? {}
  if (SegmentNumber >= TotalSegments)
    throw new AwsError('InvalidInputException', 'SegmentNumber must be less than TotalSegments.')
  if (TotalSegments === 1) return condition ?? {}
  const inSegment = (values: readonly string[]) => partitionSegment(values, TotalSegments) === SegmentNumber
  if (!condition) return { keep: inSegment }
  return { ...condition, keep: (values) => inSegment(values) && condition.keep(values) }
}

function requireTable(catalog: Catalog, scope: Scope, input: { DatabaseName: string; TableName: string }) {
  const found = catalog.tables.find(scope, input.DatabaseName, input.TableName)
  if (found) return found
  catalog.databases.get(scope, input.DatabaseName)
  throw new Fault('not-found', 'table', `Table ${input.TableName.toLowerCase()} not found.`)
}

/** `Values` may be left out where the request names them already. */
export function described(
  input: { readonly Values?: readonly string[] },
  values: readonly string[] = [],
): PartitionDescriptor {
  return { ...input, Values: input.Values ?? values }
}

interface StoredTimes {
  readonly LastAccessTime?: string
  readonly LastAnalyzedTime?: string
}

export function gluePartition(
  { descriptor, createdAt }: Partition,
  scope: Scope,
  { DatabaseName, TableName }: { readonly DatabaseName: string; readonly TableName: string },
  withoutColumns = false,
): Sdk.Partition {
  const { LastAccessTime, LastAnalyzedTime, ...rest } = descriptor as PartitionDescriptor & StoredTimes
  const { Columns, ...storage } = rest.StorageDescriptor ?? {}
  const StorageDescriptor = glueStorage(withoutColumns || !Columns ? storage : { Columns, ...storage })
  return {
    ...(rest as Sdk.Partition),
    ...(rest.StorageDescriptor && { StorageDescriptor }),
    ...(LastAccessTime && { LastAccessTime: new Date(LastAccessTime) }),
    ...(LastAnalyzedTime && { LastAnalyzedTime: new Date(LastAnalyzedTime) }),
    DatabaseName: DatabaseName.toLowerCase(),
    TableName: TableName.toLowerCase(),
    CreationTime: new Date(createdAt),
    CatalogId: scope.account,
  }
}
