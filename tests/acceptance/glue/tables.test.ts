import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BatchDeleteTableCommand,
  BatchDeleteTableVersionCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DeleteTableVersionCommand,
  GetTableCommand,
  GetTablesCommand,
  GetTableVersionCommand,
  GetTableVersionsCommand,
  SearchTablesCommand,
  type SearchTablesCommandInput,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { glueLake } from './glue-lake.ts'

const DatabaseName = 'db'
const { glue } = await glueLake([DatabaseName])

const create = (TableInput: TableInput) => glue.send(new CreateTableCommand({ DatabaseName, TableInput }))
const get = async (Name: string) => (await glue.send(new GetTableCommand({ DatabaseName, Name }))).Table!
const update = (TableInput: TableInput, options: { VersionId?: string; SkipArchive?: boolean } = {}) =>
  glue.send(new UpdateTableCommand({ DatabaseName, TableInput, ...options }))

/** Every member of a table that is not computed, every spelling of a type. */
const WIDE: TableInput = {
  Name: 'Wide_Table',
  Description: 'of everything',
  Owner: 'hadoop',
  LastAccessTime: new Date('2024-01-02T03:04:05Z'),
  LastAnalyzedTime: new Date('2024-01-03T00:00:00Z'),
  Retention: 7,
  StorageDescriptor: {
    Columns: [
      { Name: 'ID', Type: 'bigint', Comment: 'key' },
      { Name: 'amount', Type: 'DECIMAL(38, 10)', Parameters: { 'iceberg.field.id': '2' } },
      { Name: 'nested', Type: 'struct<userName:string,tags:map<string,array<varchar(10)>>>' },
      { Name: 'either', Type: 'uniontype<int,string>' },
      { Name: 'untyped' },
    ],
    Location: 's3://bucket/wide/',
    AdditionalLocations: ['s3://bucket/more/'],
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    Compressed: true,
    NumberOfBuckets: -1,
    SerdeInfo: {
      Name: 'serde',
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'field.delim': '\u0001', escape: '\\' },
    },
    BucketColumns: ['id'],
    SortColumns: [{ Column: 'id', SortOrder: 1 }],
    Parameters: { a: 'b' },
    SkewedInfo: { SkewedColumnNames: ['id'], SkewedColumnValues: ['1'], SkewedColumnValueLocationMaps: { '1': 'x' } },
    StoredAsSubDirectories: false,
  },
  PartitionKeys: [{ Name: 'Day', Type: 'date', Comment: 'of sale' }],
  ViewOriginalText: '/* Presto View: eyJ9 */',
  ViewExpandedText: '/* Presto View */',
  TableType: 'EXTERNAL_TABLE',
  Parameters: { EXTERNAL: 'TRUE', 'projection.enabled': 'true', long: 'x'.repeat(300_000) },
  TargetTable: { CatalogId: '000000000000', DatabaseName: 'other', Name: 'linked' },
}

test('a table comes back field for field', async () => {
  await create(WIDE)
  const { CreateTime, UpdateTime, ...rest } = await get('WIDE_table')
  assert.ok(CreateTime instanceof Date && UpdateTime instanceof Date)
  assert.deepEqual(rest, {
    ...WIDE,
    Name: 'wide_table',
    DatabaseName,
    CreatedBy: 'arn:aws:iam::000000000000:root',
    IsRegisteredWithLakeFormation: false,
    IsMultiDialectView: false,
    CatalogId: '000000000000',
    VersionId: '0',
  })
})

