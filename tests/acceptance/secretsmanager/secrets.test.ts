/** Secrets Manager by AWS's own client. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let client: SecretsManagerClient
/** Of a version: thirty-two characters at least. */
const token = (name: string) => name.padEnd(32, '-')

before(async () => {
  lake = await startLake()
  client = new SecretsManagerClient(lake.client)
})
after(async () => {
  client.destroy()
  await lake.stop()
})

const value = async (SecretId: string, more: object = {}) =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString

test('a secret is found by name, by ARN, and by an ARN without its end', async () => {
  const made = await client.send(
    new CreateSecretCommand({
      Name: 'db/one',
      SecretString: 'first',
      Description: 'of a database',
      ClientRequestToken: token('a'),
    }),
  )
  assert.match(made.ARN!, /^arn:aws:secretsmanager:us-east-1:000000000000:secret:db\/one-[A-Za-z0-9]{6}$/)
  assert.equal(made.VersionId, token('a'))
  for (const id of ['db/one', made.ARN!, made.ARN!.slice(0, -7)]) assert.equal(await value(id), 'first')
  const again = { Name: 'db/one', SecretString: 'first', ClientRequestToken: token('a') }
  assert.equal((await client.send(new CreateSecretCommand(again))).ARN, made.ARN)
  await assert.rejects(client.send(new CreateSecretCommand({ Name: 'db/one', SecretString: 'x' })), {
    name: 'ResourceExistsException',
    message: 'The operation failed because the secret db/one already exists.',
  })
  await assert.rejects(value('absent'), {
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  })
  await assert.rejects(
    client.send(new CreateSecretCommand({ Name: 'both', SecretString: 'x', SecretBinary: Buffer.from('y') })),
    { name: 'InvalidParameterException' },
  )
})

test('labels move from version to version', async () => {
  await client.send(
    new PutSecretValueCommand({ SecretId: 'db/one', SecretString: 'second', ClientRequestToken: token('b') }),
  )
  assert.equal(await value('db/one'), 'second')
  assert.equal(await value('db/one', { VersionStage: 'AWSPREVIOUS' }), 'first')
  const pending = {
    SecretId: 'db/one',
    SecretString: 'third',
    ClientRequestToken: token('c'),
    VersionStages: ['AWSPENDING'],
  }
  assert.deepEqual((await client.send(new PutSecretValueCommand(pending))).VersionStages, ['AWSPENDING'])
  assert.equal(await value('db/one'), 'second')
  assert.deepEqual((await client.send(new PutSecretValueCommand(pending))).VersionId, token('c'))
  await assert.rejects(client.send(new PutSecretValueCommand({ ...pending, SecretString: 'other' })), {
    name: 'ResourceExistsException',
  })
  const move = { SecretId: 'db/one', VersionStage: 'AWSCURRENT', MoveToVersionId: token('c') }
  await assert.rejects(client.send(new UpdateSecretVersionStageCommand(move)), { name: 'InvalidParameterException' })
  await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: token('b') }))
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: 'db/one' }))
  assert.deepEqual(
    Object.fromEntries(Object.entries(VersionIdsToStages!).map(([id, stages]) => [id, stages.toSorted()])),
    { [token('b')]: ['AWSPREVIOUS'], [token('c')]: ['AWSCURRENT', 'AWSPENDING'] },
  )
  assert.equal(await value('db/one'), 'third')
  await assert.rejects(value('db/one', { VersionId: token('b'), VersionStage: 'AWSCURRENT' }), {
    name: 'InvalidRequestException',
  })
  await assert.rejects(value('db/one', { VersionStage: 'mine' }), {
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret value for staging label: mine",
  })
  const ids = async (IncludeDeprecated: boolean) =>
    (await client.send(new ListSecretVersionIdsCommand({ SecretId: 'db/one', IncludeDeprecated }))).Versions!.length
  assert.deepEqual([await ids(false), await ids(true)], [2, 3])
})

test('a description and a value are changed together; bytes are kept as they are', async () => {
  const SecretBinary = Buffer.from([0, 255, 10, 128])
  await client.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary }))
  const got = await client.send(new GetSecretValueCommand({ SecretId: 'bytes' }))
  assert.deepEqual([Buffer.from(got.SecretBinary!), got.SecretString], [SecretBinary, undefined])
  await client.send(new UpdateSecretCommand({ SecretId: 'bytes', Description: 'now text', SecretString: 'text' }))
  assert.equal(await value('bytes'), 'text')
  const told = await client.send(new DescribeSecretCommand({ SecretId: 'bytes' }))
  assert.equal(told.Description, 'now text')
  assert.equal(told.LastAccessedDate!.getTime() % 86_400_000, 0)
})

