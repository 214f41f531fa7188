import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetDatabasesCommand, GlueClient } from '@aws-sdk/client-glue'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import type { Clock } from '../../../src/core/ports.ts'
import { startLake, type TestLake } from '../server.ts'
import { send } from './signed-request.ts'

let lake: TestLake
before(async () => {
  lake = await startLake()
})
after(() => lake.stop())

const wrong = { accessKeyId: 'test', secretAccessKey: 'wrong' }
const stranger = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'test' }
const named = (name: string, status: number) => (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
  assert.equal(error.name, name)
  assert.equal(error.$metadata?.httpStatusCode, status)
  return true
}

const untilAborted: Clock['sleep'] = (_durationMs, signal) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))

test('the caller is the root of the account', async () => {
  const identity = await new STSClient(lake.client).send(new GetCallerIdentityCommand({}))
  assert.equal(identity.Account, '000000000000')
  assert.equal(identity.Arn, 'arn:aws:iam::000000000000:root')
})

test('a wrong secret and an unknown key, as each kind of API says it', async () => {
  const clients = (credentials: typeof wrong) => ({
    s3: new S3Client({ ...lake.client, credentials }),
    glue: new GlueClient({ ...lake.client, credentials }),
    sts: new STSClient({ ...lake.client, credentials }),
  })
  const liars = clients(wrong)
  await assert.rejects(liars.s3.send(new ListBucketsCommand({})), named('SignatureDoesNotMatch', 403))
  await assert.rejects(liars.glue.send(new GetDatabasesCommand({})), named('InvalidSignatureException', 400))
  await assert.rejects(liars.sts.send(new GetCallerIdentityCommand({})), named('SignatureDoesNotMatch', 403))
  const strangers = clients(stranger)
  await assert.rejects(strangers.s3.send(new ListBucketsCommand({})), named('InvalidAccessKeyId', 403))
  await assert.rejects(strangers.glue.send(new GetDatabasesCommand({})), named('UnrecognizedClientException', 400))
  await assert.rejects(strangers.sts.send(new GetCallerIdentityCommand({})), named('InvalidClientTokenId', 403))
})

test('session credentials work with their token alone', async () => {
  const sts = new STSClient(lake.client)
  const { Credentials: issued } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))
  const credentials = { accessKeyId: issued!.AccessKeyId!, secretAccessKey: issued!.SecretAccessKey! }
  const as = (extra: object) => new STSClient({ ...lake.client, credentials: { ...credentials, ...extra } })
  const sessionToken = issued!.SessionToken!
  const identity = await as({ sessionToken }).send(new GetCallerIdentityCommand({}))
  assert.equal(identity.Arn, 'arn:aws:iam::000000000000:root')
  const refused = named('InvalidClientTokenId', 403)
  await assert.rejects(as({}).send(new GetCallerIdentityCommand({})), refused)
  await assert.rejects(as({ sessionToken: 'AAAA' }).send(new GetCallerIdentityCommand({})), refused)
  const changed = sessionToken.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
  await assert.rejects(as({ sessionToken: changed }).send(new GetCallerIdentityCommand({})), refused)
  await assert.rejects(as({ sessionToken }).send(new GetSessionTokenCommand({})), named('AccessDenied', 403))
})

test('a session ends', async () => {
  let now = new Date('2030-01-01T00:00:00Z')
  const dated = await startLake({ clock: { now: () => now, sleep: untilAborted } })
  try {
    const client = { ...dated.client, systemClockOffset: now.getTime() - Date.now() }
    const { Credentials: issued } = await new STSClient(client).send(
      new GetSessionTokenCommand({ DurationSeconds: 900 }),
    )
    assert.equal(issued!.Expiration!.toISOString(), '2030-01-01T00:15:00.000Z')
    now = new Date('2030-01-01T00:15:01Z')
    const late = { ...dated.client, systemClockOffset: now.getTime() - Date.now() }
    const credentials = {
      accessKeyId: issued!.AccessKeyId!,
      secretAccessKey: issued!.SecretAccessKey!,
      sessionToken: issued!.SessionToken!,
    }
    const expired = new STSClient({ ...late, credentials }).send(new GetCallerIdentityCommand({}))
    await assert.rejects(expired, named('ExpiredToken', 403))
  } finally {
    await dated.stop()
  }
})

