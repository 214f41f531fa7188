/** Iceberg tables made and changed by Glue's API: docs, glue dg, populate-otf, and the Glue API reference, CreateIcebergTableInput and IcebergTableUpdate. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  type CreateIcebergTableInput,
  CreateTableCommand,
  type CreateTableCommandInput,
  GetTableCommand,
  GetTableVersionsCommand,
  type IcebergSchema,
  type IcebergTableUpdate,
  UpdateTableCommand,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-glue'
import { athenaLake } from '../athena/lake.ts'

const { lake, glue, rows, succeed, read, close } = await athenaLake()
after(async () => {
  await close()
  assert.deepEqual(lake.log, [])
})

const found = async (Name: string) => (await glue.send(new GetTableCommand({ DatabaseName: 'db', Name }))).Table!
const metadataOf = async (name: string) => {
  const { Parameters } = await found(name)
  return JSON.parse((await read(Parameters!.metadata_location!)).body.toString())
}
const create = (Name: string, told: CreateIcebergTableInput, Version?: string) =>
  glue.send(
    new CreateTableCommand({
      DatabaseName: 'db',
      Name,
      OpenTableFormatInput: {
        IcebergInput: { MetadataOperation: 'CREATE', Version, CreateIcebergTableInput: told },
      },
    }),
  )
const update = (Name: string, Updates: IcebergTableUpdate[], more: Partial<UpdateTableCommandInput> = {}) =>
  glue.send(
    new UpdateTableCommand({
      DatabaseName: 'db',
      Name,
      UpdateOpenTableFormatInput: { UpdateIcebergInput: { UpdateIcebergTableInput: { Updates } } },
      ...more,
    }),
  )
const refused = (made: Promise<unknown>, message: RegExp, name = 'InvalidInputException') =>
  assert.rejects(made, (error: Error) => {
    assert.match(error.message, message)
    assert.equal(error.name, name)
    return true
  })

const field = (Id: number, Name: string, Type: unknown, Required = false) => ({
  Id,
  Name,
  Type: Type as never,
  Required,
})
const PLAIN: IcebergSchema = { Type: 'struct', Fields: [field(1, 'id', 'long', true), field(2, 'region', 'string')] }
const at = (name: string) => `s3://data/${name}`

describe('by columns', () => {
  const columns = (more: Partial<CreateTableCommandInput> = {}) =>
    glue.send(
      new CreateTableCommand({
        DatabaseName: 'db',
        OpenTableFormatInput: { IcebergInput: { MetadataOperation: 'CREATE', Version: '2' } },
        ...more,
      }),
    )
  // The example of populate-otf.
  const INPUT = {
    Name: 'test_iceberg_input_demo',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { team: 'a' },
    Description: 'A demo',
    StorageDescriptor: {
      Columns: [
        { Name: 'col1', Type: 'int' },
        { Name: 'col2', Type: 'array<struct<a:timestamp>>', Comment: 'nested' },
        { Name: 'col3', Type: 'string' },
      ],
      Location: 's3://data/demo/',
    },
  }

  test('the table of TableInput has metadata, and is read and written at once', async () => {
    await columns({ TableInput: INPUT })
    const table = await found('test_iceberg_input_demo')
    assert.equal(table.TableType, 'EXTERNAL_TABLE')
    assert.equal(table.Description, 'A demo')
    assert.equal(table.StorageDescriptor!.Location, 's3://data/demo/')
    // As observed (https://github.com/go-to-k/cdk-real-drift/issues/1624): columns as they were given.
    assert.deepEqual(
      table.StorageDescriptor!.Columns!.map(({ Name, Type, Parameters }) => ({ Name, Type, Parameters })),
      INPUT.StorageDescriptor.Columns.map(({ Name, Type }) => ({ Name, Type, Parameters: undefined })),
    )
    const { metadata_location, ...parameters } = table.Parameters!
    assert.deepEqual(parameters, { team: 'a', table_type: 'ICEBERG' })
    assert.match(metadata_location!, /^s3:\/\/data\/demo\/metadata\/00000-[0-9a-f-]+\.metadata\.json$/)
    const metadata = await metadataOf('test_iceberg_input_demo')
    assert.equal(metadata['format-version'], 2)
    assert.equal(metadata.location, 's3://data/demo')
    await succeed(
      "INSERT INTO test_iceberg_input_demo VALUES (1, ARRAY[ROW(TIMESTAMP '2026-01-02 03:04:05.123456')], 'x')",
    )
    assert.deepEqual(await rows('SELECT col1, col2[1].a, col3 FROM test_iceberg_input_demo'), [
      ['1', '2026-01-02 03:04:05.123456', 'x'],
    ])
    const written = await found('test_iceberg_input_demo')
    assert.equal(written.StorageDescriptor!.Location, 's3://data/demo/')
    assert.equal(written.Parameters!.team, 'a')
    await refused(columns({ TableInput: INPUT }), /already exists/, 'AlreadyExistsException')
  })

  test('what is missing or said twice is refused in AWS’s words', async () => {
    const other = { ...INPUT, Name: 'other' }
    const told = { Location: at('other'), Schema: PLAIN }
    const both = { IcebergInput: { MetadataOperation: 'CREATE', CreateIcebergTableInput: told } } as const
    await refused(
      columns({ TableInput: { ...other, TableType: undefined } }),
      /^Iceberg table type has to be EXTERNAL_TABLE$/,
    )
    for (const OpenTableFormatInput of [undefined, both])
      await refused(
        columns({
          TableInput: { ...other, StorageDescriptor: {} },
          ...(OpenTableFormatInput && { OpenTableFormatInput }),
        }),
        /^Location information cannot be null while creating an iceberg table$/,
      )
    await refused(
      columns({ TableInput: other, OpenTableFormatInput: both }),
      /^Table metadata information present at multiple parts of input request$/,
    )
    await refused(columns({ Name: 'other' }), /^Table metadata is expected only via TableInput or via /)
    await refused(
      columns({ TableInput: { ...other, Parameters: { table_type: 'ICEBERG' } } }),
      /^Cannot use reserved parameters table_type or metadata_location while creating an iceberg table$/,
    )
    const keys = [{ Name: 'day', Type: 'date' }]
    await refused(columns({ TableInput: { ...other, PartitionKeys: keys } }), /^PartitionKeys is not supported/)
    await refused(columns({ TableInput: other, OpenTableFormatInput: {} }), /IcebergInput is required/)
    for (const Version of ['0', '9', 'two'])
      await refused(
        columns({
          TableInput: other,
          OpenTableFormatInput: { IcebergInput: { MetadataOperation: 'CREATE', Version } },
        }),
        /^Unsupported format version: v/,
      )
    const drop = { IcebergInput: { MetadataOperation: 'DROP' as never } }
    await refused(
      columns({ TableInput: other, OpenTableFormatInput: drop }),
      /enum value set: \[CREATE\]/,
      'ValidationException',
    )
    const odd = { ...INPUT.StorageDescriptor, Columns: [{ Name: 'a', Type: 'interval' }] }
    await refused(columns({ TableInput: { ...other, StorageDescriptor: odd } }), /interval/)
  })
})

describe('by CreateIcebergTableInput', () => {
  const NESTED: IcebergSchema = {
    Type: 'struct',
    IdentifierFieldIds: [1],
    Fields: [
      { ...field(1, 'id', 'long', true), Doc: 'the key' },
      field(4, 'amount', 'decimal(10, 2)'),
      field(5, 'at', 'timestamp'),
      field(7, 'tags', { type: 'list', 'element-id': 20, element: 'string', 'element-required': false }),
      field(8, 'place', { type: 'struct', fields: [{ id: 30, name: 'city', required: false, type: 'string' }] }),
      field(9, 'seen', {
        type: 'map',
        'key-id': 40,
        key: 'string',
        'value-id': 41,
        value: 'int',
        'value-required': false,
      }),
      field(10, 'note', 'string'),
    ],
  }

  test('schema, partitions, order and properties are those that were told, with their ids', async () => {
    const fields = [
      { SourceId: 5, Transform: 'day', Name: 'at_day' },
      { SourceId: 1, Transform: 'bucket[4]', Name: 'id_bucket', FieldId: 1005 },
      { SourceId: 10, Transform: 'truncate[2]', Name: 'note_trunc' },
    ]
    await create('told', {
      Location: 's3://data/told/',
      Schema: NESTED,
      PartitionSpec: { Fields: fields },
      WriteOrder: {
        OrderId: 3,
        Fields: [{ SourceId: 4, Transform: 'identity', Direction: 'desc', NullOrder: 'nulls-last' }],
      },
      Properties: { 'write.parquet.compression-codec': 'gzip', owner: 'me' },
    })
    const metadata = await metadataOf('told')
    assert.equal(metadata['format-version'], 2)
    assert.equal(metadata.location, 's3://data/told')
    assert.equal(metadata['last-column-id'], 41)
    assert.deepEqual(metadata.properties, { 'write.parquet.compression-codec': 'gzip', owner: 'me' })
    const [schema] = metadata.schemas
    assert.deepEqual(schema['identifier-field-ids'], [1])
    assert.deepEqual(
      schema.fields.map(({ id, name, required }: { id: number; name: string; required: boolean }) => [
        id,
        name,
        required,
      ]),
      NESTED.Fields!.map(({ Id, Name, Required }) => [Id, Name, Required]),
    )
    assert.equal(schema.fields[0].doc, 'the key')
    assert.deepEqual(schema.fields[4].type, NESTED.Fields![4]!.Type)
    assert.deepEqual(metadata['partition-specs'][0].fields, [
      { 'source-id': 5, 'field-id': 1000, name: 'at_day', transform: 'day' },
      { 'source-id': 1, 'field-id': 1005, name: 'id_bucket', transform: 'bucket[4]' },
      { 'source-id': 10, 'field-id': 1001, name: 'note_trunc', transform: 'truncate[2]' },
    ])
    assert.deepEqual(metadata['sort-orders'], [
      {
        'order-id': 1,
        fields: [{ transform: 'identity', 'source-id': 4, direction: 'desc', 'null-order': 'nulls-last' }],
      },
    ])
    const { TableType, Parameters, StorageDescriptor } = await found('told')
    assert.equal(TableType, 'EXTERNAL_TABLE')
    assert.deepEqual(Object.keys(Parameters!).sort(), ['metadata_location', 'table_type'])
    assert.deepEqual(
      StorageDescriptor!.Columns!.map(({ Name, Type }) => `${Name} ${Type}`),
      [
        'id bigint',
        'amount decimal(10,2)',
        'at timestamp',
        'tags array<string>',
        'place struct<city:string>',
        'seen map<string,int>',
        'note string',
      ],
    )
    await succeed(
      "INSERT INTO told VALUES (1, 2.50, TIMESTAMP '2026-01-02 00:00:00', ARRAY['a'], ROW('Rome'), MAP(ARRAY['x'], ARRAY[7]), 'Rome')",
    )
    assert.deepEqual(await rows("SELECT id, amount, tags[1], place.city, seen['x'] FROM told"), [
      ['1', '2.50', 'a', 'Rome', '7'],
    ])
    assert.deepEqual(await rows('SELECT partition FROM "told$partitions"'), [
      ['{at_day=2026-01-02, id_bucket=0, note_trunc=Ro}'],
    ])
  })

  test('tables of each version of the format', async () => {
    for (const version of ['1', '2', '3']) {
      const name = `v${version}`
      await create(name, { Location: at(name), Schema: PLAIN }, version)
      assert.equal((await metadataOf(name))['format-version'], Number(version))
      // Athena's SQL reads tables of each version and writes those of the second.
      if (version === '2') await succeed(`INSERT INTO ${name} VALUES (1, 'eu')`)
      assert.deepEqual(await rows(`SELECT * FROM ${name}`), version === '2' ? [['1', 'eu']] : [])
    }
    await create('by_property', { Location: at('by_property'), Schema: PLAIN, Properties: { 'format-version': '1' } })
    assert.equal((await metadataOf('by_property'))['format-version'], 1)
    const torn = { Location: at('torn'), Schema: PLAIN, Properties: { 'format-version': '1' } }
    await refused(create('torn', torn, '2'), /version 2, and format-version 1/)
  })

  test('what makes no table is refused, and none is there', async () => {
    const bad = (message: RegExp, told: Partial<CreateIcebergTableInput>, version?: string) =>
      refused(create('bad', { Location: at('bad'), Schema: PLAIN, ...told }, version), message)
    const schema = (...Fields: IcebergSchema['Fields'] & object) => ({ Schema: { ...PLAIN, Fields } })
    const spec = (SourceId: number, Transform: string, FieldId?: number) => ({
      SourceId,
      Transform,
      Name: `p${Transform}`,
      FieldId,
    })
    await bad(/have the same id 1/, schema(field(1, 'a', 'int'), field(1, 'b', 'int')))
    await bad(/multiple fields for name a/, schema(field(1, 'a', 'int'), field(2, 'a', 'int')))
    await bad(/type text .*not supported/i, schema(field(1, 'a', 'text')))
    await bad(/no type that Iceberg has/, schema(field(1, 'a', { type: 'tuple' })))
    await bad(/not supported until v3/, schema(field(1, 'a', 'timestamp_ns')))
    await bad(/not supported until v3/, schema({ ...field(1, 'a', 'int'), InitialDefault: 7 }))
    await bad(/initial default for a is no int: "x"/, schema({ ...field(1, 'a', 'int'), InitialDefault: 'x' }), '3')
    await bad(/as an identifier field/, { Schema: { ...PLAIN, IdentifierFieldIds: [2] } })
    await bad(/Cannot find source column for partition field/, { PartitionSpec: { Fields: [spec(9, 'day')] } })
    await bad(/Invalid source type string for transform: day/, { PartitionSpec: { Fields: [spec(2, 'day')] } })
    await bad(/Invalid transform: bucket\[0\]/, { PartitionSpec: { Fields: [spec(1, 'bucket[0]')] } })
    await bad(/Invalid transform: week/, { PartitionSpec: { Fields: [spec(1, 'week')] } })
    await bad(/have the same id 1000/, {
      PartitionSpec: { Fields: [spec(1, 'identity', 1000), spec(2, 'identity', 1000)] },
    })
    const order = { SourceId: 9, Transform: 'identity', Direction: 'asc', NullOrder: 'nulls-first' } as const
    await bad(/Cannot find source column for sort field: 9/, { WriteOrder: { OrderId: 1, Fields: [order] } })
    await bad(/Not an s3:\/\/ location/, { Location: '/tmp/x' })
    await bad(/There is no bucket of the location/, { Location: 's3://nowhere/x' })
    await refused(found('bad'), /Entity Not Found/, 'EntityNotFoundException')
    await refused(create('v2', { Location: at('again'), Schema: PLAIN }), /already exists/, 'AlreadyExistsException')
    const homeless = {
      IcebergInput: { MetadataOperation: 'CREATE', CreateIcebergTableInput: { Location: at('x'), Schema: PLAIN } },
    } as const
    await refused(
      glue.send(new CreateTableCommand({ DatabaseName: 'none', Name: 't', OpenTableFormatInput: homeless })),
      /none/,
      'EntityNotFoundException',
    )
  })
})

describe('by UpdateIcebergTableInput', () => {
  const WIDER: IcebergSchema = {
    Fields: [field(1, 'id', 'long', true), field(2, 'area', 'string'), field(3, 'amount', 'double')],
  }

  test('a whole update is the table’s new state, and rows that were written before are read by their ids', async () => {
    const Location = at('changed')
    await create('changed', { Location, Schema: PLAIN })
    await succeed("INSERT INTO changed VALUES (1, 'eu')")
    const before = await found('changed')
    await update('changed', [
      {
        Location,
        Schema: WIDER,
        PartitionSpec: { Fields: [{ SourceId: 2, Transform: 'identity', Name: 'area' }] },
        SortOrder: {
          OrderId: 1,
          Fields: [{ SourceId: 1, Transform: 'identity', Direction: 'asc', NullOrder: 'nulls-first' }],
        },
        Properties: { 'write.parquet.compression-codec': 'snappy' },
      },
    ])
    const metadata = await metadataOf('changed')
    assert.equal(metadata['current-schema-id'], 1)
    assert.equal(metadata['default-spec-id'], 1)
    assert.equal(metadata['default-sort-order-id'], 1)
    assert.equal(metadata.location, Location)
    assert.equal(metadata.properties['write.parquet.compression-codec'], 'snappy')
    await succeed("INSERT INTO changed VALUES (2, 'us', 1.5)")
    assert.deepEqual(await rows('SELECT * FROM changed ORDER BY id'), [
      ['1', 'eu', null],
      ['2', 'us', '1.5'],
    ])
    const after = await found('changed')
    assert.deepEqual(
      after.StorageDescriptor!.Columns!.map(({ Name }) => Name),
      ['id', 'area', 'amount'],
    )
    const { TableVersions } = await glue.send(new GetTableVersionsCommand({ DatabaseName: 'db', TableName: 'changed' }))
    assert.deepEqual(
      TableVersions!
        .map(({ Table }) => Table!.Parameters!.metadata_location)
        .includes(before.Parameters!.metadata_location),
      true,
    )
  })

  test('actions do what they are called, all or none', async () => {
    const Location = at('acted')
    await create('acted', { Location, Schema: PLAIN, Properties: { a: '1', b: '2' } })
    const whole = { Location, Schema: PLAIN }
    const byId = { SourceId: 1, Transform: 'identity', Direction: 'desc', NullOrder: 'nulls-last' } as const
    await update(
      'acted',
      [
        { ...whole, Action: 'add-schema', Schema: WIDER },
        { ...whole, Action: 'set-current-schema', Schema: { ...WIDER, SchemaId: 1 } },
        {
          ...whole,
          Action: 'add-spec',
          PartitionSpec: { Fields: [{ SourceId: 3, Transform: 'identity', Name: 'amount' }] },
        },
        { ...whole, Action: 'set-default-spec', PartitionSpec: { SpecId: 1, Fields: [] } },
        { ...whole, Action: 'add-sort-order', SortOrder: { OrderId: 1, Fields: [byId] } },
        { ...whole, Action: 'set-default-sort-order', SortOrder: { OrderId: 1, Fields: [byId] } },
        { ...whole, Action: 'set-properties', Properties: { c: '3' } },
        { ...whole, Action: 'remove-properties', Properties: { a: '' } },
      ],
      { SkipArchive: true },
    )
    const metadata = await metadataOf('acted')
    assert.equal(metadata.schemas.length, 2)
    assert.equal(metadata['current-schema-id'], 1)
    assert.equal(metadata['default-spec-id'], 1)
    assert.deepEqual(metadata['sort-orders'].at(-1).fields[0].direction, 'desc')
    assert.deepEqual(metadata.properties, { 'write.parquet.compression-codec': 'zstd', b: '2', c: '3' })
    assert.equal(metadata['metadata-log'].length, 1)

    const bad = (message: RegExp, ...Updates: IcebergTableUpdate[]) =>
      refused(update('acted', [{ ...whole, Action: 'set-properties', Properties: { d: '4' } }, ...Updates]), message)
    await bad(/PartitionSpec is required by the action add-spec/, { ...whole, Action: 'add-spec' })
    await bad(/nothing has the id 9/, { ...whole, Action: 'set-current-schema', Schema: { ...PLAIN, SchemaId: 9 } })
    await bad(/Cannot find source column for partition field: amount/, { ...whole })
    const taken = { SourceId: 2, Transform: 'identity', Name: 'area', FieldId: 1000 }
    await bad(/which is that of amount/, { ...whole, Action: 'add-spec', PartitionSpec: { Fields: [taken] } })
    const list = { type: 'list', 'element-id': 9, element: 'long', 'element-required': false }
    for (const [type, told] of [
      ['string', /^Cannot change column type: id: long -> string$/],
      [list, /: long -> list$/],
    ] as const)
      await bad(told, { ...whole, Schema: { Fields: [field(1, 'id', type), field(3, 'amount', 'double')] } })
    const amount = field(3, 'amount', 'double')
    for (const [more, told] of [
      [[{ ...amount, Required: true }], /^Cannot change column nullability: amount: optional -> required$/],
      [[amount, field(9, 'more', 'double', true)], /cannot add required column without a default value: more$/],
    ] as const)
      await bad(told, { ...whole, Schema: { Fields: [...PLAIN.Fields!, ...more] } })
    await bad(/There is no bucket of the location/, { ...whole, Action: 'set-location', Location: 's3://nowhere/a' })
    assert.deepEqual(await metadataOf('acted'), metadata)
    await update('acted', [{ ...whole, Action: 'set-location', Location: at('moved') }])
    assert.equal((await found('acted')).StorageDescriptor!.Location, at('moved'))
    await succeed("INSERT INTO acted VALUES (1, 'eu', 2.5)")
    assert.deepEqual(await rows('SELECT area FROM acted'), [['eu']])
  })

  test('keys of an encrypted table are kept by a table of version 3', async () => {
    const whole = { Location: at('keyed'), Schema: PLAIN }
    await create('keyed', whole, '3')
    const EncryptionKey = {
      KeyId: 'k1',
      EncryptedKeyMetadata: 'bWV0YQ==',
      EncryptedById: 'kms',
      Properties: { p: 'q' },
    }
    await update('keyed', [{ ...whole, Action: 'add-encryption-key', EncryptionKey }])
    assert.deepEqual((await metadataOf('keyed'))['encryption-keys'], [
      { 'key-id': 'k1', 'encrypted-key-metadata': 'bWV0YQ==', 'encrypted-by-id': 'kms', properties: { p: 'q' } },
    ])
    await update('keyed', [{ ...whole, Action: 'remove-encryption-key', KeyId: 'k1' }])
    assert.deepEqual((await metadataOf('keyed'))['encryption-keys'] ?? [], [])
  })

  test('one that was made of an older version is refused, and those without one are all made', async () => {
    const whole = { Location: at('raced'), Schema: PLAIN }
    await create('raced', whole)
    const set = (name: string, more: Partial<UpdateTableCommandInput> = {}) =>
      update('raced', [{ ...whole, Action: 'set-properties', Properties: { [name]: 'x' } }], more)
    await set('first', { VersionId: '0' })
    await refused(set('second', { VersionId: '0' }), /concurrent modifications/, 'ConcurrentModificationException')
    await set('second', { VersionId: '1' })
    const names = Array.from({ length: 8 }, (_, i) => `n${i}`)
    await Promise.all(names.map((name, i) => set(name, { SkipArchive: i % 2 === 0 })))
    const { properties } = await metadataOf('raced')
    assert.deepEqual(
      Object.keys(properties)
        .filter((name) => properties[name] === 'x')
        .sort(),
      ['first', ...names, 'second'],
    )
  })

  test('a table that is no Iceberg table, is not there, or is told twice is refused', async () => {
    const whole = { Location: at('plain'), Schema: PLAIN }
    await glue.send(new CreateTableCommand({ DatabaseName: 'db', TableInput: { Name: 'plain' } }))
    await refused(update('plain', [whole]), /no Iceberg table/, 'EntityNotFoundException')
    await refused(update('none', [whole]), /does not exist/, 'EntityNotFoundException')
    await refused(update('v2', [whole], { TableInput: { Name: 'v2' } }), /present at multiple parts/)
    const UpdateOpenTableFormatInput = {}
    await refused(update('v2', [whole], { UpdateOpenTableFormatInput }), /UpdateIcebergInput is required/)
  })
})
