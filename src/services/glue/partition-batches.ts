import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { described, gluePartition } from './partitions.ts'
import { reachedScope } from './scope.ts'

/** Each entry is on its own: those that fail are listed in the answer, the others are done. */
export function partitionBatches({ catalog }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    async BatchCreatePartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const wanted = input.PartitionInputList.map((entry) => described(entry))
      const faults = await catalog.partitions.createEach(scope, input.DatabaseName, input.TableName, wanted)
      return {
        Errors: partitionErrors(
          faults,
          wanted.map(({ Values }) => Values),
        ),
      }
    },

    BatchGetPartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { DatabaseName, TableName } = input
      const Partitions = input.PartitionsToGet.flatMap(({ Values }) => {
        const found = catalog.partitions.find(scope, DatabaseName, TableName, Values)
        return found ? [gluePartition(found, scope, input)] : []
      })
      return { Partitions, UnprocessedKeys: [] }
    },

    async BatchUpdatePartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const updates = input.Entries.map(({ PartitionValueList, PartitionInput }) => ({
        values: PartitionValueList,
        partition: described(PartitionInput, PartitionValueList),
      }))
      const faults = await catalog.partitions.updateEach(scope, input.DatabaseName, input.TableName, updates)
      const Errors = partitionErrors(
        faults,
        updates.map(({ values }) => values),
      ).map(({ PartitionValues, ErrorDetail }) => ({ PartitionValueList: PartitionValues, ErrorDetail }))
      return { Errors }
    },

    async BatchDeletePartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const wanted = input.PartitionsToDelete.map(({ Values }) => Values)
      const deleted = await catalog.partitions.delete(scope, input.DatabaseName, input.TableName, wanted)
      const done = new Set(deleted.map((values) => JSON.stringify(values)))
      const missing = new Fault('not-found', 'partition', 'Cannot find partition.')
      const faults = wanted.map((values) => (done.has(JSON.stringify(values)) ? undefined : missing))
      return { Errors: partitionErrors(faults, wanted) }
    },
  }
}

function partitionErrors(faults: readonly (Fault | undefined)[], values: readonly (readonly string[])[]) {
  return faults.flatMap((fault, i) =>
    fault ? [{ PartitionValues: [...values[i]!], ErrorDetail: errorDetail(fault) }] : [],
  )
}
