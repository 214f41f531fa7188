/** VACUUM: https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html */
import { retentionRules } from '../../../formats/iceberg/snapshot-expiry.ts'
import type { Table } from '../../catalog/catalog.ts'
import type { QueryContext } from '../context.ts'
import { namedFailure } from '../failure.ts'
import { expireSnapshots } from './expired-files.ts'
import { lakeUri } from './iceberg-table.ts'
import { readMetadata } from './metadata-file.ts'
import { removeOrphans } from './orphans.ts'

export async function vacuum(table: Table, context: QueryContext): Promise<void> {
  const metadata = await readMetadata(table, context)
  const location = lakeUri(metadata.location).replace(/\/+$/, '')
  // Documented: a table must have a folder of its own.
  if (!/^s3:\/\/[^/]+\/./.test(location))
    throw namedFailure('GENERIC_INTERNAL_ERROR', `Path missing in file system location: ${location}`)
  await expireSnapshots(table, retentionRules, context)
  await removeOrphans(table, retentionRules(metadata).maxAgeMs, context)
}
