/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html. Whoever asks for a table needs its
 * catalog and database too: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
 */
import type * as Sdk from '@aws-sdk/client-glue'
import type { Question } from '../../core/access/access.ts'
import { catalogArns, databaseArns, functionArns, tableArns } from '../../core/catalog/resource-arns.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import { passedRoles } from '../../protocol/passed-roles.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'

interface InCatalog {
  readonly CatalogId?: string
}
interface InDatabase extends InCatalog {
  readonly DatabaseName: string
}
interface InTable extends InDatabase {
  readonly TableName: string
}

const arn = ({ account, region }: ServiceCall, rest: string): string => `arn:aws:glue:${region}:${account}:${rest}`

const catalog = ({ CatalogId }: InCatalog, call: ServiceCall) => catalogArns(call, CatalogId)
const _database = ({ CatalogId, DatabaseName }: InDatabase, call: ServiceCall) =>
  databaseArns(call, CatalogId, DatabaseName)
const table = ({ CatalogId, DatabaseName, TableName }: InTable, call: ServiceCall) =>
  tableArns(call, CatalogId, DatabaseName, TableName)
/** What a service shall do to a table as a role. */
const tableAsRole = (input: InTable & { readonly Role?: string }, call: ServiceCall) => [
  ...table(input, call),
  ...passedRoles(call, 'glue', input.Role),
]
const optimizedTable = (
  input: InTable & { readonly TableOptimizerConfiguration: { readonly roleArn?: string } },
  call: ServiceCall,
) => tableAsRole({ ...input, Role: input.TableOptimizerConfiguration.roleArn }, call)
const rolesOfCatalog = ({ CatalogProperties: told }: Pick<Sdk.CatalogInput, 'CatalogProperties'>, call: ServiceCall) =>
  passedRoles(
    call,
    'glue',
    told?.DataLakeAccessProperties?.DataTransferRole,
    told?.IcebergOptimizationProperties?.RoleArn,
  )
/** With members that say only `Name`. */
const namedTable = ({ CatalogId, DatabaseName, Name }: InDatabase & { readonly Name: string }, call: ServiceCall) =>
  tableArns(call, CatalogId, DatabaseName, Name)
const everyTable = ({ CatalogId, DatabaseName }: InDatabase, call: ServiceCall) =>
  tableArns(call, CatalogId, DatabaseName, '*')
const namedDatabase = ({ CatalogId, Name }: InCatalog & { readonly Name: string }, call: ServiceCall) =>
  databaseArns(call, CatalogId, Name)
const connection = (names: readonly string[], { CatalogId }: InCatalog, call: ServiceCall) => [
  ...catalogArns(call, CatalogId),
  ...names.map((name) => arn(call, `connection/${name}`)),
]
const ofFunction = (
  { CatalogId, DatabaseName, FunctionName }: InDatabase & { FunctionName: string },
  call: ServiceCall,
) => functionArns(call, CatalogId, DatabaseName, FunctionName)
const everything = () => '*'

interface SchemaReference {
  readonly SchemaArn?: string
  readonly SchemaName?: string
  readonly RegistryName?: string
}
const registry = (
  { RegistryArn, RegistryName }: { RegistryArn?: string; RegistryName?: string } = {},
  call: ServiceCall,
) => RegistryArn ?? arn(call, `registry/${RegistryName ?? 'default-registry'}`)
const schema = (id: SchemaReference | undefined, call: ServiceCall): readonly string[] => {
  if (!id) return ['*']
  if (id.SchemaArn !== undefined) {
    const [, name = 'default-registry'] = /:schema\/([^/]+)\//.exec(id.SchemaArn) ?? []
    return [arn(call, `registry/${name}`), id.SchemaArn]
  }
  const home = id.RegistryName ?? 'default-registry'
  return [arn(call, `registry/${home}`), arn(call, `schema/${home}/${id.SchemaName}`)]
}
const bySchema = ({ SchemaId }: { readonly SchemaId?: SchemaReference }, call: ServiceCall) => schema(SchemaId, call)

