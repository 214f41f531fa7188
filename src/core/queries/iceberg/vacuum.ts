/** VACUUM: https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html */
import { retentionRules } from '../../../formats/iceberg/snapshot-expiry.ts'
import type { Table } from '../../catalog/catalog.ts'
import type { QueryContext } from '../context.ts'
import { expireSnapshots } from './expired-files.ts'
import { readMetadata } from './metadata-file.ts'
import { ownFolder, removeOrphans } from './orphans.ts'

export async function vacuum(table: Table, context: QueryContext): Promise<void> {
  const metadata = await readMetadata(table, context)
  const folder = ownFolder(metadata)
  await expireSnapshots(table, retentionRules, context)
  const { maxAgeMs } = retentionRules(metadata)
  await removeOrphans(table, [`${folder}/data/`, `${folder}/metadata/`], maxAgeMs, context)
}
