import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CheckSchemaVersionValidityCommand,
  Compatibility,
  CreateDatabaseCommand,
  CreateRegistryCommand,
  CreateSchemaCommand,
  CreateTableCommand,
  DeleteRegistryCommand,
  DeleteSchemaCommand,
  DeleteSchemaVersionsCommand,
  GetRegistryCommand,
  GetSchemaByDefinitionCommand,
  GetSchemaCommand,
  GetSchemaVersionCommand,
  GetSchemaVersionsDiffCommand,
  GetTableCommand,
  GetTagsCommand,
  GlueClient,
  ListRegistriesCommand,
  ListSchemasCommand,
  ListSchemaVersionsCommand,
  PutSchemaVersionMetadataCommand,
  QuerySchemaVersionMetadataCommand,
  RegisterSchemaVersionCommand,
  RemoveSchemaVersionMetadataCommand,
  TagResourceCommand,
  UpdateRegistryCommand,
  UpdateSchemaCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { startLake, type TestLake } from '../server.ts'

const RegistryName = 'orders'
const REGISTRY_ARN = 'arn:aws:glue:us-east-1:000000000000:registry/orders'
const at = (SchemaName: string) => ({ RegistryName, SchemaName })
const field = (name: string, optional = false) => ({ name, type: optional ? ['null', 'string'] : 'string' })
const record = (...fields: object[]) => JSON.stringify({ type: 'record', name: 'Order', fields })
const FIRST = record(field('id'))
const WITH_NOTE = record(field('id'), field('note', true))
let lake: TestLake
let glue: GlueClient
before(async () => {
  lake = await startLake()
  glue = new GlueClient(lake.client)
  await glue.send(new CreateRegistryCommand({ RegistryName, Description: 'All orders', Tags: { team: 'shop' } }))
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const create = (SchemaName: string, mode: Compatibility = 'BACKWARD', SchemaDefinition = FIRST) =>
  glue.send(
    new CreateSchemaCommand({
      RegistryId: { RegistryName },
      SchemaName,
      DataFormat: 'AVRO',
      Compatibility: mode,
      SchemaDefinition,
    }),
  )
const register = (SchemaName: string, SchemaDefinition: string) =>
  glue.send(new RegisterSchemaVersionCommand({ SchemaId: at(SchemaName), SchemaDefinition }))
const version = (SchemaVersionId: string | undefined) => glue.send(new GetSchemaVersionCommand({ SchemaVersionId }))

test('registries are made, described, listed and tagged', async () => {
  const found = await glue.send(new GetRegistryCommand({ RegistryId: { RegistryArn: REGISTRY_ARN } }))
  assert.deepEqual(
    [found.RegistryName, found.RegistryArn, found.Description, found.Status],
    [RegistryName, REGISTRY_ARN, 'All orders', 'AVAILABLE'],
  )
  await assert.rejects(glue.send(new CreateRegistryCommand({ RegistryName })), {
    name: 'AlreadyExistsException',
    message: 'Registry already exists. RegistryName: orders',
  })
  await glue.send(new UpdateRegistryCommand({ RegistryId: { RegistryName }, Description: 'Orders' }))
  const { Registries } = await glue.send(new ListRegistriesCommand({}))
  assert.deepEqual(
    Registries!.map((one) => [one.RegistryName, one.Description]),
    [['orders', 'Orders']],
  )
  await glue.send(new TagResourceCommand({ ResourceArn: REGISTRY_ARN, TagsToAdd: { more: 'yes' } }))
  const { Tags } = await glue.send(new GetTagsCommand({ ResourceArn: REGISTRY_ARN }))
  assert.deepEqual(Tags, { team: 'shop', more: 'yes' })
  const missing = new GetRegistryCommand({ RegistryId: { RegistryName: 'none' } })
  await assert.rejects(glue.send(missing), { name: 'EntityNotFoundException' })
})

test('a schema has versions, found by id, number and definition', async () => {
  const created = await create('orders')
  assert.deepEqual(
    [created.LatestSchemaVersion, created.NextSchemaVersion, created.SchemaCheckpoint, created.SchemaVersionStatus],
    [1, 2, 1, 'AVAILABLE'],
  )
  await assert.rejects(create('orders'), { name: 'AlreadyExistsException' })
  const second = await register('orders', WITH_NOTE)
  assert.deepEqual([second.VersionNumber, second.Status], [2, 'AVAILABLE'])
  const again = await register('orders', JSON.stringify(JSON.parse(WITH_NOTE), null, 2))
  assert.deepEqual([again.SchemaVersionId, again.VersionNumber], [second.SchemaVersionId, 2])
  const found = await version(second.SchemaVersionId)
  assert.deepEqual([found.SchemaDefinition, found.VersionNumber, found.DataFormat], [WITH_NOTE, 2, 'AVRO'])
  const SchemaId = { SchemaArn: created.SchemaArn }
  const latest = { SchemaId, SchemaVersionNumber: { LatestVersion: true } }
  assert.equal((await glue.send(new GetSchemaVersionCommand(latest))).SchemaVersionId, second.SchemaVersionId)
  const byDefinition = new GetSchemaByDefinitionCommand({ SchemaId, SchemaDefinition: FIRST })
  assert.equal((await glue.send(byDefinition)).SchemaVersionId, created.SchemaVersionId)
  // The words that AWS's serializers look for before they register a version, or a schema.
  const SchemaDefinition = record(field('other'))
  await assert.rejects(glue.send(new GetSchemaByDefinitionCommand({ SchemaId, SchemaDefinition })), {
    name: 'EntityNotFoundException',
    message: 'Schema version is not found.',
  })
  await assert.rejects(glue.send(new GetSchemaByDefinitionCommand({ SchemaId: at('none'), SchemaDefinition })), {
    name: 'EntityNotFoundException',
    message: 'Schema is not found.',
  })
  const schema = await glue.send(new GetSchemaCommand({ SchemaId: at('orders') }))
  assert.deepEqual(
    [schema.Compatibility, schema.LatestSchemaVersion, schema.SchemaStatus],
    ['BACKWARD', 2, 'AVAILABLE'],
  )
  const diff = await glue.send(
    new GetSchemaVersionsDiffCommand({
      SchemaId,
      FirstSchemaVersionNumber: { VersionNumber: 1 },
      SecondSchemaVersionNumber: { LatestVersion: true },
      SchemaDiffType: 'SYNTAX_DIFF',
    }),
  )
  assert.deepEqual(JSON.parse(diff.Diff!), [{ op: 'add', path: '/fields/1', value: field('note', true) }])
})

test('every compatibility mode holds', async () => {
  const required = record(field('id'), field('zip'))
  const outcomes: Record<Compatibility, [optional: string, required: string]> = {
    NONE: ['AVAILABLE', 'AVAILABLE'],
    DISABLED: ['InvalidInputException', 'InvalidInputException'],
    BACKWARD: ['AVAILABLE', 'FAILURE'],
    BACKWARD_ALL: ['AVAILABLE', 'FAILURE'],
    FORWARD: ['AVAILABLE', 'AVAILABLE'],
    FORWARD_ALL: ['AVAILABLE', 'AVAILABLE'],
    FULL: ['AVAILABLE', 'FAILURE'],
    FULL_ALL: ['AVAILABLE', 'FAILURE'],
  }
  for (const mode of Object.values(Compatibility)) {
    await create(`mode-${mode}`, mode)
    const status = (definition: string) =>
      register(`mode-${mode}`, definition).then(
        (answer) => answer.Status,
        (error: Error) => error.name,
      )
    assert.deepEqual([await status(WITH_NOTE), await status(required)], outcomes[mode], mode)
  }
  const failed = await register('mode-FULL', required)
  assert.equal((await version(failed.SchemaVersionId)).Status, 'FAILURE')
  assert.equal((await glue.send(new GetSchemaCommand({ SchemaId: at('mode-FULL') }))).LatestSchemaVersion, 2)
})

test('definitions are checked, also without a schema', async () => {
  const wrong = '{"type":"record"}'
  await assert.rejects(create('wrong', 'NONE', wrong), {
    name: 'InvalidInputException',
    message: /^Schema definition of AVRO data format is invalid: /,
  })
  await assert.rejects(register('orders', wrong), { name: 'InvalidInputException' })
  const check = (DataFormat: 'AVRO' | 'JSON' | 'PROTOBUF', SchemaDefinition: string) =>
    glue.send(new CheckSchemaVersionValidityCommand({ DataFormat, SchemaDefinition }))
  assert.equal((await check('AVRO', FIRST)).Valid, true)
  const { Valid, Error: text } = await check('PROTOBUF', 'message M { string a = 1; }')
  assert.equal(Valid, false)
  assert.match(text!, /Expected 'required', 'optional' or 'repeated'/)
  assert.equal((await check('JSON', '{"type":"object"}')).Valid, true)
})

test('checkpoints, and versions that are deleted', async () => {
  await create('checked', 'NONE')
  for (const name of ['a', 'b', 'c', 'd']) await register('checked', record(field('id'), field(name)))
  const SchemaId = at('checked')
  const update = (input: object) => glue.send(new UpdateSchemaCommand({ SchemaId, ...input }))
  await assert.rejects(update({ Compatibility: 'FULL' }), { name: 'InvalidInputException' })
  await assert.rejects(update({ SchemaVersionNumber: { VersionNumber: 9 } }), { name: 'EntityNotFoundException' })
  await update({ SchemaVersionNumber: { VersionNumber: 3 }, Compatibility: 'BACKWARD_ALL', Description: 'Checked' })
  const schema = await glue.send(new GetSchemaCommand({ SchemaId }))
  assert.deepEqual([schema.SchemaCheckpoint, schema.Compatibility, schema.Description], [3, 'BACKWARD_ALL', 'Checked'])
  // Version 1 and 2 are before the checkpoint, and have neither field.
  const next = await register('checked', record(field('id'), field('b', true), field('c', true), field('d', true)))
  assert.equal(next.Status, 'AVAILABLE')

  const remove = (Versions: string) => glue.send(new DeleteSchemaVersionsCommand({ SchemaId, Versions }))
  await assert.rejects(remove('1-2'), { name: 'InvalidInputException' })
  await assert.rejects(remove('2-4'), { name: 'ConcurrentModificationException' })
  await assert.rejects(remove('9-4'), { name: 'InvalidInputException' })
  const { SchemaVersionErrors } = await remove('4-8')
  assert.deepEqual(
    SchemaVersionErrors!.map((one) => [one.VersionNumber, one.ErrorDetails!.ErrorCode]),
    [
      [7, 'EntityNotFoundException'],
      [8, 'EntityNotFoundException'],
    ],
  )
  const { Schemas } = await glue.send(new ListSchemaVersionsCommand({ SchemaId }))
  assert.deepEqual(
    Schemas!.map((one) => one.VersionNumber),
    [1, 2, 3],
  )
  assert.equal((await glue.send(new GetSchemaCommand({ SchemaId }))).LatestSchemaVersion, 3)
  await assert.rejects(version(next.SchemaVersionId), { message: 'Schema version is not found.' })
  assert.equal((await register('checked', record(field('id'), field('b', true)))).VersionNumber, 7)
})

test('metadata of a version', async () => {
  const SchemaVersionId = (await create('described')).SchemaVersionId!
  const put = (MetadataKey: string, MetadataValue: string) =>
    glue.send(
      new PutSchemaVersionMetadataCommand({ SchemaVersionId, MetadataKeyValue: { MetadataKey, MetadataValue } }),
    )
  const first = await put('source', 'kafka')
  assert.deepEqual([first.SchemaName, first.VersionNumber, first.LatestVersion], ['described', 1, true])
  await put('source', 'kinesis')
  await put('owner', 'ann')
  await assert.rejects(put('owner', 'ann'), { name: 'AlreadyExistsException' })
  const query = async (input: object = {}) => {
    const answer = await glue.send(new QuerySchemaVersionMetadataCommand({ SchemaVersionId, ...input }))
    return Object.entries(answer.MetadataInfoMap!).map(([key, info]) => [
      key,
      info.MetadataValue,
      info.OtherMetadataValueList?.map((other) => other.MetadataValue),
    ])
  }
  assert.deepEqual((await query()).sort(), [
    ['owner', 'ann', undefined],
    ['source', 'kinesis', ['kafka']],
  ])
  assert.deepEqual(await query({ MetadataList: [{ MetadataKey: 'source', MetadataValue: 'kafka' }] }), [
    ['source', 'kafka', undefined],
  ])
  const pair = { MetadataKey: 'owner', MetadataValue: 'ann' }
  const remove = () => glue.send(new RemoveSchemaVersionMetadataCommand({ SchemaVersionId, MetadataKeyValue: pair }))
  await remove()
  await assert.rejects(remove(), { name: 'EntityNotFoundException' })
  for (let i = 0; i < 8; i++) await put(`k${i}`, 'v')
  await assert.rejects(put('one', 'more'), { name: 'ResourceNumberLimitExceededException' })
})

test('the default registry is made by its first schema; what is deleted is gone', async () => {
  const { SchemaArn, RegistryName: home } = await glue.send(
    new CreateSchemaCommand({ SchemaName: 'alone', DataFormat: 'JSON', SchemaDefinition: '{"type":"object"}' }),
  )
  assert.deepEqual(
    [home, SchemaArn],
    ['default-registry', 'arn:aws:glue:us-east-1:000000000000:schema/default-registry/alone'],
  )
  const all = (await glue.send(new ListSchemasCommand({ MaxResults: 100 }))).Schemas!
  assert.ok(all.some((one) => one.SchemaName === 'alone') && all.some((one) => one.SchemaName === 'orders'))
  const removed = await glue.send(new DeleteSchemaCommand({ SchemaId: { SchemaArn } }))
  assert.equal(removed.Status, 'DELETING')
  await assert.rejects(glue.send(new GetSchemaCommand({ SchemaId: { SchemaArn } })), {
    message: 'Schema is not found.',
  })
  const kept = (await create('last')).SchemaVersionId
  const gone = await glue.send(new DeleteRegistryCommand({ RegistryId: { RegistryName } }))
  assert.equal(gone.Status, 'DELETING')
  await assert.rejects(version(kept), { name: 'EntityNotFoundException' })
  assert.deepEqual((await glue.send(new ListSchemasCommand({}))).Schemas, [])
})

test('a table that points to a version has its columns, as Hive declares those of Avro', async () => {
  const types = {
    Id: 'long',
    small: ['null', 'int'],
    price: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 },
    day: { type: 'int', logicalType: 'date' },
    at: { type: 'long', logicalType: 'timestamp-millis' },
    kind: { type: 'enum', name: 'Kind', symbols: ['A'] },
    tags: { type: 'array', items: 'string' },
    counts: { type: 'map', values: 'double' },
    place: [
      'null',
      {
        type: 'record',
        name: 'Place',
        fields: [
          { name: 'X', type: 'float' },
          { name: 'y', type: 'bytes' },
        ],
      },
    ],
  }
  const definition = JSON.stringify({
    type: 'record',
    name: 'Sale',
    fields: Object.entries(types).map(([name, type]) => ({ name, type })),
  })
  await glue.send(
    new CreateSchemaCommand({
      SchemaName: 'sales',
      DataFormat: 'AVRO',
      Compatibility: 'NONE',
      SchemaDefinition: definition,
    }),
  )
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'pointing' } }))
  const SchemaId = { SchemaName: 'sales', RegistryName: 'default-registry' }
  const input = (more: object) => ({
    DatabaseName: 'pointing',
    TableInput: { Name: 'sales', StorageDescriptor: { SchemaReference: { SchemaId, ...more } } },
  })
  await glue.send(new CreateTableCommand(input({ SchemaVersionNumber: 1 })))
  const storage = async () =>
    (await glue.send(new GetTableCommand({ DatabaseName: 'pointing', Name: 'sales' }))).Table!.StorageDescriptor!
  const told = await storage()
  assert.deepEqual(told.SchemaReference, { SchemaId, SchemaVersionNumber: 1 })
  assert.deepEqual(
    told.Columns!.map(({ Name, Type }) => `${Name} ${Type}`),
    [
      'id bigint',
      'small int',
      'price decimal(10,2)',
      'day date',
      'at timestamp',
      'kind string',
      'tags array<string>',
      'counts map<string,double>',
      'place struct<x:float,y:binary>',
    ],
  )
  const next = JSON.stringify({ type: 'record', name: 'Sale', fields: [{ name: 'only', type: 'string' }] })
  await glue.send(new RegisterSchemaVersionCommand({ SchemaId, SchemaDefinition: next }))
  assert.equal((await storage()).Columns!.length, 9)
  await glue.send(new UpdateTableCommand(input({})))
  assert.deepEqual((await storage()).Columns, [{ Name: 'only', Type: 'string' }])
  await assert.rejects(glue.send(new UpdateTableCommand(input({ SchemaVersionNumber: 7 }))), {
    name: 'EntityNotFoundException',
  })
})
