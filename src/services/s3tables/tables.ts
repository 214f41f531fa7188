import { createHash, randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-s3tables'
import type { Table } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { registeredTable, takeSteps } from '../../core/queries/iceberg/commit-steps.ts'
import { METADATA_LOCATION } from '../../core/queries/iceberg/iceberg-table.ts'
import { givenMetadata } from '../../core/queries/iceberg/new-snapshots.ts'
import { created } from '../../core/queries/iceberg/requested-commits.ts'
import { addTags, eraseTags } from '../../core/resources/tags.ts'
import { TABLE_ID, type TablePlace, type TablePlaces } from '../../core/table-buckets/table-buckets.ts'
import { newTableUpdates } from '../../formats/iceberg/new-table.ts'
import { checkSchema } from '../../formats/iceberg/schema.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { type AddressedBucket, addressedBucket, addressedTable, namespaceMissing, pageOf } from './addresses.ts'
import { forgetNoncurrent } from './noncurrent-files.ts'
import { eraseSettings, firstSettings, requireKeyOf } from './settings.ts'

const MOST = 1000

export function tables(lake: Lake, places: TablePlaces): Handlers<typeof Sdk> {
  const { catalog } = lake
  return {
    async CreateTable(input, call) {
      const bucket = addressedBucket(lake, call, input.tableBucketARN)
      const { namespace, name } = input
      requireName(name)
      if (!catalog.databases.find(bucket.scope, namespace)) throw namespaceMissing()
      if (catalog.tables.find(bucket.scope, namespace, name)) throw tableTaken()
      requireKeyOf(input.encryptionConfiguration)
      const place = await places.create(
        bucket.scope,
        { database: namespace, table: name },
        input.encryptionConfiguration,
      )
      await createdTable(lake, bucket, input, place, call).catch(async (error: unknown) => {
        await places.remove(place.location)
        throw error instanceof Fault && error.kind === 'already-exists' ? tableTaken() : error
      })
      const table = addressedTable(lake, bucket, namespace, name)
      await lake.state.transaction((tx) => {
        firstSettings(tx, call, place.id, { storageClassConfiguration: input.storageClassConfiguration })
        addTags(tx, tableArn(bucket, table), input.tags ?? {})
      })
      return { tableARN: tableArn(bucket, table), versionToken: versionToken(table) }
    },

    GetTable(input, call) {
      const { bucket, table } = located(lake, call, input)
      return described(bucket, table, call)
    },

    ListTables({ tableBucketARN, namespace, prefix = '', continuationToken: token, maxTables = MOST }, call) {
      const bucket = addressedBucket(lake, call, tableBucketARN)
      if (namespace !== undefined && !catalog.databases.find(bucket.scope, namespace)) throw namespaceMissing()
      const { items, continuationToken } = pageOf(
        token,
        maxTables,
        (after, limit) => listedTables(lake, bucket, { namespace, prefix, after, limit }),
        (table) => `${table.database}/${table.descriptor.Name}`,
      )
      return { tables: items.map((table) => summary(bucket, table)), continuationToken }
    },

    GetTableMetadataLocation(input, call) {
      const { bucket, table } = located(lake, call, input)
      const { versionToken: token, metadataLocation, warehouseLocation } = described(bucket, table, call)
      return { versionToken: token, metadataLocation, warehouseLocation }
    },

    async UpdateTableMetadataLocation(input, call) {
      const { bucket, table } = located(lake, call, input)
      requireVersion(table, input.versionToken)
      const { metadataLocation } = input
      const warehouse = warehouseOf(table)
      if (!metadataLocation.startsWith(`${warehouse}/`))
        throw new Fault('invalid', 'metadata location', 'The specified metadata location is not valid.')
      const metadata = await givenMetadata(table, metadataLocation, { rooms: lake })
      const pointing = registeredTable(table.descriptor.Name, metadata, metadataLocation)
      const Parameters = { ...table.descriptor.Parameters, ...pointing.Parameters }
      const descriptor = { ...table.descriptor, ...pointing, Parameters }
      const options = { expect: table.version, keepVersion: false }
      await catalog.tables.update(bucket.scope, table.database, descriptor, options)
      const after = addressedTable(lake, bucket, input.namespace, input.name)
      return {
        name: after.descriptor.Name,
        tableARN: tableArn(bucket, after),
        namespace: [after.database],
        versionToken: versionToken(after),
        metadataLocation,
      }
    },

    async RenameTable(input, call) {
      const { bucket, table } = located(lake, call, input)
      if (input.versionToken !== undefined) requireVersion(table, input.versionToken)
      const to = { database: input.newNamespaceName ?? table.database, name: input.newName ?? table.descriptor.Name }
      requireName(to.name)
      if (!catalog.databases.find(bucket.scope, to.database)) throw namespaceMissing()
      if (catalog.tables.find(bucket.scope, to.database, to.name)) throw tableTaken()
      await catalog.tables.move(bucket.scope, { database: table.database, name: table.descriptor.Name }, to)
      return {}
    },

    async DeleteTable(input, call) {
      const { bucket, table } = located(lake, call, input)
      if (input.versionToken !== undefined) requireVersion(table, input.versionToken)
      await catalog.tables.delete(bucket.scope, table.database, table.descriptor.Name)
      await lake.state.transaction((tx) => {
        eraseSettings(tx, call, idOf(table))
        forgetNoncurrent(tx, idOf(table))
        eraseTags(tx, tableArn(bucket, table))
      })
      await places.remove(warehouseOf(table))
      return {}
    },
  }
}

interface NamedTable {
  readonly tableBucketARN?: string
  readonly namespace?: string
  readonly name?: string
  readonly tableArn?: string
}

function located(lake: Lake, call: ServiceCall, input: NamedTable) {
  const [, arn, id] = /^(.+)\/table\/([^/]+)$/.exec(input.tableArn ?? '') ?? []
  const bucket = addressedBucket(lake, call, arn ?? input.tableBucketARN ?? '')
  if (id === undefined) return { bucket, table: addressedTable(lake, bucket, input.namespace ?? '', input.name ?? '') }
  for (let after: string | undefined; ; ) {
    const page = listedTables(lake, bucket, { prefix: '', after, limit: MOST })
    const table = page.find((one) => idOf(one) === id)
    if (table) return { bucket, table }
    const last = page.at(-1)
    if (!last || page.length < MOST) throw new Fault('not-found', 'table', 'The specified table does not exist.')
    after = `${last.database}/${last.descriptor.Name}`
  }
}

/** Of one namespace or of all, in order of namespace and name. */
function listedTables(
  lake: Lake,
  { scope }: AddressedBucket,
  asked: { namespace?: string; prefix: string; after: string | undefined; limit: number },
): Table[] {
  const [from, afterName] = (asked.after ?? '').split('/')
  const all = lake.catalog.databases.list(scope, { limit: MOST * 10 }).map(({ descriptor }) => descriptor.Name)
  const found: Table[] = []
  for (const database of all) {
    if ((asked.namespace !== undefined && asked.namespace !== database) || (from && database < from)) continue
    const after = database === from ? afterName : undefined
    const tables = lake.catalog.tables.list(scope, database, { after, limit: MOST * 10 })
    found.push(...tables.filter(({ descriptor }) => descriptor.Name.startsWith(asked.prefix)))
    if (found.length >= asked.limit) break
  }
  return found.slice(0, asked.limit)
}

async function createdTable(
  lake: Lake,
  { scope }: AddressedBucket,
  { namespace, name, metadata }: Parameters<NonNullable<Handlers<typeof Sdk>['CreateTable']>>[0],
  { id, location }: TablePlace,
  call: ServiceCall,
): Promise<void> {
  const parameters = { [TABLE_ID]: id }
  if (!metadata?.iceberg) {
    const descriptor = {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      StorageDescriptor: { Location: location, Columns: [] },
      Parameters: { EXTERNAL: 'TRUE', table_type: 'ICEBERG', ...parameters },
    }
    await lake.catalog.tables.create(scope, namespace, descriptor, call.principal.arn)
    return
  }
  const table = created(firstUpdates(metadata.iceberg, location), lake.clock.now().getTime())
  const context = { rooms: lake, scope, principal: call.principal, protection: {}, signal: call.signal }
  await takeSteps([{ kind: 'create', database: namespace, name, created: table, files: [], parameters }], context)
}

type Iceberg = NonNullable<Sdk.TableMetadata['iceberg']>

/** As the S3 Tables API has it: camel case, and fields that need not say their ids. */
function firstUpdates({ schema, schemaV2, partitionSpec, writeOrder, properties }: Iceberg, location: string) {
  const fields =
    schemaV2?.fields ?? schema?.fields?.map((field, i) => ({ required: false, ...field, id: field.id ?? i + 1 }))
  if (!fields) throw new Fault('invalid', 'schema', 'A schema is required.')
  return newTableUpdates({
    uuid: randomUUID(),
    schema: checkSchema({
      type: 'struct',
      fields,
      ...(schemaV2?.identifierFieldIds && { 'identifier-field-ids': schemaV2.identifierFieldIds }),
    }),
    spec: partitionSpec && {
      'spec-id': 0,
      fields: (partitionSpec.fields ?? []).map((field, i) => ({
        name: field.name!,
        transform: field.transform!,
        'source-id': field.sourceId!,
        'field-id': field.fieldId ?? 1000 + i,
      })),
    },
    order: writeOrder && {
      'order-id': writeOrder.orderId!,
      fields: (writeOrder.fields ?? []).map((field) => ({
        transform: field.transform!,
        'source-id': field.sourceId!,
        direction: field.direction!,
        'null-order': field.nullOrder!,
      })),
    },
    location,
    properties: properties ?? {},
  })
}

function requireName(name: string): void {
  if (/^[a-z0-9][a-z0-9_]*$/.test(name) && name.length <= 255) return
  throw new Fault('invalid', 'table', 'The specified table name is not valid.')
}

const tableTaken = (): Fault =>
  new Fault('conflict', 'table', 'A table with an identical name already exists in the namespace.')

const idOf = ({ descriptor }: Table): string => descriptor.Parameters?.[TABLE_ID] ?? ''
const tableArn = ({ arn }: AddressedBucket, table: Table): string => `${arn}/table/${idOf(table)}`
const warehouseOf = ({ descriptor }: Table): string => descriptor.StorageDescriptor?.Location ?? ''

/** Another one after each change. */
const versionToken = (table: Table): string =>
  createHash('sha256')
    .update(`${idOf(table)} ${table.version}`)
    .digest('hex')
    .slice(0, 20)

function requireVersion(table: Table, token: string): void {
  if (versionToken(table) === token) return
  throw new Fault('conflict', 'table', 'The version token does not match the current version of the table.')
}

const summary = (bucket: AddressedBucket, table: Table) => ({
  namespace: [table.database],
  name: table.descriptor.Name,
  type: 'customer' as const,
  tableARN: tableArn(bucket, table),
  createdAt: new Date(table.createdAt),
  modifiedAt: new Date(table.updatedAt),
  tableBucketId: bucket.bucket.id,
})

const described = (bucket: AddressedBucket, table: Table, call: ServiceCall) => ({
  ...summary(bucket, table),
  versionToken: versionToken(table),
  metadataLocation: table.descriptor.Parameters?.[METADATA_LOCATION],
  warehouseLocation: warehouseOf(table),
  createdBy: call.account,
  modifiedBy: call.account,
  ownerAccountId: call.account,
  format: 'ICEBERG' as const,
})
