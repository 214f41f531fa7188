/**
 * Iceberg tables that Glue itself makes and changes, metadata and all: `OpenTableFormatInput` of CreateTable and
 * `UpdateOpenTableFormatInput` of UpdateTable. docs: glue dg, populate-otf ("Creating Apache Iceberg tables"). The messages
 * about the request's form are AWS's own, as observed: https://github.com/go-to-k/cdkd/issues/1408 and
 * https://github.com/apache/iceberg-go/pull/410.
 */
import { randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-glue'
import type { Scope, TableDescriptor } from '../../core/catalog/catalog.ts'
import { withoutEndSlashes } from '../../core/catalog/folder-names.ts'
import { Fault } from '../../core/faults.ts'
import { withCallersFiles } from '../../core/forwarding/callers-files.ts'
import type { Lake } from '../../core/lake.ts'
import { type CommitContext, takeSteps } from '../../core/queries/iceberg/commit-steps.ts'
import { requirePlace } from '../../core/queries/iceberg/metadata-places.ts'
import { newSchema, typeOfHive } from '../../core/queries/iceberg/new-schemas.ts'
import { commitRequested, created } from '../../core/queries/iceberg/requested-commits.ts'
import { IcebergError } from '../../formats/iceberg/iceberg-error.ts'
import { currentSchema, type TableMetadata } from '../../formats/iceberg/metadata.ts'
import { definedTableUpdates, type NewTable } from '../../formats/iceberg/new-table.ts'
import type { Schema } from '../../formats/iceberg/schema.ts'
import { requireCompatible } from '../../formats/iceberg/schema-evolution.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import { SqlError } from '../../sql/position.ts'
import { icebergOrder, icebergSchema, icebergSpec, icebergUpdates } from './iceberg-shape.ts'
import { parseVersionId } from './table-shape.ts'

type Definition = Omit<NewTable, 'uuid'>

interface NewIcebergTable {
  readonly name: string
  readonly definition: Definition
  readonly descriptor: Omit<TableDescriptor, 'Name'>
}

/** Writes the table's first metadata and makes the table that it tells. */
export function createIcebergTable(
  lake: Lake,
  scope: Scope,
  input: Sdk.CreateTableRequest,
  call: ServiceCall,
): Promise<void> {
  return asFaults(async () => {
    const { name, definition, descriptor } = newTable(input)
    const context = commitContext(lake, scope, call)
    requirePlace(definition.location, context)
    const updates = definedTableUpdates({ ...definition, uuid: randomUUID() })
    const metadata = created(updates, lake.clock.now().getTime())
    await takeSteps(
      [{ kind: 'create', database: input.DatabaseName!, name, created: metadata, descriptor, files: [] }],
      context,
    )
  })
}

/** All of the updates, or none. */
export function updateIcebergTable(
  lake: Lake,
  scope: Scope,
  input: Sdk.UpdateTableRequest,
  call: ServiceCall,
): Promise<void> {
  return asFaults(async () => {
    const { UpdateIcebergInput } = input.UpdateOpenTableFormatInput!
    if (!UpdateIcebergInput) throw invalid('UpdateIcebergInput is required in UpdateOpenTableFormatInput.')
    if (input.TableInput) throw invalid(SAID_TWICE)
    if (input.Name === undefined) throw invalid('Name is required.')
    const context = commitContext(lake, scope, call)
    const { Updates } = UpdateIcebergInput.UpdateIcebergTableInput!
    const updates = Updates!.flatMap((update) => icebergUpdates({ ...update, Location: placeIn(update.Location!) }))
    for (const update of updates) if (update.action === 'set-location') requirePlace(update.location, context)
    const request = {
      database: input.DatabaseName!,
      name: input.Name,
      requirements: [],
      updates,
      ...(input.VersionId !== undefined && { expect: parseVersionId(input.VersionId) }),
      keepVersion: !input.SkipArchive,
      check: (base: TableMetadata, changed: TableMetadata) =>
        requireCompatible(currentSchema(base), currentSchema(changed), changed['format-version']),
    }
    await commitRequested([request], context)
  })
}

const commitContext = (lake: Lake, scope: Scope, call: ServiceCall): CommitContext => ({
  rooms: withCallersFiles(lake, call, 'glue.amazonaws.com'),
  scope,
  principal: call.principal,
  protection: {},
  signal: call.signal,
})

const SAID_TWICE = 'Table metadata information present at multiple parts of input request'

/** By its columns in TableInput, or by all that CreateIcebergTableInput tells. */
function newTable({
  Name,
  TableInput,
  OpenTableFormatInput,
  PartitionIndexes,
}: Sdk.CreateTableRequest): NewIcebergTable {
  const { IcebergInput } = OpenTableFormatInput!
  if (!IcebergInput) throw invalid('IcebergInput is required in OpenTableFormatInput.')
  if (PartitionIndexes?.length) throw invalid('An iceberg table has no partition indexes')
  const { Version, CreateIcebergTableInput: told } = IcebergInput
  if (TableInput) return tableOfColumns(TableInput, Version, told !== undefined)
  if (!told)
    throw invalid(
      'Table metadata is expected only via TableInput or via IcebergTableInputProperties inside OpenTableFormatInput',
    )
  if (Name === undefined) throw invalid('Name is required.')
  const definition = {
    schema: icebergSchema(told.Schema!),
    spec: told.PartitionSpec && icebergSpec(told.PartitionSpec),
    order: told.WriteOrder && icebergOrder(told.WriteOrder),
    location: placeIn(told.Location!),
    properties: withVersion(told.Properties, Version),
  }
  return { name: Name, definition, descriptor: icebergDescriptor({ Location: told.Location! }) }
}

const RESERVED = ['table_type', 'metadata_location', 'previous_metadata_location']
/** What a table has that is none of Iceberg's, or is told by Iceberg otherwise. */
const FOREIGN = [
  'PartitionKeys',
  'ViewOriginalText',
  'ViewExpandedText',
  'TargetTable',
  'FederatedTable',
  'ViewDefinition',
] as const

function tableOfColumns(input: Sdk.TableInput, version: string | undefined, toldToo: boolean): NewIcebergTable {
  const { Name, TableType, StorageDescriptor = {}, Parameters = {}, PartitionKeys, ...rest } = input
  if (TableType !== 'EXTERNAL_TABLE') throw invalid('Iceberg table type has to be EXTERNAL_TABLE')
  const { Location } = StorageDescriptor
  if (!Location) throw invalid('Location information cannot be null while creating an iceberg table')
  if (toldToo) throw invalid(SAID_TWICE)
  if (RESERVED.some((name) => name in Parameters))
    throw invalid('Cannot use reserved parameters table_type or metadata_location while creating an iceberg table')
  const foreign = FOREIGN.find((member) => member in { ...rest, ...(PartitionKeys?.length && { PartitionKeys }) })
  if (foreign) throw invalid(`${foreign} is not supported while creating an iceberg table`)
  const definition = {
    schema: schemaOfColumns(StorageDescriptor.Columns ?? []),
    spec: undefined,
    order: undefined,
    location: placeIn(Location),
    properties: withVersion(undefined, version),
  }
  const descriptor = { ...(rest as TableDescriptor), ...icebergDescriptor(StorageDescriptor, Parameters) }
  return { name: Name!, definition, descriptor }
}

const icebergDescriptor = (
  storage: Sdk.StorageDescriptor,
  parameters: Readonly<Record<string, string>> = {},
): Omit<TableDescriptor, 'Name'> => ({
  TableType: 'EXTERNAL_TABLE',
  StorageDescriptor: storage as TableDescriptor['StorageDescriptor'],
  Parameters: { ...parameters, table_type: 'ICEBERG' },
})

/** Of columns as Hive types them. */
export const schemaOfColumns = (columns: readonly Sdk.Column[]): Schema =>
  newSchema(
    columns.map(({ Name, Type = 'string', Comment }) => ({
      name: Name!.toLowerCase(),
      type: typeOfHive(Type),
      ...(Comment && { comment: Comment }),
    })),
  )

const placeIn = (location: string): string => withoutEndSlashes(location.trim())

/** "Defaults to 2": IcebergInput in the Glue API reference. */
function withVersion(
  properties: Readonly<Record<string, string>> = {},
  version: string | undefined,
): Readonly<Record<string, string>> {
  const { 'format-version': other } = properties
  if (version !== undefined && other !== undefined && other !== version)
    throw invalid(`The iceberg table is to have version ${version}, and format-version ${other} by its properties`)
  return version === undefined ? properties : { ...properties, 'format-version': version }
}

const invalid = (message: string): Fault => new Fault('invalid', 'table', message)

/** What Iceberg or a type's text refuses is invalid input to Glue. */
export async function asFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof IcebergError || error instanceof SqlError) throw invalid(error.message)
    throw error
  }
}
