/**
 * What is asked of whoever reads or writes the objects of a table in a table bucket: S3 Tables' actions on the table, and not
 * S3's on objects. https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-setting-up.html, "Actions for S3 Tables"
 */
import type { Question } from '../access/access.ts'
import type { StoredTable } from './stored-tables.ts'

export type TableDataAction = 'GetTableData' | 'PutTableData'

/** By S3's operations: there are no others on such objects. */
const ACTIONS: ReadonlyMap<string, TableDataAction> = new Map([
  ['GetObject', 'GetTableData'],
  ['HeadObject', 'GetTableData'],
  ['ListParts', 'GetTableData'],
  ['PutObject', 'PutTableData'],
  ['CreateMultipartUpload', 'PutTableData'],
  ['UploadPart', 'PutTableData'],
  ['CompleteMultipartUpload', 'PutTableData'],
  ['AbortMultipartUpload', 'PutTableData'],
])

/** Undefined of an operation that S3 does not do on objects of tables. */
export const tableDataAction = (operation: string): TableDataAction | undefined => ACTIONS.get(operation)

export const tableDataQuestion = (
  action: TableDataAction,
  { arn, name }: Pick<StoredTable, 'arn' | 'name'>,
): Question => ({
  action: `s3tables:${action}`,
  resource: arn,
  context: { 's3tables:namespace': name.database, 's3tables:tablename': name.table },
})
