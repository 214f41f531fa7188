import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ColumnStatistics,
  CreatePartitionCommand,
  CreateTableCommand,
  CreateUserDefinedFunctionCommand,
  DeleteColumnStatisticsForPartitionCommand,
  DeleteColumnStatisticsForTableCommand,
  DeletePartitionCommand,
  DeleteUserDefinedFunctionCommand,
  GetColumnStatisticsForPartitionCommand,
  GetColumnStatisticsForTableCommand,
  GetDevEndpointsCommand,
  GetUserDefinedFunctionCommand,
  GetUserDefinedFunctionsCommand,
  UpdateColumnStatisticsForPartitionCommand,
  UpdateColumnStatisticsForTableCommand,
  UpdateUserDefinedFunctionCommand,
} from '@aws-sdk/client-glue'
import { glueLake } from './glue-lake.ts'

const DatabaseName = 'db'
const TableName = 't'
const TYPES = {
  flag: 'boolean',
  day: 'date',
  amount: 'decimal(10,2)',
  ratio: 'double',
  count: 'bigint',
  word: 'string',
  blob: 'binary',
}
const NAMES = Object.keys(TYPES)
const { glue } = await glueLake([DatabaseName])
const Columns = Object.entries(TYPES).map(([Name, Type]) => ({ Name, Type }))
const TableInput = { Name: TableName, StorageDescriptor: { Columns }, PartitionKeys: [{ Name: 'p', Type: 'int' }] }
await glue.send(new CreateTableCommand({ DatabaseName, TableInput }))
await glue.send(new CreatePartitionCommand({ DatabaseName, TableName, PartitionInput: { Values: ['1'] } }))

const AnalyzedTime = new Date('2024-05-06T07:08:09Z')
const counts = { NumberOfNulls: 1, NumberOfDistinctValues: 2 }
/** One of each of the seven kinds. */
const STATISTICS: ColumnStatistics[] = [
  [
    'flag',
    'boolean',
    { Type: 'BOOLEAN', BooleanColumnStatisticsData: { NumberOfTrues: 1, NumberOfFalses: 2, NumberOfNulls: 3 } },
  ],
  [
    'day',
    'date',
    { Type: 'DATE', DateColumnStatisticsData: { ...counts, MinimumValue: new Date(0), MaximumValue: AnalyzedTime } },
  ],
  [
    'amount',
    'decimal(10,2)',
    {
      Type: 'DECIMAL',
      DecimalColumnStatisticsData: {
        ...counts,
        MinimumValue: { UnscaledValue: new Uint8Array([255, 0, 7]), Scale: 2 },
      },
    },
  ],
  [
    'ratio',
    'double',
    { Type: 'DOUBLE', DoubleColumnStatisticsData: { ...counts, MinimumValue: -1.5, MaximumValue: 2.25 } },
  ],
  [
    'count',
    'bigint',
    { Type: 'LONG', LongColumnStatisticsData: { ...counts, MinimumValue: 0, MaximumValue: 123456789012 } },
  ],
  [
    'word',
    'string',
    { Type: 'STRING', StringColumnStatisticsData: { ...counts, MaximumLength: 9, AverageLength: 4.5 } },
  ],
  [
    'blob',
    'binary',
    { Type: 'BINARY', BinaryColumnStatisticsData: { NumberOfNulls: 0, MaximumLength: 9, AverageLength: 4.5 } },
  ],
].map(
  ([ColumnName, ColumnType, StatisticsData]) =>
    ({ ColumnName, ColumnType, AnalyzedTime, StatisticsData }) as ColumnStatistics,
)

test('statistics of a table: kept whole, replaced, deleted', async () => {
  const at = { DatabaseName, TableName }
  const { Errors } = await glue.send(
    new UpdateColumnStatisticsForTableCommand({ ...at, ColumnStatisticsList: STATISTICS }),
  )
  assert.deepEqual(Errors ?? [], [])
  const read = async (ColumnNames: string[]) =>
    glue.send(new GetColumnStatisticsForTableCommand({ ...at, ColumnNames }))
  assert.deepEqual((await read(NAMES)).ColumnStatisticsList, STATISTICS)
  const newer = { ...STATISTICS[0]!, AnalyzedTime: new Date('2025-01-01T00:00:00Z') }
  await glue.send(new UpdateColumnStatisticsForTableCommand({ ...at, ColumnStatisticsList: [newer] }))
  assert.deepEqual((await read(['flag'])).ColumnStatisticsList, [newer])
  await glue.send(new DeleteColumnStatisticsForTableCommand({ ...at, ColumnName: 'flag' }))
  const after = await read(['flag', 'day'])
  assert.deepEqual(after.ColumnStatisticsList, [STATISTICS[1]])
  assert.deepEqual(
    after.Errors!.map((one) => [one.ColumnName, one.Error!.ErrorCode]),
    [['flag', 'EntityNotFoundException']],
  )
  await assert.rejects(glue.send(new DeleteColumnStatisticsForTableCommand({ ...at, ColumnName: 'flag' })), {
    name: 'EntityNotFoundException',
  })
})

