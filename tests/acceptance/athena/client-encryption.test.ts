/** CSE_KMS: what a query writes is encrypted as Amazon's S3 encryption client does it, and tables of such files are read. */
import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { GetQueryResultsCommand } from '@aws-sdk/client-athena'
import { GetTableCommand } from '@aws-sdk/client-glue'
import {
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  KMSClient,
} from '@aws-sdk/client-kms'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { run } from '../../cli/process.ts'
import { athenaLake } from './lake.ts'

const a = await athenaLake()
const kms = new KMSClient(a.lake.client)
const keyArn = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!
const [KEY, OTHER] = [await keyArn(), await keyArn()]
after(async () => {
  kms.destroy()
  await a.close()
})

const sealed = {
  ResultConfiguration: {
    OutputLocation: 's3://results/cse/',
    EncryptionConfiguration: { EncryptionOption: 'CSE_KMS' as const, KmsKey: KEY },
  },
}

const object = async (uri: string) => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri)!
  const { Body, Metadata } = await a.s3.send(new GetObjectCommand({ Bucket, Key }))
  return { bytes: Buffer.from(await Body!.transformToByteArray()), metadata: Metadata! }
}

/** As the specification of version 2 of the client says it: https://github.com/awslabs/aws-encryption-sdk-specification */
async function decrypted(uri: string): Promise<Buffer> {
  const { bytes, metadata } = await object(uri)
  assert.deepEqual(
    [metadata['x-amz-cek-alg'], metadata['x-amz-wrap-alg'], metadata['x-amz-tag-len']],
    ['AES/GCM/NoPadding', 'kms+context', '128'],
  )
  const EncryptionContext = JSON.parse(metadata['x-amz-matdesc']!)
  assert.deepEqual(EncryptionContext, { 'aws:x-amz-cek-alg': 'AES/GCM/NoPadding' })
  const CiphertextBlob = Buffer.from(metadata['x-amz-key-v2']!, 'base64')
  const { Plaintext } = await kms.send(new DecryptCommand({ KeyId: KEY, CiphertextBlob, EncryptionContext }))
  const decipher = createDecipheriv('aes-256-gcm', Plaintext!, Buffer.from(metadata['x-amz-iv']!, 'base64'))
  decipher.setAuthTag(bytes.subarray(-16))
  const text = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()])
  assert.equal(metadata['x-amz-unencrypted-content-length'], String(text.length))
  return text
}

/** As version 1 writes it, `EncryptionOnly`, or as later ones do. */
async function putEncrypted(Key: string, body: Buffer, by: { key: string; cipher: 'CBC' | 'GCM' }): Promise<void> {
  const [own, iv] = [randomBytes(32), randomBytes(by.cipher === 'CBC' ? 16 : 12)]
  const isOld = by.cipher === 'CBC'
  const EncryptionContext: Record<string, string> = isOld
    ? { kms_cmk_id: by.key }
    : { 'aws:x-amz-cek-alg': 'AES/GCM/NoPadding', team: 'orders' }
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: by.key, Plaintext: own, EncryptionContext }))
  const old = createCipheriv('aes-256-cbc', own, isOld ? iv : Buffer.alloc(16))
  const gcm = createCipheriv('aes-256-gcm', own, iv)
  const Body = isOld
    ? Buffer.concat([old.update(body), old.final()])
    : Buffer.concat([gcm.update(body), gcm.final(), gcm.getAuthTag()])
  const Metadata = {
    'x-amz-key-v2': Buffer.from(CiphertextBlob!).toString('base64'),
    'x-amz-iv': iv.toString('base64'),
    'x-amz-matdesc': JSON.stringify(EncryptionContext),
    'x-amz-wrap-alg': isOld ? 'kms' : 'kms+context',
    'x-amz-cek-alg': isOld ? 'AES/CBC/PKCS5Padding' : 'AES/GCM/NoPadding',
    ...(!isOld && { 'x-amz-tag-len': '128' }),
  }
  await a.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body, Metadata }))
}

const textTable = (name: string, properties: string) =>
  a.succeed(
    `CREATE EXTERNAL TABLE ${name} (n int, t string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://data/${name}/' TBLPROPERTIES (${properties})`,
  )