test('what is deleted can be restored for some days', async () => {
  await client.send(new CreateSecretCommand({ Name: 'going', SecretString: 'x' }))
  await assert.rejects(client.send(new DeleteSecretCommand({ SecretId: 'going', RecoveryWindowInDays: 3 })), {
    name: 'InvalidParameterException',
  })
  const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId: 'going', RecoveryWindowInDays: 7 }))
  assert.ok(Math.abs(DeletionDate!.getTime() - Date.now() - 7 * 86_400_000) < 60_000)
  await assert.rejects(value('going'), {
    name: 'InvalidRequestException',
    message: "You can't perform this operation on the secret because it was marked for deletion.",
  })
  await assert.rejects(client.send(new CreateSecretCommand({ Name: 'going', SecretString: 'y' })), {
    name: 'InvalidRequestException',
  })
  assert.ok((await client.send(new DescribeSecretCommand({ SecretId: 'going' }))).DeletedDate)
  await client.send(new RestoreSecretCommand({ SecretId: 'going' }))
  assert.equal(await value('going'), 'x')
  await client.send(new DeleteSecretCommand({ SecretId: 'going', ForceDeleteWithoutRecovery: true }))
  await assert.rejects(client.send(new DescribeSecretCommand({ SecretId: 'going' })), {
    name: 'ResourceNotFoundException',
  })
  await client.send(new DeleteSecretCommand({ SecretId: 'going', ForceDeleteWithoutRecovery: true }))
})

test('lists are filtered, paged, and tell of tags', async () => {
  await client.send(new CreateSecretCommand({ Name: 'list/a', Tags: [{ Key: 'team', Value: 'data' }] }))
  await client.send(new CreateSecretCommand({ Name: 'list/b', Description: 'Blue lake' }))
  await client.send(
    new TagResourceCommand({
      SecretId: 'list/b',
      Tags: [
        { Key: 'team', Value: 'web' },
        { Key: 'x', Value: 'y' },
      ],
    }),
  )
  await client.send(new UntagResourceCommand({ SecretId: 'list/b', TagKeys: ['x'] }))
  const names = async (more: object) =>
    (await client.send(new ListSecretsCommand({ SortOrder: 'asc', ...more }))).SecretList!.map(({ Name }) => Name)
  const name = { Key: 'name' as const, Values: ['list/'] }
  assert.deepEqual(await names({ Filters: [name] }), ['list/a', 'list/b'])
  assert.deepEqual(await names({ Filters: [name], SortOrder: 'desc' }), ['list/b', 'list/a'])
  assert.deepEqual(await names({ Filters: [{ Key: 'tag-value', Values: ['!web'] }, name] }), ['list/a'])
  assert.deepEqual(await names({ Filters: [{ Key: 'all', Values: ['lake blue'] }] }), ['list/b'])
  const first = await client.send(new ListSecretsCommand({ Filters: [name], SortOrder: 'asc', MaxResults: 1 }))
  assert.deepEqual(await names({ Filters: [name], MaxResults: 1, NextToken: first.NextToken }), ['list/b'])
  assert.deepEqual(first.SecretList![0]!.Tags, [{ Key: 'team', Value: 'data' }])
  const batch = await client.send(new BatchGetSecretValueCommand({ SecretIdList: ['db/one', 'absent'] }))
  assert.deepEqual(
    batch.SecretValues!.map(({ SecretString }) => SecretString),
    ['third'],
  )
  assert.deepEqual(
    batch.Errors!.map(({ SecretId, ErrorCode }) => [SecretId, ErrorCode]),
    [['absent', 'ResourceNotFoundException']],
  )
})

