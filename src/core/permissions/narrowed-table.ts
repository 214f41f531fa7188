/** A table of the catalog without what its reader may not see of it: columns, and what tells of them. */
import type { ColumnDescriptor, StorageDescriptor, Table } from '../catalog/catalog.ts'
import type { TableDecision } from './decision.ts'
import { visibilityOf } from './visibility.ts'

/** Whoever may change a table, and whoever has been told of it without a right to its rows, sees how it is made. */
function seesAllColumns({ permissions, readings, outline }: TableDecision): boolean {
  if (permissions.has('ALTER') || (readings.length === 0 && !outline?.length)) return true
  return permissions.get('DESCRIBE')?.some(({ by }) => by !== 'grant' && by !== 'share') ?? false
}

/** Names of columns, folded, that the decision leaves of a table; undefined where it leaves all. */
export function columnsLeft(table: Table, decision: TableDecision): ReadonlySet<string> | undefined {
  if (seesAllColumns(decision)) return undefined
  const { StorageDescriptor, PartitionKeys = [] } = table.descriptor
  const names = [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map(({ Name }) => Name.toLowerCase())
  const left = namesLeft(names, decision)
  return left.size === new Set(names).size ? undefined : left
}

/** Those of some columns, folded, that the decision lets be told. */
export function namesLeft(names: readonly string[], decision: TableDecision): ReadonlySet<string> {
  if (seesAllColumns(decision)) return new Set(names)
  const { readings, outline = [] } = decision
  const { columns } = visibilityOf({ ...decision, readings: readings.length > 0 ? readings : outline }, names)
  return new Set(columns.keys())
}

export function narrowed(table: Table, decision: TableDecision): Table {
  const left = columnsLeft(table, decision)
  if (!left) return table
  const { descriptor } = table
  const { StorageDescriptor: storage, PartitionKeys: keys, Parameters } = descriptor
  const isLeft = ({ Name }: ColumnDescriptor): boolean => left.has(Name.toLowerCase())
  const hidden = [...(storage?.Columns ?? []), ...(keys ?? [])].filter((column) => !isLeft(column))
  return {
    ...table,
    descriptor: {
      ...descriptor,
      ...(storage && { StorageDescriptor: narrowedStorage(storage, left, hidden) }),
      ...(keys && { PartitionKeys: keys.filter(isLeft) }),
      ...(Parameters && { Parameters: silent(Parameters, hidden) }),
    },
  }
}

export function narrowedStorage(
  storage: StorageDescriptor,
  left: ReadonlySet<string>,
  hidden: readonly ColumnDescriptor[],
): StorageDescriptor {
  const { Columns, BucketColumns, SortColumns, SerdeInfo, Parameters } = storage
  return {
    ...storage,
    ...(Columns && { Columns: Columns.filter(({ Name }) => left.has(Name.toLowerCase())) }),
    ...(BucketColumns && { BucketColumns: BucketColumns.filter((name) => left.has(name.toLowerCase())) }),
    ...(SortColumns && { SortColumns: SortColumns.filter(({ Column }) => left.has(Column.toLowerCase())) }),
    ...(SerdeInfo?.Parameters && {
      SerdeInfo: { ...SerdeInfo, Parameters: silent(SerdeInfo.Parameters, hidden) },
    }),
    ...(Parameters && { Parameters: silent(Parameters, hidden) }),
  }
}

/** Schemas, projections and mappings lie in properties too: those that name a hidden column are left out. */
function silent(
  properties: Readonly<Record<string, string>>,
  hidden: readonly ColumnDescriptor[],
): Readonly<Record<string, string>> {
  const names = hidden.map(({ Name }) => Name.toLowerCase())
  const isSilent = (text: string): boolean => {
    const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}_]+/u))
    return !names.some((name) => words.has(name) || (/[^\p{L}\p{N}_]/u.test(name) && text.toLowerCase().includes(name)))
  }
  return Object.fromEntries(Object.entries(properties).filter(([key, value]) => isSilent(key) && isSilent(value)))
}
