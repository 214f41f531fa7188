/** Partitions as the principal of a scope sees them: those that may have rows for it, of tables whose keys it sees. */
import type { Principal } from '../call.ts'
import type { Catalog, Partition, PartitionDescriptor, Scope, StorageDescriptor, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import type { TableDecision } from './decision.ts'
import type { Gate } from './governed-catalog.ts'
import { insufficient } from './insufficient.ts'
import { arnOfPlace, isWithin, mayTakeLocation } from './locations.ts'
import {
  type ColumnsLeft,
  columnsLeft,
  countsHidden,
  hiddenNames,
  narrowedStorage,
  seesAllColumns,
  silent,
} from './narrowed-table.ts'
import { partitionCondition } from './partition-conditions.ts'
import type { Permissions } from './permissions.ts'
import { visibilityOf } from './visibility.ts'

interface Sight {
  keep(values: readonly string[]): boolean
  shown(partition: Partition): Partition
}

const ALL: Sight = { keep: () => true, shown: (partition) => partition }

export function governedPartitions(catalog: Catalog, permissions: Permissions, gate: Gate): Catalog['partitions'] {
  const { partitions, tables } = catalog
  const sight = (scope: Scope, database: string, name: string): Sight => {
    const principal = gate.limited(scope)
    const table = principal && tables.find(scope, database, name)
    if (!principal) return ALL
    if (!table) throw insufficient('DESCRIBE', name)
    return sightOf(permissions, principal, scope, table)
  }
  const writable = (scope: Scope, database: string, name: string): void =>
    gate.table(scope, { database, name }, 'ALTER', 'INSERT')
  /** Elsewhere than in the table's folder a partition takes a place as a table does. */
  const takePlaces = (scope: Scope, database: string, name: string, taken: readonly PartitionDescriptor[]): void => {
    if (!scope.principal || taken.every(({ StorageDescriptor }) => !StorageDescriptor?.Location)) return
    const home = arnOfPlace(tables.find(scope, database, name)?.descriptor.StorageDescriptor?.Location ?? '')
    for (const { StorageDescriptor } of taken) {
      const location = StorageDescriptor?.Location
      const isInside = location !== undefined && home !== undefined && isWithin(arnOfPlace(location) ?? '', home)
      if (!isInside) mayTakeLocation(permissions, scope, location)
    }
  }
  return {
    ...partitions,
    async create(scope, database, table, added, ...rest) {
      writable(scope, database, table)
      takePlaces(scope, database, table, added)
      return partitions.create(scope, database, table, added, ...rest)
    },
    async createEach(scope, database, table, added) {
      writable(scope, database, table)
      takePlaces(scope, database, table, added)
      return partitions.createEach(scope, database, table, added)
    },
    get(scope, database, table, values) {
      const { keep, shown } = sight(scope, database, table)
      if (!keep(values)) throw insufficient('SELECT', table)
      return shown(partitions.get(scope, database, table, values))
    },
    find(scope, database, table, values) {
      const { keep, shown } = sight(scope, database, table)
      const found = keep(values) ? partitions.find(scope, database, table, values) : undefined
      return found && shown(found)
    },
    list(scope, database, table, options) {
      const { keep, shown } = sight(scope, database, table)
      const page = partitions.list(scope, database, table, {
        ...options,
        keep: (values) => (options.keep?.(values) ?? true) && keep(values),
      })
      return { ...page, partitions: page.partitions.map(shown) }
    },
    *values(scope, database, table) {
      const { keep } = sight(scope, database, table)
      for (const values of partitions.values(scope, database, table)) if (keep(values)) yield values
    },
    async update(scope, database, table, values, changed) {
      gate.table(scope, { database, name: table }, 'ALTER')
      takePlaces(scope, database, table, [changed])
      await partitions.update(scope, database, table, values, changed)
    },
    async updateEach(scope, database, table, updates) {
      gate.table(scope, { database, name: table }, 'ALTER')
      takePlaces(
        scope,
        database,
        table,
        updates.map(({ partition }) => partition),
      )
      return partitions.updateEach(scope, database, table, updates)
    },
    async delete(scope, database, table, values) {
      gate.table(scope, { database, name: table }, 'ALTER', 'DELETE')
      return partitions.delete(scope, database, table, values)
    },
  }
}

function sightOf(permissions: Permissions, principal: Principal, scope: Scope, table: Table): Sight {
  const decision = permissions.table(principal, scope, meantTable(scope, table).name)
  if (!decision.permissions.has('DESCRIBE')) throw insufficient('DESCRIBE', table.descriptor.Name)
  const left = columnsLeft(table, decision)
  const keys = table.descriptor.PartitionKeys ?? []
  if (left && keys.some(({ Name }) => !left.has(Name.toLowerCase())))
    throw insufficient('SELECT', table.descriptor.Name)
  const shown = narrowedPartitions(table, decision)
  const { rows } = visibilityOf(decision, [])
  if (rows === undefined || decision.permissions.has('ALTER') || decision.readings.length === 0)
    return { ...ALL, shown }
  const conditions = rows.map(({ condition }) => condition)
  return { keep: partitionCondition(conditions, keys), shown }
}

/** A partition may declare other columns than its table, and other fields of them. */
function narrowedPartitions(table: Table, decision: TableDecision): Sight['shown'] {
  const { readings, outline = [] } = decision
  const hidesRows = countsHidden(decision)
  const seesNames =
    seesAllColumns(decision) || (readings.length > 0 ? readings : outline).some(({ columns }) => !columns)
  if (seesNames && !hidesRows) return ALL.shown
  const hidden = hiddenOf(table, decision)
  const known = new Map([[columnsOf(table.descriptor.StorageDescriptor), hidden]])
  return (partition) => {
    const { StorageDescriptor: storage, Parameters } = partition.descriptor
    const columns = columnsOf(storage)
    const own = known.get(columns) ?? hiddenOf(storage ? withStorage(table, storage) : table, decision)
    known.set(columns, own)
    const untold = { names: [...hidden.names, ...own.names], hidesRows }
    return {
      ...partition,
      descriptor: {
        ...partition.descriptor,
        ...(storage && { StorageDescriptor: narrowedStorage(storage, own.left, untold) }),
        ...(Parameters && { Parameters: silent(Parameters, untold) }),
      },
    }
  }
}

const columnsOf = (storage: StorageDescriptor | undefined): string =>
  JSON.stringify(storage?.Columns?.map(({ Name, Type }) => [Name, Type]))

const withStorage = (table: Table, StorageDescriptor: StorageDescriptor): Table => ({
  ...table,
  descriptor: { ...table.descriptor, StorageDescriptor },
})

function hiddenOf(table: Table, decision: TableDecision): { left: ColumnsLeft | undefined; names: readonly string[] } {
  const left = columnsLeft(table, decision)
  return { left, names: left ? hiddenNames(table, left) : [] }
}
