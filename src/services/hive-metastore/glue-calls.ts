/**
 * What the calls of the metastore are in Glue's words, for the record of what was done: the operations that AWS's own Glue
 * client for Hive makes of them, with what was asked. What Glue has no word for (locks, settings, what a name says by
 * itself) is none.
 */
import { valuesOfPath } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import { DATA_CATALOG_CODES } from '../../protocol/data-catalog-faults.ts'
import { type ExceptionType, ThriftException } from '../../protocol/thrift/service.ts'
import type { HiveDatabase, HiveFunction, HiveTable } from './catalog-structs.ts'
import { ALREADY_EXISTS, NO_SUCH_OBJECT, UNKNOWN_DB, UNKNOWN_TABLE } from './faults.ts'
import { functionDescriptorOf } from './functions.ts'
import { type GlueCall, glue, type Naming, nameOf, portions, tableOf } from './glue-words.ts'
import { partitionCalls } from './partition-glue-calls.ts'
import type { HiveColumnStatistics } from './statistics-structs.ts'
import { tableDescriptorOf } from './table-shape.ts'

/** What the methods here are given, by all the names that they have for it. */
interface Asked extends Naming {
  readonly name?: string
  readonly catName?: { readonly name?: string }
  readonly database?: HiveDatabase
  readonly db?: HiveDatabase
  readonly tbl?: HiveTable
  readonly new_tbl?: HiveTable
  readonly pattern?: string
  readonly db_patterns?: string
  readonly tbl_patterns?: string
  readonly filter?: string
  readonly max_tables?: number
  readonly tbl_names?: readonly string[]
  readonly tblNames?: readonly string[]
  readonly func?: HiveFunction
  readonly newFunc?: HiveFunction
  readonly funcName?: string
  readonly col_name?: string
  readonly part_name?: string
  readonly colNames?: readonly string[]
  readonly partNames?: readonly string[]
  readonly colStats?: readonly HiveColumnStatistics[]
  readonly stats_obj?: HiveColumnStatistics
}

type Words = (asked: Asked, value: unknown) => GlueCall | readonly GlueCall[]

/** Glue's expressions are regular ones. */
const expressionOf = (pattern: string | undefined): string | undefined => pattern?.replace(/\.?\*/g, '.*')

const databaseInput = ({ name, description, locationUri, parameters }: HiveDatabase) => ({
  Name: nameOf(name),
  Description: description,
  LocationUri: locationUri,
  Parameters: parameters,
})

const tablesOf =
  (expression: (asked: Asked) => string | undefined): Words =>
  (asked) =>
    glue('GetTables', {
      DatabaseName: tableOf(asked).DatabaseName,
      Expression: expressionOf(expression(asked)),
      ...(asked.max_tables !== undefined && asked.max_tables > 0 && { MaxResults: asked.max_tables }),
    })

const getTable = (DatabaseName: string | undefined, Name: string | undefined, error?: unknown): GlueCall => ({
  ...glue('GetTable', { DatabaseName, Name }),
  ...(error !== undefined && { error }),
})

const oneTable: Words = (asked) => {
  const { DatabaseName, TableName } = tableOf(asked)
  return getTable(DatabaseName, TableName)
}

/** Those that are not there are left out of the answer, and were asked for nonetheless. */
const severalTables: Words = (asked, value) => {
  const { DatabaseName } = tableOf(asked)
  const names = asked.tbl_names ?? asked.tblNames ?? []
  const answered = (Array.isArray(value) ? value : (value as { tables?: HiveTable[] } | undefined)?.tables) as
    | readonly HiveTable[]
    | undefined
  const found = answered && new Set(answered.map(({ tableName }) => tableName))
  return names.map((name) =>
    getTable(
      DatabaseName,
      name,
      found && !found.has(name.toLowerCase()) ? new Fault('not-found', 'table', `Table ${name} not found.`) : undefined,
    ),
  )
}