test('statistics of a kind that is not the column’s are refused, of it alone', async () => {
  const at = { DatabaseName, TableName }
  const [flag, , , , , word] = STATISTICS
  const misfits = [
    { ...flag!, ColumnName: 'word' },
    { ...word!, ColumnName: 'count' },
    { ...word!, ColumnName: 'p' },
    { ...flag!, StatisticsData: { ...flag!.StatisticsData, Type: 'LONG' as const } },
    { ...flag!, ColumnName: 'gone' },
  ]
  const ColumnStatisticsList = [...misfits, word!]
  const [ofTable, ofPartition] = await Promise.all([
    glue.send(new UpdateColumnStatisticsForTableCommand({ ...at, ColumnStatisticsList })),
    glue.send(new UpdateColumnStatisticsForPartitionCommand({ ...at, PartitionValues: ['1'], ColumnStatisticsList })),
  ])
  for (const { Errors = [] } of [ofTable, ofPartition])
    assert.deepEqual(
      Errors.map((one) => [one.ColumnStatistics!.ColumnName, one.Error!.ErrorCode, one.Error!.ErrorMessage]),
      [
        ['word', 'InvalidInputException', 'Statistics of type BOOLEAN do not fit column word of type string.'],
        ['count', 'InvalidInputException', 'Statistics of type STRING do not fit column count of type bigint.'],
        ['p', 'InvalidInputException', 'Statistics of type STRING do not fit column p of type int.'],
        ['flag', 'InvalidInputException', 'Statistics of type LONG of column flag have no LongColumnStatisticsData.'],
        ['gone', 'InvalidInputException', 'Column gone is not found in table.'],
      ],
    )
})

test('statistics of a partition go with it', async () => {
  const at = { DatabaseName, TableName, PartitionValues: ['1'] }
  await glue.send(
    new UpdateColumnStatisticsForPartitionCommand({ ...at, ColumnStatisticsList: STATISTICS.slice(0, 2) }),
  )
  const read = async () =>
    glue.send(new GetColumnStatisticsForPartitionCommand({ ...at, ColumnNames: ['flag', 'day'] }))
  assert.deepEqual((await read()).ColumnStatisticsList, STATISTICS.slice(0, 2))
  await glue.send(new DeleteColumnStatisticsForPartitionCommand({ ...at, ColumnName: 'day' }))
  assert.deepEqual((await read()).ColumnStatisticsList, STATISTICS.slice(0, 1))
  await glue.send(new DeletePartitionCommand(at))
  await assert.rejects(read(), { name: 'EntityNotFoundException', message: 'Cannot find partition.' })
  await glue.send(new CreatePartitionCommand({ DatabaseName, TableName, PartitionInput: { Values: ['1'] } }))
  assert.deepEqual((await read()).ColumnStatisticsList, [])
})

test('functions: created, listed by pattern, changed, deleted', async () => {
  const create = (FunctionName: string) =>
    glue.send(
      new CreateUserDefinedFunctionCommand({
        DatabaseName,
        FunctionInput: {
          FunctionName,
          ClassName: 'org.Example',
          OwnerName: 'ann',
          OwnerType: 'USER',
          ResourceUris: [{ ResourceType: 'JAR', Uri: 's3://b/x.jar' }],
        },
      }),
    )
  for (const name of ['Trim_All', 'trim_left', 'other']) await create(name)
  await assert.rejects(create('TRIM_ALL'), { name: 'AlreadyExistsException' })
  const get = async (FunctionName: string) =>
    (await glue.send(new GetUserDefinedFunctionCommand({ DatabaseName, FunctionName }))).UserDefinedFunction!
  const { CreateTime, ...rest } = await get('TRIM_all')
  assert.ok(CreateTime instanceof Date)
  assert.deepEqual(rest, {
    FunctionName: 'trim_all',
    DatabaseName,
    ClassName: 'org.Example',
    OwnerName: 'ann',
    OwnerType: 'USER',
    ResourceUris: [{ ResourceType: 'JAR', Uri: 's3://b/x.jar' }],
    CatalogId: '000000000000',
  })
  const list = async (Pattern: string, database?: string) => {
    const found: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const page = await glue.send(
        new GetUserDefinedFunctionsCommand({ Pattern, DatabaseName: database, MaxResults: 1, NextToken }),
      )
      found.push(...page.UserDefinedFunctions!.map((one) => one.FunctionName))
      NextToken = page.NextToken
    } while (NextToken)
    return found
  }
  assert.deepEqual(await list('trim_.*', DatabaseName), ['trim_all', 'trim_left'])
  assert.deepEqual(await list('*'), ['other', 'trim_all', 'trim_left'])
  const FunctionInput = { FunctionName: 'trim_all', ClassName: 'org.Newer' }
  await glue.send(new UpdateUserDefinedFunctionCommand({ DatabaseName, FunctionName: 'trim_all', FunctionInput }))
  assert.equal((await get('trim_all')).ClassName, 'org.Newer')
  await glue.send(new DeleteUserDefinedFunctionCommand({ DatabaseName, FunctionName: 'trim_all' }))
  await assert.rejects(get('trim_all'), { name: 'EntityNotFoundException' })
})

test('what is not there yet says so', async () => {
  await assert.rejects(glue.send(new GetDevEndpointsCommand({})), /GetDevEndpoints/)
})
