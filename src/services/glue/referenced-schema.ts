import type { SchemaReference, TableInput } from '@aws-sdk/client-glue'
import type { StateReader } from '../../core/ports.ts'
import { columnsOf } from '../../core/schemas/schema-columns.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import { askedVersion } from './schema-versions.ts'
import { scopeOf } from './scope.ts'

/**
 * A table that refers to a version of a schema has the columns that the version tells. A version never changes, so they are
 * told once. docs: glue dg, schema-registry-integrations, "Use case: AWS Glue Data Catalog".
 */
export function withReferencedColumns<T extends Pick<TableInput, 'StorageDescriptor'>>(
  state: StateReader,
  call: ServiceCall,
  input: T,
): T {
  const reference = input.StorageDescriptor?.SchemaReference
  if (!reference) return input
  const { schema, version } = askedVersion(state, scopeOf(call, undefined), {
    SchemaId: reference.SchemaId,
    SchemaVersionId: reference.SchemaVersionId,
    SchemaVersionNumber: numberOf(reference),
  })
  const Columns = columnsOf(schema.format, version.definition)
  return { ...input, StorageDescriptor: { ...input.StorageDescriptor, Columns: [...Columns] } }
}

/** "There is always one schema version, the latest, that can be looked up without knowing its version number or UUID." */
function numberOf({ SchemaId, SchemaVersionId, SchemaVersionNumber }: SchemaReference) {
  if (SchemaVersionNumber) return { VersionNumber: SchemaVersionNumber }
  return SchemaId && SchemaVersionId === undefined ? { LatestVersion: true } : undefined
}
