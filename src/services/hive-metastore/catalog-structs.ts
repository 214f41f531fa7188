/**
 * Databases, tables and partitions as the interface definition of Hive's metastore has them: names and numbers of
 * hive_metastore.thrift, releases 2.3 and 3.1. Numbers never change their meaning there, so one table serves clients of
 * both; what a client sends beyond it is passed over.
 * https://github.com/apache/hive/blob/rel/release-3.1.3/standalone-metastore/src/main/thrift/hive_metastore.thrift
 */
import { bool, i32, list, mapOf, record, string, struct, type Value } from '../../protocol/thrift/types.ts'

export const fieldSchema = struct({ name: [1, string], type: [2, string], comment: [3, string] })
export type FieldSchema = Value<typeof fieldSchema>

const privilegeGrantInfo = struct({
  privilege: [1, string],
  createTime: [2, i32],
  grantor: [3, string],
  grantorType: [4, i32],
  grantOption: [5, bool],
})
export const principalPrivilegeSet = struct({
  userPrivileges: [1, record(list(privilegeGrantInfo))],
  groupPrivileges: [2, record(list(privilegeGrantInfo))],
  rolePrivileges: [3, record(list(privilegeGrantInfo))],
})

export const hiveCatalog = struct({ name: [1, string], description: [2, string], locationUri: [3, string] })

export const hiveDatabase = struct({
  name: [1, string],
  description: [2, string],
  locationUri: [3, string],
  parameters: [4, record(string)],
  ownerName: [6, string],
  ownerType: [7, i32],
  catalogName: [8, string],
})
export type HiveDatabase = Value<typeof hiveDatabase>

const serDeInfo = struct({
  name: [1, string],
  serializationLib: [2, string],
  parameters: [3, record(string)],
  description: [4, string],
  serializerClass: [5, string],
  deserializerClass: [6, string],
  serdeType: [7, i32],
})

const skewedInfo = struct({
  skewedColNames: [1, list(string)],
  skewedColValues: [2, list(list(string))],
  skewedColValueLocationMaps: [3, mapOf(list(string), string)],
})

export const hiveStorage = struct({
  cols: [1, list(fieldSchema)],
  location: [2, string],
  inputFormat: [3, string],
  outputFormat: [4, string],
  compressed: [5, bool],
  numBuckets: [6, i32],
  serdeInfo: [7, serDeInfo],
  bucketCols: [8, list(string)],
  sortCols: [9, list(struct({ col: [1, string], order: [2, i32] }))],
  parameters: [10, record(string)],
  skewedInfo: [11, skewedInfo],
  storedAsSubDirectories: [12, bool],
})
export type HiveStorage = Value<typeof hiveStorage>

export const hiveTable = struct({
  tableName: [1, string],
  dbName: [2, string],
  owner: [3, string],
  createTime: [4, i32],
  lastAccessTime: [5, i32],
  retention: [6, i32],
  sd: [7, hiveStorage],
  partitionKeys: [8, list(fieldSchema)],
  parameters: [9, record(string)],
  viewOriginalText: [10, string],
  viewExpandedText: [11, string],
  tableType: [12, string],
  temporary: [14, bool],
  rewriteEnabled: [15, bool],
  catName: [17, string],
  ownerType: [18, i32],
})
export type HiveTable = Value<typeof hiveTable>

export const hivePartition = struct({
  values: [1, list(string)],
  dbName: [2, string],
  tableName: [3, string],
  createTime: [4, i32],
  lastAccessTime: [5, i32],
  sd: [6, hiveStorage],
  parameters: [7, record(string)],
  catName: [9, string],
})
export type HivePartition = Value<typeof hivePartition>

const partitionWithoutSd = struct({
  values: [1, list(string)],
  createTime: [2, i32],
  lastAccessTime: [3, i32],
  relativePath: [4, string],
  parameters: [5, record(string)],
})
export const partitionSpec = struct({
  dbName: [1, string],
  tableName: [2, string],
  rootPath: [3, string],
  sharedSDPartitionSpec: [4, struct({ partitions: [1, list(partitionWithoutSd)], sd: [2, hiveStorage] })],
  partitionList: [5, struct({ partitions: [1, list(hivePartition)] })],
  catName: [6, string],
})
export type PartitionSpec = Value<typeof partitionSpec>

export const tableMeta = struct({
  dbName: [1, string, 'required'],
  tableName: [2, string, 'required'],
  tableType: [3, string, 'required'],
  comments: [4, string],
  catName: [5, string],
})

export const hiveFunction = struct({
  functionName: [1, string],
  dbName: [2, string],
  className: [3, string],
  ownerName: [4, string],
  ownerType: [5, i32],
  createTime: [6, i32],
  functionType: [7, i32],
  resourceUris: [8, list(struct({ resourceType: [1, i32], uri: [2, string] }))],
  catName: [9, string],
})
export type HiveFunction = Value<typeof hiveFunction>

export const environmentContext = struct({ properties: [1, record(string)] })
export type EnvironmentContext = Value<typeof environmentContext>
