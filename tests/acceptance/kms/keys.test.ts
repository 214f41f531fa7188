/** KMS through its own client: keys that stay here, and what they do. Signatures are checked by others than the server. */
import assert from 'node:assert/strict'
import {
  constants,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  verify,
} from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DeleteAliasCommand,
  DeriveSharedSecretCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let client: KMSClient

before(async () => {
  lake = await startLake()
  client = new KMSClient(lake.client)
})
after(async () => {
  client.destroy()
  await lake.stop()
})

const newKey = async (more: CreateKeyCommandInput = {}) => (await client.send(new CreateKeyCommand(more))).KeyMetadata!
const bytes = (text: string): Uint8Array => Buffer.from(text)
const textOf = (one: Uint8Array | undefined): string => Buffer.from(one!).toString()

test('a key is found by its id, its ARN and its aliases', async () => {
  const key = await newKey({ Description: 'of the shop', Tags: [{ TagKey: 'team', TagValue: 'data' }] })
  assert.match(key.Arn!, /^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f-]{36}$/)
  assert.deepEqual(
    [key.KeyState, key.Enabled, key.KeySpec, key.KeyUsage, key.KeyManager, key.Origin, key.EncryptionAlgorithms],
    ['Enabled', true, 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'CUSTOMER', 'AWS_KMS', ['SYMMETRIC_DEFAULT']],
  )
  await client.send(new CreateAliasCommand({ AliasName: 'alias/shop', TargetKeyId: key.KeyId! }))
  for (const KeyId of [key.KeyId!, key.Arn!, 'alias/shop', 'arn:aws:kms:us-east-1:000000000000:alias/shop'])
    assert.equal((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!.Description, 'of the shop')
  const other = await newKey()
  await assert.rejects(client.send(new CreateAliasCommand({ AliasName: 'alias/shop', TargetKeyId: other.KeyId! })), {
    name: 'AlreadyExistsException',
    message: 'An alias with the name arn:aws:kms:us-east-1:000000000000:alias/shop already exists',
  })
  await client.send(new UpdateAliasCommand({ AliasName: 'alias/shop', TargetKeyId: other.KeyId! }))
  const { Aliases } = await client.send(new ListAliasesCommand({ KeyId: other.KeyId! }))
  assert.deepEqual(
    Aliases!.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId]),
    [['alias/shop', other.KeyId]],
  )
  await client.send(new DeleteAliasCommand({ AliasName: 'alias/shop' }))
  await assert.rejects(client.send(new DescribeKeyCommand({ KeyId: 'alias/shop' })), {
    name: 'NotFoundException',
    message: 'Alias arn:aws:kms:us-east-1:000000000000:alias/shop is not found.',
  })
  const absent = '11111111-2222-3333-4444-555555555555'
  await assert.rejects(client.send(new DescribeKeyCommand({ KeyId: absent })), {
    name: 'NotFoundException',
    message: `Key 'arn:aws:kms:us-east-1:000000000000:key/${absent}' does not exist`,
  })
  await assert.rejects(client.send(new CreateAliasCommand({ AliasName: 'shop', TargetKeyId: other.KeyId! })), {
    name: 'ValidationException',
  })
  await assert.rejects(client.send(new CreateAliasCommand({ AliasName: 'alias/aws/x', TargetKeyId: other.KeyId! })), {
    name: 'NotAuthorizedException',
  })
})

test('what a key encrypts is bound to its context, and tells its key', async () => {
  const { KeyId, Arn } = await newKey()
  const EncryptionContext = { table: 'orders', day: '1' }
  const encrypted = await client.send(new EncryptCommand({ KeyId, Plaintext: bytes('hello'), EncryptionContext }))
  assert.equal(encrypted.KeyId, Arn)
  assert.ok(!Buffer.from(encrypted.CiphertextBlob!).includes('hello'))
  const { CiphertextBlob } = encrypted
  const opened = await client.send(
    new DecryptCommand({ CiphertextBlob, EncryptionContext: { day: '1', table: 'orders' } }),
  )
  assert.deepEqual([textOf(opened.Plaintext), opened.KeyId], ['hello', Arn])
  const touched = Buffer.from(CiphertextBlob!)
  touched[touched.length - 20]! ^= 1
  for (const asked of [
    { CiphertextBlob },
    { CiphertextBlob: touched, EncryptionContext },
    { CiphertextBlob: bytes('x') },
  ])
    await assert.rejects(client.send(new DecryptCommand(asked)), { name: 'InvalidCiphertextException' })
  const other = await newKey()
  await assert.rejects(client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: other.KeyId! })), {
    name: 'IncorrectKeyException',
  })
  const moved = await client.send(
    new ReEncryptCommand({
      CiphertextBlob,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: other.KeyId!,
    }),
  )
  assert.deepEqual([moved.SourceKeyId, moved.KeyId], [Arn, other.Arn])
  const again = await client.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob! }))
  assert.deepEqual([textOf(again.Plaintext), again.KeyId], ['hello', other.Arn])
  await assert.rejects(client.send(new EncryptCommand({ KeyId: KeyId!, Plaintext: new Uint8Array(4097) })), {
    name: 'ValidationException',
  })
  await assert.rejects(client.send(new EncryptCommand({ KeyId: KeyId!, Plaintext: bytes('x'), DryRun: true })), {
    name: 'DryRunOperationException',
  })
})

