import type { Table } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import { type Method, method } from '../../protocol/thrift/service.ts'
import { bool, i64, list, record, string, struct } from '../../protocol/thrift/types.ts'
import { INVALID_INPUT, INVALID_OBJECT, META, NO_SUCH_OBJECT } from './faults.ts'
import { type Metastore, requireTable } from './metastore.ts'
import { valuesOfName } from './partition-shape.ts'
import { mergeStatistics } from './statistics-merge.ts'
import { hiveStatisticsOf, statisticsDocumentOf } from './statistics-shape.ts'
import {
  type ColumnStatisticsObj,
  columnStatisticsObj,
  columnStatistics as columnStatisticsStruct,
  type HiveColumnStatistics,
} from './statistics-structs.ts'

const GET = [NO_SUCH_OBJECT, META, INVALID_INPUT, INVALID_OBJECT]
const UPDATE = [NO_SUCH_OBJECT, INVALID_OBJECT, META, INVALID_INPUT]
const DELETE = [NO_SUCH_OBJECT, META, INVALID_OBJECT, INVALID_INPUT]
const READ = [NO_SUCH_OBJECT, META]
const OF_TABLE = { db_name: [1, string], tbl_name: [2, string], col_name: [3, string] } as const
const OF_PARTITION = {
  db_name: [1, string],
  tbl_name: [2, string],
  part_name: [3, string],
  col_name: [4, string],
} as const

const tableRequest = struct({
  dbName: [1, string, 'required'],
  tblName: [2, string, 'required'],
  colNames: [3, list(string), 'required'],
})
const partitionsRequest = struct({
  dbName: [1, string, 'required'],
  tblName: [2, string, 'required'],
  colNames: [3, list(string), 'required'],
  partNames: [4, list(string), 'required'],
})
const setRequest = struct({ colStats: [1, list(columnStatisticsStruct), 'required'], needMerge: [2, bool] })
const statisticsList = list(columnStatisticsObj)

