/** Roles for who comes with the token of an OpenID Connect provider. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { GetDatabasesCommand, GlueClient } from '@aws-sdk/client-glue'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { startLake, type TestLake } from '../server.ts'

const ISSUER = 'https://id.example.com/lake'
const URL = 'id.example.com/lake'
const PROVIDER = `arn:aws:iam::000000000000:oidc-provider/${URL}`
const ROLE = 'arn:aws:iam::000000000000:role/ci'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
let folder: string
let file: string
let lake: TestLake
let iam: IAM
let sts: STS

const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid })
const keys = { keys: [jwk(rsa.publicKey, 'r'), jwk(ec.publicKey, 'e')] }

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lentic-oidc-'))
  file = join(folder, 'keys.json')
  await writeFile(file, JSON.stringify({ [ISSUER]: keys }))
  lake = await startLake({ oidcKeys: file })
  iam = new IAM(lake.client)
  sts = new STS({ ...lake.client, credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' } })
  await iam.createOpenIDConnectProvider({ Url: ISSUER, ClientIDList: ['lake'] })
  await iam.createRole({ RoleName: 'ci', AssumeRolePolicyDocument: trust({ [`${URL}:sub`]: 'repo:sales/*' }) })
  await iam.putRolePolicy({
    RoleName: 'ci',
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'glue:Get*', Resource: '*' },
    }),
  })
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
  await rm(folder, { recursive: true })
})

const trust = (
  like: Readonly<Record<string, string>>,
  actions: readonly string[] = ['sts:AssumeRoleWithWebIdentity'],
) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: actions,
        Condition: { StringEquals: { [`${URL}:aud`]: 'lake' }, StringLike: like },
      },
    ],
  })

const claims = () => ({
  iss: ISSUER,
  sub: 'repo:sales/etl',
  aud: 'lake',
  iat: Math.floor(Date.now() / 1000),
  exp: Math.floor(Date.now() / 1000) + 300,
})
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function token(more: object = {}, { alg = 'RS256', kid = 'r', key = rsa.privateKey } = {}): string {
  const signed = `${base64({ alg, kid, typ: 'JWT' })}.${base64({ ...claims(), ...more })}`
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
  return `${signed}.${signature}`
}
const assume = (WebIdentityToken: string, more: object = {}) =>
  sts.assumeRoleWithWebIdentity({ RoleArn: ROLE, RoleSessionName: 'run-7', WebIdentityToken, ...more })
const refused = (WebIdentityToken: string, name: string, message: RegExp) =>
  assert.rejects(assume(WebIdentityToken), { name, message })

test('a token of a provider that is known begins a session of a role that trusts it', async () => {
  const answer = await assume(token())
  assert.equal(answer.SubjectFromWebIdentityToken, 'repo:sales/etl')
  assert.equal(answer.Audience, 'lake')
  assert.equal(answer.Provider, PROVIDER)
  assert.equal(answer.AssumedRoleUser!.Arn, 'arn:aws:sts::000000000000:assumed-role/ci/run-7')
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials!
  const credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! }
  const glue = new GlueClient({ ...lake.client, credentials })
  assert.deepEqual((await glue.send(new GetDatabasesCommand({}))).DatabaseList, [])
  // What was done in it names the provider, and the token is in no event.
  const { Events } = await new CloudTrail(lake.client).lookupEvents({})
  const event = (name: string) => Events!.find(({ EventName }) => EventName === name)!.CloudTrailEvent!
  const { userIdentity } = JSON.parse(event('GetDatabases'))
  assert.deepEqual(userIdentity.sessionContext.webIdFederationData, { federatedProvider: PROVIDER })
  const assumed = JSON.parse(event('AssumeRoleWithWebIdentity'))
  // docs: IAM UserGuide, cloudtrail-integration: no token, and "the full responseElements except secretAccessKey".
  assert.deepEqual(assumed.requestParameters, { roleArn: ROLE, roleSessionName: 'run-7' })
  assert.deepEqual(Object.keys(assumed.responseElements.credentials), ['accessKeyId', 'sessionToken', 'expiration'])
  assert.equal(assumed.readOnly, true)
  assert.match(userIdentity.sessionContext.attributes.creationDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.deepEqual(assumed.userIdentity, {
    type: 'WebIdentityUser',
    principalId: `${PROVIDER}:lake:repo:sales/etl`,
    userName: 'repo:sales/etl',
    identityProvider: PROVIDER,
  })
  assert.doesNotMatch(event('AssumeRoleWithWebIdentity'), /eyJ/)
})

test('keys of both kinds are taken, and audiences in a list', async () => {
  await assume(token({}, { alg: 'ES256', kid: 'e', key: ec.privateKey }))
  await assume(token({ aud: ['other', 'lake'] }))
})

test('what is not the provider’s word is no identity', async () => {
  await refused(token({}, { key: stranger.privateKey }), 'InvalidIdentityTokenException', /could not be verified/)
  await refused(token({}, { kid: 'gone' }), 'InvalidIdentityTokenException', /Couldn't retrieve verification key/)
  // A key of one kind does not verify what says it is of another, and nothing is taken unsigned.
  await refused(token({}, { alg: 'ES256' }), 'InvalidIdentityTokenException', /Couldn't retrieve verification key/)
  const [head, body] = [base64({ alg: 'none' }), base64(claims())]
  await refused(`${head}.${body}.AA`, 'InvalidIdentityTokenException', /not a valid JWT/)
  const whole = token().split('.')
  const forged = [whole[0], base64({ ...claims(), sub: 'repo:sales/admin' }), whole[2]].join('.')
  await refused(forged, 'InvalidIdentityTokenException', /could not be verified/)
  await refused('not-a-token', 'InvalidIdentityTokenException', /not a valid JWT/)
  await refused(token({ exp: Math.floor(Date.now() / 1000) - 1 }), 'ExpiredTokenException', /Token expired/)
  await refused(token({ nbf: Math.floor(Date.now() / 1000) + 900 }), 'InvalidIdentityTokenException', /not valid yet/)
  await refused(token({ aud: 'another' }), 'InvalidIdentityTokenException', /Incorrect token audience/)
  await refused(token({ iss: 'https://evil.example' }), 'InvalidIdentityTokenException', /Couldn't retrieve/)
})

test('a provider whose keys are known has to be one of the role’s account', async () => {
  await writeFile(file, JSON.stringify({ [ISSUER]: keys, 'https://new.example': keys }))
  await refused(
    token({ iss: 'https://new.example' }),
    'InvalidIdentityTokenException',
    /No OpenIDConnect provider found/,
  )
})

test('a role trusts whom its conditions let in', async () => {
  const denied = { name: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' }
  await assert.rejects(assume(token({ sub: 'repo:other/etl' })), denied)
  await assert.rejects(assume(token(), { RoleArn: `${ROLE}-not` }), denied)
  const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { AWS: '000000000000' } } }
  const PolicyDocument = JSON.stringify({ ...policy, Statement: { ...policy.Statement, Action: 'sts:*' } })
  await iam.createRole({ RoleName: 'ours', AssumeRolePolicyDocument: PolicyDocument })
  await assert.rejects(assume(token(), { RoleArn: ROLE.replace('/ci', '/ours') }), denied)
  await assert.rejects(assume(token(), { DurationSeconds: 43_200 }), { name: 'ValidationError' })
})

test('tags of a token need a leave of their own', async () => {
  const tagged = token({ 'https://aws.amazon.com/tags': { principal_tags: { team: ['sales'] } } })
  await assert.rejects(assume(tagged), { name: 'AccessDenied' })
  const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']
  const PolicyDocument = trust({ 'aws:RequestTag/team': 'sal*' }, actions)
  await iam.updateAssumeRolePolicy({ RoleName: 'ci', PolicyDocument })
  await assume(tagged)
})

const now = () => Math.floor(Date.now() / 1000)

test('claims that are needed are there, and true of now', async () => {
  await iam.updateAssumeRolePolicy({ RoleName: 'ci', PolicyDocument: trust({ [`${URL}:sub`]: 'repo:*' }) })
  for (const claim of ['iss', 'sub', 'aud', 'iat', 'exp'])
    await refused(
      token({ [claim]: undefined }),
      'InvalidIdentityTokenException',
      new RegExp(`required claim: ${claim}`),
    )
  await refused(token({ iat: now() + 900 }), 'InvalidIdentityTokenException', /not valid yet/)
  // Clocks differ a little.
  await assume(token({ iat: now() + 60, nbf: now() + 60 }))
})

test('the authorized party is the audience where a token names one', async () => {
  await refused(token({ azp: 'another' }), 'InvalidIdentityTokenException', /Incorrect token audience/)
  const { Audience } = await assume(token({ aud: 'another', azp: 'lake' }))
  assert.equal(Audience, 'lake')
})

test('tags come nested or flat, and within limits', async () => {
  const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']
  await iam.updateAssumeRolePolicy({ RoleName: 'ci', PolicyDocument: trust({ [`${URL}:sub`]: 'repo:*' }, actions) })
  const nested = (principal_tags: object, transitive_tag_keys?: string[]) =>
    token({ 'https://aws.amazon.com/tags': { principal_tags, transitive_tag_keys } })
  const flat = token({
    'https://aws.amazon.com/tags/principal_tags/Team': 'sales',
    'https://aws.amazon.com/tags/transitive_tag_keys': ['Team'],
  })
  const condition = { StringEquals: { 'aws:PrincipalTag/team': 'sales' } }
  const statement = { Effect: 'Allow', Action: 'glue:Get*', Resource: '*', Condition: condition }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  await iam.putRolePolicy({ RoleName: 'ci', PolicyName: 'p', PolicyDocument })
  for (const tagged of [flat, nested({ Team: ['sales'] }, ['Team']), nested({ Team: 'sales' })]) {
    const { Credentials } = await assume(tagged)
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    }
    await new GlueClient({ ...lake.client, credentials }).send(new GetDatabasesCommand({}))
  }
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ['v']]))
  await assume(nested(many(50)))
  const invalid = (tagged: string, message: RegExp) => refused(tagged, 'ValidationError', message)
  await invalid(nested(many(51)), /at most 50/)
  await assume(nested({ ['k'.repeat(128)]: ['v'.repeat(256)] }))
  await invalid(nested({ ['k'.repeat(129)]: ['v'] }), /is invalid/)
  await invalid(nested({ k: ['v'.repeat(257)] }), /is invalid/)
  await invalid(nested({ 'k;': ['v'] }), /is invalid/)
  await invalid(nested({ 'aws:team': ['v'] }), /reserved/)
  await invalid(nested({ Team: ['a'], team: ['b'] }), /Duplicate tag keys/)
  await invalid(nested({ Team: ['a'] }, ['Other']), /must be included in the requested tags/)
  await refused(nested({ Team: ['a', 'b'] }), 'InvalidIdentityTokenException', /single value/)
})

test('a provider of more than a hundred keys of a kind is none', async () => {
  const others = Array.from({ length: 100 }, (_, i) => jwk(rsa.publicKey, `other-${i}`))
  await writeFile(file, JSON.stringify({ [ISSUER]: { keys: [...keys.keys, ...others] } }))
  await refused(token(), 'InvalidIdentityTokenException', /more than 100 keys/)
  await assume(token({}, { alg: 'ES256', kid: 'e', key: ec.privateKey }))
  await writeFile(file, JSON.stringify({ [ISSUER]: keys }))
})
