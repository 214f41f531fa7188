import type { Fault, FaultKind } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { type RunLimits, Runs } from '../../core/runs/runs.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import { IcebergError } from '../../formats/iceberg/iceberg-error.ts'
import {
  AwsError,
  defineService,
  type Handlers,
  type ServiceCall,
  type ServiceDefinition,
} from '../../protocol/service.ts'
import { SqlError } from '../../sql/position.ts'
import { s3TablesAuthorization } from './authorization.ts'
import { buckets } from './buckets.ts'
import type { JobRuns } from './maintenance-jobs.ts'
import { watchTableBuckets } from './maintenance-watch.ts'
import { namespaces } from './namespaces.ts'
import { settings } from './settings.ts'
import { tables } from './tables.ts'
import { tags } from './tags.ts'

const CODES: Readonly<Partial<Record<FaultKind, string>>> = {
  'not-found': 'NotFoundException',
  'already-exists': 'ConflictException',
  conflict: 'ConflictException',
  'not-empty': 'ConflictException',
  denied: 'AccessDeniedException',
  'storage-full': 'InternalServerErrorException',
}

const s3TablesError = (fault: Fault): AwsError =>
  new AwsError(CODES[fault.kind] ?? 'BadRequestException', fault.message)

/** Table buckets, whose catalogs are `s3tablescatalog/<bucket>`. */
export function s3Tables(lake: Lake, places: TablePlaces, jobs: MaintenanceLimits): ServiceDefinition {
  const { report, memoryBytes, timeoutMs } = jobs
  const runs: JobRuns = new Runs('s3tables-maintenance', lake.state, lake.clock, jobs.runs)
  const closing = new AbortController()
  let watching: Promise<void> | undefined
  return defineService<Sdk>('s3tables', {
    handlers: withIcebergErrors({
      ...buckets(lake),
      ...namespaces(lake),
      ...tables(lake, places),
      ...settings(lake, runs),
      ...tags(lake),
    }),
    faults: s3TablesError,
    authorization: s3TablesAuthorization(lake),
    async open() {
      await runs.reap()
      watching = watchTableBuckets({ lake, runs, limits: { memoryBytes, timeoutMs }, signal: closing.signal, report })
    },
    async close() {
      closing.abort()
      await Promise.all([runs.close(), watching])
    },
  })
}

export interface MaintenanceLimits {
  readonly timeoutMs: number
  readonly memoryBytes: number
  readonly runs: RunLimits
  /** Hears of bugs in what is done between requests. */
  readonly report: (error: unknown) => void
}

type Sdk = typeof import('@aws-sdk/client-s3tables')

/** Metadata that a caller brings may be wrong. */
function withIcebergErrors(handlers: Handlers<Sdk>): Handlers<Sdk> {
  const guarded = Object.entries(handlers).map(([operation, handler]) => [
    operation,
    async (input: never, call: ServiceCall) => {
      try {
        return await (handler as (input: never, call: ServiceCall) => unknown)(input, call)
      } catch (error) {
        if (!(error instanceof IcebergError || error instanceof SqlError)) throw error
        throw new AwsError('BadRequestException', error.message)
      }
    },
  ])
  return Object.fromEntries(guarded) as Handlers<Sdk>
}