export function columnStatistics(metastore: Metastore): Readonly<Record<string, Method>> {
  const { catalog, scope } = metastore

  /** Of the table's columns, or of one partition's. */
  function find(table: Table, columns: readonly string[], partition?: readonly string[]): ColumnStatisticsObj[] {
    const { database, descriptor } = table
    return catalog.statistics
      .get(scope, database, descriptor.Name, partition, columns)
      .flatMap((one) => hiveStatisticsOf(one) ?? [])
  }

  function one(table: Table, column: string | undefined, partName?: string): HiveColumnStatistics {
    const statsObj = find(table, [column ?? ''], partName === undefined ? undefined : valuesOfName(table, partName))
    if (statsObj.length === 0)
      throw new Fault(
        'not-found',
        'statistics',
        `Statistics for dbName=${table.database}, tableName=${table.descriptor.Name}, columnName=${column} do not exist.`,
      )
    return { statsDesc: descriptionOf(table, partName), statsObj }
  }

  const descriptionOf = (table: Table, partName: string | undefined) => ({
    isTblLevel: partName === undefined,
    dbName: table.database,
    tableName: table.descriptor.Name,
    partName,
  })

  async function put({ statsDesc, statsObj }: HiveColumnStatistics): Promise<boolean> {
    const table = requireTable(metastore, statsDesc.dbName, statsDesc.tableName)
    const partition = statsDesc.isTblLevel ? undefined : valuesOfName(table, statsDesc.partName ?? '')
    const documents = statsObj.map((each) => statisticsDocumentOf(each, metastore.clock.now()))
    await catalog.statistics.put(scope, table.database, table.descriptor.Name, partition, documents)
    return true
  }

  /** With `needMerge`, what is known already counts too. */
  async function putAll({
    colStats,
    needMerge = false,
  }: {
    colStats: readonly HiveColumnStatistics[]
    needMerge?: boolean
  }) {
    for (const { statsDesc, statsObj } of colStats) {
      const table = requireTable(metastore, statsDesc.dbName, statsDesc.tableName)
      const partition = statsDesc.isTblLevel ? undefined : valuesOfName(table, statsDesc.partName ?? '')
      const known = needMerge
        ? find(
            table,
            statsObj.map(({ colName }) => colName),
            partition,
          )
        : []
      const merged = statsObj.map((each) => {
        const before = known.find(({ colName }) => colName === each.colName.toLowerCase())
        return (before && mergeStatistics([each, before])) ?? each
      })
      await put({ statsDesc, statsObj: merged })
    }
    return true
  }

  async function remove(table: Table, column: string | undefined, partName?: string): Promise<boolean> {
    const partition = partName === undefined ? undefined : valuesOfName(table, partName)
    const { Columns = [] } = table.descriptor.StorageDescriptor ?? {}
    const wanted = column
      ? [column]
      : find(
          table,
          Columns.map(({ Name }) => Name),
          partition,
        ).map(({ colName }) => colName)
    for (const name of wanted)
      await catalog.statistics.delete(scope, table.database, table.descriptor.Name, partition, name)
    return true
  }

  /** Of the partitions that have any, by name. */
  function byPartition(request: {
    dbName: string
    tblName: string
    colNames: readonly string[]
    partNames: readonly string[]
  }) {
    const table = requireTable(metastore, request.dbName, request.tblName)
    return request.partNames.flatMap((name): [string, ColumnStatisticsObj[]][] => {
      const values = valuesOfName(table, name)
      if (!catalog.partitions.find(scope, table.database, table.descriptor.Name, values)) return []
      const found = find(table, request.colNames, values)
      return found.length === 0 ? [] : [[name, found]]
    })
  }

  const tableOf = (args: { readonly db_name?: string; readonly tbl_name?: string }): Table =>
    requireTable(metastore, args.db_name, args.tbl_name)
  const update = (): Method =>
    method({ stats_obj: [1, columnStatisticsStruct, 'required'] }, bool, UPDATE, ({ stats_obj }) => put(stats_obj))

  return {
    update_table_column_statistics: update(),
    update_partition_column_statistics: update(),
    set_aggr_stats_for: method({ request: [1, setRequest, 'required'] }, bool, UPDATE, ({ request }) =>
      putAll(request),
    ),
    get_table_column_statistics: method(OF_TABLE, columnStatisticsStruct, GET, (args) =>
      one(tableOf(args), args.col_name),
    ),
    get_partition_column_statistics: method(OF_PARTITION, columnStatisticsStruct, GET, (args) =>
      one(tableOf(args), args.col_name, args.part_name ?? ''),
    ),
    get_table_statistics_req: method(
      { request: [1, tableRequest, 'required'] },
      struct({ tableStats: [1, statisticsList, 'required'] }),
      READ,
      ({ request }) => ({
        tableStats: find(requireTable(metastore, request.dbName, request.tblName), request.colNames),
      }),
    ),
    get_partitions_statistics_req: method(
      { request: [1, partitionsRequest, 'required'] },
      struct({ partStats: [1, record(statisticsList), 'required'] }),
      READ,
      ({ request }) => ({ partStats: Object.fromEntries(byPartition(request)) }),
    ),
    get_aggr_stats_for: method(
      { request: [1, partitionsRequest, 'required'] },
      struct({ colStats: [1, statisticsList, 'required'], partsFound: [2, i64, 'required'] }),
      READ,
      ({ request }) => {
        const found = byPartition(request).map(([, statistics]) => statistics)
        const byColumn = Map.groupBy(found.flat(), ({ colName }) => colName)
        const colStats = [...byColumn.values()].flatMap((parts) => mergeStatistics(parts) ?? [])
        // A partition counts when all that was asked of it is known.
        return { colStats, partsFound: found.filter((one) => one.length === request.colNames.length).length }
      },
    ),
    delete_table_column_statistics: method(OF_TABLE, bool, DELETE, (args) => remove(tableOf(args), args.col_name)),
    delete_partition_column_statistics: method(OF_PARTITION, bool, DELETE, (args) =>
      remove(tableOf(args), args.col_name, args.part_name ?? ''),
    ),
  }
}
