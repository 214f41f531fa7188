/**
 * The catalog as one whose changes are told: each is the call of Glue's that it would take, whether it is done or refused.
 * On AWS Athena makes those calls, and they are in the trail of who asked Athena.
 */
import type { Catalog, PartitionDescriptor, Scope } from '../catalog/catalog.ts'
import { topScope } from '../permissions/spaces.ts'
import type { ModelCall } from './model-call.ts'

export type TellCall = (call: ModelCall) => void

/** Glue takes no more partitions in one call. */
const MOST_PARTITIONS = 100

/** What they were before, and who hears of their changes. */
const recorded = new WeakMap<Catalog, { readonly plain: Catalog; readonly tell: TellCall }>()

/** The one that all callers share, where it is the one whose changes are told. */
export const plainCatalog = (catalog: Catalog): Catalog => recorded.get(catalog)?.plain ?? catalog

/** Tells of a change that another has made for this one. */
export const tellChange = (catalog: Catalog, call: ModelCall): void => recorded.get(catalog)?.tell(call)

type Told = <T>(scope: Scope, operation: string, input: ModelCall['input'], work: () => Promise<T>) => Promise<T>

export function recordedCatalog(catalog: Catalog, tell: TellCall): Catalog {
  const told: Told = async (scope, operation, asked, work) => {
    const below = scope.account !== topScope(scope).account
    const call = { service: 'glue', operation, input: { ...(below && { CatalogId: scope.account }), ...asked } }
    try {
      const result = await work()
      tell(call)
      return result
    } catch (error) {
      tell({ ...call, error })
      throw error
    }
  }
  const made: Catalog = {
    ...catalog,
    databases: databasesOf(catalog, told),
    tables: tablesOf(catalog, told),
    partitions: partitionsOf(catalog, told),
  }
  recorded.set(made, { plain: catalog, tell })
  return made
}

function databasesOf({ databases }: Catalog, told: Told): Catalog['databases'] {
  return {
    ...databases,
    create: (scope, descriptor, tags) =>
      told(scope, 'CreateDatabase', { DatabaseInput: descriptor, Tags: tags }, () =>
        databases.create(scope, descriptor, tags),
      ),
    update: (scope, Name, DatabaseInput) =>
      told(scope, 'UpdateDatabase', { Name, DatabaseInput }, () => databases.update(scope, Name, DatabaseInput)),
    change: (scope, Name, changed) =>
      told(scope, 'UpdateDatabase', { Name, DatabaseInput: { Name } }, () => databases.change(scope, Name, changed)),
    delete: (scope, Name, options) =>
      told(scope, 'DeleteDatabase', { Name }, () => databases.delete(scope, Name, options)),
  }
}

function tablesOf({ tables }: Catalog, told: Told): Catalog['tables'] {
  return {
    ...tables,
    create: (scope, DatabaseName, TableInput, createdBy, first) =>
      told(scope, 'CreateTable', { DatabaseName, TableInput }, () =>
        tables.create(scope, DatabaseName, TableInput, createdBy, first),
      ),
    update: (scope, DatabaseName, TableInput, options) =>
      told(scope, 'UpdateTable', { DatabaseName, Name: options.name, TableInput }, () =>
        tables.update(scope, DatabaseName, TableInput, options),
      ),
    delete: (scope, DatabaseName, Name) =>
      told(scope, 'DeleteTable', { DatabaseName, Name }, () => tables.delete(scope, DatabaseName, Name)),
  }
}

function partitionsOf({ partitions }: Catalog, told: Told): Catalog['partitions'] {
  /** The values of the first of them: how many calls it would have been is said by the number. */
  const some = (all: readonly { readonly Values: readonly string[] }[]) =>
    all.slice(0, MOST_PARTITIONS).map(({ Values }) => ({ Values }))
  const named = (DatabaseName: string, TableName: string) => ({ DatabaseName, TableName })
  return {
    ...partitions,
    create(scope, database, table, added: readonly PartitionDescriptor[], ...rest) {
      const work = () => partitions.create(scope, database, table, added, ...rest)
      if (added.length === 0) return work()
      const input = { ...named(database, table), PartitionInputList: some(added) }
      return told(scope, 'BatchCreatePartition', input, work)
    },
    delete(scope, database, table, values) {
      const doomed = some(values.map((Values) => ({ Values })))
      const input = { ...named(database, table), PartitionsToDelete: doomed }
      return told(scope, 'BatchDeletePartition', input, () => partitions.delete(scope, database, table, values))
    },
  }
}
