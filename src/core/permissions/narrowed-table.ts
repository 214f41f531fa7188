/** A table of the catalog without what its reader may not see of it: columns, fields of structs, and what tells of them. */
import { hiveTypeName } from '../../sql/hive/type.ts'
import { row, type Type } from '../../sql/types.ts'
import type { ColumnDescriptor, StorageDescriptor, Table } from '../catalog/catalog.ts'
import { fieldName, fieldsOf, type GovernedColumn, governedColumns, namesInside } from './column-parts.ts'
import type { TableDecision } from './decision.ts'
import { type VisiblePart, visibilityOf } from './visibility.ts'

/** By the names of columns, folded, what is left of them. */
export type ColumnsLeft = ReadonlyMap<string, VisiblePart>

/** Whoever may change a table, and whoever has been told of it without a right to its rows, sees how it is made. */
export function seesAllColumns({ permissions, readings, outline }: TableDecision): boolean {
  if (permissions.has('ALTER') || (readings.length === 0 && !outline?.length)) return true
  return permissions.get('DESCRIBE')?.some(({ by }) => by !== 'grant' && by !== 'share') ?? false
}

/** What the decision leaves of a table's columns; undefined where it leaves all. */
export function columnsLeft(table: Table, decision: TableDecision): ColumnsLeft | undefined {
  if (seesAllColumns(decision)) return undefined
  const columns = governedColumns(table)
  const left = partsLeft(columns, decision)
  const isAll = columns.every(({ name }) => left.has(name)) && left.values().every(({ isWhole }) => isWhole)
  return isAll ? undefined : left
}

/** Of some columns the names of those that the decision lets be told. */
export function namesLeft(columns: readonly GovernedColumn[], decision: TableDecision): ReadonlySet<string> {
  const told = seesAllColumns(decision) ? columns.map(({ name }) => name) : partsLeft(columns, decision).keys()
  return new Set(told)
}

function partsLeft(columns: readonly GovernedColumn[], decision: TableDecision): ColumnsLeft {
  const { readings, outline = [] } = decision
  return visibilityOf({ ...decision, readings: readings.length > 0 ? readings : outline }, columns).columns
}

export function narrowed(table: Table, decision: TableDecision): Table {
  const left = columnsLeft(table, decision)
  const hidesRows = countsHidden(decision)
  if (!left && !hidesRows) return table
  const { descriptor } = table
  const { StorageDescriptor: storage, PartitionKeys: keys, Parameters } = descriptor
  const untold = { names: left ? hiddenNames(table, left) : [], hidesRows }
  return {
    ...table,
    descriptor: {
      ...descriptor,
      ...(storage && { StorageDescriptor: narrowedStorage(storage, left, untold) }),
      ...(keys && { PartitionKeys: left ? keys.filter(({ Name }) => left.has(Name.toLowerCase())) : keys }),
      ...(Parameters && { Parameters: silent(Parameters, untold) }),
    },
  }
}

/** Whether there may be rows, or values in some, that are not shown: what is counted of all of them is not told. */
export const countsHidden = (decision: TableDecision): boolean =>
  !seesAllColumns(decision) &&
  decision.readings.some(({ rows }) => rows) &&
  decision.readings.every(({ columns, rows }) => columns ?? rows)

/** What properties do not tell. */
export interface Untold {
  /** Folded, of columns and of fields inside of them. */
  readonly names: readonly string[]
  readonly hidesRows: boolean
}

/** Of columns, and of fields inside of those that are left. */
export function hiddenNames(table: Table, left: ColumnsLeft): readonly string[] {
  return governedColumns(table).flatMap(({ name, type }) => {
    const part = left.get(name)
    return part ? hiddenFields(type, part) : [name, ...(type === undefined ? [] : namesInside(type))]
  })
}

function hiddenFields(type: GovernedColumn['type'], { fields }: VisiblePart): string[] {
  if (!fields || type === undefined) return []
  return fieldsOf(type).flatMap((field) => {
    const part = fields.get(fieldName(field))
    return part ? hiddenFields(field.type, part) : [fieldName(field), ...namesInside(field.type)]
  })
}

/** `left`: absent where all columns are. */
export function narrowedStorage(
  storage: StorageDescriptor,
  left: ColumnsLeft | undefined,
  untold: Untold,
): StorageDescriptor {
  const { Columns, BucketColumns, SortColumns, SerdeInfo, Parameters } = storage
  const isLeft = (name: string): boolean => !left || left.has(name.toLowerCase())
  return {
    ...storage,
    ...(Columns && left && { Columns: Columns.flatMap((column) => narrowedColumn(column, left) ?? []) }),
    ...(BucketColumns && { BucketColumns: BucketColumns.filter(isLeft) }),
    ...(SortColumns && { SortColumns: SortColumns.filter(({ Column }) => isLeft(Column)) }),
    ...(SerdeInfo?.Parameters && {
      SerdeInfo: { ...SerdeInfo, Parameters: silent(SerdeInfo.Parameters, untold) },
    }),
    ...(Parameters && { Parameters: silent(Parameters, untold) }),
  }
}

function narrowedColumn(column: ColumnDescriptor, left: ColumnsLeft): ColumnDescriptor | undefined {
  const part = left.get(column.Name.toLowerCase())
  if (!part || part.isWhole) return part && column
  const fields = fieldsOf(column.Type ?? '')
  return { ...column, Type: hiveTypeName(narrowedType({ kind: 'row', fields }, part)) }
}

/** What is left of the type of a column, or of a field. */
export function narrowedType(type: Type, { fields }: VisiblePart): Type {
  if (!fields) return type
  return row(
    fieldsOf(type).flatMap((field) => {
      const part = fields.get(fieldName(field))
      return part ? [{ ...field, type: narrowedType(field.type, part) }] : []
    }),
  )
}

/** What Hive, Spark and crawlers write of all rows. */
const OF_ALL_ROWS = /^(numRows|rawDataSize|recordCount|averageRecordSize)$|^spark\.sql\.statistics\./i

/** Schemas, projections and mappings lie in properties too: those that name what is hidden are left out. */
export function silent(
  properties: Readonly<Record<string, string>>,
  { names, hidesRows }: Untold,
): Readonly<Record<string, string>> {
  const isSilent = (text: string): boolean => {
    const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}_]+/u))
    return !names.some((name) => words.has(name) || (/[^\p{L}\p{N}_]/u.test(name) && text.toLowerCase().includes(name)))
  }
  const isTold = ([key, value]: readonly [string, string]): boolean =>
    isSilent(key) && isSilent(value) && !(hidesRows && OF_ALL_ROWS.test(key))
  return Object.fromEntries(Object.entries(properties).filter(isTold))
}
