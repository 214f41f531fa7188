/** What calls of Glue are made of, for the record: names without their catalog, addresses, portions as Glue takes them. */
import type { ModelCall } from '../../core/events/model-call.ts'

export type GlueCall = ModelCall

export const glue = (operation: string, input: ModelCall['input']): GlueCall => ({ service: 'glue', operation, input })

/** Where a table is, by all the names that methods have for it. */
export interface Naming {
  readonly db_name?: string
  readonly dbname?: string
  readonly dbName?: string
  readonly tbl_name?: string
  readonly table_name?: string
  readonly tblName?: string
  readonly tableName?: string
}

/** Of another catalog's database, which there is none of, the whole name is told. */
export const nameOf = (text: string | undefined): string | undefined => text?.replace(/^@hive#!?/i, '')

export const tableOf = (asked: Naming) => ({
  DatabaseName: nameOf(asked.db_name ?? asked.dbname ?? asked.dbName),
  TableName: asked.tbl_name ?? asked.table_name ?? asked.tblName ?? asked.tableName,
})

/** https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html: the most that one request takes. */
const MOST = {
  BatchCreatePartition: 100,
  BatchDeletePartition: 25,
  BatchGetPartition: 1000,
  BatchUpdatePartition: 100,
  GetColumnStatisticsForPartition: 100,
  GetColumnStatisticsForTable: 100,
} as const

/** As many requests as Glue would be sent; one, where there is nothing to ask for. */
export function portions<T>(all: readonly T[], operation: keyof typeof MOST): readonly (readonly T[])[] {
  const most = MOST[operation]
  if (all.length <= most) return [all]
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most))
}