const createTable: Words = ({ tbl = {} }) =>
  glue('CreateTable', { DatabaseName: nameOf(tbl.dbName), TableInput: tableDescriptorOf(tbl, 0) })
const updateTable: Words = (asked) => {
  const { DatabaseName, TableName } = tableOf(asked)
  return glue('UpdateTable', { DatabaseName, Name: TableName, TableInput: tableDescriptorOf(asked.new_tbl ?? {}, 0) })
}
const deleteTable: Words = ({ dbname, name }) => glue('DeleteTable', { DatabaseName: nameOf(dbname), Name: name })

/** Over several databases it is a search; where one is named, the tables of that. */
const tableMetas: Words = ({ db_patterns, tbl_patterns }) => {
  const database = nameOf(db_patterns)
  if (database && !/[*|.]/.test(database))
    return glue('GetTables', { DatabaseName: database, Expression: expressionOf(tbl_patterns) })
  const filters = [
    { Key: 'DatabaseName', Value: expressionOf(database) },
    { Key: 'Name', Value: expressionOf(tbl_patterns) },
  ]
  return glue('SearchTables', { Filters: filters.filter(({ Value }) => Value) })
}

const functionOf = ({ dbName, funcName }: Asked) => ({ DatabaseName: nameOf(dbName), FunctionName: funcName })

/** Statistics tell of values that not all who read the record may see: it names their columns only. */
function putStatistics({ statsDesc, statsObj }: HiveColumnStatistics): GlueCall {
  const address = { DatabaseName: nameOf(statsDesc.dbName), TableName: statsDesc.tableName }
  const ColumnStatisticsList = statsObj.map(({ colName, colType }) => ({ ColumnName: colName, ColumnType: colType }))
  return statsDesc.isTblLevel
    ? glue('UpdateColumnStatisticsForTable', { ...address, ColumnStatisticsList })
    : glue('UpdateColumnStatisticsForPartition', {
        ...address,
        PartitionValues: valuesOfPath(statsDesc.partName ?? ''),
        ColumnStatisticsList,
      })
}

const columnsOf = ({ col_name, colNames }: Asked): readonly string[] => colNames ?? (col_name ? [col_name] : [])
const statisticsOfTable: Words = (asked) =>
  portions(columnsOf(asked), 'GetColumnStatisticsForTable').map((ColumnNames) =>
    glue('GetColumnStatisticsForTable', { ...tableOf(asked), ColumnNames }),
  )
const statisticsOfPartitions: Words = (asked) =>
  (asked.partNames ?? [asked.part_name ?? '']).flatMap((name) =>
    portions(columnsOf(asked), 'GetColumnStatisticsForPartition').map((ColumnNames) =>
      glue('GetColumnStatisticsForPartition', {
        ...tableOf(asked),
        PartitionValues: valuesOfPath(name),
        ColumnNames,
      }),
    ),
  )