test('data keys are told and wrapped', async () => {
  const { KeyId } = await newKey()
  const whole = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))
  assert.equal(whole.Plaintext!.length, 32)
  const unwrapped = await client.send(new DecryptCommand({ CiphertextBlob: whole.CiphertextBlob! }))
  assert.deepEqual(unwrapped.Plaintext, whole.Plaintext)
  const closed = await client.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 24 }))
  assert.equal(
    (await client.send(new DecryptCommand({ CiphertextBlob: closed.CiphertextBlob! }))).Plaintext!.length,
    24,
  )
  await assert.rejects(client.send(new GenerateDataKeyCommand({ KeyId })), {
    name: 'ValidationException',
    message: 'Please specify either number of bytes or key spec.',
  })
  const pair = await client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }))
  const secret = await client.send(new DecryptCommand({ CiphertextBlob: pair.PrivateKeyCiphertextBlob! }))
  assert.deepEqual(secret.Plaintext, pair.PrivateKeyPlaintext)
  assert.equal((await client.send(new GenerateRandomCommand({ NumberOfBytes: 7 }))).Plaintext!.length, 7)
})

test('a key that is disabled or about to go does nothing; its deletion can be cancelled', async () => {
  const { KeyId, Arn } = await newKey()
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: KeyId!, Plaintext: bytes('x') }))
  await client.send(new DisableKeyCommand({ KeyId: KeyId! }))
  for (const command of [
    new DecryptCommand({ CiphertextBlob }),
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_128' }),
  ])
    await assert.rejects(client.send(command as DecryptCommand), {
      name: 'DisabledException',
      message: `${Arn} is disabled.`,
    })
  await client.send(new EnableKeyCommand({ KeyId: KeyId! }))
  assert.equal(textOf((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext), 'x')
  await assert.rejects(client.send(new ScheduleKeyDeletionCommand({ KeyId: KeyId!, PendingWindowInDays: 6 })), {
    name: 'ValidationException',
  })
  const going = await client.send(new ScheduleKeyDeletionCommand({ KeyId: KeyId!, PendingWindowInDays: 7 }))
  assert.ok(Math.abs(going.DeletionDate!.getTime() - Date.now() - 7 * 86_400_000) < 60_000)
  await assert.rejects(client.send(new DecryptCommand({ CiphertextBlob })), {
    name: 'KMSInvalidStateException',
    message: `${Arn} is pending deletion.`,
  })
  await client.send(new CancelKeyDeletionCommand({ KeyId: KeyId! }))
  assert.equal((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!.KeyState, 'Disabled')
})

test('a rotated key opens what it has encrypted before', async () => {
  const { KeyId, CurrentKeyMaterialId } = await newKey()
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: KeyId!, Plaintext: bytes('old') }))
  await client.send(new RotateKeyOnDemandCommand({ KeyId: KeyId! }))
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }))
  assert.notEqual(KeyMetadata!.CurrentKeyMaterialId, CurrentKeyMaterialId)
  const opened = await client.send(new DecryptCommand({ CiphertextBlob }))
  assert.deepEqual([textOf(opened.Plaintext), opened.KeyMaterialId], ['old', CurrentKeyMaterialId])
  const { Rotations } = await client.send(new ListKeyRotationsCommand({ KeyId: KeyId! }))
  assert.deepEqual(
    Rotations!.map(({ RotationType }) => RotationType),
    ['ON_DEMAND'],
  )
  await client.send(new EnableKeyRotationCommand({ KeyId: KeyId!, RotationPeriodInDays: 90 }))
  const status = await client.send(new GetKeyRotationStatusCommand({ KeyId: KeyId! }))
  assert.deepEqual([status.KeyRotationEnabled, status.RotationPeriodInDays], [true, 90])
})

