/** Iceberg's schemas, partitions, orders and updates as Glue spells them: in Pascal case, types as Iceberg's own JSON. */
import type * as Sdk from '@aws-sdk/client-glue'
import { Fault } from '../../core/faults.ts'
import { checkSchema, type Schema } from '../../formats/iceberg/schema.ts'
import type { PartitionSpec, SortOrder } from '../../formats/iceberg/specs.ts'
import type { TableUpdate } from '../../formats/iceberg/table-updates.ts'
import { parseTransform } from '../../formats/iceberg/transforms.ts'
import { checkedOrder, checkedSpec, checkedUpdates } from '../../formats/iceberg/update-checks.ts'

/** Fields keep the ids they are given. Throws IcebergError for what is no schema. */
export const icebergSchema = ({ SchemaId, IdentifierFieldIds, Fields = [] }: Sdk.IcebergSchema): Schema =>
  checkSchema({
    type: 'struct',
    'schema-id': SchemaId ?? 0,
    ...(IdentifierFieldIds && { 'identifier-field-ids': IdentifierFieldIds }),
    fields: Fields.map(({ Id, Name, Type, Required, Doc, InitialDefault, WriteDefault }) => ({
      id: Id,
      name: Name,
      required: Required,
      type: Type,
      ...(Doc !== undefined && { doc: Doc }),
      ...((InitialDefault ?? null) !== null && { 'initial-default': InitialDefault }),
      ...((WriteDefault ?? null) !== null && { 'write-default': WriteDefault }),
    })),
  })

/** A field whose id is not said gets one of its own, or that which its like has had. */
export function icebergSpec({ SpecId, Fields = [] }: Sdk.IcebergPartitionSpec): PartitionSpec {
  requireDistinct(Fields.flatMap(({ FieldId }) => FieldId ?? []))
  return checkedSpec({
    'spec-id': SpecId ?? 0,
    fields: Fields.map(({ SourceId, Transform, Name, FieldId }) => ({
      name: Name,
      transform: known(Transform),
      'source-id': SourceId,
      ...(FieldId !== undefined && { 'field-id': FieldId }),
    })),
  })!
}

/** Those of the Glue API reference (IcebergPartitionField), and `void`, by which a partition is dropped. */
function known(transform: string | undefined): string {
  if (transform !== undefined && parseTransform(transform).kind !== 'unknown') return transform
  throw invalid(`Invalid transform: ${transform}`)
}

function requireDistinct(ids: readonly number[]): void {
  const twice = ids.find((id, i) => ids.indexOf(id) < i)
  if (twice !== undefined) throw invalid(`Partition fields have the same id ${twice}`)
}

export const icebergOrder = ({ OrderId, Fields = [] }: Sdk.IcebergSortOrder): SortOrder =>
  checkedOrder({
    'order-id': OrderId,
    fields: Fields.map(({ SourceId, Transform, Direction, NullOrder }) => ({
      transform: known(Transform),
      'source-id': SourceId,
      direction: Direction,
      'null-order': NullOrder,
    })),
  })!

/** One entry of the list of updates: what its action names of it or, without an action, all that it tells. */
export const icebergUpdates = (update: Sdk.IcebergTableUpdate): readonly TableUpdate[] =>
  checkedUpdates(update.Action === undefined ? wholeUpdate(update) : [actionOf(update, update.Action)])

function wholeUpdate({ Schema, PartitionSpec, SortOrder, Location, Properties }: Sdk.IcebergTableUpdate): object[] {
  return [
    { action: 'add-schema', schema: icebergSchema(Schema!) },
    { action: 'set-current-schema', 'schema-id': LAST },
    ...(PartitionSpec
      ? [
          { action: 'add-spec', spec: icebergSpec(PartitionSpec) },
          { action: 'set-default-spec', 'spec-id': LAST },
        ]
      : []),
    ...(SortOrder
      ? [
          { action: 'add-sort-order', 'sort-order': icebergOrder(SortOrder) },
          { action: 'set-default-sort-order', 'sort-order-id': LAST },
        ]
      : []),
    { action: 'set-location', location: Location },
    ...(Properties ? [{ action: 'set-properties', updates: Properties }] : []),
  ]
}

/** An id that means what was added last. */
const LAST = -1

function actionOf(update: Sdk.IcebergTableUpdate, action: Sdk.IcebergUpdateAction): object {
  const said = <M extends keyof Sdk.IcebergTableUpdate>(member: M): NonNullable<Sdk.IcebergTableUpdate[M]> => {
    const value = update[member]
    if (value === undefined || value === null) throw invalid(`${member} is required by the action ${action}.`)
    return value
  }
  switch (action) {
    case 'add-schema':
      return { action, schema: icebergSchema(said('Schema')) }
    case 'set-current-schema':
      return { action, 'schema-id': said('Schema').SchemaId ?? LAST }
    case 'add-spec':
      return { action, spec: icebergSpec(said('PartitionSpec')) }
    case 'set-default-spec':
      return { action, 'spec-id': said('PartitionSpec').SpecId ?? LAST }
    case 'add-sort-order':
      return { action, 'sort-order': icebergOrder(said('SortOrder')) }
    case 'set-default-sort-order':
      return { action, 'sort-order-id': said('SortOrder').OrderId }
    case 'set-location':
      return { action, location: said('Location') }
    case 'set-properties':
      return { action, updates: said('Properties') }
    case 'remove-properties':
      return { action, removals: Object.keys(said('Properties')) }
    case 'add-encryption-key':
      return { action, 'encryption-key': icebergKey(said('EncryptionKey')) }
    case 'remove-encryption-key':
      return { action, 'key-id': said('KeyId') }
  }
}

const icebergKey = ({ KeyId, EncryptedKeyMetadata, EncryptedById, Properties }: Sdk.IcebergEncryptedKey): object => ({
  'key-id': KeyId,
  'encrypted-key-metadata': EncryptedKeyMetadata,
  ...(EncryptedById !== undefined && { 'encrypted-by-id': EncryptedById }),
  ...(Properties && { properties: Properties }),
})

const invalid = (message: string): Fault => new Fault('invalid', 'table', message)
