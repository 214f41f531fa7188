/** Who queried what: the tables and columns of each statement that reads. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { type AthenaLake, athenaLake } from '../athena/lake.ts'

let a: AthenaLake
let trail: CloudTrailClient
before(async () => {
  a = await athenaLake()
  trail = new CloudTrailClient(a.lake.client)
  await a.put('orders/o.csv', '1,7,10.5,paid\n2,8,20.5,open\n')
  await a.put('people/p.csv', '7,Ann,ann@example.com\n8,Bob,bob@example.com\n')
  const csv = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION"
  await a.succeed(
    `CREATE EXTERNAL TABLE orders (id int, person int, amount double, state string) ${csv} 's3://data/orders/'`,
  )
  await a.succeed(`CREATE EXTERNAL TABLE people (id int, name string, mail string) ${csv} 's3://data/people/'`)
  await a.succeed('CREATE VIEW named AS SELECT o.amount, p.name FROM orders o JOIN people p ON p.id = o.person')
})
after(async () => {
  assert.deepEqual(a.lake.log, [])
  trail.destroy()
  await a.close()
})

interface Access {
  readonly requestParameters: { readonly tableArn: string; readonly permissions: readonly string[] }
  readonly additionalEventData: {
    readonly table: string
    readonly columns: readonly string[]
    readonly queryExecutionId: string
  }
  readonly userIdentity: { readonly arn: string; readonly invokedBy: string }
}

async function accesses(id: string): Promise<Access[]> {
  const { Events } = await trail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'GetDataAccess' }] }),
  )
  const all = Events!.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!) as Access)
  return all.filter(
    ({ additionalEventData, requestParameters }) =>
      additionalEventData.queryExecutionId === id && requestParameters.permissions.includes('SELECT'),
  )
}

/** `table: columns`, in order. */
async function readBy(sql: string): Promise<string[]> {
  const { QueryExecutionId } = await a.succeed(sql)
  return (await accesses(QueryExecutionId!))
    .map(({ additionalEventData: { table, columns } }) => `${table}: ${columns.join(' ')}`)
    .toSorted()
}

test('a query tells each table once, with the columns that it wants', async () => {
  assert.deepEqual(await readBy("SELECT amount FROM orders WHERE state = 'paid'"), ['db.orders: amount state'])
  assert.deepEqual(await readBy('SELECT * FROM people'), ['db.people: id mail name'])
  assert.deepEqual(await readBy('SELECT name FROM people a WHERE EXISTS (SELECT 1 FROM people b WHERE b.id > a.id)'), [
    'db.people: id name',
  ])
  assert.deepEqual(await readBy('SELECT 1'), [])
})

test('behind a view are the tables that it reads', async () => {
  assert.deepEqual(await readBy('SELECT name, sum(amount) FROM named GROUP BY 1'), [
    'db.orders: amount person',
    'db.people: id name',
  ])
})

test('whatever reads is told: CTAS, INSERT, UNLOAD, EXPLAIN ANALYZE', async () => {
  assert.deepEqual(await readBy("CREATE TABLE copied WITH (format = 'PARQUET') AS SELECT id, mail FROM people"), [
    'db.people: id mail',
  ])
  assert.deepEqual(await readBy('INSERT INTO copied SELECT id, state FROM orders'), ['db.orders: id state'])
  assert.deepEqual(
    await readBy("UNLOAD (SELECT mail FROM copied) TO 's3://results/unloaded/' WITH (format = 'PARQUET')"),
    ['db.copied: mail'],
  )
  assert.deepEqual(await readBy('EXPLAIN ANALYZE SELECT mail FROM people'), ['db.people: mail'])
  assert.deepEqual(await readBy('EXPLAIN SELECT mail FROM people'), [])
})

test('the event says who, by which service, and which table by its ARN', async () => {
  const { QueryExecutionId } = await a.succeed('SELECT id FROM orders')
  const [access] = await accesses(QueryExecutionId!)
  assert.deepEqual(access!.requestParameters, {
    tableArn: 'arn:aws:glue:us-east-1:000000000000:table/db/orders',
    permissions: ['SELECT'],
    auditContext: { additionalAuditContext: `{queryId: ${QueryExecutionId}}` },
  })
  assert.deepEqual(
    [access!.userIdentity.arn, access!.userIdentity.invokedBy],
    ['arn:aws:iam::000000000000:root', 'athena.amazonaws.com'],
  )
})
