/** What is kept of optimizers, and under which keys. */
import type { TableOptimizerConfiguration, TableOptimizerType } from '@aws-sdk/client-glue'
import type { Principal } from '../../core/call.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import { type Collection, collection } from '../../core/resources/collection.ts'

export interface TableOptimizer {
  readonly scope: Scope
  /** In whose name its runs are. */
  readonly principal: Principal
  readonly database: string
  readonly table: string
  /** Of the table: one that is made again under the name has no optimizer. */
  readonly createdAt: string
  readonly type: TableOptimizerType
  readonly configuration: TableOptimizerConfiguration
  /** ISO 8601: when it was configured. */
  readonly since: string
  /** The metadata in which there was nothing to do. */
  readonly seen?: string
  readonly lastRun?: { readonly id: string; readonly at: string }
}

/** All scopes in one space: their watch passes through it. */
export const OPTIMIZERS = 'glue/table-optimizers'

export const optimizersOf = (lake: Lake): Collection<TableOptimizer> =>
  collection<TableOptimizer>(lake.state, OPTIMIZERS, {
    noun: 'table optimizer',
    missing: (key) => `Table optimizer of type ${key.split('\0')[2]} for table ${key.split('\0')[1]} not found.`,
    exists: (key) => `Table optimizer of type ${key.split('\0')[2]} for table ${key.split('\0')[1]} already exists.`,
  })

type Named = Pick<TableOptimizer, 'scope' | 'database' | 'table' | 'type'>

export const optimizerKey = ({ scope, database, table, type }: Named): string =>
  `${scope.account}/${scope.region}/${database}\0${table}\0${type}`

/** Ids of runs by when they were submitted. */
export const runsOf = ({ scope, database, table, type }: Named): string =>
  `glue/table-optimizer-runs/${scope.account}/${scope.region}/${database}\0${table}\0${type}`
