/**
 * Tables of table buckets by Glue's API: each is given a place that nobody chooses, is then told where its metadata lies in it,
 * and takes the place away with it. docs: glue dg, create-databases-tables-s3-catalog.
 */
import { randomUUID } from 'node:crypto'
import type { TableInput } from '@aws-sdk/client-glue'
import type { Scope, TableDescriptor } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { isTableBucketScope, placeOf, TABLE_ID, type TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import { IcebergError } from '../../formats/iceberg/iceberg-error.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import { SqlError } from '../../sql/position.ts'

const METADATA_LOCATION = 'metadata_location'

/** With all that Iceberg needs, which a server without such tables does without. */
const commits = () => import('../../core/queries/iceberg/requested-commits.ts')
const steps = () => import('../../core/queries/iceberg/commit-steps.ts')
const icebergTables = () => import('./iceberg-tables.ts')
const snapshots = () => import('../../core/queries/iceberg/new-snapshots.ts')

export interface LaidTables {
  /** Whether the catalog is that of a table bucket. */
  has(scope: Scope): boolean
  create(scope: Scope, database: string, input: TableInput, call: ServiceCall): Promise<void>
  /** Throws invalid where the metadata that the table is to have leads out of its place, or is none. */
  requirePointing(scope: Scope, database: string, input: TableInput): Promise<void>
  /** Deletes the table. */
  delete(scope: Scope, database: string, name: string): Promise<void>
}

export function laidTables(lake: Lake, places: TablePlaces): LaidTables {
  const { catalog } = lake
  return {
    has: isTableBucketScope,
    async create(scope, database, input, call) {
      if (input.StorageDescriptor?.Location || input.Parameters?.[METADATA_LOCATION]) throw placeGiven()
      catalog.databases.get(scope, database)
      const { id, location } = await places.create(scope, { database, table: input.Name! })
      try {
        const parameters = { ...input.Parameters, [TABLE_ID]: id }
        if (input.StorageDescriptor?.Columns?.length)
          await createIceberg(lake, { scope, database, location }, { ...input, Parameters: parameters }, call)
        else await catalog.tables.create(scope, database, bare(input, location, parameters), call.principal.arn)
      } catch (error) {
        await places.remove(location)
        throw asFault(error)
      }
    },
    async requirePointing(scope, database, input) {
      const location = input.Parameters?.[METADATA_LOCATION]
      const table = catalog.tables.find(scope, database, input.Name!)
      if (location === undefined || !table || table.descriptor.Parameters?.[METADATA_LOCATION] === location) return
      const { givenMetadata } = await snapshots()
      await givenMetadata(table, location, { rooms: lake }).catch((error: unknown) => {
        throw asFault(error)
      })
    },
    async delete(scope, database, name) {
      const table = catalog.tables.find(scope, database, name)
      await catalog.tables.delete(scope, database, name)
      const place = table && placeOf(table.descriptor)
      if (place !== undefined) await places.remove(place)
    },
  }
}

export const placeGiven = (): Fault =>
  invalid('Tables of a table bucket lie where the bucket lays them: no location is taken.')

/** Without columns it is told by whoever made it where its metadata lies. */
const bare = (input: TableInput, Location: string, parameters: Readonly<Record<string, string>>): TableDescriptor => ({
  ...(input as TableDescriptor),
  TableType: 'EXTERNAL_TABLE',
  StorageDescriptor: { Location, Columns: [] },
  Parameters: { ...parameters, EXTERNAL: 'TRUE', table_type: 'ICEBERG' },
})

interface Laid {
  readonly scope: Scope
  readonly database: string
  readonly location: string
}

async function createIceberg(
  lake: Lake,
  { scope, database, location }: Laid,
  { Name, StorageDescriptor, Parameters }: TableInput,
  { principal, signal }: ServiceCall,
): Promise<void> {
  const [{ created }, { takeSteps }, { schemaOfColumns }] = await Promise.all([commits(), steps(), icebergTables()])
  const { definedTableUpdates } = await import('../../formats/iceberg/new-table.ts')
  const schema = schemaOfColumns(StorageDescriptor!.Columns!)
  const definition = { uuid: randomUUID(), schema, spec: undefined, order: undefined }
  const updates = definedTableUpdates({ ...definition, location, properties: {} })
  const table = created(updates, lake.clock.now().getTime())
  const context = { rooms: lake, scope, principal, protection: {}, signal }
  await takeSteps(
    [{ kind: 'create', database, name: Name!, created: table, files: [], parameters: Parameters ?? {} }],
    context,
  )
}

const invalid = (message: string): Fault => new Fault('invalid', 'table', message)

const asFault = (error: unknown): unknown =>
  error instanceof IcebergError || error instanceof SqlError ? invalid(error.message) : error
