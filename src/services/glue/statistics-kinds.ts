/** Which kind of statistics a column of a type may have: Glue's GetColumnStatistics knows one for each kind of value. */
import type { ColumnStatisticsData } from '@aws-sdk/client-glue'
import type { Table } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'

type Kind = 'BOOLEAN' | 'LONG' | 'DOUBLE' | 'DECIMAL' | 'DATE' | 'STRING' | 'BINARY'

/** By the name of a type of Hive, without what is in brackets behind it; moments are seconds since 1970, as with Hive. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['boolean', 'BOOLEAN'],
  ['tinyint', 'LONG'],
  ['smallint', 'LONG'],
  ['int', 'LONG'],
  ['integer', 'LONG'],
  ['bigint', 'LONG'],
  ['long', 'LONG'],
  ['timestamp', 'LONG'],
  ['float', 'DOUBLE'],
  ['double', 'DOUBLE'],
  ['decimal', 'DECIMAL'],
  ['date', 'DATE'],
  ['string', 'STRING'],
  ['char', 'STRING'],
  ['varchar', 'STRING'],
  ['binary', 'BINARY'],
])

const MEMBERS: Readonly<Record<Kind, keyof ColumnStatisticsData>> = {
  BOOLEAN: 'BooleanColumnStatisticsData',
  LONG: 'LongColumnStatisticsData',
  DOUBLE: 'DoubleColumnStatisticsData',
  DECIMAL: 'DecimalColumnStatisticsData',
  DATE: 'DateColumnStatisticsData',
  STRING: 'StringColumnStatisticsData',
  BINARY: 'BinaryColumnStatisticsData',
}

interface Told {
  readonly ColumnName: string
  readonly StatisticsData?: ColumnStatisticsData
}

/**
 * Throws `Fault('invalid', 'statistics')` for a kind that is not the column's, or that comes with the data of another. Of
 * a type that has no kind, such as a struct, anything may be said; that the column is there is for the catalog to say.
 */
export function requireFitting(
  { descriptor }: Table,
  { ColumnName, StatisticsData = {} as ColumnStatisticsData }: Told,
) {
  const { Type } = StatisticsData
  const invalid = (message: string) => new Fault('invalid', 'statistics', message)
  if (StatisticsData[MEMBERS[Type as Kind]] === undefined)
    throw invalid(`Statistics of type ${Type} of column ${ColumnName} have no ${MEMBERS[Type as Kind]}.`)
  const columns = [...(descriptor.StorageDescriptor?.Columns ?? []), ...(descriptor.PartitionKeys ?? [])]
  const column = columns.find(({ Name }) => Name.toLowerCase() === ColumnName.toLowerCase())
  const name = /^\w*/.exec((column?.Type ?? '').toLowerCase().trim())![0]
  if ((KINDS.get(name) ?? Type) !== Type)
    throw invalid(`Statistics of type ${Type} do not fit column ${ColumnName} of type ${column!.Type}.`)
}