test('what is there already, and what is not', async () => {
  await create({ Name: 'twice' })
  await assert.rejects(create({ Name: 'Twice' }), { name: 'AlreadyExistsException', message: 'Table already exists.' })
  await assert.rejects(get('nothing'), { name: 'EntityNotFoundException', message: 'Entity Not Found' })
  const missing = { name: 'EntityNotFoundException', message: 'Table nothing not found.' }
  await assert.rejects(update({ Name: 'Nothing' }), missing)
  await assert.rejects(glue.send(new DeleteTableCommand({ DatabaseName, Name: 'nothing' })), missing)
  const elsewhere = { DatabaseName: 'nowhere', TableInput: { Name: 't' } }
  const noDatabase = { name: 'EntityNotFoundException', message: 'Database nowhere not found.' }
  await assert.rejects(glue.send(new CreateTableCommand(elsewhere)), noDatabase)
  await assert.rejects(glue.send(new UpdateTableCommand(elsewhere)), noDatabase)
  await assert.rejects(glue.send(new GetTablesCommand(elsewhere)), noDatabase)
})

test('an update counts the version on and keeps the one before, unless told to skip it', async () => {
  await create({ Name: 'versioned', Description: 'v0' })
  const { CreateTime } = await get('versioned')
  await update({ Name: 'versioned', Description: 'v1' })
  await update({ Name: 'versioned', Description: 'v2' }, { SkipArchive: true })
  await update({ Name: 'versioned', Description: 'v3' })
  const current = await get('versioned')
  assert.equal(current.VersionId, '3')
  assert.deepEqual(current.CreateTime, CreateTime)
  const versions = async (MaxResults?: number) => {
    const found: (string | undefined)[][] = []
    let NextToken: string | undefined
    do {
      const page = await glue.send(
        new GetTableVersionsCommand({ DatabaseName, TableName: 'versioned', MaxResults, NextToken }),
      )
      for (const { VersionId, Table } of page.TableVersions!)
        found.push([VersionId, Table!.VersionId, Table!.Description])
      NextToken = page.NextToken
    } while (NextToken)
    return found
  }
  // Version 1 was not archived: the update that replaced it said so.
  const expected = [
    ['3', '3', 'v3'],
    ['2', '2', 'v2'],
    ['0', '0', 'v0'],
  ]
  assert.deepEqual(await versions(), expected)
  assert.deepEqual(await versions(1), expected)
  const version = async (VersionId?: string) =>
    (await glue.send(new GetTableVersionCommand({ DatabaseName, TableName: 'versioned', VersionId }))).TableVersion!
  assert.equal((await version('0')).Table!.Description, 'v0')
  assert.equal((await version()).Table!.Description, 'v3')
  await assert.rejects(version('1'), { name: 'EntityNotFoundException' })
  await assert.rejects(version('x'), { name: 'InvalidInputException' })
  await glue.send(new DeleteTableVersionCommand({ DatabaseName, TableName: 'versioned', VersionId: '0' }))
  assert.deepEqual(await versions(), expected.slice(0, 2))
  const { Errors } = await glue.send(
    new BatchDeleteTableVersionCommand({ DatabaseName, TableName: 'versioned', VersionIds: ['2', '7', '3'] }),
  )
  assert.deepEqual(
    Errors!.map(({ VersionId, ErrorDetail }) => [VersionId, ErrorDetail!.ErrorCode]),
    [
      ['7', 'EntityNotFoundException'],
      ['3', 'InvalidInputException'],
    ],
  )
  assert.deepEqual(await versions(), expected.slice(0, 1))
})

test('of many writers that read the same version one wins', async () => {
  await create({ Name: 'contested', Parameters: { metadata_location: 'v0' } })
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      update({ Name: 'contested', Parameters: { metadata_location: `w${i}` } }, { VersionId: '0', SkipArchive: true }),
    ),
  )
  const winners = settled.flatMap((one, i) => (one.status === 'fulfilled' ? [i] : []))
  assert.equal(winners.length, 1)
  for (const one of settled)
    if (one.status === 'rejected') assert.equal(one.reason.name, 'ConcurrentModificationException')
  const { VersionId, Parameters } = await get('contested')
  assert.equal(VersionId, '1')
  assert.deepEqual(Parameters, { metadata_location: `w${winners[0]}` })
  await update({ Name: 'contested' }, { VersionId: '1' })
  await assert.rejects(update({ Name: 'contested' }, { VersionId: '1' }), { name: 'ConcurrentModificationException' })
})

