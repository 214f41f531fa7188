/** What it costs to know who asks and whether they may: of a small call by a user with a policy of several statements. */
import { Readable } from 'node:stream'
import { keyring } from '../../src/core/access/credentials.ts'
import { openIdentityRooms } from '../../src/core/access/identity-rooms.ts'
import { ownedKeys } from '../../src/core/access/owned-keys.ts'
import { sealedSessions } from '../../src/core/access/sessions.ts'
import { systemClock } from '../../src/core/clock.ts'
import { openAccessKeys } from '../../src/core/identities/access-keys.ts'
import { newId } from '../../src/core/identities/identity.ts'
import { Keys } from '../../src/core/keys/keys.ts'
import { KEY_BYTES, sealing } from '../../src/core/secrets/sealing.ts'
import { secretSeal } from '../../src/core/secrets/secret-seal.ts'
import { openSecrets } from '../../src/core/secrets/secrets.ts'
import { createAuthenticator } from '../../src/protocol/auth.ts'
import { authorizer } from '../../src/protocol/authorization.ts'
import type { HttpRequest } from '../../src/protocol/http.ts'
import type { ServiceCall, ServiceDefinition } from '../../src/protocol/service.ts'
import { glueAuthorization } from '../../src/services/glue/authorization.ts'
import { openMemoryState } from '../../src/storage/state-memory.ts'
import { atMost, type Finding, median } from '../measure.ts'
import { signedHead } from '../signature.ts'

const [account, region] = ['000000000000', 'us-east-1']
const CALLS = 5000
const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})
const POLICY = [
  allow(['s3:GetObject', 's3:ListBucket'], ['arn:aws:s3:::data', 'arn:aws:s3:::data/*']),
  allow('athena:*', '*', { Condition: { StringEquals: { 'aws:RequestedRegion': region } } }),
  allow(['glue:GetDatabase', 'glue:GetTable*'], [`arn:aws:glue:${region}:${account}:*`]),
  { Effect: 'Deny', Action: 'glue:*', Resource: `arn:aws:glue:*:*:table/secret/*` },
]

export async function measureAuthorization(): Promise<Finding[]> {
  const state = openMemoryState()
  const clock = systemClock
  const sealed = sealing(new Uint8Array(KEY_BYTES))
  const keys = new Keys(state, clock, sealed)
  const secrets = openSecrets(state, clock, secretSeal(sealed, keys))
  const { identities, policies, access } = openIdentityRooms({ state, clock, account, keys, secrets })
  const arn = `arn:aws:iam::${account}:user/reader`
  const [id, createdAt] = [newId('user'), clock.now().toISOString()]
  const text = JSON.stringify({ Version: '2012-10-17', Statement: POLICY })
  const held = { inline: [{ name: 'p', text }], attached: [], groups: [] }
  await identities.of(account).users.create({ id, name: 'reader', path: '/', arn, createdAt, ...held })
  const accessKeys = openAccessKeys(state, clock, sealed)
  const { key, secret } = await accessKeys.create(account, id)
  const root = { accessKeyId: 'root', secretAccessKey: 'root' }
  const credentials = keyring(account, root, sealedSessions('root'), clock, ownedKeys(accessKeys, policies))
  const authenticator = createAuthenticator({ credentials, clock, account, region })
  const service = { name: 'glue', authorization: glueAuthorization } as ServiceDefinition
  const authorize = authorizer(access, new Map([['glue', service]]))
  const samples: number[] = []
  for (let i = 0; i < CALLS; i++) {
    const input = { DatabaseName: 'shop', Name: `t${i % 100}` }
    const body = Buffer.from(JSON.stringify(input))
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSGlue.GetTable' }
    const sent = { method: 'POST', path: '/', service: 'glue', headers, body } as const
    const request = asReceived(signedHead(sent, 'localhost', { id: key.id, secret }))
    const from = performance.now()
    const claim = authenticator.readClaim(request, new URLSearchParams())
    const to = { service: 'glue', signingName: 'glue', rawPath: '/' }
    const { principal } = authenticator.authenticate(claim, request, new URLSearchParams(), to)
    const call = { account, region, principal, service: 'glue', operation: 'GetTable', requestId: '' }
    authorize(call as ServiceCall, 'aws-json-1.0', input)
    samples.push(performance.now() - from)
  }
  await state.close()
  const what = 'signature and authorisation of a small call, median'
  const note = 'glue:GetTable of a user with four statements'
  return [atMost({ section: 'access', what, note }, median(samples) * 1000, 60, (us) => `${us.toFixed(0)} us`)]
}

function asReceived(head: string): HttpRequest {
  const [, ...lines] = head.trimEnd().split('\r\n')
  const pairs = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
  return {
    method: 'POST',
    rawPath: '/',
    rawQuery: '',
    headers: Object.fromEntries(pairs),
    rawHeaders: pairs.flat(),
    body: Readable.from([]),
    hasBody: true,
    origin: 'http://localhost',
    signal: new AbortController().signal,
    admitBody: () => {},
  }
}
