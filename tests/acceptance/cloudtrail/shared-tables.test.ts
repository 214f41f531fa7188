/** Who reads a table that another account has shared is told in both accounts: docs, lake-formation dg, cross-account-logging. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { CreateDatabaseCommand, CreateTableCommand } from '@aws-sdk/client-glue'
import {
  GrantPermissionsCommand,
  PutDataLakeSettingsCommand,
  RegisterResourceCommand,
} from '@aws-sdk/client-lakeformation'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { type OtherAccount, otherAccount } from '../accounts.ts'
import { ACCOUNT, type GovernedLake, governedLake, type Person, person } from '../lakeformation/governed-lake.ts'
import type { TestLake } from '../server.ts'

const OTHER = '111111111111'
let g: GovernedLake
let other: OtherAccount
let reader: Person

before(async () => {
  g = await governedLake()
  await g.root.table(`CREATE TABLE orders WITH (external_location = 's3://data/orders/') AS
    SELECT * FROM (VALUES (1, 'ann@example.com')) AS t (id, mail)`)
  const { lakeFormation } = g.root
  await lakeFormation.send(
    new RegisterResourceCommand({ ResourceArn: 'arn:aws:s3:::data', UseServiceLinkedRole: true }),
  )
  other = await otherAccount(g.lake, OTHER)
  reader = person(other.client)
  await reader.s3.send(new CreateBucketCommand({ Bucket: 'other-results' }))
  await lakeFormation.send(
    new GrantPermissionsCommand({
      Principal: { DataLakePrincipalIdentifier: OTHER },
      Resource: { Table: { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' } },
      Permissions: ['SELECT', 'INSERT', 'DESCRIBE'],
    }),
  )
  await reader.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'local' } }))
  const TargetTable = { CatalogId: ACCOUNT, DatabaseName: 'db', Name: 'orders' }
  await reader.glue.send(new CreateTableCommand({ DatabaseName: 'local', TableInput: { Name: 'linked', TargetTable } }))
})
after(async () => {
  for (const client of [reader.athena, reader.glue, reader.lakeFormation, reader.s3]) client.destroy()
  assert.deepEqual(g.lake.log, [])
  await g.close()
})

interface Access {
  readonly userIdentity: { readonly type: string; readonly accountId: string; readonly arn?: string }
  readonly requestParameters: { readonly tableArn: string; readonly permissions: readonly string[] }
  readonly additionalEventData: Readonly<Record<string, unknown>>
  readonly resources: readonly { readonly accountId: string }[]
  readonly requestID: string
  readonly sharedEventID?: string
  readonly recipientAccountId: string
}

async function accesses(client: TestLake['client'], id: string): Promise<Access[]> {
  const trail = new CloudTrailClient(client)
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'GetDataAccess' }] as const
  const { Events = [] } = await trail.send(new LookupEventsCommand({ LookupAttributes: [...LookupAttributes] }))
  trail.destroy()
  const all = Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!) as Access)
  return all.filter(({ requestID }) => requestID === id)
}

async function run(sql: string): Promise<string> {
  const id = await reader.start(sql, {
    QueryExecutionContext: { Database: 'local' },
    ResultConfiguration: { OutputLocation: 's3://other-results/' },
  })
  assert.deepEqual(await reader.ended(id), { state: 'SUCCEEDED', reason: undefined })
  return id
}

const targetArn = `arn:aws:glue:us-east-1:${ACCOUNT}:table/db/orders`

test('the reader’s account has the access by the link and that to the table, the owner’s the latter', async () => {
  const id = await run('SELECT mail FROM linked')
  const [own, owners] = [await accesses(other.client, id), await accesses(g.root.client, id)]
  assert.equal(own.length, 2)
  const linked = own.find(({ sharedEventID }) => sharedEventID === undefined)!
  assert.equal(linked.requestParameters.tableArn, `arn:aws:glue:us-east-1:${OTHER}:table/local/linked`)
  assert.equal(linked.userIdentity.arn, `arn:aws:iam::${OTHER}:root`)
  const copied = own.find(({ sharedEventID }) => sharedEventID !== undefined)!
  const [told] = owners
  assert.equal(owners.length, 1)
  assert.equal(told!.sharedEventID, copied.sharedEventID)
  assert.deepEqual([copied.recipientAccountId, told!.recipientAccountId], [OTHER, ACCOUNT])
  for (const one of [copied, told!]) {
    assert.deepEqual(one.userIdentity, { type: 'AWSAccount', principalId: OTHER, accountId: OTHER })
    assert.deepEqual([one.requestParameters.tableArn, one.requestParameters.permissions], [targetArn, ['SELECT']])
    assert.equal(one.resources[0]!.accountId, ACCOUNT)
    const { lakeFormationRoleSessionName: session, table, columns } = one.additionalEventData
    assert.match(String(session), new RegExp(`^AWSLF-00-AT-${OTHER}-[A-Za-z0-9]{10}$`))
    assert.deepEqual([table, columns], ['db.orders', ['mail']])
    assert.ok(!JSON.stringify(one).includes(':root'))
  }
})

test('an account that trusts the owner tells by whom', async () => {
  const settings = { DataLakeAdmins: [], TrustedResourceOwners: [ACCOUNT] }
  await reader.lakeFormation.send(new PutDataLakeSettingsCommand({ DataLakeSettings: settings }))
  const [told] = await accesses(g.root.client, await run('SELECT id FROM linked'))
  assert.equal(told!.additionalEventData.lakeFormationPrincipal, `arn:aws:iam::${OTHER}:root`)
})

test('rows that are written are told too, and nothing of one’s own tables is told elsewhere', async () => {
  const id = await run("INSERT INTO linked VALUES (2, 'bob@example.com')")
  const [told] = await accesses(g.root.client, id)
  assert.deepEqual([told!.requestParameters.tableArn, told!.requestParameters.permissions], [targetArn, ['INSERT']])
  const mine = await run("CREATE TABLE mine WITH (external_location = 's3://other-results/mine/') AS SELECT 1 AS id")
  const reading = await run('SELECT * FROM mine')
  for (const one of [mine, reading]) assert.deepEqual(await accesses(g.root.client, one), [])
})
