import { Fault } from '../faults.ts'
import type { Clock } from '../ports.ts'
import type { Catalog, Partition, PartitionDescriptor, PartitionPage, Scope, Together } from './catalog.ts'
import { requireTable } from './links.ts'
import { SEPARATOR, space } from './names.ts'
import { decodeValues } from './partition-key.ts'
import { cursorAt, type PartitionPath, partitionPath } from './partition-path.ts'
import {
  deletePartition,
  partitionKey,
  partitionMissing,
  partitionShelf,
  putPartition,
  updatePartition,
} from './partition-shelf.ts'
import { sieveKeys } from './partition-sieve.ts'
import type { CatalogState } from './sealed-state.ts'

/** A long list is created in transactions of this many, so that others get their turn. */
const PORTION = 1000
const KEYS_AT_ONCE = 10_000

export function openPartitions(state: CatalogState, clock: Clock): Catalog['partitions'] {
  const alone: Together = (write) => state.unopened.transaction(write)
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

    list(scope, database, table, options) {
      const home = requireTable(state, scope, database, table)
      const { path, after } = partitionPath(state, scope, home, options.bounds ?? [], options.after)
      if (options.keep || path.index) return sievedPage(scope, path, after ?? path.range.after, options)
      return wholePage(path, after ?? path.range.after, options.limit)
    },

    *values(scope, database, table) {
      const prefix = `${requireTable(state, scope, database, table).id}${SEPARATOR}`
      for (let after: string | undefined; ; ) {
        const keys = state.keys(space('partitions', scope), { prefix, after, limit: KEYS_AT_ONCE })
        for (const key of keys) yield decodeValues(key.slice(prefix.length))
        if (keys.length < KEYS_AT_ONCE) return
        after = keys.at(-1)
      }
    },

    async create(scope, database, table, partitions, ifAbsent = false, together?: Together) {
      const onFault = (fault: Fault) => {
        if (!ifAbsent || fault.kind !== 'already-exists') throw fault
      }
      let created: PartitionDescriptor[] = []
      let left = partitions
      do {
        const portion = ifAbsent && !together ? left.slice(0, PORTION) : left
        const faults = await createAll(scope, database, table, portion, onFault, together)
        created = created.concat(portion.filter((_, i) => !faults[i]))
        left = left.slice(portion.length)
      } while (left.length > 0)
      return created
    },

    createEach: (scope, database, table, partitions) => createAll(scope, database, table, partitions, () => {}),

    async update(scope, database, table, values, partition) {
      await state.transaction((tx) =>
        updatePartition(partitionShelf(tx, scope, requireTable(tx, scope, database, table)), values, partition),
      )
    },

    updateEach(scope, database, table, updates) {
      return state.transaction((tx) => {
        const shelf = partitionShelf(tx, scope, requireTable(tx, scope, database, table))
        return updates.map(({ values, partition }) => faultOf(() => updatePartition(shelf, values, partition)))
      })
    },

    delete(scope, database, table, values) {
      return state.transaction((tx) => {
        const shelf = partitionShelf(tx, scope, requireTable(tx, scope, database, table))
        return values.filter((one) => deletePartition(shelf, one)).map((one) => [...one])
      })
    },
  }

  function wholePage(path: PartitionPath, after: string | undefined, limit: number): PartitionPage {
    const found = state.list<Partition>(path.space, { ...path.range, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const next = found.length > limit ? cursorAt(path, page.at(-1)!.key) : undefined
    return { partitions: page.map(({ doc }) => doc), examined: page.length, ...(next !== undefined && { next }) }
  }

  function sievedPage(
    scope: Scope,
    path: PartitionPath,
    start: string | undefined,
    { keep = () => true, skip, limit, budget }: Parameters<Catalog['partitions']['list']>[3],
  ): PartitionPage {
    const sieve = {
      keys: (after: string | undefined, count: number) =>
        state.keys(path.space, { ...path.range, after, limit: count }),
      base: path.base,
      indexed: path.index?.keys.map(({ at }) => at),
      keep,
      skip,
    }
    const { kept, seen, next } = sieveKeys(sieve, start, { limit, budget })
    const home = space('partitions', scope)
    const partitions = kept.map((key) => state.get<Partition>(home, path.partitionKey(key))!.doc)
    return {
      partitions,
      examined: seen,
      ...(path.index && { index: path.index.name }),
      ...(next !== undefined && { next: cursorAt(path, next) }),
    }
  }

  async function createAll(
    scope: Scope,
    database: string,
    table: string,
    partitions: readonly PartitionDescriptor[],
    onFault: (fault: Fault) => void,
    together = alone,
  ): Promise<(Fault | undefined)[]> {
    let faults: (Fault | undefined)[] = []
    await together((joined) => {
      const tx = state.within(joined)
      const shelf = partitionShelf(tx, scope, requireTable(tx, scope, database, table))
      const createdAt = clock.now().toISOString()
      faults = partitions.map((descriptor) => {
        const fault = faultOf(() => putPartition(shelf, { descriptor, createdAt }))
        if (fault) onFault(fault)
        return fault
      })
    })
    return faults
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
