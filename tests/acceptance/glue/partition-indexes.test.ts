import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchCreatePartitionCommand,
  CreatePartitionCommand,
  CreatePartitionIndexCommand,
  CreateTableCommand,
  DeletePartitionIndexCommand,
  GetPartitionIndexesCommand,
  GetPartitionsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { glueLake } from './glue-lake.ts'

const DatabaseName = 'db'
const PartitionKeys = ['country', 'category', 'year'].map((Name) => ({
  Name,
  Type: Name === 'year' ? 'int' : 'string',
}))
const { glue } = await glueLake([DatabaseName])

async function indexes(TableName: string) {
  const { PartitionIndexDescriptorList } = await glue.send(new GetPartitionIndexesCommand({ DatabaseName, TableName }))
  return PartitionIndexDescriptorList!
}

async function settledIndexes(TableName: string) {
  for (;;) {
    const found = await indexes(TableName)
    if (found.every(({ IndexStatus }) => IndexStatus === 'ACTIVE' || IndexStatus === 'FAILED')) return found
    await sleep(5)
  }
}

async function fill(TableName: string, rows: readonly string[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += 100) {
    const PartitionInputList = rows.slice(at, at + 100).map((Values) => ({ Values }))
    const { Errors } = await glue.send(new BatchCreatePartitionCommand({ DatabaseName, TableName, PartitionInputList }))
    assert.deepEqual(Errors ?? [], [])
  }
}

async function years(TableName: string, Expression: string): Promise<string[]> {
  const found: string[] = []
  let NextToken: string | undefined
  do {
    const page = await glue.send(
      new GetPartitionsCommand({ DatabaseName, TableName, Expression, MaxResults: 7, NextToken }),
    )
    found.push(...page.Partitions!.map((one) => one.Values![2]!))
    NextToken = page.NextToken
  } while (NextToken)
  return found
}

test('a table is created with indexes, and more are added to it: CREATING, then ACTIVE', async () => {
  const first = { IndexName: 'By_Year', Keys: ['year'] }
  const TableInput = { Name: 't', PartitionKeys }
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput, PartitionIndexes: [first] }))
  assert.deepEqual(await indexes('t'), [
    { IndexName: 'by_year', Keys: [{ Name: 'year', Type: 'int' }], IndexStatus: 'ACTIVE' },
  ])
  const rows = ['fr', 'de'].flatMap((country) =>
    ['toys', 'books'].flatMap((category) =>
      Array.from({ length: 600 }, (_, n) => [country, category, String(n === 599 ? 7 : n)]),
    ),
  )
  const unique = [...new Map(rows.map((row) => [row.join(), row])).values()]
  await fill('t', unique)
  const PartitionIndex = { IndexName: 'second', Keys: ['category', 'year'] }
  await glue.send(new CreatePartitionIndexCommand({ DatabaseName, TableName: 't', PartitionIndex }))
  const settled = await settledIndexes('t')
  assert.deepEqual(
    settled.map((one) => [one.IndexName, one.IndexStatus, one.Keys!.map((key) => key.Name)]),
    [
      ['by_year', 'ACTIVE', ['year']],
      ['second', 'ACTIVE', ['category', 'year']],
    ],
  )
  assert.deepEqual(await years('t', 'year = 7'), ['7', '7', '7', '7'])
  const expected = Array.from({ length: 11 }, (_, n) => [String(n + 95), String(n + 95)]).flat()
  assert.deepEqual(await years('t', "category = 'toys' and year between 95 and 105"), expected)
})

test('what an index asks of values and keys', async () => {
  const wrong = glue.send(
    new CreatePartitionCommand({ DatabaseName, TableName: 't', PartitionInput: { Values: ['fr', 'toys', 'foo'] } }),
  )
  await assert.rejects(wrong, { name: 'InvalidInputException' })
  const TableInput = { Name: 't', PartitionKeys: PartitionKeys.map(({ Name }) => ({ Name, Type: 'string' })) }
  await assert.rejects(glue.send(new UpdateTableCommand({ DatabaseName, TableInput })), {
    name: 'InvalidInputException',
  })
})

test('three of them, of one name each', async () => {
  const create = (IndexName: string, ...Keys: string[]) =>
    glue.send(new CreatePartitionIndexCommand({ DatabaseName, TableName: 't', PartitionIndex: { IndexName, Keys } }))
  await assert.rejects(create('second', 'country'), { name: 'AlreadyExistsException' })
  await assert.rejects(create('third', 'nothing'), { name: 'InvalidInputException' })
  await create('third', 'country')
  await assert.rejects(create('fourth', 'category'), { name: 'ResourceNumberLimitExceededException' })
  await settledIndexes('t')
  const remove = (IndexName: string) =>
    glue.send(new DeletePartitionIndexCommand({ DatabaseName, TableName: 't', IndexName }))
  await remove('third')
  await settledIndexes('t')
  await assert.rejects(remove('third'), { name: 'EntityNotFoundException' })
  await assert.rejects(indexes('nothing'), { name: 'EntityNotFoundException' })
})

test('a failure names its reason and partitions', async () => {
  await glue.send(new CreateTableCommand({ DatabaseName, TableInput: { Name: 'bad', PartitionKeys } }))
  await fill('bad', [
    ['fr', 'toys', '2024'],
    ['fr', 'toys', 'foo'],
  ])
  const PartitionIndex = { IndexName: 'i', Keys: ['year'] }
  await glue.send(new CreatePartitionIndexCommand({ DatabaseName, TableName: 'bad', PartitionIndex }))
  const [failed] = await settledIndexes('bad')
  assert.equal(failed!.IndexStatus, 'FAILED')
  assert.deepEqual(failed!.BackfillErrors, [
    { Code: 'INVALID_PARTITION_TYPE_DATA_ERROR', Partitions: [{ Values: ['fr', 'toys', 'foo'] }] },
  ])
})