const CALLS: Readonly<Record<string, Words>> = {
  get_all_databases: () => glue('GetDatabases', {}),
  get_databases: () => glue('GetDatabases', {}),
  get_database: ({ name }) => glue('GetDatabase', { Name: nameOf(name) }),
  get_database_req: ({ name }) => glue('GetDatabase', { Name: nameOf(name) }),
  create_database: ({ database = {} }) => glue('CreateDatabase', { DatabaseInput: databaseInput(database) }),
  alter_database: ({ dbname, db = {} }) =>
    glue('UpdateDatabase', { Name: nameOf(dbname), DatabaseInput: databaseInput(db) }),
  drop_database: ({ name }) => glue('DeleteDatabase', { Name: nameOf(name) }),
  get_catalogs: () => glue('GetCatalogs', {}),
  get_catalog: ({ catName }) => glue('GetCatalog', { CatalogId: catName?.name }),
  get_all_tables: tablesOf(() => undefined),
  get_tables: tablesOf(({ pattern }) => pattern),
  get_tables_by_type: tablesOf(({ pattern }) => pattern),
  get_table_names_by_filter: tablesOf(({ filter }) => filter),
  get_table_meta: tableMetas,
  get_table: ({ dbname, tbl_name }) => getTable(nameOf(dbname), tbl_name),
  get_table_req: oneTable,
  get_table_objects_by_name: severalTables,
  get_table_objects_by_name_req: severalTables,
  get_fields: oneTable,
  get_fields_with_environment_context: oneTable,
  get_schema: oneTable,
  get_schema_with_environment_context: oneTable,
  create_table: createTable,
  create_table_with_environment_context: createTable,
  create_table_with_constraints: createTable,
  alter_table: updateTable,
  alter_table_with_environment_context: updateTable,
  alter_table_with_cascade: updateTable,
  drop_table: deleteTable,
  drop_table_with_environment_context: deleteTable,
  // Hive's own says in the table's statistics that it is empty.
  truncate_table: (asked) => {
    const { DatabaseName, TableName } = tableOf(asked)
    return glue('UpdateTable', { DatabaseName, Name: TableName, TableInput: { Name: TableName } })
  },
  get_functions: ({ dbName, pattern }) =>
    glue('GetUserDefinedFunctions', { DatabaseName: nameOf(dbName), Pattern: expressionOf(pattern) }),
  get_all_functions: () => glue('GetUserDefinedFunctions', { Pattern: '.*' }),
  get_function: (asked) => glue('GetUserDefinedFunction', functionOf(asked)),
  create_function: ({ func = {} }) =>
    glue('CreateUserDefinedFunction', { DatabaseName: nameOf(func.dbName), FunctionInput: functionDescriptorOf(func) }),
  alter_function: (asked) =>
    glue('UpdateUserDefinedFunction', {
      ...functionOf(asked),
      FunctionInput: functionDescriptorOf(asked.newFunc ?? {}),
    }),
  drop_function: (asked) => glue('DeleteUserDefinedFunction', functionOf(asked)),
  get_table_column_statistics: statisticsOfTable,
  get_table_statistics_req: statisticsOfTable,
  get_partition_column_statistics: statisticsOfPartitions,
  get_partitions_statistics_req: statisticsOfPartitions,
  get_aggr_stats_for: statisticsOfPartitions,
  update_table_column_statistics: ({ stats_obj }) => (stats_obj ? putStatistics(stats_obj) : []),
  update_partition_column_statistics: ({ stats_obj }) => (stats_obj ? putStatistics(stats_obj) : []),
  set_aggr_stats_for: ({ colStats = [] }) => colStats.map(putStatistics),
  delete_table_column_statistics: (asked) =>
    glue('DeleteColumnStatisticsForTable', { ...tableOf(asked), ColumnName: asked.col_name }),
  delete_partition_column_statistics: (asked) =>
    glue('DeleteColumnStatisticsForPartition', {
      ...tableOf(asked),
      PartitionValues: valuesOfPath(asked.part_name ?? ''),
      ColumnName: asked.col_name,
    }),
  ...partitionCalls,
}

/** Methods of one request have all that they ask inside it. */
interface Wrapped {
  readonly req?: Asked
  readonly request?: Asked
}

export function glueCalls(method: string, args: unknown, value: unknown): readonly GlueCall[] {
  const words = Object.hasOwn(CALLS, method) ? CALLS[method]! : undefined
  if (!words) return []
  const { req, request } = args as Wrapped
  return [words(req ?? request ?? (args as Asked), value)].flat()
}

const CODES = new Map<ExceptionType, string>([
  ...[NO_SUCH_OBJECT, UNKNOWN_DB, UNKNOWN_TABLE].map((type) => [type, DATA_CATALOG_CODES['not-found']] as const),
  [ALREADY_EXISTS, DATA_CATALOG_CODES['already-exists']],
])

/** What Glue calls a failure. */
export function glueErrorCode(error: unknown): string {
  if (error instanceof Fault) return DATA_CATALOG_CODES[error.kind]
  if (error instanceof ThriftException) return CODES.get(error.type) ?? DATA_CATALOG_CODES.invalid
  return 'InternalServiceException'
}