test('a result is an envelope to S3, and rows to Athena, page by page', async () => {
  const sql = "SELECT n, concat('row ', CAST(n AS varchar)) AS t FROM UNNEST(sequence(1, 5000)) AS x (n) ORDER BY n"
  const { QueryExecutionId, ResultConfiguration } = await a.succeed(sql, sealed)
  assert.deepEqual(ResultConfiguration!.EncryptionConfiguration, { EncryptionOption: 'CSE_KMS', KmsKey: KEY })
  const uri = ResultConfiguration!.OutputLocation!
  const lines = ['"n","t"', ...Array.from({ length: 5000 }, (_, i) => `"${i + 1}","row ${i + 1}"`)]
  assert.equal((await decrypted(uri)).toString(), `${lines.join('\n')}\n`)
  assert.ok((await decrypted(`${uri}.metadata`)).length > 0)
  assert.ok(!(await object(uri)).bytes.includes('row 17'))

  const seen: string[] = []
  for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
    const page = await a.athena.send(new GetQueryResultsCommand({ QueryExecutionId, NextToken, MaxResults: 777 }))
    seen.push(...page.ResultSet!.Rows!.map(({ Data }) => Data!.map(({ VarCharValue: v }) => `"${v}"`).join(',')))
    NextToken = page.NextToken
  }
  assert.deepEqual(seen, lines)
})

test('utility statements and manifests too; a table that a query writes is read again', async () => {
  const { ResultConfiguration } = await a.succeed('SHOW TABLES', sealed)
  assert.equal((await decrypted(ResultConfiguration!.OutputLocation!)).toString(), '')
  for (const format of ['PARQUET', 'ORC', 'TEXTFILE']) {
    const name = `sealed_${format.toLowerCase()}`
    const made = await a.succeed(
      `CREATE TABLE ${name} WITH (format = '${format}', external_location = 's3://data/${name}/', partitioned_by = ARRAY['p']) AS SELECT 1 AS n, 'a' AS p UNION ALL SELECT 2, 'b'`,
      sealed,
    )
    const manifest = await decrypted(made.Statistics!.DataManifestLocation!)
    assert.equal(manifest.toString().trim().split('\n').length, 2)
    await a.succeed(`INSERT INTO ${name} VALUES (3, 'b')`, sealed)
    assert.deepEqual(await a.rows(`SELECT n FROM ${name} WHERE p = 'b' ORDER BY n`), [['2'], ['3']])
    const { Contents } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: `${name}/` }))
    assert.equal(Contents!.length, 3)
    for (const { Key } of Contents!) await decrypted(`s3://data/${Key}`)
    const { Table } = await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name: name }))
    assert.equal(Table!.Parameters!.has_encrypted_data, 'true')
  }
})

test('an estimate of such files says why it is none', async () => {
  await a.succeed("CREATE TABLE told WITH (format = 'PARQUET') AS SELECT 1 AS n, 2 AS m", sealed)
  const environment = { LENTIC_ENDPOINT: a.lake.endpoint }
  const { out, code, err } = await run(['explain', 'SELECT n FROM told', '--database', 'db'], environment)
  assert.equal(code, 0, err)
  assert.match(out, /at most: the files are encrypted by who wrote them/)
})

test('a table says how its files are to be written, whatever the results are', async () => {
  await textTable('asks', `'encryption_option' = 'CSE_KMS', 'kms_key' = '${KEY}'`)
  await a.succeed("INSERT INTO asks VALUES (1, 'one')")
  await a.succeed(`ALTER TABLE asks SET TBLPROPERTIES ('encryption_option' = 'SSE_KMS', 'kms_key' = '${OTHER}')`)
  const { ResultConfiguration } = await a.succeed("INSERT INTO asks VALUES (2, 'two')", sealed)
  await decrypted(`${ResultConfiguration!.OutputLocation!}-manifest.csv`)
  const { Contents } = await a.s3.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'asks/' }))
  const written = await Promise.all(
    Contents!.map(async ({ Key }) => {
      const { Metadata, SSEKMSKeyId } = await a.s3.send(new GetObjectCommand({ Bucket: 'data', Key }))
      return [Metadata!['x-amz-wrap-alg'], SSEKMSKeyId]
    }),
  )
  // Their names are no order.
  assert.deepEqual(
    written.toSorted(([wrap]) => (wrap ? -1 : 1)),
    [
      ['kms+context', undefined],
      [undefined, OTHER],
    ],
  )
  // A table that says SSE_KMS is read as it lies.
  assert.match(await a.failure('SELECT t FROM asks'), /^HIVE_CURSOR_ERROR: /)
  await a.succeed(`ALTER TABLE asks SET TBLPROPERTIES ('encryption_option' = 'CSE_KMS', 'kms_key' = '${KEY}')`)
  assert.deepEqual(await a.rows('SELECT t FROM asks ORDER BY n'), [['one'], ['two']])
})

