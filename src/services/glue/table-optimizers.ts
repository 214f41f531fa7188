/** Optimizers of Iceberg tables: https://docs.aws.amazon.com/glue/latest/dg/table-optimizers.html */
import type * as Sdk from '@aws-sdk/client-glue'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { isIcebergTable } from '../../core/queries/iceberg/iceberg-table.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { errorDetail } from './faults.ts'
import { optimizerKey, optimizersOf, runsOf, type TableOptimizer } from './kept-optimizers.ts'
import { pageOf } from './paging.ts'
import { scopeOf } from './scope.ts'
import type { OptimizerRun, OptimizerRuns } from './table-optimizer-run.ts'

const MOST_RUNS = 100

interface OptimizerInput {
  readonly CatalogId?: string
  readonly DatabaseName?: string
  readonly TableName?: string
  readonly Type?: Sdk.TableOptimizerType
}

export function tableOptimizers(lake: Lake, runs: OptimizerRuns): Handlers<typeof Sdk> {
  const optimizers = optimizersOf(lake)
  const tableOf = (input: OptimizerInput, call: ServiceCall) => {
    const scope = scopeOf(call, input.CatalogId)
    const found = lake.catalog.tables.get(scope, input.DatabaseName ?? '', input.TableName ?? '')
    return { scope, found, database: found.database, table: found.descriptor.Name, type: input.Type! }
  }
  const optimizerOf = (input: OptimizerInput, call: ServiceCall): TableOptimizer => {
    const { found, ...named } = tableOf(input, call)
    const optimizer = optimizers.get(optimizerKey(named))
    if (optimizer.createdAt !== found.createdAt)
      throw new Fault(
        'not-found',
        'table optimizer',
        `Table optimizer of type ${named.type} for table ${named.table} not found.`,
      )
    return optimizer
  }

  return {
    async CreateTableOptimizer(input, call) {
      const { found, ...named } = tableOf(input, call)
      if (!isIcebergTable(found))
        throw new AwsError('ValidationException', `Table ${named.table} is not an Iceberg table.`)
      const configuration = checkedConfiguration(
        input.TableOptimizerConfiguration as Sdk.TableOptimizerConfiguration,
        named.type,
      )
      const since = lake.clock.now().toISOString()
      const optimizer = { ...named, principal: call.principal, createdAt: found.createdAt, since, configuration }
      const key = optimizerKey(named)
      const old = optimizers.find(key)
      if (old && old.createdAt !== found.createdAt) await optimizers.put(key, optimizer)
      else await optimizers.create(key, optimizer)
      return {}
    },

    async UpdateTableOptimizer(input, call) {
      const found = optimizerOf(input, call)
      const configuration = checkedConfiguration(
        input.TableOptimizerConfiguration as Sdk.TableOptimizerConfiguration,
        found.type,
      )
      const since = lake.clock.now().toISOString()
      // What it has seen is looked at anew.
      const change = ({ seen: _, ...old }: TableOptimizer) => ({
        ...old,
        principal: call.principal,
        since,
        configuration,
      })
      await optimizers.update(optimizerKey(found), change)
      return {}
    },

    async DeleteTableOptimizer(input, call) {
      await optimizers.delete(optimizerKey(optimizerOf(input, call)))
      return {}
    },

    GetTableOptimizer(input, call) {
      const optimizer = optimizerOf(input, call)
      return { ...told(optimizer), TableOptimizer: described(optimizer, runs) }
    },

    BatchGetTableOptimizer(input, call) {
      const TableOptimizers: Sdk.BatchTableOptimizer[] = []
      const Failures: Sdk.BatchGetTableOptimizerError[] = []
      for (const { catalogId, databaseName, tableName, type } of input.Entries ?? []) {
        const entry = { CatalogId: catalogId, DatabaseName: databaseName, TableName: tableName, Type: type }
        try {
          const tableOptimizer = described(optimizerOf(entry, call), runs)
          TableOptimizers.push({ catalogId, databaseName, tableName, tableOptimizer })
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          Failures.push({ error: errorDetail(error), catalogId, databaseName, tableName, type })
        }
      }
      return { TableOptimizers, Failures }
    },

    ListTableOptimizerRuns(input, call) {
      const optimizer = optimizerOf(input, call)
      const { items, NextToken } = pageOf(
        Math.min(input.MaxResults ?? MOST_RUNS, MOST_RUNS),
        input.NextToken,
        (page) =>
          lake.state.list<string>(runsOf(optimizer), { before: page.after, limit: page.limit, descending: true }),
        ({ key }) => key,
      )
      return { ...told(optimizer), TableOptimizerRuns: items.map(({ doc }) => runShape(runs.get(doc))), NextToken }
    },
  }
}

