/** Tables as the catalog keeps them, in Glue's spelling, and as Hive's clients know them. */
import type { ColumnDescriptor, StorageDescriptor, Table, TableDescriptor } from '../../core/catalog/catalog.ts'
import type { FieldSchema, HiveStorage, HiveTable } from './catalog-structs.ts'
import { CATALOG_NAME, DDL_TIME, secondsOf } from './metastore.ts'
import { isExternal } from './table-files.ts'

/** Members of Glue's descriptors that are kept as they came, and which no client of Hive knows. */
interface GlueMembers {
  readonly LastAccessTime?: string
}
interface Skew {
  readonly SkewedInfo?: {
    readonly SkewedColumnNames?: readonly string[]
    readonly SkewedColumnValues?: readonly string[]
    readonly SkewedColumnValueLocationMaps?: Readonly<Record<string, string>>
  }
}

export function hiveTableOf({ database, descriptor, createdAt }: Table): HiveTable {
  const { LastAccessTime } = descriptor as GlueMembers
  const parameters = { ...descriptor.Parameters }
  if (descriptor.Description && !parameters.comment) parameters.comment = descriptor.Description
  // A table of which nobody has said what it is: its files are not the catalog's.
  const tableType = descriptor.TableType ?? 'EXTERNAL_TABLE'
  // Clients tell external tables by this parameter as well as by the type.
  if (tableType === 'EXTERNAL_TABLE') parameters.EXTERNAL ??= 'TRUE'
  return {
    tableName: descriptor.Name,
    dbName: database,
    owner: descriptor.Owner ?? '',
    createTime: secondsOf(createdAt),
    lastAccessTime: secondsOf(LastAccessTime),
    retention: descriptor.Retention ?? 0,
    sd: hiveStorageOf(descriptor.StorageDescriptor ?? {}),
    partitionKeys: (descriptor.PartitionKeys ?? []).map(fieldSchemaOf),
    parameters,
    viewOriginalText: descriptor.ViewOriginalText,
    viewExpandedText: descriptor.ViewExpandedText,
    tableType,
    temporary: false,
    catName: CATALOG_NAME,
    ownerType: 1,
  }
}

/** What a client gives: a table whose type agrees with its parameter EXTERNAL, as Hive's store sees to (ObjectStore). */
export function tableDescriptorOf(table: HiveTable, nowSeconds: number): TableDescriptor {
  const parameters: Readonly<Record<string, string>> = { [DDL_TIME]: String(nowSeconds), ...table.parameters }
  const { tableType } = table
  const plain = tableType === undefined || tableType === 'MANAGED_TABLE' || tableType === 'EXTERNAL_TABLE'
  return {
    Name: table.tableName ?? '',
    Description: parameters.comment || undefined,
    Owner: table.owner || undefined,
    Retention: table.retention ?? 0,
    StorageDescriptor: table.sd && storageDescriptorOf(table.sd),
    PartitionKeys: (table.partitionKeys ?? []).map(columnDescriptorOf),
    Parameters: parameters,
    ViewOriginalText: table.viewOriginalText || undefined,
    ViewExpandedText: table.viewExpandedText || undefined,
    TableType: plain ? (isExternal(parameters) ? 'EXTERNAL_TABLE' : 'MANAGED_TABLE') : tableType,
  }
}

export function hiveStorageOf(storage: StorageDescriptor): HiveStorage {
  const { SerdeInfo } = storage
  const { SkewedInfo } = storage as Skew
  return {
    cols: (storage.Columns ?? []).map(fieldSchemaOf),
    location: storage.Location,
    inputFormat: storage.InputFormat,
    outputFormat: storage.OutputFormat,
    compressed: storage.Compressed ?? false,
    numBuckets: storage.NumberOfBuckets ?? -1,
    serdeInfo: {
      name: SerdeInfo?.Name,
      serializationLib: SerdeInfo?.SerializationLibrary,
      parameters: SerdeInfo?.Parameters ?? {},
    },
    bucketCols: storage.BucketColumns ?? [],
    sortCols: (storage.SortColumns ?? []).map(({ Column, SortOrder }) => ({ col: Column, order: SortOrder })),
    parameters: storage.Parameters ?? {},
    skewedInfo: {
      skewedColNames: SkewedInfo?.SkewedColumnNames ?? [],
      skewedColValues: (SkewedInfo?.SkewedColumnValues ?? []).map(splitValues),
      skewedColValueLocationMaps: new Map(
        Object.entries(SkewedInfo?.SkewedColumnValueLocationMaps ?? {}).map(([values, place]) => [
          splitValues(values),
          place,
        ]),
      ),
    },
    storedAsSubDirectories: storage.StoredAsSubDirectories ?? false,
  }
}

export function storageDescriptorOf(sd: HiveStorage): StorageDescriptor {
  const skew = sd.skewedInfo
  return {
    Columns: (sd.cols ?? []).map(columnDescriptorOf),
    Location: sd.location || undefined,
    InputFormat: sd.inputFormat,
    OutputFormat: sd.outputFormat,
    Compressed: sd.compressed ?? false,
    NumberOfBuckets: sd.numBuckets ?? -1,
    SerdeInfo: {
      Name: sd.serdeInfo?.name || undefined,
      SerializationLibrary: sd.serdeInfo?.serializationLib,
      Parameters: sd.serdeInfo?.parameters ?? {},
    },
    BucketColumns: sd.bucketCols ?? [],
    SortColumns: (sd.sortCols ?? []).map(({ col = '', order = 1 }) => ({ Column: col, SortOrder: order })),
    Parameters: sd.parameters ?? {},
    StoredAsSubDirectories: sd.storedAsSubDirectories ?? false,
    ...(skew?.skewedColNames?.length && {
      SkewedInfo: {
        SkewedColumnNames: skew.skewedColNames,
        SkewedColumnValues: (skew.skewedColValues ?? []).map(joinValues),
        SkewedColumnValueLocationMaps: Object.fromEntries(
          [...(skew.skewedColValueLocationMaps ?? [])].map(([values, place]) => [joinValues(values), place]),
        ),
      },
    }),
  }
}

/** Glue has one text where Hive has a list of values; of a single column, so mostly, it is the value. */
const joinValues = (values: readonly string[]): string => values.join(',')
const splitValues = (text: string): string[] => text.split(',')

export function fieldSchemaOf({ Name, Type, Comment }: ColumnDescriptor): FieldSchema {
  return { name: Name, type: Type ?? 'string', comment: Comment }
}

/** Names are folded, as Hive folds them. */
function columnDescriptorOf({ name = '', type, comment }: FieldSchema): ColumnDescriptor {
  return { Name: name.toLowerCase(), Type: type, Comment: comment || undefined }
}