test('keys of RSA encrypt, and sign messages and digests', async () => {
  const { KeyId } = await newKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: KeyId! }))
  const outside = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' })
  const oaep = { key: outside, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
  const CiphertextBlob = publicEncrypt(oaep, bytes('from outside'))
  const opened = await client.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm }))
  assert.equal(textOf(opened.Plaintext), 'from outside')
  await assert.rejects(client.send(new EncryptCommand({ KeyId: KeyId!, Plaintext: bytes('x') })), {
    name: 'InvalidKeyUsageException',
  })
  const signing = await newKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
  const key = createPublicKey({
    key: Buffer.from((await client.send(new GetPublicKeyCommand({ KeyId: signing.KeyId! }))).PublicKey!),
    format: 'der',
    type: 'spki',
  })
  const Message = bytes('to be signed')
  const of = { KeyId: signing.KeyId! }
  const pss = await client.send(new SignCommand({ ...of, Message, SigningAlgorithm: 'RSASSA_PSS_SHA_384' }))
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }
  assert.ok(verify('sha384', Message, options, pss.Signature!))
  const digest = createHash('sha512').update(Message).digest()
  const SigningAlgorithm = 'RSASSA_PKCS1_V1_5_SHA_512'
  const digested = { ...of, Message: digest, MessageType: 'DIGEST', SigningAlgorithm } as const
  const { Signature } = await client.send(new SignCommand(digested))
  assert.ok(verify('sha512', Message, key, Signature!))
  assert.ok((await client.send(new VerifyCommand({ ...digested, Signature: Signature! }))).SignatureValid)
  assert.ok(
    (await client.send(new VerifyCommand({ ...of, Message, SigningAlgorithm, Signature: Signature! }))).SignatureValid,
  )
  await assert.rejects(
    client.send(new VerifyCommand({ ...of, Message: bytes('other'), SigningAlgorithm, Signature: Signature! })),
    { name: 'KMSInvalidSignatureException' },
  )
  await assert.rejects(client.send(new EncryptCommand({ ...of, Plaintext: bytes('x') })), {
    name: 'InvalidKeyUsageException',
    message: `${signing.Arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
  })
})

test('keys on curves sign and agree', async () => {
  const Message = bytes('to be signed')
  for (const [KeySpec, SigningAlgorithm, hash] of [
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
    ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512'],
    ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', undefined],
  ] as const) {
    const { KeyId } = await newKey({ KeySpec, KeyUsage: 'SIGN_VERIFY' })
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: KeyId! }))
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' })
    const { Signature } = await client.send(new SignCommand({ KeyId: KeyId!, Message, SigningAlgorithm }))
    assert.ok(verify(hash, Message, key, Signature!), KeySpec)
    const told = { KeyId: KeyId!, Message, SigningAlgorithm, Signature: Signature! }
    assert.ok((await client.send(new VerifyCommand(told))).SignatureValid, KeySpec)
  }
  const agreeing = await newKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: agreeing.KeyId! }))
  const mine = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { SharedSecret } = await client.send(
    new DeriveSharedSecretCommand({
      KeyId: agreeing.KeyId!,
      KeyAgreementAlgorithm: 'ECDH',
      PublicKey: mine.publicKey.export({ format: 'der', type: 'spki' }),
    }),
  )
  const theirs = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' })
  assert.deepEqual(Buffer.from(SharedSecret!), diffieHellman({ privateKey: mine.privateKey, publicKey: theirs }))
  await assert.rejects(newKey({ KeySpec: 'ECC_NIST_P256' }), {
    name: 'ValidationException',
    message: 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
  })
  await assert.rejects(newKey({ MultiRegion: true }), { name: 'UnsupportedOperationException' })
})

test('message authentication codes', async () => {
  const { KeyId } = await newKey({ KeySpec: 'HMAC_384', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const asked = { KeyId: KeyId!, MacAlgorithm: 'HMAC_SHA_384', Message: bytes('m') } as const
  const { Mac } = await client.send(new GenerateMacCommand(asked))
  assert.equal(Mac!.length, 48)
  assert.ok((await client.send(new VerifyMacCommand({ ...asked, Mac: Mac! }))).MacValid)
  await assert.rejects(client.send(new VerifyMacCommand({ ...asked, Message: bytes('n'), Mac: Mac! })), {
    name: 'KMSInvalidMacException',
  })
  await assert.rejects(client.send(new GenerateMacCommand({ ...asked, MacAlgorithm: 'HMAC_SHA_256' })), {
    name: 'InvalidKeyUsageException',
  })
})

test('policies, tags, grants and pages', async () => {
  const { KeyId } = await newKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] })
  const of = { KeyId: KeyId! }
  const policy = JSON.parse((await client.send(new GetKeyPolicyCommand(of))).Policy!)
  assert.equal(policy.Statement[0].Principal.AWS, 'arn:aws:iam::000000000000:root')
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'kms:*', Resource: '*' }],
  })
  await client.send(new PutKeyPolicyCommand({ ...of, Policy }))
  assert.equal((await client.send(new GetKeyPolicyCommand(of))).Policy, Policy)
  await assert.rejects(client.send(new PutKeyPolicyCommand({ ...of, Policy: '{' })), {
    name: 'MalformedPolicyDocumentException',
  })
  await client.send(new TagResourceCommand({ ...of, Tags: [{ TagKey: 'b', TagValue: '2' }] }))
  await client.send(new UntagResourceCommand({ ...of, TagKeys: ['a'] }))
  assert.deepEqual((await client.send(new ListResourceTagsCommand(of))).Tags, [{ TagKey: 'b', TagValue: '2' }])
  const GranteePrincipal = 'arn:aws:iam::000000000000:role/reader'
  const grant = { ...of, GranteePrincipal, Operations: ['Decrypt' as const], Name: 'reading' }
  const { GrantId, GrantToken } = await client.send(new CreateGrantCommand(grant))
  assert.equal((await client.send(new CreateGrantCommand(grant))).GrantId, GrantId)
  const { Grants } = await client.send(new ListGrantsCommand(of))
  assert.deepEqual(
    Grants!.map((one) => [one.GrantId, one.Operations, one.Name]),
    [[GrantId, ['Decrypt'], 'reading']],
  )
  await client.send(new RetireGrantCommand({ GrantToken }))
  assert.deepEqual((await client.send(new ListGrantsCommand(of))).Grants, [])
  const ids: string[] = []
  for (let Marker: string | undefined; ; ) {
    const page = await client.send(new ListKeysCommand({ Limit: 3, Marker }))
    ids.push(...page.Keys!.map((key) => key.KeyId!))
    assert.equal(page.Truncated, page.NextMarker !== undefined)
    if (!page.Truncated) break
    Marker = page.NextMarker
  }
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.includes(KeyId!))
  await assert.rejects(client.send(new ListKeysCommand({ Marker: '!' })), { name: 'InvalidMarkerException' })
})

test('an alias of AWS’s own makes its key when it is asked for', async () => {
  const first = (await client.send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }))).KeyMetadata!
  assert.deepEqual([first.KeyManager, first.KeyState], ['AWS', 'Enabled'])
  const again = (await client.send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }))).KeyMetadata!
  assert.equal(again.KeyId, first.KeyId)
  await assert.rejects(client.send(new ScheduleKeyDeletionCommand({ KeyId: first.KeyId! })))
})

test('no material lies open on the disk, and a new start has all keys', async () => {
  const { KeyId } = await newKey()
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: KeyId!, Plaintext: bytes('kept') }))
  const pair = await newKey({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
  const Message = bytes('m')
  const SigningAlgorithm = 'RSASSA_PKCS1_V1_5_SHA_256'
  const signed = await client.send(new SignCommand({ KeyId: pair.KeyId!, Message, SigningAlgorithm }))
  const files = readdirSync(lake.dataDirectory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(lake.dataDirectory, name))
    .filter((path) => statSync(path).isFile())
  // How PKCS #8 of an RSA key begins, in base64 and as it is: version 0, rsaEncryption.
  const opening = Buffer.from('020100300d06092a864886f70d0101010500', 'hex')
  assert.deepEqual(
    files.filter((path) => readFileSync(path).includes(opening)),
    [],
  )
  client.destroy()
  lake = await lake.restart()
  client = new KMSClient(lake.client)
  assert.equal(textOf((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext), 'kept')
  const { Signature } = await client.send(new SignCommand({ KeyId: pair.KeyId!, Message, SigningAlgorithm }))
  assert.deepEqual(Signature, signed.Signature)
})