/** docs: glue dg, schema-registry-integrations: to point a table to a schema takes the leave to read it. */
function readSchema(table: Sdk.TableInput | undefined, call: ServiceCall): Question[] {
  const reference = table?.StorageDescriptor?.SchemaReference
  if (!reference) return []
  return schema(reference.SchemaId, call).map((resource) => ({ action: 'glue:GetSchemaVersion', resource }))
}

const rules: Rules<typeof Sdk> = {
  CreateCatalog: ({ Name, CatalogInput }, call) => [...catalogArns(call, Name), ...rolesOfCatalog(CatalogInput, call)],
  GetCatalog: catalog,
  GetCatalogs: (_, call) => catalogArns(call, undefined),
  UpdateCatalog: ({ CatalogId, CatalogInput }, call) => [
    ...catalogArns(call, CatalogId),
    ...rolesOfCatalog(CatalogInput, call),
  ],
  DeleteCatalog: catalog,
  GetCatalogImportStatus: catalog,
  GetDataCatalogEncryptionSettings: catalog,
  PutDataCatalogEncryptionSettings: ({ CatalogId, DataCatalogEncryptionSettings: { EncryptionAtRest } }, call) => [
    ...catalogArns(call, CatalogId),
    ...passedRoles(call, 'glue', EncryptionAtRest?.CatalogEncryptionServiceRole),
  ],
  CreateDatabase: ({ CatalogId, DatabaseInput }, call) => databaseArns(call, CatalogId, DatabaseInput.Name),
  GetDatabase: namedDatabase,
  GetDatabases: ({ CatalogId }, call) => databaseArns(call, CatalogId, '*'),
  UpdateDatabase: namedDatabase,
  DeleteDatabase: ({ CatalogId, Name }, call) => [
    ...tableArns(call, CatalogId, Name, '*'),
    ...functionArns(call, CatalogId, Name, '*').slice(-1),
  ],
  CreateTable: ({ CatalogId, DatabaseName, TableInput, Name, OpenTableFormatInput: _ }, call) => [
    ...tableArns(call, CatalogId, DatabaseName, TableInput?.Name ?? Name ?? '*'),
    ...readSchema(TableInput, call),
  ],
  GetTable: namedTable,
  GetTables: everyTable,
  SearchTables: ({ CatalogId }, call) => tableArns(call, CatalogId, '*', '*'),
  UpdateTable: ({ CatalogId, DatabaseName, TableInput, Name }, call) => [
    ...tableArns(call, CatalogId, DatabaseName, Name ?? TableInput?.Name ?? '*'),
    ...readSchema(TableInput, call),
  ],
  DeleteTable: namedTable,
  BatchDeleteTable: ({ CatalogId, DatabaseName, TablesToDelete }, call) =>
    TablesToDelete.flatMap((name) => tableArns(call, CatalogId, DatabaseName, name)),
  GetTableVersion: table,
  GetTableVersions: table,
  DeleteTableVersion: table,
  BatchDeleteTableVersion: table,
  CreatePartition: table,
  GetPartition: table,
  GetPartitions: table,
  UpdatePartition: table,
  DeletePartition: table,
  BatchCreatePartition: table,
  BatchGetPartition: table,
  BatchUpdatePartition: table,
  BatchDeletePartition: table,
  CreatePartitionIndex: table,
  GetPartitionIndexes: table,
  DeletePartitionIndex: table,
  GetColumnStatisticsForTable: table,
  UpdateColumnStatisticsForTable: table,
  DeleteColumnStatisticsForTable: table,
  GetColumnStatisticsForPartition: table,
  UpdateColumnStatisticsForPartition: table,
  DeleteColumnStatisticsForPartition: table,
  StartColumnStatisticsTaskRun: tableAsRole,
  StopColumnStatisticsTaskRun: table,
  StartColumnStatisticsTaskRunSchedule: table,
  StopColumnStatisticsTaskRunSchedule: table,
  CreateColumnStatisticsTaskSettings: tableAsRole,
  UpdateColumnStatisticsTaskSettings: tableAsRole,
  DeleteColumnStatisticsTaskSettings: table,
  GetColumnStatisticsTaskSettings: table,
  GetColumnStatisticsTaskRun: everything,
  GetColumnStatisticsTaskRuns: table,
  ListColumnStatisticsTaskRuns: everything,
  CreateTableOptimizer: optimizedTable,
  GetTableOptimizer: table,
  UpdateTableOptimizer: optimizedTable,
  DeleteTableOptimizer: table,
  ListTableOptimizerRuns: table,
  BatchGetTableOptimizer: ({ Entries }, call) =>
    Entries.flatMap(({ catalogId, databaseName = '', tableName = '' }) =>
      tableArns(call, catalogId, databaseName, tableName),
    ),
  CreateUserDefinedFunction: ({ CatalogId, DatabaseName, FunctionInput }, call) =>
    functionArns(call, CatalogId, DatabaseName, FunctionInput.FunctionName ?? '*'),
  GetUserDefinedFunction: ofFunction,
  GetUserDefinedFunctions: ({ CatalogId, DatabaseName = '*' }, call) =>
    functionArns(call, CatalogId, DatabaseName, '*'),
  UpdateUserDefinedFunction: ofFunction,
  DeleteUserDefinedFunction: ofFunction,
  CreateConnection: (input, call) => connection([input.ConnectionInput.Name], input, call),
  GetConnection: (input, call) => connection([input.Name], input, call),
  GetConnections: (input, call) => connection(['*'], input, call),
  UpdateConnection: (input, call) => connection([input.Name], input, call),
  DeleteConnection: (input, call) => connection([input.ConnectionName], input, call),
  BatchDeleteConnection: (input, call) => connection(input.ConnectionNameList, input, call),
  TestConnection: (input, call) => connection([input.ConnectionName ?? '*'], input, call),
  CreateRegistry: registry,
  GetRegistry: ({ RegistryId }, call) => registry(RegistryId, call),
  UpdateRegistry: ({ RegistryId }, call) => registry(RegistryId, call),
  DeleteRegistry: ({ RegistryId }, call) => registry(RegistryId, call),
  ListRegistries: everything,
  CreateSchema: ({ RegistryId, SchemaName }, call) => {
    const home = registry(RegistryId, call)
    return [home, arn(call, `schema/${home.slice(home.indexOf('/') + 1)}/${SchemaName}`)]
  },
  GetSchema: bySchema,
  UpdateSchema: bySchema,
  DeleteSchema: bySchema,
  ListSchemas: ({ RegistryId }, call) => (RegistryId ? registry(RegistryId, call) : arn(call, 'registry/*')),
  RegisterSchemaVersion: bySchema,
  GetSchemaVersion: bySchema,
  GetSchemaByDefinition: bySchema,
  GetSchemaVersionsDiff: bySchema,
  ListSchemaVersions: bySchema,
  DeleteSchemaVersions: bySchema,
  CheckSchemaVersionValidity: everything,
  PutSchemaVersionMetadata: bySchema,
  QuerySchemaVersionMetadata: bySchema,
  RemoveSchemaVersionMetadata: bySchema,
  PutResourcePolicy: (_, call) => catalogArns(call, undefined),
  GetResourcePolicy: (_, call) => catalogArns(call, undefined),
  GetResourcePolicies: (_, call) => catalogArns(call, undefined),
  DeleteResourcePolicy: (_, call) => catalogArns(call, undefined),
  TagResource: ({ ResourceArn }) => ResourceArn,
  UntagResource: ({ ResourceArn }) => ResourceArn,
  GetTags: ({ ResourceArn }) => ResourceArn,
}

export const glueAuthorization: Authorization = { prefix: 'glue', rules }
