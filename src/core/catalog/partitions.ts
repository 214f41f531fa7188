import { Fault } from '../faults.ts'
import type { Clock, StateStore, StateTransaction } from '../ports.ts'
import type { Catalog, Partition, PartitionDescriptor, Scope } from './catalog.ts'
import { requireTable, SEPARATOR, space, type TableDocument } from './names.ts'
import { encodeValues } from './partition-key.ts'
import { sieveKeys } from './partition-sieve.ts'

/** A long list is created in transactions of this many, so that others get their turn. */
const PORTION = 1000

export function openPartitions(state: StateStore, clock: Clock): Catalog['partitions'] {
  const find: Catalog['partitions']['find'] = (scope, database, table, values) =>
    state.get<Partition>(space('partitions', scope), partitionKey(requireTable(state, scope, database, table), values))
      ?.doc

  return {
    find,

    get(scope, database, table, values) {
      const found = find(scope, database, table, values)
      if (!found) throw partitionMissing()
      return found
    },

    list(scope, database, table, { leading = [], keep, skip, after, limit, budget }) {
      const base = `${requireTable(state, scope, database, table).id}${SEPARATOR}`
      const home = space('partitions', scope)
      const prefix = base + encodeValues(leading)
      const start = after === undefined ? undefined : base + after
      if (!keep) {
        const found = state.list<Partition>(home, { prefix, after: start, limit: limit + 1 })
        const page = found.slice(0, limit)
        const partitions = page.map(({ doc }) => doc)
        return found.length > limit ? { partitions, next: page.at(-1)!.key.slice(base.length) } : { partitions }
      }
      const sieve = {
        keys: (from: string | undefined, count: number) => state.keys(home, { prefix, after: from, limit: count }),
        base,
        keep,
        skip,
      }
      const { kept, next } = sieveKeys(sieve, start, { limit, budget })
      const partitions = kept.map((key) => state.get<Partition>(home, key)!.doc)
      return next === undefined ? { partitions } : { partitions, next: next.slice(base.length) }
    },

    async create(scope, database, table, partitions, ifAbsent = false) {
      const onFault = (fault: Fault) => {
        if (!ifAbsent || fault.kind !== 'already-exists') throw fault
      }
      let created: PartitionDescriptor[] = []
      let left = partitions
      do {
        const portion = ifAbsent ? left.slice(0, PORTION) : left
        const faults = await createAll(scope, database, table, portion, onFault)
        created = created.concat(portion.filter((_, i) => !faults[i]))
        left = left.slice(portion.length)
      } while (left.length > 0)
      return created
    },

    createEach: (scope, database, table, partitions) => createAll(scope, database, table, partitions, () => {}),

    async update(scope, database, table, values, partition) {
      await state.transaction((tx) => updateOne(tx, scope, requireTable(tx, scope, database, table), values, partition))
    },

    updateEach(scope, database, table, updates) {
      return state.transaction((tx) => {
        const home = requireTable(tx, scope, database, table)
        return updates.map(({ values, partition }) => faultOf(() => updateOne(tx, scope, home, values, partition)))
      })
    },

    delete(scope, database, table, values) {
      return state.transaction((tx) => {
        const home = requireTable(tx, scope, database, table)
        return values.filter((one) => deleteOne(tx, scope, home, one)).map((one) => [...one])
      })
    },
  }

  function createAll(
    scope: Scope,
    database: string,
    table: string,
    partitions: readonly PartitionDescriptor[],
    onFault: (fault: Fault) => void,
  ): Promise<(Fault | undefined)[]> {
    return state.transaction((tx) => {
      const home = requireTable(tx, scope, database, table)
      const createdAt = clock.now().toISOString()
      return partitions.map((descriptor) => {
        const fault = faultOf(() => putPartition(tx, scope, home, { descriptor, createdAt }))
        if (fault) onFault(fault)
        return fault
      })
    })
  }
}

/** Checks come before writes in what is tried here, so a fault leaves nothing half done. */
function faultOf(work: () => void): Fault | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Fault && error.kind !== 'storage-full') return error
    throw error
  }
}

/** Throws already-exists, and what `partitionKey` throws. */
export function putPartition(tx: StateTransaction, scope: Scope, home: TableDocument, partition: Partition): void {
  const key = partitionKey(home, partition.descriptor.Values)
  if (tx.get(space('partitions', scope), key))
    throw new Fault('already-exists', 'partition', 'Partition already exists.')
  tx.put(space('partitions', scope), key, partition)
}

function updateOne(
  tx: StateTransaction,
  scope: Scope,
  home: TableDocument,
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

function deleteOne(tx: StateTransaction, scope: Scope, home: TableDocument, values: readonly string[]): boolean {
  const key = partitionKey(home, values)
  tx.deleteAll(space('partition-statistics', scope), key)
  return tx.delete(space('partitions', scope), key)
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