test('policies are kept; passwords are made', async () => {
  const ResourcePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'secretsmanager:*', Resource: '*' }],
  })
  await client.send(new PutResourcePolicyCommand({ SecretId: 'db/one', ResourcePolicy }))
  assert.equal((await client.send(new GetResourcePolicyCommand({ SecretId: 'db/one' }))).ResourcePolicy, ResourcePolicy)
  await client.send(new DeleteResourcePolicyCommand({ SecretId: 'db/one' }))
  await assert.rejects(client.send(new PutResourcePolicyCommand({ SecretId: 'db/one', ResourcePolicy: '{' })), {
    name: 'MalformedPolicyDocumentException',
  })
  const { RandomPassword } = await client.send(
    new GetRandomPasswordCommand({ PasswordLength: 20, ExcludePunctuation: true, ExcludeCharacters: 'abc' }),
  )
  assert.match(RandomPassword!, /^(?=.*[d-z])(?=.*[A-Z])(?=.*[0-9])[d-zA-Z0-9]{20}$/)
  await assert.rejects(client.send(new RotateSecretCommand({ SecretId: 'db/one' })), /not implemented|RotateSecret/i)
})

test('a secret that names a key is sealed by it', async () => {
  const kms = new KMSClient(lake.client)
  const [first, second] = [await kms.send(new CreateKeyCommand({})), await kms.send(new CreateKeyCommand({}))]
  const KmsKeyId = first.KeyMetadata!.Arn!
  await assert.rejects(
    client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'x', KmsKeyId: 'alias/absent' })),
    {
      name: 'EncryptionFailure',
      message: /^Secrets Manager can't encrypt the protected secret text using the provided KMS key/,
    },
  )
  await client.send(new CreateSecretCommand({ Name: 'keyed', SecretString: 'one', KmsKeyId }))
  await client.send(new PutSecretValueCommand({ SecretId: 'keyed', SecretString: 'two' }))
  assert.equal(await value('keyed'), 'two')
  await kms.send(new DisableKeyCommand({ KeyId: KmsKeyId }))
  await assert.rejects(value('keyed'), {
    name: 'DecryptionFailure',
    message: new RegExp(`using the provided KMS key. ${KmsKeyId} is disabled.$`),
  })
  const { Errors } = await client.send(new BatchGetSecretValueCommand({ SecretIdList: ['keyed'] }))
  assert.equal(Errors![0]!.ErrorCode, 'DecryptionFailure')
  await assert.rejects(client.send(new PutSecretValueCommand({ SecretId: 'keyed', SecretString: 'three' })), {
    name: 'EncryptionFailure',
  })
  await kms.send(new EnableKeyCommand({ KeyId: KmsKeyId }))
  await client.send(new UpdateSecretCommand({ SecretId: 'keyed', KmsKeyId: second.KeyMetadata!.KeyId! }))
  await kms.send(new DisableKeyCommand({ KeyId: KmsKeyId }))
  const previous = await client.send(new GetSecretValueCommand({ SecretId: 'keyed', VersionStage: 'AWSPREVIOUS' }))
  assert.deepEqual([await value('keyed'), previous.SecretString], ['two', 'one'])
  kms.destroy()
})

test('no value lies open on the disk, and all are there after a new start', async () => {
  const secret = 'the very unlikely secret words'
  await client.send(new CreateSecretCommand({ Name: 'sealed', SecretString: secret }))
  const directory = lake.dataDirectory
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name))
  const holding = files.filter((path) => statSync(path).isFile() && readFileSync(path).includes(secret))
  assert.deepEqual(holding, [])
  assert.equal(statSync(join(directory, 'secrets.key')).mode & 0o777, 0o600)
  client.destroy()
  lake = await lake.restart()
  client = new SecretsManagerClient(lake.client)
  assert.equal(await value('sealed'), secret)
})

test('names, tokens and open policies are refused in AWS’s words', async () => {
  await assert.rejects(client.send(new CreateSecretCommand({ Name: 'a b', SecretString: 'x' })), {
    name: 'ValidationException',
    message: /^Invalid name\. Must be a valid name containing alphanumeric characters/,
  })
  for (const NextToken of ['x', '!', 'LTE='])
    await assert.rejects(client.send(new ListSecretsCommand({ NextToken })), { name: 'InvalidNextTokenException' })
  await client.send(new CreateSecretCommand({ Name: 'shut', SecretString: 'x' }))
  const put = (Principal: unknown) =>
    client.send(
      new PutResourcePolicyCommand({
        SecretId: 'shut',
        BlockPublicPolicy: true,
        ResourcePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal, Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
        }),
      }),
    )
  await assert.rejects(put('*'), { name: 'PublicPolicyException' })
  await put({ AWS: '000000000000' })
})
