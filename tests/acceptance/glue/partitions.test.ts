import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchGetPartitionCommand,
  BatchUpdatePartitionCommand,
  CreatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  DeleteTableCommand,
  GetPartitionCommand,
  GetPartitionIndexesCommand,
  GetPartitionsCommand,
  type GetPartitionsCommandInput,
  type PartitionInput,
  UpdatePartitionCommand,
} from '@aws-sdk/client-glue'
import { glueLake } from './glue-lake.ts'

const DatabaseName = 'db'
const COLUMNS = [{ Name: 'id', Type: 'bigint' }]
const { glue } = await glueLake([DatabaseName])

async function createTable(Name: string, keys: Record<string, string>): Promise<void> {
  const PartitionKeys = Object.entries(keys).map(([key, Type]) => ({ Name: key, Type }))
  const StorageDescriptor = { Columns: COLUMNS, Location: `s3://b/${Name}/` }
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: { Name, PartitionKeys, StorageDescriptor } }))
}

const partition = (...Values: string[]): PartitionInput => ({
  Values,
  StorageDescriptor: { Columns: COLUMNS, Location: `s3://b/${Values.map(encodeURIComponent).join('/')}/` },
})

async function fill(TableName: string, rows: readonly string[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += 100) {
    const PartitionInputList = rows.slice(at, at + 100).map((values) => partition(...values))
    const { Errors } = await glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList }))
    assert.deepEqual(Errors ?? [], [])
  }
}

async function values(TableName: string, options: Partial<GetPartitionsCommandInput> = {}): Promise<string[][]> {
  const found: string[][] = []
  let NextToken: string | undefined
  do {
    const page = await glue.send(new GetPartitionsCommand({ DatabaseName, TableName, ...options, NextToken }))
    assert.ok(page.Partitions!.length <= (options.MaxResults ?? 1000))
    found.push(...page.Partitions!.map((one) => one.Values!))
    NextToken = page.NextToken
  } while (NextToken)
  return found
}

test('a partition comes back field for field', async () => {
  await createTable('single', { Day: 'date', hour: 'int' })
  const PartitionInput = {
    ...partition('2024-01-01', '7'),
    Parameters: { numRows: '12' },
    LastAccessTime: new Date('2024-01-02T03:04:05Z'),
    LastAnalyzedTime: new Date('2024-01-03T00:00:00Z'),
  }
  await glue.send(new CreatePartitionCommand({ DatabaseName: 'DB', TableName: 'Single', PartitionInput }))
  const get = { DatabaseName, TableName: 'single', PartitionValues: ['2024-01-01', '7'] }
  const { CreationTime, ...rest } = (await glue.send(new GetPartitionCommand(get))).Partition!
  assert.ok(CreationTime instanceof Date)
  const StorageDescriptor = { ...UNSAID, ...PartitionInput.StorageDescriptor }
  const expected = { ...PartitionInput, StorageDescriptor, DatabaseName, TableName: 'single' }
  assert.deepEqual(rest, { ...expected, CatalogId: '000000000000' })

  const changed = { ...PartitionInput, Parameters: { numRows: '13' } }
  const update = { DatabaseName, TableName: 'single', PartitionValueList: get.PartitionValues, PartitionInput: changed }
  await glue.send(new UpdatePartitionCommand(update))
  const again = (await glue.send(new GetPartitionCommand(get))).Partition!
  assert.deepEqual(again, { ...rest, Parameters: { numRows: '13' }, CreationTime })
  const moved = { ...update, PartitionInput: partition('2024-01-01', '8') }
  await assert.rejects(glue.send(new UpdatePartitionCommand(moved)), { name: 'InvalidInputException' })

  const { Partitions } = await glue.send(
    new GetPartitionsCommand({ DatabaseName, TableName: 'single', ExcludeColumnSchema: true }),
  )
  assert.deepEqual(Partitions![0]!.StorageDescriptor, { ...UNSAID, Location: 's3://b/2024-01-01/7/' })
})

/** What is answered of the storage though nobody has said it. */
const UNSAID = { Compressed: false, NumberOfBuckets: 0, StoredAsSubDirectories: false }

