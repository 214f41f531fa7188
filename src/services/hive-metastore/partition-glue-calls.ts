/** What is asked of partitions, in Glue's words. */
import { valuesOfPath } from '../../core/catalog/folder-names.ts'
import type { HivePartition, PartitionSpec } from './catalog-structs.ts'
import { type GlueCall, glue, type Naming, portions, tableOf } from './glue-words.ts'
import { specifiedPartitions } from './partition-changes.ts'
import { storageDescriptorOf } from './table-shape.ts'

interface Asked extends Naming {
  readonly part_vals?: readonly string[]
  readonly part_name?: string
  readonly names?: readonly string[]
  readonly filter?: string
  readonly max_parts?: number
  readonly maxParts?: number | bigint
  readonly new_part?: HivePartition
  /** Whole, or several in the words of a specification. */
  readonly new_parts?: readonly (HivePartition & PartitionSpec)[]
  readonly parts?: readonly HivePartition[] | { readonly names?: readonly string[] }
}

type Words = (asked: Asked) => GlueCall | readonly GlueCall[]

const valuesAsked = ({ part_vals, part_name }: Asked): readonly string[] =>
  part_vals ?? (part_name ? valuesOfPath(part_name) : [])

const partitionInput = ({ values, sd, parameters }: HivePartition) => ({
  Values: values,
  StorageDescriptor: sd && storageDescriptorOf(sd),
  Parameters: parameters,
})

const one: Words = (asked) => glue('GetPartition', { ...tableOf(asked), PartitionValues: valuesAsked(asked) })
const named: Words = (asked) =>
  portions(asked.names ?? [], 'BatchGetPartition').map((names) =>
    glue('BatchGetPartition', {
      ...tableOf(asked),
      PartitionsToGet: names.map((name) => ({ Values: valuesOfPath(name) })),
    }),
  )

/** Of values, the request does not name the keys, without which they are no expression of Glue's. */
const several: Words = (asked) => {
  const most = Number(asked.max_parts ?? asked.maxParts ?? -1)
  const call = glue('GetPartitions', {
    ...tableOf(asked),
    Expression: asked.filter || undefined,
    ...(most > 0 && { MaxResults: most }),
  })
  return asked.part_vals ? { ...call, detail: { partitionValues: asked.part_vals } } : call
}

const created = (address: Naming, partitions: readonly HivePartition[]): readonly GlueCall[] =>
  portions(partitions, 'BatchCreatePartition').map((some) =>
    glue('BatchCreatePartition', { ...tableOf(address), PartitionInputList: some.map(partitionInput) }),
  )
const createdOne: Words = ({ new_part = {} }) =>
  glue('CreatePartition', { ...tableOf(new_part), PartitionInput: partitionInput(new_part) })
const appended: Words = (asked) =>
  glue('CreatePartition', { ...tableOf(asked), PartitionInput: { Values: valuesAsked(asked) } })

const changedOne: Words = (asked) =>
  glue('UpdatePartition', {
    ...tableOf(asked),
    PartitionValueList: asked.part_vals ?? asked.new_part?.values,
    PartitionInput: partitionInput(asked.new_part ?? {}),
  })
const changed: Words = (asked) =>
  portions(asked.new_parts ?? [], 'BatchUpdatePartition').map((some) =>
    glue('BatchUpdatePartition', {
      ...tableOf(asked),
      Entries: some.map((partition) => ({
        PartitionValueList: partition.values,
        PartitionInput: partitionInput(partition),
      })),
    }),
  )

const deletedOne: Words = (asked) => glue('DeletePartition', { ...tableOf(asked), PartitionValues: valuesAsked(asked) })

export const partitionCalls = {
  get_partition: one,
  get_partition_with_auth: one,
  get_partition_by_name: one,
  get_partitions_by_names: named,
  get_partitions_by_names_req: named,
  get_partitions: several,
  get_partitions_with_auth: several,
  get_partitions_pspec: several,
  get_partition_names: several,
  get_partitions_ps: several,
  get_partitions_ps_with_auth: several,
  get_partition_names_ps: several,
  get_partitions_by_filter: several,
  get_part_specs_by_filter: several,
  get_num_partitions_by_filter: several,
  get_partition_values: several,
  add_partition: createdOne,
  add_partition_with_environment_context: createdOne,
  add_partitions: ({ new_parts = [] }: Asked) => created(new_parts[0] ?? {}, new_parts),
  add_partitions_pspec: ({ new_parts = [] }: Asked) =>
    created(new_parts[0] ?? {}, new_parts.flatMap(specifiedPartitions)),
  add_partitions_req: (asked: Asked) => created(asked, Array.isArray(asked.parts) ? asked.parts : []),
  append_partition: appended,
  append_partition_with_environment_context: appended,
  append_partition_by_name: appended,
  append_partition_by_name_with_environment_context: appended,
  alter_partition: changedOne,
  alter_partition_with_environment_context: changedOne,
  rename_partition: changedOne,
  alter_partitions: changed,
  alter_partitions_with_environment_context: changed,
  drop_partition: deletedOne,
  drop_partition_with_environment_context: deletedOne,
  drop_partition_by_name: deletedOne,
  drop_partition_by_name_with_environment_context: deletedOne,
  drop_partitions_req: (asked: Asked) => {
    const names = asked.parts && 'names' in asked.parts ? (asked.parts.names ?? []) : []
    return portions(names, 'BatchDeletePartition').map((some) =>
      glue('BatchDeletePartition', {
        ...tableOf(asked),
        PartitionsToDelete: some.map((name) => ({ Values: valuesOfPath(name) })),
      }),
    )
  },
}
