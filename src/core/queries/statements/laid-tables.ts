/** Where a new Iceberg table lies: where the statement says, or in a table bucket in a place of its own, which nobody chooses. */
import { SqlError } from '../../../sql/position.ts'
import { asFolder } from '../../catalog/folder-names.ts'
import type { TableName } from '../../permissions/resource.ts'
import { isTableBucketScope, TABLE_ID } from '../../table-buckets/table-buckets.ts'
import type { QueryContext } from '../context.ts'

export interface LaidTable {
  /** Without a slash at the end. */
  readonly location: string
  /** What the catalog is to know of the table beside. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** Of a table bucket's catalog, which lays its tables itself. */
export const laidTables = ({ scope, places }: QueryContext): QueryContext['places'] =>
  isTableBucketScope(scope) ? places : undefined

/** `said`: the place that the statement names. `make` is given the place; one that is laid for a table that does not come about is taken away again. */
export async function inItsPlace<T>(
  { said, name }: { readonly said: string | undefined; readonly name: TableName },
  context: QueryContext,
  make: (place: LaidTable) => Promise<T>,
): Promise<T> {
  const places = laidTables(context)
  if (!places) return make({ location: asFolder(said!).slice(0, -1) })
  if (said !== undefined)
    throw new SqlError('NOT_SUPPORTED', 'Tables of a table bucket lie where the bucket lays them: no location is taken')
  const { id, location } = await places.create(context.scope, name)
  try {
    return await make({ location, parameters: { [TABLE_ID]: id } })
  } catch (error) {
    await places.remove(location)
    throw error
  }
}
