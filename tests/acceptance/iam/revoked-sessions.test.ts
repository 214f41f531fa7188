/**
 * What is in hand when leave is taken back: keys of sessions, addresses that they have signed, keys that were vended, signatures
 * by the REST catalog (docs: IAM userguide, id_roles_use_revoke-sessions).
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { ACCOUNT, allow, type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { restClient, SCHEMA } from '../iceberg/rest-client.ts'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let iam: IAMClient
let ann: PolicyCaller
let sts: STSClient
const root: { s3?: S3Client; glue?: GlueClient } = {}
const object = { Bucket: 'data', Key: 'db/object' }
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

before(async () => {
  lake = await startLake()
  iam = new IAMClient(lake.client)
  root.s3 = new S3Client(lake.client)
  root.glue = new GlueClient(lake.client)
  await root.s3.send(new CreateBucketCommand({ Bucket: 'data' }))
  await root.s3.send(new PutObjectCommand({ ...object, Body: 'x' }))
  await root.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'db', LocationUri: 's3://data/db' } }))
  ann = await policyCaller(lake, 'ann')
  await ann.may(allow('sts:AssumeRole'))
  sts = new STSClient(ann.client)
})
after(async () => {
  for (const client of [iam, sts, root.s3!, root.glue!]) client.destroy()
  ann.close()
  await lake.stop()
})

async function role(RoleName: string): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }))
  const PolicyDocument = document(allow(['s3:*', 'glue:*', 'lakeformation:*']))
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument }))
}

async function session(name: string, Policy?: string) {
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test', Policy }))
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! }
}
type Keys = Awaited<ReturnType<typeof session>>

/** What S3 says to these keys. */
async function read(credentials: Keys, what: { Bucket: string; Key: string } = object): Promise<string> {
  const s3 = new S3Client({ ...lake.client, credentials })
  try {
    await s3.send(new GetObjectCommand(what))
    return 'read'
  } catch (error) {
    return (error as Error).name
  } finally {
    s3.destroy()
  }
}
const signed = (credentials: Keys) =>
  getSignedUrl(new S3Client({ ...lake.client, credentials }), new GetObjectCommand(object), { expiresIn: 3600 })
const statusOf = async (address: string): Promise<number> => (await fetch(address)).status
const rest = (credentials: Keys) => restClient({ ...lake, client: { ...lake.client, credentials }, credentials })

/** As the button "Revoke active sessions" puts it on the role. */
const revoke = (RoleName: string, before: Date) =>
  iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: 'AWSRevokeOlderSessions',
      PolicyDocument: document({
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': before.toISOString() } },
      }),
    }),
  )

test('sessions that are older than a moment do nothing more, by keys, signed addresses or the REST catalog', async () => {
  await role('older')
  const keys = await session('older')
  const address = await signed(keys)
  const catalog = rest(keys)
  const made = await catalog.want('POST', 'namespaces/db/tables', { name: 'older', schema: SCHEMA })
  const uri = `${lake.endpoint}/${made['metadata-location'].replace('s3://', '')}`
  const delegation = { 'x-iceberg-access-delegation': 'remote-signing' }
  const { config } = await catalog.want('GET', 'namespaces/db/tables/older', undefined, delegation)
  const toSign = { region: 'us-east-1', method: 'GET', uri, headers: {} }
  const sign = () =>
    fetch(`${config['s3.signer.uri']}/${config['s3.signer.endpoint']}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${config.token}` },
      body: JSON.stringify(toSign),
    })
  assert.deepEqual([await read(keys), await statusOf(address), (await sign()).status], ['read', 200, 200])
  await revoke('older', new Date(Date.now() + 60_000))
  assert.deepEqual([await read(keys), await statusOf(address), (await sign()).status], ['AccessDenied', 403, 403])
  assert.equal((await catalog.ask('GET', 'namespaces/db/tables/older')).status, 403)
  // Of those that have begun later nothing is taken.
  await revoke('older', new Date(Date.now() - 60_000))
  assert.deepEqual([await read(keys), await statusOf(address)], ['read', 200])
})

test('policies of a session are fixed, those of its role are not', async () => {
  await role('changing')
  const narrow = await session('changing', document(allow('s3:GetObject', 'arn:aws:s3:::data/other/*')))
  const wide = await session('changing')
  const address = await signed(wide)
  assert.deepEqual([await read(narrow), await read(wide), await statusOf(address)], ['AccessDenied', 'read', 200])
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'changing', PolicyName: 'all' }))
  assert.deepEqual([await read(wide), await statusOf(address)], ['AccessDenied', 403])
})

test('sessions of a role that is deleted are nobody’s, of one that has its name afterwards neither', async () => {
  await role('gone')
  const keys = await session('gone')
  const address = await signed(keys)
  assert.equal(await read(keys), 'read')
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'gone', PolicyName: 'all' }))
  await iam.send(new DeleteRoleCommand({ RoleName: 'gone' }))
  assert.notEqual(await read(keys), 'read')
  assert.notEqual(await statusOf(address), 200)
  await role('gone')
  assert.notEqual(await read(keys), 'read')
  assert.notEqual(await statusOf(address), 200)
})

/** They are sessions of the lake's, as Lake Formation's are of the role of a registered place: full of what was let in then. */
test('keys that the REST catalog has given out open their folder until they expire, and no more are given out', async () => {
  await role('vended')
  const catalog = rest(await session('vended'))
  const { body } = await catalog.ask(
    'POST',
    'namespaces/db/tables',
    { name: 'vended', schema: SCHEMA },
    { 'x-iceberg-access-delegation': 'vended-credentials' },
  )
  const { config } = body['storage-credentials'][0]
  const keys = {
    accessKeyId: config['s3.access-key-id'],
    secretAccessKey: config['s3.secret-access-key'],
    sessionToken: config['s3.session-token'],
  }
  const Key = body['metadata-location'].replace('s3://data/', '')
  assert.equal(await read(keys, { Bucket: 'data', Key }), 'read')
  assert.equal(await read(keys), 'AccessDenied')
  await revoke('vended', new Date(Date.now() + 60_000))
  assert.equal(await read(keys, { Bucket: 'data', Key }), 'read')
  const more = await catalog.ask('GET', 'namespaces/db/tables/vended/credentials')
  assert.equal(more.status, 403)
})
