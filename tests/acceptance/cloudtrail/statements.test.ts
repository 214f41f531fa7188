/** What statements change, and what they were refused, is in the trail of who asked, as AWS has it there. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { StopQueryExecutionCommand } from '@aws-sdk/client-athena'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'

let a: AthenaLake
let trail: CloudTrailClient
before(async () => {
  a = await athenaLake()
  trail = new CloudTrailClient(a.lake.client)
})
after(async () => {
  trail.destroy()
  await a.close()
  assert.deepEqual(a.lake.log, [])
})

interface Told {
  readonly eventName: string
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly requestParameters: Record<string, unknown>
  readonly additionalEventData?: Record<string, unknown>
  readonly userIdentity: { readonly arn: string; readonly invokedBy?: string }
  readonly requestID: string
}

/** All that a query has left, in order. */
async function toldOf(id: string): Promise<Told[]> {
  const { Events } = await trail.send(new LookupEventsCommand({}))
  return Events!
    .map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!) as Told)
    .filter(({ additionalEventData }) => additionalEventData?.queryExecutionId === id)
    .toReversed()
}
const done = async (sql: string) => toldOf((await a.succeed(sql)).QueryExecutionId!)
async function failed(sql: string) {
  const execution = await a.run(sql)
  assert.equal(execution.Status!.State, 'FAILED')
  return execution
}
const names = async (sql: string) => (await done(sql)).map(({ eventName }) => eventName)

test('definitions are the calls of Glue that they are', async () => {
  const [made] = await done("CREATE EXTERNAL TABLE t (id int) PARTITIONED BY (day string) LOCATION 's3://data/t/'")
  assert.equal(made!.eventName, 'CreateTable')
  assert.deepEqual(
    [made!.requestParameters.databaseName, (made!.requestParameters.tableInput as { name: string }).name],
    ['db', 't'],
  )
  assert.equal(made!.userIdentity.invokedBy, 'athena.amazonaws.com')
  const [added] = await done("ALTER TABLE t ADD PARTITION (day = '1') PARTITION (day = '2')")
  assert.deepEqual(
    [added!.eventName, added!.requestParameters.partitionInputList],
    ['BatchCreatePartition', [{ values: ['1'] }, { values: ['2'] }]],
  )
  assert.deepEqual(await names("ALTER TABLE t DROP PARTITION (day = '1')"), ['BatchDeletePartition'])
  assert.deepEqual(await names('ALTER TABLE t ADD COLUMNS (n int)'), ['UpdateTable'])
  assert.deepEqual(await names('CREATE VIEW v AS SELECT 1 AS one'), ['CreateTable'])
  assert.deepEqual(await names('DROP VIEW v'), ['DeleteTable'])
  assert.deepEqual(await names('DROP TABLE t'), ['DeleteTable'])
  assert.deepEqual(await names('CREATE DATABASE other'), ['CreateDatabase'])
  assert.deepEqual(await names('DROP DATABASE other'), ['DeleteDatabase'])
})

test('what writes rows names the table that it writes to', async () => {
  await a.succeed("CREATE EXTERNAL TABLE plain (id int) STORED AS PARQUET LOCATION 's3://data/plain/'")
  const [written] = await done('INSERT INTO plain VALUES 1')
  assert.deepEqual(
    [written!.eventName, written!.requestParameters.permissions, written!.additionalEventData!.table],
    ['GetDataAccess', ['INSERT'], 'db.plain'],
  )
  const ice = "CREATE TABLE ice (id int) LOCATION 's3://data/ice/' TBLPROPERTIES ('table_type' = 'ICEBERG')"
  assert.deepEqual(await names(ice), ['CreateTable'])
  assert.deepEqual(await names('INSERT INTO ice VALUES 1'), ['UpdateTable'])
  assert.deepEqual(new Set(await names('DELETE FROM ice WHERE id = 1')), new Set(['GetDataAccess', 'UpdateTable']))
  // Several that wait for one another are written as one, and each is told.
  const several = await Promise.all([2, 3, 4, 5].map((id) => a.succeed(`INSERT INTO ice VALUES ${id}`)))
  for (const { QueryExecutionId } of several)
    assert.deepEqual(
      (await toldOf(QueryExecutionId!)).filter(({ errorCode }) => !errorCode).map(({ eventName }) => eventName),
      ['UpdateTable'],
    )
})

test('grants in SQL are those of Lake Formation', async () => {
  const [granted] = await done('GRANT SELECT (id) ON TABLE plain TO ROLE analyst')
  assert.equal(granted!.eventName, 'GrantPermissions')
  assert.deepEqual(granted!.requestParameters, {
    principal: { dataLakePrincipalIdentifier: 'arn:aws:iam::000000000000:role/analyst' },
    resource: { tableWithColumns: { databaseName: 'db', name: 'plain', columnNames: ['id'] } },
    permissions: ['SELECT'],
    permissionsWithGrantOption: [],
  })
  assert.deepEqual(await names('REVOKE SELECT (id) ON TABLE plain FROM ROLE analyst'), ['RevokePermissions'])
})

test('a query that was refused names the tables that it asked for', async () => {
  const { QueryExecutionId } = await failed(
    'WITH own AS (SELECT 1 AS x) SELECT * FROM own, hidden JOIN plain USING (id)',
  )
  const told = await toldOf(QueryExecutionId!)
  assert.deepEqual(
    told.map(({ eventName, errorCode, additionalEventData }) => [eventName, errorCode, additionalEventData!.table]),
    [
      ['GetDataAccess', 'EntityNotFoundException', 'db.hidden'],
      ['GetDataAccess', 'EntityNotFoundException', 'db.plain'],
    ],
  )
  assert.match(told[0]!.errorMessage!, /hidden/)
  // What fails otherwise was refused nothing.
  const divided = await failed('SELECT 1 / 0')
  assert.deepEqual(await toldOf(divided.QueryExecutionId!), [])
})

test('one whose result is taken from before has read it nonetheless', async () => {
  const ask = async () => {
    const { QueryExecutionId } = await a.succeed('SELECT id FROM plain', {
      ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 } },
    })
    return QueryExecutionId!
  }
  const first = await ask()
  const [again] = await toldOf(await ask())
  assert.deepEqual([again!.additionalEventData!.table, again!.additionalEventData!.columns], ['db.plain', ['id']])
  assert.equal(again!.additionalEventData!.reusedQueryExecutionId, first)
})

test('one that is stopped, and one of a prepared statement', async () => {
  await a.succeed('PREPARE ids FROM SELECT id FROM plain WHERE id = ?')
  const [prepared] = await done('EXECUTE ids USING 1')
  assert.equal(prepared!.additionalEventData!.table, 'db.plain')
  await a.succeed('PREPARE lost FROM SELECT id FROM nowhere')
  const lost = await failed('EXECUTE lost')
  assert.deepEqual(
    (await toldOf(lost.QueryExecutionId!)).map(({ additionalEventData }) => additionalEventData!.table),
    ['db.nowhere'],
  )
  const long = Array.from({ length: 3 }, (_, i) => `UNNEST(sequence(1, 10000)) t${i}(x${i})`).join(', ')
  const QueryExecutionId = await a.start(`SELECT count(*) FROM plain, ${long} WHERE x0 * x1 * x2 % 7 = id`)
  while ((await toldOf(QueryExecutionId)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await a.athena.send(new StopQueryExecutionCommand({ QueryExecutionId }))
  const { Events } = await trail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'StopQueryExecution' }],
    }),
  )
  assert.match(Events![0]!.CloudTrailEvent!, new RegExp(QueryExecutionId))
})
