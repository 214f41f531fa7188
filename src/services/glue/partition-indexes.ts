import type { PartitionIndexDescriptor, PartitionIndex as SdkPartitionIndex } from '@aws-sdk/client-glue'
import type { NewPartitionIndex, PartitionIndex } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { requireFirstPage } from './paging.ts'
import { reachedScope } from './scope.ts'

export function partitionIndexes({ catalog }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  const { partitionIndexes: indexes } = catalog
  return {
    async CreatePartitionIndex(input, call) {
      const { DatabaseName, TableName, PartitionIndex } = input
      await indexes.create(reachedScope(call, input.CatalogId), DatabaseName, TableName, newIndex(PartitionIndex))
      return {}
    },

    async DeletePartitionIndex(input, call) {
      await indexes.delete(reachedScope(call, input.CatalogId), input.DatabaseName, input.TableName, input.IndexName)
      return {}
    },

    /** All at once: of a table there are three, and ten that failed. */
    GetPartitionIndexes(input, call) {
      requireFirstPage(input)
      const found = indexes.list(reachedScope(call, input.CatalogId), input.DatabaseName, input.TableName)
      return { PartitionIndexDescriptorList: found.map(indexDescriptor) }
    },
  }
}

export const newIndex = ({
  IndexName,
  Keys,
}: { [K in keyof SdkPartitionIndex]-?: NonNullable<SdkPartitionIndex[K]> }): NewPartitionIndex => ({
  name: IndexName,
  keys: Keys,
})

function indexDescriptor({ name, keys, state, failures }: PartitionIndex): PartitionIndexDescriptor {
  return {
    IndexName: name,
    Keys: keys.map((key) => ({ Name: key.name, Type: key.type })),
    IndexStatus: state,
    BackfillErrors: failures?.map(({ code, partitions }) => ({
      Code: code,
      Partitions: partitions.map((values) => ({ Values: [...values] })),
    })),
  }
}
