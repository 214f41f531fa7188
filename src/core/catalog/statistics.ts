import { Fault } from '../faults.ts'
import type { StateReader, StateStore } from '../ports.ts'
import type { Catalog, ColumnStatistics, Scope } from './catalog.ts'
import { requireTable } from './links.ts'
import { SEPARATOR, space, type TableDocument } from './names.ts'
import { partitionKey, partitionMissing } from './partition-shelf.ts'

/** Kept beside the table or the partition they describe, and gone with it. */
export function openStatistics(state: StateStore): Catalog['statistics'] {
  return {
    async put(scope, database, table, partition, statistics) {
      await state.transaction((tx) => {
        const home = requireTable(tx, scope, database, table)
        const { place, prefix } = shelf(tx, scope, home, partition)
        const columns = columnNames(home)
        for (const one of statistics) {
          const name = one.ColumnName.toLowerCase()
          if (!columns.has(name)) throw new Fault('invalid', 'statistics', `Column ${name} is not found in table.`)
          tx.put(place, prefix + name, one)
        }
      })
    },

    get(scope, database, table, partition, columns) {
      const { place, prefix } = shelf(state, scope, requireTable(state, scope, database, table), partition)
      return columns.flatMap((name) => {
        const found = state.get<ColumnStatistics>(place, prefix + name.toLowerCase())
        return found ? [found.doc] : []
      })
    },

    async delete(scope, database, table, partition, column) {
      await state.transaction((tx) => {
        const { place, prefix } = shelf(tx, scope, requireTable(tx, scope, database, table), partition)
        if (!tx.delete(place, prefix + column.toLowerCase()))
          throw new Fault('not-found', 'statistics', `Statistics of column ${column} not found.`)
      })
    },
  }
}

function shelf(
  state: StateReader,
  scope: Scope,
  home: TableDocument,
  partition: readonly string[] | undefined,
): { place: string; prefix: string } {
  if (!partition) return { place: space('table-statistics', scope), prefix: `${home.id}${SEPARATOR}` }
  const prefix = partitionKey(home, partition)
  if (!state.get(space('partitions', scope), prefix)) throw partitionMissing()
  return { place: space('partition-statistics', scope), prefix }
}

function columnNames({ descriptor }: TableDocument): Set<string> {
  const columns = [...(descriptor.StorageDescriptor?.Columns ?? []), ...(descriptor.PartitionKeys ?? [])]
  return new Set(columns.map(({ Name }) => Name.toLowerCase()))
}
