import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import {
  BatchDeleteConnectionCommand,
  type ConnectionInput,
  type ConnectionPasswordEncryption,
  CreateConnectionCommand,
  DeleteConnectionCommand,
  DeleteResourcePolicyCommand,
  GetConnectionCommand,
  GetConnectionsCommand,
  GetDataCatalogEncryptionSettingsCommand,
  GetResourcePoliciesCommand,
  GetResourcePolicyCommand,
  GetTagsCommand,
  GlueClient,
  PutDataCatalogEncryptionSettingsCommand,
  PutResourcePolicyCommand,
  TestConnectionCommand,
  UpdateConnectionCommand,
} from '@aws-sdk/client-glue'
import { CreateKeyCommand, DecryptCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { mariadbRoot, startMariadb } from '../../databases/mariadb.ts'
import { postgresPrograms, startPostgres } from '../../databases/postgres.ts'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let glue: GlueClient
before(async () => {
  lake = await startLake()
  glue = new GlueClient(lake.client)
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const jdbc = (Name: string, url: string, PASSWORD = 'secret'): ConnectionInput => ({
  Name,
  ConnectionType: 'JDBC',
  MatchCriteria: ['shop'],
  ConnectionProperties: { JDBC_CONNECTION_URL: url, USERNAME: 'postgres', PASSWORD },
  PhysicalConnectionRequirements: { AvailabilityZone: 'us-east-1a', SubnetId: 'subnet-1' },
})
const create = (input: ConnectionInput) =>
  glue.send(new CreateConnectionCommand({ ConnectionInput: input, Tags: { a: 'b' } }))
const get = async (Name: string, HidePassword = false) =>
  (await glue.send(new GetConnectionCommand({ Name, HidePassword }))).Connection!

test('connections are made, changed, listed and deleted', async () => {
  const input = jdbc('shop', 'jdbc:postgresql://127.0.0.1:1/shop')
  assert.equal((await create(input)).CreateConnectionStatus, 'READY')
  await assert.rejects(create(input), { name: 'AlreadyExistsException' })
  const { CreationTime, LastUpdatedTime, ...rest } = await get('shop')
  assert.ok(CreationTime && LastUpdatedTime)
  assert.deepEqual(rest, {
    ...input,
    LastUpdatedBy: 'arn:aws:iam::000000000000:root',
    Status: 'READY',
    ConnectionSchemaVersion: 1,
  })
  assert.equal((await get('shop', true)).ConnectionProperties!.PASSWORD, undefined)
  const ResourceArn = 'arn:aws:glue:us-east-1:000000000000:connection/shop'
  assert.deepEqual((await glue.send(new GetTagsCommand({ ResourceArn }))).Tags, { a: 'b' })
  const changed = { ...input, Description: 'The shop' }
  await glue.send(new UpdateConnectionCommand({ Name: 'shop', ConnectionInput: changed }))
  assert.equal((await get('shop')).Description, 'The shop')
  await create({ Name: 'net', ConnectionType: 'NETWORK', ConnectionProperties: {} })
  const list = async (Filter: object = {}, MaxResults = 1) => {
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const page = await glue.send(new GetConnectionsCommand({ Filter, MaxResults, NextToken }))
      found.push(...page.ConnectionList!.map((one) => one.Name!))
      NextToken = page.NextToken
    } while (NextToken)
    return found
  }
  assert.deepEqual(await list(), ['net', 'shop'])
  assert.deepEqual(await list({ ConnectionType: 'JDBC' }), ['shop'])
  assert.deepEqual(await list({ MatchCriteria: ['none'] }), [])
  await glue.send(new DeleteConnectionCommand({ ConnectionName: 'net' }))
  const batch = await glue.send(new BatchDeleteConnectionCommand({ ConnectionNameList: ['shop', 'net'] }))
  assert.deepEqual([batch.Succeeded, Object.keys(batch.Errors!)], [['shop'], ['net']])
  await assert.rejects(get('shop'), { name: 'EntityNotFoundException' })
  await assert.rejects(glue.send(new GetTagsCommand({ ResourceArn })), { name: 'EntityNotFoundException' })
})

test('passwords are told as they were given, hidden when asked, and nowhere on the disk, be they in addresses', async () => {
  const given = {
    JDBC_CONNECTION_URL: 'jdbc:postgresql://127.0.0.1:1/shop?user=u&password=veiled-1&sslmode=require',
    PASSWORD: 'veiled-2',
    KAFKA_SASL_PLAIN_PASSWORD: 'veiled-3',
    CONNECTION_URL: 'mongodb://u:veiled-4@127.0.0.1/shop',
  }
  const input: ConnectionInput = { Name: 'veiled', ConnectionType: 'JDBC', ConnectionProperties: given }
  await create(input)
  assert.deepEqual((await get('veiled')).ConnectionProperties, given)
  assert.deepEqual((await get('veiled', true)).ConnectionProperties, {
    JDBC_CONNECTION_URL: 'jdbc:postgresql://127.0.0.1:1/shop?user=u&password=&sslmode=require',
    CONNECTION_URL: 'mongodb://u:@127.0.0.1/shop',
  })
  const files = (await readdir(lake.dataDirectory, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  )
  assert.ok(files.length > 0)
  for (const { parentPath, name } of files) {
    const text = await readFile(join(parentPath, name), 'latin1')
    assert.ok(!text.includes('veiled-'), name)
  }
})

const programs = postgresPrograms()
suite('TestConnection logs in to a real PostgreSQL', { skip: programs === undefined && 'not installed' }, () => {
  for (const method of ['scram-sha-256', 'md5', 'password'])
    test(method, async () => {
      const server = await startPostgres(programs!, 'pässword', method)
      try {
        const url = `jdbc:postgresql://127.0.0.1:${server.port}/postgres`
        await create(jdbc(method, url, 'pässword'))
        await glue.send(new TestConnectionCommand({ ConnectionName: method }))
        const { Name: _, ...given } = jdbc('x', url, 'wrong')
        const { ConnectionType, ConnectionProperties } = given
        const wrong = new TestConnectionCommand({ TestConnectionInput: { ConnectionType, ConnectionProperties } })
        await assert.rejects(glue.send(wrong), {
          name: 'InvalidInputException',
          message: /password authentication failed for user "postgres"/,
        })
        await create(jdbc(`${method}-nowhere`, url.replace('/postgres', '/nowhere'), 'pässword'))
        await assert.rejects(glue.send(new TestConnectionCommand({ ConnectionName: `${method}-nowhere` })), {
          message: /database "nowhere" does not exist/,
        })
        const SecretString = JSON.stringify({ username: 'postgres', password: 'pässword' })
        await new SecretsManagerClient(lake.client).send(new CreateSecretCommand({ Name: method, SecretString }))
        const properties = { JDBC_CONNECTION_URL: url, SECRET_ID: method }
        await glue.send(
          new TestConnectionCommand({ TestConnectionInput: { ConnectionType, ConnectionProperties: properties } }),
        )
      } finally {
        await server.stop()
      }
    })
})

const mariadb = mariadbRoot()
test('TestConnection logs in to a real MariaDB', { skip: mariadb === undefined && 'not installed' }, async () => {
  const server = await startMariadb(mariadb!, 'pässword')
  try {
    const url = `jdbc:mysql://127.0.0.1:${server.port}/shop`
    const ask = (address: string, PASSWORD: string) => {
      const ConnectionProperties = { JDBC_CONNECTION_URL: address, USERNAME: 'ann', PASSWORD }
      const TestConnectionInput = { ConnectionType: 'JDBC' as const, ConnectionProperties }
      return glue.send(new TestConnectionCommand({ TestConnectionInput }))
    }
    await ask(url, 'pässword')
    await assert.rejects(ask(url, 'wrong'), { name: 'InvalidInputException', message: /Access denied for user 'ann'/ })
    await assert.rejects(ask(url.replace('/shop', '/nowhere'), 'pässword'), { message: /nowhere/ })
  } finally {
    await server.stop()
  }
})

test('a server that ends the connection, before or within TLS, is no reason to wait', async () => {
  // PostgreSQL: "S" is yes to TLS; MySQL's first packet would offer it.
  for (const said of ['', 'S', 'x'])
    for (const word of ['postgresql', 'mysql'])
      for (const asked of ['', '?sslmode=require']) {
        const server = createServer((socket) => socket.on('error', () => {}).end(said))
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const { port } = server.address() as AddressInfo
        const JDBC_CONNECTION_URL = `jdbc:${word}://127.0.0.1:${port}/d${asked}`
        const ConnectionProperties = { JDBC_CONNECTION_URL, USERNAME: 'u', PASSWORD: 'p' }
        const TestConnectionInput = { ConnectionType: 'JDBC' as const, ConnectionProperties }
        await assert.rejects(glue.send(new TestConnectionCommand({ TestConnectionInput })), {
          name: 'InvalidInputException',
          message:
            /^Unable to connect to 127.0.0.1:\d+: (The server (closed|does not offer|does not speak)|.*(disconnected|ECONNRESET|EPIPE|socket has been ended))/,
        })
        server.close()
      }
})

test('what TestConnection cannot do, it says', async () => {
  const ask = (ConnectionType: 'JDBC' | 'KAFKA', JDBC_CONNECTION_URL: string) =>
    glue.send(
      new TestConnectionCommand({
        TestConnectionInput: {
          ConnectionType,
          ConnectionProperties: { JDBC_CONNECTION_URL, USERNAME: 'u', PASSWORD: 'p' },
        },
      }),
    )
  await assert.rejects(ask('JDBC', 'jdbc:postgresql://127.0.0.1:1/db'), {
    name: 'InvalidInputException',
    message: /^Unable to connect to 127.0.0.1:1: /,
  })
  await assert.rejects(ask('JDBC', 'jdbc:oracle://h:1/db'), { message: 'Connections to oracle cannot be tested.' })
  await assert.rejects(ask('KAFKA', 'none'), { message: 'Connections of type KAFKA cannot be tested.' })
  await assert.rejects(glue.send(new TestConnectionCommand({ ConnectionName: 'none' })), {
    name: 'EntityNotFoundException',
  })
  // Itself: a server that speaks, and not PostgreSQL's protocol.
  const { port } = new URL(lake.endpoint)
  await assert.rejects(ask('JDBC', `jdbc:postgresql://127.0.0.1:${port}/db`), { name: 'InvalidInputException' })
})

test('the resource policy is set under conditions', async () => {
  const put = (sid: string, more: object = {}) => {
    const statement = { Sid: sid, Effect: 'Allow', Principal: '*', Action: 'glue:GetTable', Resource: '*' }
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    return glue.send(new PutResourcePolicyCommand({ PolicyInJson: policy, ...more }))
  }
  const missing = { name: 'EntityNotFoundException', message: 'Policy not found' }
  const failed = { name: 'ConditionCheckFailureException' }
  await assert.rejects(glue.send(new GetResourcePolicyCommand({})), missing)
  assert.deepEqual((await glue.send(new GetResourcePoliciesCommand({}))).GetResourcePoliciesResponseList, [])
  await assert.rejects(put('1', { PolicyExistsCondition: 'MUST_EXIST' }), missing)
  await assert.rejects(glue.send(new PutResourcePolicyCommand({ PolicyInJson: '{}' })), {
    name: 'InvalidInputException',
  })
  const { PolicyHash } = await put('1', { PolicyExistsCondition: 'NOT_EXIST' })
  await assert.rejects(put('2', { PolicyExistsCondition: 'NOT_EXIST' }), failed)
  await assert.rejects(put('2', { PolicyHashCondition: 'other' }), failed)
  const next = await put('2', { PolicyHashCondition: PolicyHash, PolicyExistsCondition: 'MUST_EXIST' })
  assert.notEqual(next.PolicyHash, PolicyHash)
  const found = await glue.send(new GetResourcePolicyCommand({}))
  assert.deepEqual([JSON.parse(found.PolicyInJson!).Statement[0].Sid, found.PolicyHash], ['2', next.PolicyHash])
  assert.ok(found.UpdateTime! >= found.CreateTime!)
  await assert.rejects(glue.send(new DeleteResourcePolicyCommand({ PolicyHashCondition: PolicyHash })), failed)
  await glue.send(new DeleteResourcePolicyCommand({ PolicyHashCondition: next.PolicyHash }))
  await assert.rejects(glue.send(new DeleteResourcePolicyCommand({})), missing)
})

test('encryption settings', async () => {
  const read = async () =>
    (await glue.send(new GetDataCatalogEncryptionSettingsCommand({}))).DataCatalogEncryptionSettings!
  assert.equal((await read()).EncryptionAtRest!.CatalogEncryptionMode, 'DISABLED')
  const EncryptionAtRest = { CatalogEncryptionMode: 'SSE-KMS' as const, SseAwsKmsKeyId: 'alias/aws/glue' }
  const put = (DataCatalogEncryptionSettings: object) =>
    glue.send(new PutDataCatalogEncryptionSettingsCommand({ DataCatalogEncryptionSettings }))
  await put({ EncryptionAtRest })
  assert.deepEqual((await read()).EncryptionAtRest, EncryptionAtRest)
  const passwords = put({ ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: true } })
  await assert.rejects(passwords, { name: 'InvalidInputException' })
})

test('passwords of connections are kept and told under a key, and opened by those who log in', async () => {
  const kms = new KMSClient(lake.client)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const AwsKmsKeyId = KeyMetadata!.Arn!
  const put = (ConnectionPasswordEncryption: Partial<ConnectionPasswordEncryption>) =>
    glue.send(
      new PutDataCatalogEncryptionSettingsCommand({
        DataCatalogEncryptionSettings: {
          ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: true, ...ConnectionPasswordEncryption },
        },
      }),
    )
  await assert.rejects(put({ AwsKmsKeyId: 'alias/absent' }), { name: 'GlueEncryptionException' })
  await put({ AwsKmsKeyId })
  const ConnectionProperties = {
    JDBC_CONNECTION_URL: 'jdbc:postgresql://127.0.0.1:1/db',
    USERNAME: 'ann',
    PASSWORD: 'the words',
  }
  const input = { Name: 'sealed', ConnectionType: 'JDBC' as const, ConnectionProperties }
  await glue.send(new CreateConnectionCommand({ ConnectionInput: input }))
  const read = async (more: object) =>
    (await glue.send(new GetConnectionCommand({ Name: 'sealed', ...more }))).Connection!.ConnectionProperties!
  const { ENCRYPTED_PASSWORD, PASSWORD } = await read({})
  assert.equal(PASSWORD, undefined)
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob: Buffer.from(ENCRYPTED_PASSWORD!, 'base64') }))
  assert.deepEqual([Buffer.from(opened.Plaintext!).toString(), opened.KeyId], ['the words', AwsKmsKeyId])
  assert.deepEqual(Object.keys(await read({ HidePassword: true })).sort(), ['JDBC_CONNECTION_URL', 'USERNAME'])
  const tested = () => glue.send(new TestConnectionCommand({ ConnectionName: 'sealed' }))
  // Nobody answers there, but the password has been opened on the way.
  await assert.rejects(tested(), { name: 'InvalidInputException', message: /^Unable to connect to 127.0.0.1:1/ })
  await kms.send(new DisableKeyCommand({ KeyId: AwsKmsKeyId }))
  await assert.rejects(tested(), { name: 'GlueEncryptionException', message: `${AwsKmsKeyId} is disabled.` })
  await put({ ReturnConnectionPasswordEncrypted: false })
  kms.destroy()
})
