import type * as Sdk from '@aws-sdk/client-s3tables'
import type { Fault, FaultKind } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { type RunLimits, Runs } from '../../core/runs/runs.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import { AwsError, defineService, type ServiceDefinition } from '../../protocol/service.ts'
import { s3TablesAuthorization } from './authorization.ts'
import type { JobRuns } from './maintenance-jobs.ts'
import { watchTableBuckets } from './maintenance-watch.ts'

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
  return defineService<typeof Sdk>('s3tables', {
    handlers: async () => (await import('./handlers.ts')).s3TablesHandlers(lake, { places, runs }),
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