test('what is there already, what is not, and what does not fit', async () => {
  await createTable('faults', { a: 'string' })
  const create = (...given: string[]) =>
    glue.send(new CreatePartitionCommand({ DatabaseName, TableName: 'faults', PartitionInput: partition(...given) }))
  await create('x')
  await assert.rejects(create('x'), { name: 'AlreadyExistsException', message: 'Partition already exists.' })
  await assert.rejects(create('x', 'y'), {
    name: 'InvalidInputException',
    message: 'The number of partition keys do not match the number of partition values',
  })
  const at = (PartitionValues: string[], TableName = 'faults') => ({ DatabaseName, TableName, PartitionValues })
  const missing = { name: 'EntityNotFoundException', message: 'Cannot find partition.' }
  await assert.rejects(glue.send(new GetPartitionCommand(at(['X']))), missing)
  await assert.rejects(glue.send(new DeletePartitionCommand(at(['none']))), missing)
  await glue.send(new DeletePartitionCommand(at(['x'])))
  await assert.rejects(glue.send(new GetPartitionCommand(at(['x']))), missing)
  await assert.rejects(values('nothing'), { name: 'EntityNotFoundException', message: 'Table nothing not found.' })
})

test('batches do what they can and tell what they could not', async () => {
  await createTable('batches', { a: 'string' })
  await fill('batches', [['1'], ['2']])
  const at = { DatabaseName, TableName: 'batches' }
  const PartitionInputList = [partition('2'), partition('3'), partition('3'), partition('4', '5'), partition('6')]
  const created = await glue.send(new BatchCreatePartitionCommand({ ...at, PartitionInputList }))
  assert.deepEqual(
    created.Errors!.map((one) => [one.PartitionValues, one.ErrorDetail!.ErrorCode]),
    [
      [['2'], 'AlreadyExistsException'],
      [['3'], 'AlreadyExistsException'],
      [['4', '5'], 'InvalidInputException'],
    ],
  )
  assert.deepEqual(await values('batches'), [['1'], ['2'], ['3'], ['6']])

  const PartitionsToGet = [{ Values: ['6'] }, { Values: ['none'] }, { Values: ['1'] }]
  const got = await glue.send(new BatchGetPartitionCommand({ ...at, PartitionsToGet }))
  assert.deepEqual(
    got.Partitions!.map((one) => one.Values),
    [['6'], ['1']],
  )

  const Entries = ['1', 'none'].map((value) => ({
    PartitionValueList: [value],
    PartitionInput: { ...partition(value), Parameters: { seen: 'yes' } },
  }))
  const updated = await glue.send(new BatchUpdatePartitionCommand({ ...at, Entries }))
  assert.deepEqual(
    updated.Errors!.map((one) => [one.PartitionValueList, one.ErrorDetail!.ErrorCode]),
    [[['none'], 'EntityNotFoundException']],
  )
  const seen = await glue.send(new GetPartitionCommand({ ...at, PartitionValues: ['1'] }))
  assert.deepEqual(seen.Partition!.Parameters, { seen: 'yes' })

  const PartitionsToDelete = [{ Values: ['1'] }, { Values: ['none'] }, { Values: ['6'] }]
  const deleted = await glue.send(new BatchDeletePartitionCommand({ ...at, PartitionsToDelete }))
  assert.deepEqual(
    deleted.Errors!.map((one) => [one.PartitionValues, one.ErrorDetail!.ErrorCode]),
    [[['none'], 'EntityNotFoundException']],
  )
  assert.deepEqual(await values('batches'), [['2'], ['3']])
})

