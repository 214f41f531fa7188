import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { scopeOf } from './scope.ts'

export function partitionIndexes({ catalog }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    GetPartitionIndexes(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      if (!catalog.tables.find(scope, input.DatabaseName, input.TableName)) {
        catalog.databases.get(scope, input.DatabaseName)
        throw new Fault('not-found', 'table', `Table ${input.TableName.toLowerCase()} not found.`)
      }
      // None can be made: partitions lie in order of all their keys, and filters narrow what is read by any of them.
      return { PartitionIndexDescriptorList: [] }
    },
  }
}
