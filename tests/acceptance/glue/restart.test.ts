import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateDatabaseCommand,
  CreatePartitionCommand,
  CreateTableCommand,
  CreateUserDefinedFunctionCommand,
  GetDatabasesCommand,
  GetPartitionsCommand,
  GetTablesCommand,
  GetTableVersionsCommand,
  GetTagsCommand,
  GetUserDefinedFunctionsCommand,
  GlueClient,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { startLake } from '../server.ts'

test('the catalog survives a restart', async () => {
  let lake = await startLake()
  try {
    const glue = new GlueClient(lake.client)
    const DatabaseName = 'db'
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName }, Tags: { a: 'b' } }))
    const TableInput = { Name: 't', PartitionKeys: [{ Name: 'p', Type: 'int' }] }
    await glue.send(new CreateTableCommand({ DatabaseName, TableInput }))
    await glue.send(new UpdateTableCommand({ DatabaseName, TableInput: { ...TableInput, Description: 'new' } }))
    for (const value of ['1', '2'])
      await glue.send(new CreatePartitionCommand({ DatabaseName, TableName: 't', PartitionInput: { Values: [value] } }))
    await glue.send(new CreateUserDefinedFunctionCommand({ DatabaseName, FunctionInput: { FunctionName: 'f' } }))

    const everything = async () => {
      const ResourceArn = 'arn:aws:glue:us-east-1:000000000000:database/db'
      const answers = await Promise.all([
        glue.send(new GetDatabasesCommand({})),
        glue.send(new GetTablesCommand({ DatabaseName })),
        glue.send(new GetTableVersionsCommand({ DatabaseName, TableName: 't' })),
        glue.send(new GetPartitionsCommand({ DatabaseName, TableName: 't' })),
        glue.send(new GetUserDefinedFunctionsCommand({ DatabaseName, Pattern: '.*' })),
        glue.send(new GetTagsCommand({ ResourceArn })),
      ])
      return answers.map(({ $metadata: _, ...answer }) => answer)
    }
    const before = await everything()
    assert.equal((before[2] as { TableVersions: unknown[] }).TableVersions.length, 2)
    lake = await lake.restart()
    assert.deepEqual(await everything(), before)
    assert.deepEqual(lake.log, [])
  } finally {
    await lake.stop()
  }
})