test('properties come in the order of their hashes', async () => {
  const Parameters = {
    classification: 'parquet',
    compressionType: 'none',
    typeOfData: 'file',
    'projection.enabled': 'false',
  }
  await create({ Name: 'hashed', Parameters })
  const { Table } = await glue.send(new GetTableCommand({ DatabaseName, Name: 'hashed' }))
  // As awswrangler's own suite expects them of AWS.
  assert.deepEqual(Object.keys(Table!.Parameters!), [
    'compressionType',
    'classification',
    'projection.enabled',
    'typeOfData',
  ])
})

test('tables are listed in order, paged, and by regular expression', async () => {
  const names = ['list_a', 'list_b', 'list_b2', 'other_b']
  for (const Name of names.toReversed()) await create({ Name })
  const list = async (Expression?: string, MaxResults?: number) => {
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const page = await glue.send(new GetTablesCommand({ DatabaseName, Expression, MaxResults, NextToken }))
      found.push(...page.TableList!.map((table) => table.Name!))
      NextToken = page.NextToken
    } while (NextToken)
    return found
  }
  assert.deepEqual(
    (await list()).filter((name) => names.includes(name)),
    names,
  )
  assert.deepEqual(await list('list_.*', 1), ['list_a', 'list_b', 'list_b2'])
  assert.deepEqual(await list('.*_b'), ['list_b', 'other_b'])
  assert.deepEqual(await list('list_[ab]|other.*'), ['list_a', 'list_b', 'other_b'])
  assert.deepEqual(await list('list'), [])
  // Hive's stars, as awswrangler writes them.
  assert.deepEqual(await list('list*'), ['list_a', 'list_b', 'list_b2'])
  assert.deepEqual(await list('*_b'), ['list_b', 'other_b'])
  assert.deepEqual(await list('*st_b*'), ['list_b', 'list_b2'])
  await assert.rejects(list('('), { name: 'InvalidInputException' })
  await create({ Name: 'a'.repeat(60) })
  await assert.rejects(list('(a+)+b'), { name: 'InvalidInputException' })
})

test('many are deleted at once, those that are not there are told', async () => {
  for (const Name of ['gone_1', 'gone_2']) await create({ Name })
  const { Errors } = await glue.send(
    new BatchDeleteTableCommand({ DatabaseName, TablesToDelete: ['gone_1', 'never', 'GONE_2'] }),
  )
  assert.deepEqual(Errors, [
    {
      TableName: 'never',
      ErrorDetail: { ErrorCode: 'EntityNotFoundException', ErrorMessage: 'Table never not found.' },
    },
  ])
  await assert.rejects(get('gone_2'), { name: 'EntityNotFoundException' })
})

test('tables are found by their texts', async () => {
  await create({ Name: 'customer-link', Description: 'who bought what' })
  await create({ Name: 'xxlinkyy', StorageDescriptor: { Columns: [{ Name: 'customer_id', Type: 'int' }] } })
  const search = async (input: SearchTablesCommandInput) =>
    (await glue.send(new SearchTablesCommand(input))).TableList!.map((table) => table.Name)
  // The example of SearchTables' reference.
  assert.deepEqual(await search({ Filters: [{ Key: 'Name', Value: 'link' }] }), ['customer-link'])
  assert.deepEqual(await search({ SearchText: 'customer', SortCriteria: [{ FieldName: 'Name', Sort: 'DESC' }] }), [
    'xxlinkyy',
    'customer-link',
  ])
  assert.deepEqual(await search({ SearchText: '"who bought what"' }), ['customer-link'])
  assert.deepEqual(await search({ SearchText: '"who bought"' }), [])
})
