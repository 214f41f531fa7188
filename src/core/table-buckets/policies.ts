import type { Scope } from '../catalog/catalog.ts'
import type { StateReader } from '../ports.ts'
import { type TableBucket, tableBucketSpace, tableSettingsSpace } from './table-buckets.ts'

/** The policies of a table bucket, and of the table in it, that an ARN names. */
export function tablePolicies(state: StateReader, scope: Scope, arn: string): string[] {
  const [, name = '', table] = /:bucket\/([^/]+)(?:\/table\/(.+))?$/.exec(arn) ?? []
  const bucket = state.get<TableBucket>(tableBucketSpace(scope), name)?.doc
  const owners = [bucket?.id, table].filter((id) => id !== undefined)
  return owners.flatMap((id) => state.get<string>(tableSettingsSpace(scope), `${id}/policy`)?.doc ?? [])
}
