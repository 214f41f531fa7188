/** The partitions of one table within a transaction: what is written of one is written to the table's indexes too. */
import { Fault } from '../faults.ts'
import type { StateTransaction } from '../ports.ts'
import type { Partition, PartitionDescriptor, Scope } from './catalog.ts'
import { SEPARATOR, space, type TableDocument } from './names.ts'
import { entryFault, indexEntry } from './partition-index-entry.ts'
import { entryPrefix, indexesOf, isKept, type PartitionIndexDocument } from './partition-index-state.ts'
import { encodeValues } from './partition-key.ts'

export interface PartitionShelf {
  readonly tx: StateTransaction
  readonly scope: Scope
  readonly home: TableDocument
  readonly indexes: readonly PartitionIndexDocument[]
}

export const partitionShelf = (tx: StateTransaction, scope: Scope, home: TableDocument): PartitionShelf => ({
  tx,
  scope,
  home,
  indexes: indexesOf(tx, scope, home.id).filter(isKept),
})

/** Throws already-exists, invalid for values that an index of the table cannot hold, and what `partitionKey` throws. */
export function putPartition({ tx, scope, home, indexes }: PartitionShelf, partition: Partition): void {
  const { Values: values } = partition.descriptor
  const key = partitionKey(home, values)
  if (tx.get(space('partitions', scope), key))
    throw new Fault('already-exists', 'partition', 'Partition already exists.')
  for (const index of indexes) requireEntry(index, values)
  tx.put(space('partitions', scope), key, partition)
  for (const { id, keys } of indexes)
    tx.put(space('partition-index-entries', scope), entryPrefix(home.id, id) + indexEntry(keys, values), 0)
}

/** "The partition value of the indexed keys will be validated for data type format": glue dg, partition-indexes. */
function requireEntry({ name, keys }: PartitionIndexDocument, values: readonly string[]): void {
  const fault = entryFault(keys, values)
  if (!fault) return
  const wrong = keys.find((key) => entryFault([key], values))!
  const text = JSON.stringify(values[wrong.at])
  throw new Fault(
    'invalid',
    'partition',
    fault === 'UNSUPPORTED_PARTITION_CHARACTER_ERROR'
      ? `The value ${text} of the partition key ${wrong.name}, which the index ${name} holds, has an unsupported character.`
      : `${text} is not a value of type ${wrong.type}, which the partition key ${wrong.name} of the index ${name} has.`,
  )
}

export function updatePartition(
  { tx, scope, home }: PartitionShelf,
  values: readonly string[],
  descriptor: PartitionDescriptor,
): void {
  const key = partitionKey(home, values)
  const found = tx.get<Partition>(space('partitions', scope), key)
  if (!found) throw partitionMissing()
  // "The Values property can't be changed": UpdatePartition in the Glue API reference.
  if (partitionKey(home, descriptor.Values) !== key)
    throw new Fault('invalid', 'partition', "The Values property of a partition can't be changed.")
  tx.put(space('partitions', scope), key, { descriptor, createdAt: found.doc.createdAt })
}

/** True if it was there. */
export function deletePartition({ tx, scope, home, indexes }: PartitionShelf, values: readonly string[]): boolean {
  const key = partitionKey(home, values)
  tx.deleteAll(space('partition-statistics', scope), key)
  if (!tx.delete(space('partitions', scope), key)) return false
  for (const { id, keys } of indexes)
    if (!entryFault(keys, values))
      tx.delete(space('partition-index-entries', scope), entryPrefix(home.id, id) + indexEntry(keys, values))
  return true
}

/** Throws invalid when there is not one value for each key of the table. */
export function partitionKey(home: TableDocument, values: readonly string[]): string {
  if (values.length !== (home.descriptor.PartitionKeys?.length ?? 0))
    throw new Fault('invalid', 'partition', 'The number of partition keys do not match the number of partition values')
  return `${home.id}${SEPARATOR}${encodeValues(values)}`
}

export function partitionMissing(): Fault {
  return new Fault('not-found', 'partition', 'Cannot find partition.')
}