test('files of other writers, and such that nobody has encrypted', async () => {
  await putEncrypted('mixed/old', Buffer.from('1,one\n'), { key: KEY, cipher: 'CBC' })
  await putEncrypted('mixed/new', Buffer.from('2,two\n'), { key: KEY, cipher: 'GCM' })
  await a.put('mixed/open', '3,three\n')
  await textTable('mixed', `'encryption_option' = 'CSE_KMS', 'kms_key' = '${KEY}'`)
  const all = [
    ['1', 'one'],
    ['2', 'two'],
    ['3', 'three'],
  ]
  assert.deepEqual(await a.rows('SELECT n, t FROM mixed ORDER BY n'), all)
  await a.succeed(`ALTER TABLE mixed SET TBLPROPERTIES ('kms_key' = '${OTHER}')`)
  assert.match(
    await a.failure('SELECT * FROM mixed'),
    /^HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3:\/\/data\/mixed\/(old|new) /,
  )

  await textTable('mixed_any', "'has_encrypted_data' = 'true'")
  await putEncrypted('mixed_any/other', Buffer.from('4,four\n'), { key: OTHER, cipher: 'GCM' })
  await putEncrypted('mixed_any/empty', Buffer.alloc(0), { key: KEY, cipher: 'GCM' })
  assert.deepEqual(await a.rows('SELECT n, t, "$file_size" FROM mixed_any'), [['4', 'four', '7']])
})

test('what has been tampered with is not read; nor is anything without the key', async () => {
  await putEncrypted('tampered/x', Buffer.from('1,one\n2,two\n'), { key: KEY, cipher: 'GCM' })
  await textTable('tampered', "'has_encrypted_data' = 'true'")
  assert.deepEqual(await a.rows('SELECT count(*) FROM tampered'), [['2']])
  const { bytes, metadata } = await object('s3://data/tampered/x')
  bytes[0]! ^= 1
  await a.s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'tampered/x', Body: bytes, Metadata: metadata }))
  assert.match(await a.failure('SELECT * FROM tampered'), /^HIVE_CANNOT_OPEN_SPLIT: .*changed since it was encrypted/)

  const { QueryExecutionId } = await a.succeed('SELECT 1', sealed)
  await kms.send(new DisableKeyCommand({ KeyId: KEY }))
  await assert.rejects(a.results(QueryExecutionId!), { name: 'InvalidRequestException', message: /is disabled/ })
  assert.match(await a.failure('SELECT * FROM sealed_parquet'), /^HIVE_CANNOT_OPEN_SPLIT: .* is disabled\./)
  assert.match(await a.failure('SELECT 1', sealed), /^Access denied when writing output/)
  await kms.send(new EnableKeyCommand({ KeyId: KEY }))
  assert.equal((await a.results(QueryExecutionId!)).ResultSet!.Rows!.length, 2)
})

test('keys are symmetric, and tables are of Hive', async () => {
  const spec = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } as const
  const KmsKey = (await kms.send(new CreateKeyCommand(spec))).KeyMetadata!.Arn!
  const { ResultConfiguration: place } = sealed
  const EncryptionConfiguration = { EncryptionOption: 'CSE_KMS' as const, KmsKey }
  assert.match(
    await a.failure('SELECT 1', { ResultConfiguration: { ...place, EncryptionConfiguration } }),
    /^Access denied when writing output/,
  )
  const iceberg =
    "CREATE TABLE ice WITH (table_type = 'ICEBERG', location = 's3://data/ice/', is_external = false) AS SELECT 1 AS n"
  assert.match(await a.failure(iceberg, sealed), /^NOT_SUPPORTED: Iceberg tables can not be written/)
})