suite('many partitions', () => {
  const REGIONS = ['eu', 'us']
  const all = REGIONS.flatMap((region) =>
    [2023, 2024].flatMap((year) =>
      Array.from({ length: 250 }, (_, i) => [region, String(year), String(i).padStart(3, '0')]),
    ),
  )
  before(async () => {
    await createTable('many', { region: 'string', year: 'int', n: 'string' })
    await fill('many', all)
  })

  test('are paged in order', async () => {
    assert.deepEqual(await values('many', { MaxResults: 170 }), all)
    assert.deepEqual(await values('many'), all)
  })

  test('lie in exactly one segment each', async () => {
    for (const TotalSegments of [1, 3, 5, 10]) {
      const segments = await Promise.all(
        Array.from({ length: TotalSegments }, (_, SegmentNumber) =>
          values('many', { Segment: { SegmentNumber, TotalSegments }, MaxResults: 97 }),
        ),
      )
      const joined = segments.flat().map((one) => one.join('/'))
      assert.deepEqual(joined.toSorted(), all.map((one) => one.join('/')).toSorted())
      for (const segment of segments) assert.ok(segment.length > 0)
    }
    const Segment = { SegmentNumber: 5, TotalSegments: 5 }
    await assert.rejects(values('many', { Segment }), { name: 'InvalidInputException' })
  })

  test('are filtered, whatever the size of a page', async () => {
    const filters: readonly [string, (region: string, year: number, n: string) => boolean][] = [
      ["region = 'eu'", (region) => region === 'eu'],
      ["region = 'eu' and year = 2024", (region, year) => region === 'eu' && year === 2024],
      ['year > 2023', (_, year) => year > 2023],
      ["n between '010' and '012' or n = '249'", (_, __, n) => (n >= '010' && n <= '012') || n === '249'],
      ["n like '2_5' and region not in ('eu')", (region, _, n) => /^2.5$/.test(n) && region !== 'eu'],
      ["not (region = 'eu' or year = 2023)", (region, year) => region !== 'eu' && year !== 2023],
      ["region = 'xx'", () => false],
      [' ', () => true],
    ]
    for (const [Expression, keep] of filters) {
      const expected = all.filter(([region, year, n]) => keep(region!, Number(year), n!))
      for (const MaxResults of [7, 1000])
        assert.deepEqual(await values('many', { Expression, MaxResults }), expected, Expression)
      const halves = await Promise.all(
        [0, 1].map((SegmentNumber) => values('many', { Expression, Segment: { SegmentNumber, TotalSegments: 2 } })),
      )
      assert.equal(halves.flat().length, expected.length)
    }
  })
})

test('a filter that is wrong is refused', async () => {
  await createTable('typed', { year: 'int', f: 'float' })
  const refused = async (Expression: string, name: string, message: string) =>
    assert.rejects(values('typed', { Expression }), { name, message })
  await refused('nothing = 1', 'InvalidInputException', "Unknown column 'nothing'")
  await refused("year = 'x'", 'InvalidInputException', '"x" is not an integer.')
  await refused('f = 1', 'InvalidInputException', "Unknown type : 'float'")
  await refused('year = ', 'InvalidInputException', "Unsupported expression 'year = '")
  await fill('typed', [['no number', '1']])
  await refused('year = 1', 'InvalidStateException', '"no number" is not an integer.')
})

test('any text is a value', async () => {
  await createTable('texts', { a: 'string', b: 'string' })
  const rows = [
    ['', ' '],
    ['a', 'b/c=d%2F'],
    ['a b', "it's"],
    ['a\tb', '__HIVE_DEFAULT_PARTITION__'],
    ['a\u0000b', '\u0001\u0002'],
    ['grüße', '🦆'],
    ['퟿', '\uffff'],
  ].filter((row) => row.every((value) => value !== ''))
  await fill('texts', rows)
  const byBytes = (a: string[], b: string[]) => Buffer.compare(Buffer.from(a.join('\0')), Buffer.from(b.join('\0')))
  assert.deepEqual((await values('texts')).toSorted(byBytes), rows.toSorted(byBytes))
  for (const PartitionValues of rows) {
    const { Partition } = await glue.send(
      new GetPartitionCommand({ DatabaseName, TableName: 'texts', PartitionValues }),
    )
    assert.deepEqual(Partition!.Values, PartitionValues)
  }
  assert.deepEqual(await values('texts', { Expression: "a = 'a b' and b = 'it''s'" }), [['a b', "it's"]])
})

test('a table has no partition indexes, and says so to who asks after every create', async () => {
  await createTable('indexed', { a: 'string' })
  const ask = (TableName: string) => glue.send(new GetPartitionIndexesCommand({ DatabaseName, TableName }))
  assert.deepEqual((await ask('indexed')).PartitionIndexDescriptorList, [])
  await assert.rejects(ask('nothing'), { name: 'EntityNotFoundException', message: 'Table nothing not found.' })
})

test('a new table of the name has none of the old partitions', async () => {
  await createTable('reborn', { a: 'string' })
  await fill('reborn', [['1']])
  await glue.send(new DeleteTableCommand({ DatabaseName, Name: 'reborn' }))
  await createTable('reborn', { a: 'string' })
  assert.deepEqual(await values('reborn'), [])
})
