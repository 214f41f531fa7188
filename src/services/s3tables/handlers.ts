import type * as Sdk from '@aws-sdk/client-s3tables'
import type { Lake } from '../../core/lake.ts'
import type { TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import { IcebergError } from '../../formats/iceberg/iceberg-error.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { SqlError } from '../../sql/position.ts'
import { buckets } from './buckets.ts'
import type { JobRuns } from './maintenance-jobs.ts'
import { namespaces } from './namespaces.ts'
import { settings } from './settings.ts'
import { tables } from './tables.ts'
import { tags } from './tags.ts'

export const s3TablesHandlers = (
  lake: Lake,
  { places, runs }: { readonly places: TablePlaces; readonly runs: JobRuns },
): Handlers<typeof Sdk> =>
  withIcebergErrors({
    ...buckets(lake),
    ...namespaces(lake),
    ...tables(lake, places),
    ...settings(lake, runs),
    ...tags(lake),
  })

/** Metadata that a caller brings may be wrong. */
function withIcebergErrors(handlers: Handlers<typeof Sdk>): Handlers<typeof Sdk> {
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
  return Object.fromEntries(guarded) as Handlers<typeof Sdk>
}