test('a client whose clock is off by an hour corrects itself by the Date header', async () => {
  const ahead = await startLake({
    clock: { now: () => new Date(Date.now() + 3_600_000), sleep: untilAborted },
  })
  try {
    const once = new STSClient(ahead.client).send(new GetCallerIdentityCommand({}))
    await assert.rejects(once, named('SignatureDoesNotMatch', 403))
    const twice = { ...ahead.client, maxAttempts: 2 }
    await new STSClient(twice).send(new GetCallerIdentityCommand({}))
    await new S3Client(twice).send(new ListBucketsCommand({}))
  } finally {
    await ahead.stop()
  }
})

test('S3 says RequestTimeTooSkewed, with both times', async () => {
  const path = '/some-bucket'
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  const response = await send(lake, { method: 'GET', path, headers, signingDate: new Date(Date.now() - 16 * 60_000) })
  assert.equal(response.status, 403)
  assert.ok(Math.abs(Date.parse(response.headers.get('date')!) - Date.now()) < 120_000)
  const text = await response.text()
  for (const element of [
    '<Code>RequestTimeTooSkewed</Code>',
    '<RequestTime>',
    '<ServerTime>',
    '<MaxAllowedSkewMilliseconds>900000<',
  ])
    assert.ok(text.includes(element), element)
})

test('what was signed can not be changed', async () => {
  const body = '{}'
  const json = {
    service: 'athena',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonAthena.ListWorkGroups' },
    body,
  }
  assert.equal((await send(lake, json)).status, 200)
  const spoilt = [
    (headers: Record<string, string>) => ({ ...headers, 'x-amz-target': 'AmazonAthena.ListDataCatalogs' }),
    (headers: Record<string, string>) => ({ ...headers, authorization: headers.authorization!.slice(0, -1) }),
    (headers: Record<string, string>) => ({ ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
  ]
  for (const spoil of spoilt) {
    const response = await send(lake, json, spoil)
    assert.equal(response.status, 400)
    assert.equal(response.headers.get('x-amzn-errortype'), 'InvalidSignatureException')
  }
})

test('a body other than the signed one', async () => {
  const claimed = 'a'.repeat(64)
  const headers = { 'x-amz-content-sha256': claimed }
  await send(lake, { method: 'PUT', path: '/other-body', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })
  for (const path of ['/other-body?versioning', '/other-body/key']) {
    const response = await send(lake, { method: 'PUT', path, headers, body: '<a/>' })
    assert.equal(response.status, 400)
    assert.ok((await response.text()).includes(`<ClientComputedContentSHA256>${claimed}<`))
  }
})

test('no signature, half a signature, another service’s signature', async () => {
  const target = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSGlue.GetDatabases' }
  const post = (headers: Record<string, string>) =>
    fetch(lake.endpoint, { method: 'POST', headers: { ...target, ...headers }, body: '{}' })
  const code = (response: Response) => response.headers.get('x-amzn-errortype')
  assert.equal(code(await post({})), 'MissingAuthenticationTokenException')
  assert.equal(
    code(await post({ authorization: 'AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/glue/aws4_request' })),
    'IncompleteSignatureException',
  )
  const athena = await send(lake, { service: 'athena', headers: target, body: '{}' })
  assert.equal(code(athena), 'InvalidSignatureException')
  assert.match(await athena.text(), /Credential should be scoped to correct service: 'glue'/)
  const anonymous = await fetch(`${lake.endpoint}/`)
  assert.equal(anonymous.status, 403)
  assert.match(await anonymous.text(), /<Code>AccessDenied<\/Code>/)
})

test('LENTIC_AUTH=open: any key is root, and twelve digits are an account', async () => {
  const open = await startLake({ auth: 'open' })
  try {
    for (const [accessKeyId, account] of [
      ['anything', '000000000000'],
      ['123456789012', '123456789012'],
    ] as const) {
      const credentials = { accessKeyId, secretAccessKey: 'whatever', sessionToken: 'some' }
      const sts = new STSClient({ ...open.client, credentials })
      assert.equal((await sts.send(new GetCallerIdentityCommand({}))).Account, account)
    }
    const anonymous = await fetch(open.endpoint, {
      method: 'POST',
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    assert.equal(anonymous.status, 403)
  } finally {
    await open.stop()
  }
})
