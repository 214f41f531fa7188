/** Secrets are planted through every operation that takes or makes one, and then looked for wherever the server writes. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { Glue } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { S3 } from '@aws-sdk/client-s3'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { STS } from '@aws-sdk/client-sts'
import { startLake, type TestLake } from '../acceptance/server.ts'

let lake: TestLake
const rootKey = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: planted('root') }
/** What must be nowhere, by what it is. */
const secrets = new Map<string, string>([['root', rootKey.secretAccessKey]])
/** No secret: that it is found shows that the search sees what is kept. */
const MARKER = 'NoSecretButKept'
/** Of everything that was answered to calls that were refused. */
const errors: string[] = []

before(async () => {
  lake = await startLake({ rootKey })
})
after(() => lake.stop())

function planted(what: string): string {
  return `Planted${what}${randomBytes(12).toString('hex')}`
}
function plant(what: string): string {
  const secret = planted(what)
  secrets.set(what, secret)
  return secret
}
const refused = (work: Promise<unknown>) =>
  work.then(
    () => assert.fail('it was taken'),
    (error: Error) => errors.push(JSON.stringify({ ...error, message: error.message })),
  )

async function plantAll(): Promise<void> {
  const iam = new IAM(lake.client)
  await iam.createUser({ UserName: 'ann' })
  await iam.createUser({ UserName: MARKER })
  const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' })
  secrets.set('access key', AccessKey!.SecretAccessKey!)
  const { Credentials } = await new STS(lake.client).getSessionToken({})
  secrets.set('session secret', Credentials!.SecretAccessKey!)
  secrets.set('session token', Credentials!.SessionToken!)
  const credentials = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  }
  await new S3({ ...lake.client, credentials }).createBucket({ Bucket: 'planted' })

  const manager = new SecretsManager(lake.client)
  await manager.createSecret({ Name: 'db', SecretString: plant('secret') })
  await manager.putSecretValue({ SecretId: 'db', SecretString: plant('secret-again') })
  await manager.putSecretValue({ SecretId: 'db', SecretBinary: Buffer.from(plant('binary-secret')) })
  await manager.getSecretValue({ SecretId: 'db' })
  await refused(manager.putSecretValue({ SecretId: 'absent', SecretString: plant('refused-secret') }))
  await refused(manager.createSecret({ Name: 'db', SecretString: plant('second-secret') }))
  await refused(manager.createSecret({ Name: 'long', SecretString: plant('long-secret').repeat(3000) }))

  const kms = new KMS(lake.client)
  const { KeyMetadata } = await kms.createKey({})
  const KeyId = KeyMetadata!.KeyId!
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: Buffer.from(plant('plaintext')) })
  await kms.decrypt({ CiphertextBlob })
  const { Plaintext } = await kms.generateDataKey({ KeyId, KeySpec: 'AES_256' })
  secrets.set('data key', Buffer.from(Plaintext!).toString('base64'))
  await refused(kms.encrypt({ KeyId: 'absent', Plaintext: Buffer.from(plant('refused-plaintext')) }))

  const glue = new Glue(lake.client)
  const connection = (name: string, password: string) => ({
    ConnectionInput: {
      Name: name,
      ConnectionType: 'JDBC' as const,
      ConnectionProperties: {
        JDBC_CONNECTION_URL: 'jdbc:postgresql://127.0.0.1:1/db',
        USERNAME: 'ann',
        PASSWORD: password,
      },
    },
  })
  await glue.createConnection(connection('plain', plant('password-without-settings')))
  await glue.putDataCatalogEncryptionSettings({
    DataCatalogEncryptionSettings: {
      ConnectionPasswordEncryption: { ReturnConnectionPasswordEncrypted: true, AwsKmsKeyId: KeyId },
    },
  })
  await glue.createConnection(connection('db', plant('password')))
  await glue.updateConnection({ Name: 'db', ...connection('db', plant('password-again')) })
  await refused(glue.createConnection(connection('db', plant('refused-password'))))
  await refused(glue.testConnection({ ConnectionName: 'db' }))
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** As it is, and as it would stand in JSON's base64 or in hex. */
const formsOf = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1),
  Buffer.from(secret).toString('hex'),
]

function found(where: string, text: string): string[] {
  return [...secrets]
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([what]) => `${what} in ${where}`)
}

test('no secret is in files, records, metrics, errors or the log', async () => {
  await plantAll()
  assert.ok(errors.length >= 6)
  const trail = new CloudTrail(lake.client)
  const records: string[] = []
  let NextToken: string | undefined
  do {
    const page = await trail.lookupEvents({ NextToken })
    records.push(...(page.Events ?? []).map(({ CloudTrailEvent = '' }) => CloudTrailEvent))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  assert.ok(records.some((record) => record.includes('PutSecretValue')))
  const metrics = await (await fetch(`${lake.endpoint}/_lentic/metrics`)).text()
  const leaks = [
    ...found('records', records.join('\n')),
    ...found('metrics', metrics),
    ...found('errors', errors.join('\n')),
    ...found('the log', lake.log.join('\n')),
  ]
  lake = await lake.restart() // Whatever waited to be written has been.
  let kept = false
  for (const path of await filesBelow(lake.dataDirectory)) {
    const text = (await readFile(path)).toString('latin1')
    kept ||= text.includes(MARKER)
    leaks.push(...found(path.slice(lake.dataDirectory.length), text))
  }
  assert.deepEqual(leaks, [])
  assert.ok(kept)
})
