import type { ColumnStatistics } from '@aws-sdk/client-glue'
import { asDocument, fromDocument } from '../../core/catalog/statistics-document.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { reachedScope } from './scope.ts'
import { requireFitting } from './statistics-kinds.ts'

export function columnStatistics({ catalog }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  type Place = [...Parameters<typeof catalog.statistics.get>] extends [...infer P, readonly string[]] ? P : never

  function read(place: Place, columns: readonly string[]) {
    const found = catalog.statistics.get(...place, columns).map((one) => fromDocument(one) as ColumnStatistics)
    const known = new Set(found.map((one) => one.ColumnName?.toLowerCase()))
    const missing = columns.filter((name) => !known.has(name.toLowerCase()))
    const Errors = missing.map((ColumnName) => ({
      ColumnName,
      Error: errorDetail(new Fault('not-found', 'statistics', `Statistics of column ${ColumnName} not found.`)),
    }))
    return { ColumnStatisticsList: found, Errors }
  }

  async function write(place: Place, list: readonly (ColumnStatistics & { ColumnName: string; ColumnType: string })[]) {
    const [scope, database, name] = place
    const table = catalog.tables.get(scope, database, name)
    const put = async (one: (typeof list)[number]) => {
      requireFitting(table, one)
      await catalog.statistics.put(...place, [asDocument(one)])
    }
    // One by one, so that a column which is refused does not take the others with it; they share one flush.
    const settled = await Promise.allSettled(list.map(put))
    const Errors = settled.flatMap((one, i) => {
      if (one.status === 'fulfilled') return []
      if (!(one.reason instanceof Fault && one.reason.noun === 'statistics')) throw one.reason
      return [{ ColumnStatistics: list[i] as ColumnStatistics, Error: errorDetail(one.reason) }]
    })
    return { Errors }
  }

  return {
    GetColumnStatisticsForTable: (input, call) =>
      read([reachedScope(call, input.CatalogId), input.DatabaseName, input.TableName, undefined], input.ColumnNames),

    UpdateColumnStatisticsForTable: (input, call) =>
      write(
        [reachedScope(call, input.CatalogId), input.DatabaseName, input.TableName, undefined],
        input.ColumnStatisticsList,
      ),

    async DeleteColumnStatisticsForTable(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      await catalog.statistics.delete(scope, input.DatabaseName, input.TableName, undefined, input.ColumnName)
      return {}
    },

    GetColumnStatisticsForPartition: (input, call) =>
      read(
        [reachedScope(call, input.CatalogId), input.DatabaseName, input.TableName, input.PartitionValues],
        input.ColumnNames,
      ),

    UpdateColumnStatisticsForPartition: (input, call) =>
      write(
        [reachedScope(call, input.CatalogId), input.DatabaseName, input.TableName, input.PartitionValues],
        input.ColumnStatisticsList,
      ),

    async DeleteColumnStatisticsForPartition(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { DatabaseName, TableName, PartitionValues, ColumnName } = input
      await catalog.statistics.delete(scope, DatabaseName, TableName, PartitionValues, ColumnName)
      return {}
    },
  }
}