const told = ({ scope, database, table }: TableOptimizer) => ({
  CatalogId: scope.account,
  DatabaseName: database,
  TableName: table,
})

const CONFIGURED = {
  compaction: 'compactionConfiguration',
  retention: 'retentionConfiguration',
  orphan_file_deletion: 'orphanFileDeletionConfiguration',
} as const

/** Of hours: "must be between 3 and 168 hours". */
const RUN_RATES = { least: 3, most: 168 }

function checkedConfiguration(
  configuration: Sdk.TableOptimizerConfiguration,
  type: Sdk.TableOptimizerType,
): Sdk.TableOptimizerConfiguration {
  for (const [other, member] of Object.entries(CONFIGURED))
    if (other !== type && configuration[member] !== undefined)
      throw new AwsError('ValidationException', `${member} is not for an optimizer of type ${type}.`)
  const own = configuration[CONFIGURED[type]]?.icebergConfiguration ?? {}
  for (const [member, value] of Object.entries(own))
    if (typeof value === 'number' && value < (member === 'deleteFileThreshold' ? 0 : 1))
      throw new AwsError('ValidationException', `${member} must be a positive number.`)
  const rate = 'runRateInHours' in own ? own.runRateInHours : undefined
  if (rate !== undefined && (rate < RUN_RATES.least || rate > RUN_RATES.most))
    throw new AwsError(
      'ValidationException',
      `runRateInHours must be between ${RUN_RATES.least} and ${RUN_RATES.most} hours.`,
    )
  return configuration
}

function described(optimizer: TableOptimizer, runs: OptimizerRuns): Sdk.TableOptimizer {
  const { type, configuration, lastRun } = optimizer
  const run = lastRun && runs.find(lastRun.id)
  return { type, configuration, configurationSource: 'table', ...(run && { lastRun: runShape(run) }) }
}

const EVENTS = {
  QUEUED: 'starting',
  RUNNING: 'in_progress',
  SUCCEEDED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'failed',
} as const

function runShape({
  state,
  spec,
  startedAt,
  endedAt,
  submittedAt,
  result,
  failure,
}: OptimizerRun): Sdk.TableOptimizerRun {
  const start = new Date(startedAt ?? submittedAt)
  const end = endedAt === undefined ? undefined : new Date(endedAt)
  const hours = end ? (end.getTime() - start.getTime()) / 3_600_000 : 0
  // One worker of one unit: this machine.
  const metered = { DpuHours: hours, NumberOfDpus: 1, JobDurationInHour: hours }
  return {
    eventType: EVENTS[state],
    startTimestamp: start,
    endTimestamp: end,
    error: failure?.reason,
    ...(spec.task.kind === 'compaction' && { compactionStrategy: spec.task.strategy }),
    ...(result?.kind === 'compaction' && {
      metrics: {
        NumberOfBytesCompacted: String(result.bytes),
        NumberOfFilesCompacted: String(result.files),
        NumberOfDpus: '1',
        JobDurationInHour: String(hours),
      },
      compactionMetrics: {
        IcebergMetrics: { NumberOfBytesCompacted: result.bytes, NumberOfFilesCompacted: result.files, ...metered },
      },
    }),
    ...(result?.kind === 'retention' && {
      retentionMetrics: {
        IcebergMetrics: {
          NumberOfDataFilesDeleted: result.dataFiles,
          NumberOfManifestFilesDeleted: result.manifests,
          NumberOfManifestListsDeleted: result.manifestLists,
          ...metered,
        },
      },
    }),
    ...(result?.kind === 'orphans' && {
      orphanFileDeletionMetrics: { IcebergMetrics: { NumberOfOrphanFilesDeleted: result.files, ...metered } },
    }),
  }
}
