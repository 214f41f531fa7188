/** What grants give, and no more: https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type CreateGrantCommandInput, KMS } from '@aws-sdk/client-kms'
import { ACCOUNT, allow, type PolicyCaller, policyCaller } from '../athena/policy-callers.ts'
import { startLake, type TestLake } from '../server.ts'

let lake: TestLake
let root: KMS
const callers: Record<string, PolicyCaller & { readonly kms: KMS }> = {}
let key: string
const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`
const DENIED = { name: 'AccessDeniedException' }
const bytes = Buffer.from('x')

before(async () => {
  lake = await startLake()
  root = new KMS(lake.client)
  for (const name of ['ann', 'bob', 'cat']) {
    const caller = await policyCaller(lake, name)
    callers[name] = { ...caller, kms: new KMS(caller.client) }
  }
  key = (await root.createKey({})).KeyMetadata!.KeyId!
})
after(async () => {
  for (const { kms, close } of Object.values(callers)) {
    kms.destroy()
    close()
  }
  root.destroy()
  await lake.stop()
})

const granted = (told: Omit<CreateGrantCommandInput, 'KeyId'>, by: KMS = root) =>
  by.createGrant({ KeyId: key, ...told })

test('who may create grants by a grant passes on its own operations, as strictly', async () => {
  const { ann, bob } = callers
  const EncryptionContextSubset = { team: 'lake' }
  await granted({
    GranteePrincipal: arn('ann'),
    Operations: ['CreateGrant', 'Decrypt', 'DescribeKey'],
    Constraints: { EncryptionContextSubset },
  })
  const passed = (told: Omit<CreateGrantCommandInput, 'KeyId' | 'GranteePrincipal'>) =>
    granted({ GranteePrincipal: arn('bob'), ...told }, ann!.kms)
  const Constraints = { EncryptionContextSubset }
  await assert.rejects(passed({ Operations: ['Encrypt'], Constraints }), DENIED)
  await assert.rejects(passed({ Operations: ['Decrypt', 'Encrypt'], Constraints }), DENIED)
  await assert.rejects(passed({ Operations: ['Decrypt'] }), DENIED)
  await assert.rejects(
    passed({ Operations: ['Decrypt'], Constraints: { EncryptionContextSubset: { team: 'hr' } } }),
    DENIED,
  )
  await passed({ Operations: ['Decrypt'], Constraints: { EncryptionContextSubset: { team: 'lake', more: '1' } } })
  await passed({ Operations: ['Decrypt'], Constraints: { EncryptionContextEquals: { team: 'lake' } } })
  const EncryptionContext = { team: 'lake' }
  const { CiphertextBlob } = await root.encrypt({ KeyId: key, Plaintext: bytes, EncryptionContext })
  assert.deepEqual(Buffer.from((await bob!.kms.decrypt({ CiphertextBlob, EncryptionContext })).Plaintext!), bytes)
  // "The encryption context constraint is ignored for DescribeKey".
  assert.equal((await ann!.kms.describeKey({ KeyId: key })).KeyMetadata!.KeyId, key)
  // Those of a policy are bound by nothing.
  await callers.cat!.may(allow('kms:CreateGrant'))
  await granted({ GranteePrincipal: arn('bob'), Operations: ['Encrypt'] }, callers.cat!.kms)
})

test('a grant of an exact context is not passed on as one of any pairs beside it', async () => {
  const EncryptionContextEquals = { table: 'orders' }
  await granted({
    GranteePrincipal: arn('bob'),
    Operations: ['CreateGrant', 'Encrypt'],
    Constraints: { EncryptionContextEquals },
  })
  const told = { GranteePrincipal: arn('ann'), Operations: ['Encrypt' as const] }
  const Constraints = { EncryptionContextSubset: EncryptionContextEquals }
  await assert.rejects(granted({ ...told, Constraints }, callers.bob!.kms), DENIED)
  await granted({ ...told, Constraints: { EncryptionContextEquals } }, callers.bob!.kms)
})

test('a grant is retired by whom it names, and by nobody whom another one names', async () => {
  const { ann, bob } = callers
  const one = await granted({
    GranteePrincipal: arn('bob'),
    Operations: ['Decrypt'],
    RetiringPrincipal: arn('ann'),
    Name: 'one',
  })
  const two = await granted({ GranteePrincipal: arn('bob'), Operations: ['Decrypt', 'RetireGrant'], Name: 'two' })
  const KeyId = (await root.describeKey({ KeyId: key })).KeyMetadata!.Arn!
  await assert.rejects(ann!.kms.retireGrant({ KeyId, GrantId: two.GrantId }), DENIED)
  await assert.rejects(bob!.kms.retireGrant({ GrantToken: one.GrantToken }), DENIED)
  await ann!.kms.retireGrant({ GrantToken: one.GrantToken })
  await bob!.kms.retireGrant({ KeyId, GrantId: two.GrantId })
})

test('what a key cannot do is not granted on it', async () => {
  const GranteePrincipal = arn('ann')
  const invalid = { name: 'ValidationException' }
  await assert.rejects(granted({ GranteePrincipal, Operations: ['Sign'] }), invalid)
  await assert.rejects(granted({ GranteePrincipal: 'ann', Operations: ['Decrypt'] }), { name: 'InvalidArnException' })
  const hmac = (await root.createKey({ KeyUsage: 'GENERATE_VERIFY_MAC', KeySpec: 'HMAC_256' })).KeyMetadata!.KeyId!
  await assert.rejects(root.createGrant({ KeyId: hmac, GranteePrincipal, Operations: ['Encrypt'] }), invalid)
  const Constraints = { EncryptionContextSubset: { a: '1' } }
  const mac = { KeyId: hmac, GranteePrincipal, Operations: ['GenerateMac' as const] }
  await assert.rejects(root.createGrant({ ...mac, Constraints }), invalid)
  await root.createGrant(mac)
  await root.disableKey({ KeyId: hmac })
  await assert.rejects(root.createGrant(mac), { name: 'DisabledException' })
})

test('policies ask for the aliases of a key', async () => {
  const { cat } = callers
  await root.createAlias({ AliasName: 'alias/reports', TargetKeyId: key })
  const other = (await root.createKey({})).KeyMetadata!.KeyId!
  const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/reports' } }
  await cat!.may({ ...allow('kms:Encrypt'), Condition })
  await cat!.kms.encrypt({ KeyId: key, Plaintext: bytes })
  await assert.rejects(cat!.kms.encrypt({ KeyId: other, Plaintext: bytes }), DENIED)
  await root.updateAlias({ AliasName: 'alias/reports', TargetKeyId: other })
  await assert.rejects(cat!.kms.encrypt({ KeyId: key, Plaintext: bytes }), DENIED)
  await cat!.kms.encrypt({ KeyId: other, Plaintext: bytes })
})

test('a key policy that shuts out who puts it is refused, unless that is asked for', async () => {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: arn('ann') }, Action: 'kms:*', Resource: '*' }],
  })
  const message = 'The new key policy will not allow you to update the key policy in the future.'
  await assert.rejects(root.createKey({ Policy }), { name: 'MalformedPolicyDocumentException', message })
  await assert.rejects(root.putKeyPolicy({ KeyId: key, Policy }), { message })
  await root.createKey({ Policy, BypassPolicyLockoutSafetyCheck: true })
})
