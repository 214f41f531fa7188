/** What the program offers beyond AWS's APIs, below `/_lentic/`: signed, and allowed by policies of its callers. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { allow, type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { startLake, type TestLake } from '../server.ts'
import { send } from '../wire/signed-request.ts'

let lake: TestLake
let eve: PolicyCaller

before(async () => {
  lake = await startLake()
  eve = await policyCaller(lake, 'eve')
})

after(async () => {
  eve.close()
  await lake.stop()
})

const OPERATIONS: readonly (readonly [path: string, action: string])[] = [
  ['spending', 'lentic:Spending'],
  ['advice', 'lentic:Advice'],
  ['explain', 'lentic:Explain'],
  ['access', 'lentic:Access'],
  ['accounts', 'lentic:Accounts'],
  ['table-replacement', 'lentic:TableReplacement'],
]

const ask = (credentials: TestLake['credentials'], path: string) =>
  send({ ...lake, credentials }, { path: `/_lentic/${path}`, service: 'lentic', body: '{}' })

for (const [path, action] of OPERATIONS)
  test(`/_lentic/${path} needs ${action}`, async () => {
    await eve.may(allow(['athena:*', 'glue:*', 's3:*', 'lakeformation:*', 'iam:*']))
    const refused = await ask(eve.client.credentials, path)
    assert.equal(refused.status, 403)
    const { __type: type, message } = (await refused.json()) as Record<string, string>
    assert.deepEqual(
      [type, message],
      [
        'AccessDeniedException',
        `User: ${eve.arn} is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`,
      ],
    )
    await eve.may(allow(action))
    const told = (await (await ask(eve.client.credentials, path)).json()) as Record<string, string>
    assert.doesNotMatch(told.message ?? '', /is not authorized to perform: lentic/)
  })

test('nobody asks unsigned, and the root is asked for nothing', async () => {
  const unsigned = await fetch(`${lake.endpoint}/_lentic/spending`, { method: 'POST', body: '{}' })
  assert.match(await unsigned.text(), /Missing Authentication Token/)
  assert.equal((await ask(lake.credentials, 'spending')).status, 200)
})

test('what is asked of it, and a token of the REST catalog, are events', async () => {
  await eve.may(allow(['lentic:Explain', 'lentic:Access', 'cloudtrail:*']))
  const { accessKeyId, secretAccessKey } = eve.client.credentials as TestLake['credentials']
  const explain = { sql: 'SELECT 1' }
  const own = { ...lake, credentials: { accessKeyId, secretAccessKey } }
  await send(own, { path: '/_lentic/explain', service: 'lentic', body: JSON.stringify(explain) })
  await send(own, { path: '/_lentic/access', service: 'lentic', body: '{"table":"no.where"}' })
  await send(own, { path: '/_lentic/spending', service: 'lentic', body: '{}' })
  const form = { grant_type: 'client_credentials', client_id: accessKeyId, client_secret: secretAccessKey }
  const token = await fetch(`${lake.endpoint}/iceberg/v1/oauth/tokens`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  assert.equal(token.status, 200)
  const trail = new CloudTrailClient(lake.client)
  const attribute = { AttributeKey: 'EventSource' as const, AttributeValue: 'lentic' }
  const { Events } = await trail.send(new LookupEventsCommand({ LookupAttributes: [attribute] }))
  trail.destroy()
  const told = Events!
    .map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent!))
    .toReversed()
    .slice(-4)
    .map((event) => [event.eventName, event.userIdentity.userName, event.errorCode, event.requestParameters])
  assert.deepEqual(told, [
    ['Explain', 'eve', undefined, { sql: '***OMITTED***' }],
    ['Access', 'eve', 'EntityNotFoundException', { table: 'no.where' }],
    ['Spending', 'eve', 'AccessDeniedException', {}],
    ['GetToken', 'eve', undefined, null],
  ])
})
