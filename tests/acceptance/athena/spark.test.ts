/** Sessions, notebooks and calculations where no work group runs Spark, and system tables that nobody enabled. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateNotebookCommand,
  CreateWorkGroupCommand,
  ExportNotebookCommand,
  GetCalculationExecutionCommand,
  GetSessionCommand,
  GetSystemTableConfigurationCommand,
  ListApplicationDPUSizesCommand,
  ListCalculationExecutionsCommand,
  ListNotebookMetadataCommand,
  ListNotebookSessionsCommand,
  ListSessionsCommand,
  ListSystemTableStatusesCommand,
  StartSessionCommand,
  TerminateSessionCommand,
} from '@aws-sdk/client-athena'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

test('no work group runs Spark', async () => {
  await assert.rejects(
    a.athena.send(
      new CreateWorkGroupCommand({
        Name: 'spark',
        Configuration: { EngineVersion: { SelectedEngineVersion: 'PySpark engine version 3' } },
      }),
    ),
    { name: 'InvalidRequestException', message: 'Unsupported engine version: PySpark engine version 3' },
  )
})

test('what would start Spark says that it is not there', async () => {
  await assert.rejects(
    a.athena.send(new StartSessionCommand({ WorkGroup: 'primary', EngineConfiguration: { MaxConcurrentDpus: 4 } })),
    /StartSession/,
  )
  await assert.rejects(a.athena.send(new CreateNotebookCommand({ WorkGroup: 'primary', Name: 'n' })), /CreateNotebook/)
})

test('lists are empty, where there is such a work group', async () => {
  assert.deepEqual((await a.athena.send(new ListSessionsCommand({ WorkGroup: 'primary' }))).Sessions, [])
  const { NotebookMetadataList } = await a.athena.send(new ListNotebookMetadataCommand({ WorkGroup: 'primary' }))
  assert.deepEqual(NotebookMetadataList, [])
  assert.deepEqual((await a.athena.send(new ListApplicationDPUSizesCommand({}))).ApplicationDPUSizes, [])
  await assert.rejects(a.athena.send(new ListSessionsCommand({ WorkGroup: 'nobody' })), {
    message: 'WorkGroup is not found.',
  })
})

test('nothing is found by its id', async () => {
  const NotebookId = '12345678-1234-1234-1234-123456789012'
  const missing = (promise: Promise<unknown>) => assert.rejects(promise, { name: 'ResourceNotFoundException' })
  await missing(a.athena.send(new GetSessionCommand({ SessionId: 's' })))
  await missing(a.athena.send(new TerminateSessionCommand({ SessionId: 's' })))
  await missing(a.athena.send(new ListCalculationExecutionsCommand({ SessionId: 's' })))
  await missing(a.athena.send(new GetCalculationExecutionCommand({ CalculationExecutionId: 'c' })))
  await missing(a.athena.send(new ListNotebookSessionsCommand({ NotebookId })))
  await missing(a.athena.send(new GetSystemTableConfigurationCommand({ TableName: 'ALL' })))
  await assert.rejects(a.athena.send(new ExportNotebookCommand({ NotebookId })), {
    name: 'InvalidRequestException',
  })
})

test('system tables are off', async () => {
  const { Items } = await a.athena.send(new ListSystemTableStatusesCommand({}))
  assert.deepEqual(Items, [{ TableName: 'QUERY_EXECUTIONS', Enabled: false }])
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
