import type { Table as GlueTable } from '@aws-sdk/client-glue'
import type { Catalog, Scope, Table } from '../../core/catalog/catalog.ts'
import { matchingNames } from '../../core/catalog/name-pattern.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { type LaidTables, placeGiven } from './laid-tables.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { newIndex } from './partition-indexes.ts'
import { withReferencedColumns } from './referenced-schema.ts'
import { reachedScope } from './scope.ts'
import { glueTable, parseVersionId } from './table-shape.ts'

/** With all that Iceberg needs, which a server without such tables does without. */
const icebergTables = () => import('./iceberg-tables.ts')

export function tables(lake: Lake, laid: LaidTables): Handlers<typeof import('@aws-sdk/client-glue')> {
  const { catalog, permissions, state } = lake
  const deleted = (scope: Scope, database: string, name: string): Promise<void> =>
    (laid.has(scope) ? laid : catalog.tables).delete(scope, database, name)
  return {
    async CreateTable(input, call) {
      refuseUnsupported(input, ['TransactionId'])
      const scope = reachedScope(call, input.CatalogId)
      if (input.OpenTableFormatInput) {
        if (laid.has(scope)) throw placeGiven()
        const { createIcebergTable } = await icebergTables()
        await createIcebergTable(lake, scope, input, call)
        return {}
      }
      const indexes = input.PartitionIndexes?.map(newIndex)
      const table = withReferencedColumns(state, call, requireInput(input.TableInput))
      if (laid.has(scope)) await laid.create(scope, input.DatabaseName, table, call)
      else await catalog.tables.create(scope, input.DatabaseName, table, call.principal.arn, { indexes })
      return {}
    },

    GetTable(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      return { Table: glueTable(catalog.tables.get(scope, input.DatabaseName, input.Name), scope, permissions) }
    },

    GetTables(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const limit = input.MaxResults ?? 100
      const { found, next } = findTables(catalog, scope, input.DatabaseName, {
        after: cursorOf(input.NextToken),
        limit,
        expression: input.Expression,
      })
      return {
        TableList: found.map((table) => withAttributes(glueTable(table, scope, permissions), input.AttributesToGet)),
        NextToken: tokenOf(next),
      }
    },

    async UpdateTable(input, call) {
      refuseUnsupported(input, ['TransactionId'])
      const scope = reachedScope(call, input.CatalogId)
      if (input.UpdateOpenTableFormatInput) {
        const { updateIcebergTable } = await icebergTables()
        await updateIcebergTable(lake, scope, input, call)
        return {}
      }
      const table = withReferencedColumns(state, call, requireInput(input.TableInput))
      if (laid.has(scope))
        await laid.requirePointing(scope, input.DatabaseName, { ...table, Name: input.Name ?? table.Name })
      await catalog.tables.update(scope, input.DatabaseName, table, {
        expect: input.VersionId === undefined ? undefined : parseVersionId(input.VersionId),
        keepVersion: !input.SkipArchive,
        name: input.Name,
      })
      return {}
    },

    async DeleteTable(input, call) {
      refuseUnsupported(input, ['TransactionId'])
      await deleted(reachedScope(call, input.CatalogId), input.DatabaseName, input.Name)
      return {}
    },

    async BatchDeleteTable(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      catalog.databases.get(scope, input.DatabaseName)
      const settled = await Promise.allSettled(
        input.TablesToDelete.map((name) => deleted(scope, input.DatabaseName, name)),
      )
      const Errors = settled.flatMap((one, i) => {
        if (one.status === 'fulfilled') return []
        if (!(one.reason instanceof Fault)) throw one.reason
        return [{ TableName: input.TablesToDelete[i], ErrorDetail: errorDetail(one.reason) }]
      })
      return { Errors }
    },
  }
}

/** Tables may carry megabytes of parameters. */
const PORTION = 100

/** A page of the tables whose name the expression, if there is one, matches. */
function findTables(
  catalog: Catalog,
  scope: Scope,
  database: string,
  options: { after: string | undefined; limit: number; expression: string | undefined },
): { found: Table[]; next: string | undefined } {
  const found: Table[] = []
  const limit = options.expression ? PORTION : options.limit + 1
  for (let after = options.after; ; ) {
    const page = catalog.tables.list(scope, database, { after, limit })
    const names = page.map((table) => table.descriptor.Name)
    const wanted = options.expression ? new Set(matchingNames(options.expression, names)) : undefined
    for (const table of page) {
      if (wanted && !wanted.has(table.descriptor.Name)) continue
      if (found.length === options.limit) return { found, next: found.at(-1)!.descriptor.Name }
      found.push(table)
    }
    if (page.length < limit) return { found, next: undefined }
    after = names.at(-1)
  }
}

/** Only what was asked for, when that was said. */
function withAttributes(table: GlueTable, attributes: readonly string[] | undefined): GlueTable {
  if (!attributes?.length) return table
  const { Name, DatabaseName, TableType } = table
  return { Name, DatabaseName, TableType: attributes.includes('TABLE_TYPE') ? TableType : undefined }
}

function requireInput<T>(input: T | undefined): T {
  if (!input) throw new AwsError('InvalidInputException', 'TableInput is required.')
  return input
}

function refuseUnsupported(input: Readonly<Record<string, unknown>> | object, members: readonly string[]): void {
  const found = members.find((member) => (input as Record<string, unknown>)[member] !== undefined)
  if (found) throw new AwsError('InvalidInputException', `${found} is not supported.`)
}
