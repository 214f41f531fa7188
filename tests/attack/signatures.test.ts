/** Requests that pretend to be somebody's: forged, replayed, changed on the way. None may do anything. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Sha256 } from '@aws-crypto/sha256-js'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { STS } from '@aws-sdk/client-sts'
import { SignatureV4 } from '@smithy/signature-v4'
import { startLake, type TestLake } from '../acceptance/server.ts'
import { RawConnection, type RequestParts, send, signed } from '../acceptance/wire/signed-request.ts'

let lake: TestLake
let iam: IAM
before(async () => {
  lake = await startLake()
  iam = new IAM(lake.client)
  await new S3(lake.client).createBucket({ Bucket: 'kept' })
})
after(async () => {
  assert.deepEqual((await iam.listUsers({})).Users, [], 'nobody was let in')
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const intrusion = 'Action=CreateUser&Version=2010-05-08&UserName=intruder'
const inChunks = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
const codeOf = (text: string) => /<Code>(\w+)</.exec(text)?.[1] ?? text
const basicDate = (at: Date) => `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** An address with every part of a signature but one that was calculated. */
function forgedAddress(service: string, expires = 900): string {
  const now = basicDate(new Date())
  return new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${lake.credentials.accessKeyId}/${now.slice(0, 8)}/us-east-1/${service}/aws4_request`,
    'X-Amz-Date': now,
    'X-Amz-Expires': String(expires),
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'a'.repeat(64),
  }).toString()
}

test('a header that speaks of chunks does not put off the verification of a body', async () => {
  const chunked = (word: string) => ({
    'x-amz-content-sha256': word,
    'x-amz-decoded-content-length': String(intrusion.length),
  })
  for (const word of [
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'UNSIGNED-PAYLOAD',
  ])
    for (const body of [intrusion, inChunks(intrusion)]) {
      const url = `${lake.endpoint}/?${forgedAddress('iam')}`
      const answer = await fetch(url, { method: 'POST', headers: { ...form, ...chunked(word) }, body })
      assert.equal(answer.status, 403)
      assert.equal(codeOf(await answer.text()), 'SignatureDoesNotMatch')
      const own = await fetch(`${lake.endpoint}/_lentic/spending?${forgedAddress('lentic')}`, {
        method: 'POST',
        headers: chunked(word),
        body,
      })
      assert.ok(own.status === 400 || own.status === 403)
      const catalog = await fetch(`${lake.endpoint}/iceberg/v1/namespaces?${forgedAddress('glue')}`, {
        method: 'POST',
        headers: chunked(word),
        body,
      })
      assert.ok(catalog.status >= 400 && catalog.status < 500)
    }
})

test('a hash in the address holds, whatever a header says of the body', async () => {
  const hash = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae' // SHA-256 of `foo`
  const { hostname, port, host } = new URL(lake.endpoint)
  const { credentials, region } = lake
  const signer = new SignatureV4({ credentials, region, service: 's3', sha256: Sha256, uriEscapePath: false })
  const told = new Set(['x-amz-content-sha256'])
  const made = await signer.presign(
    {
      method: 'PUT',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: '/kept/pinned',
      query: { 'X-Amz-Content-Sha256': hash },
      headers: { host, 'x-amz-content-sha256': hash },
    },
    { unsignableHeaders: told, unhoistableHeaders: told },
  )
  const query = new URLSearchParams(made.query as Record<string, string>)
  const put = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${lake.endpoint}/kept/pinned?${query}`, { method: 'PUT', body, headers })
  assert.equal((await put('bar')).status, 400)
  const smuggled = await put(inChunks('bar'), { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' })
  assert.equal(smuggled.status, 400)
  const s3 = new S3(lake.client)
  await assert.rejects(s3.headObject({ Bucket: 'kept', Key: 'pinned' }), { name: 'NotFound' })
  assert.equal((await put('foo')).status, 200)
})

const listing: RequestParts = {
  service: 'athena',
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonAthena.ListWorkGroups' },
  body: '{}',
}

test('of a signature nothing may be missing, and nothing be added', async () => {
  const cases: [code: string, of: RegExp, to: string][] = [
    ['InvalidSignatureException', /.$/, ''],
    ['InvalidSignatureException', /Signature=.*/, `Signature=${'0'.repeat(64)}`],
    ['IncompleteSignatureException', /Signature=.*/, 'Signature='],
    ['InvalidSignatureException', /$/, '00'],
    ['InvalidSignatureException', /Signature=(\w+)/, 'Signature=\u00df$1'],
    ['InvalidSignatureException', /;host;/, ';'],
    ['InvalidSignatureException', /SignedHeaders=[^,]*/, 'SignedHeaders=accept'],
    ['IncompleteSignatureException', /;host;/, ';host;host;'],
    ['IncompleteSignatureException', /SignedHeaders=/, `SignedHeaders=${'a;'.repeat(20_000)}`],
    ['IncompleteSignatureException', /us-east-1/, 'us-east-1:000000000001:'],
    ['IncompleteSignatureException', /aws4_request/, 'aws4'],
    ['IncompleteSignatureException', /HMAC-SHA256/, 'HMAC-SHA1'],
    ['IncompleteSignatureException', /HMAC-SHA256/, 'NONE'],
    ['InvalidSignatureException', /us-east-1/, 'us-west-2'],
    ['InvalidSignatureException', /athena/, 'glue'],
    ['UnrecognizedClientException', /Credential=[^/]+/, 'Credential=AKIAOTHER'],
    ['UnrecognizedClientException', /Credential=[^/]+/, 'Credential=__proto__'],
  ]
  for (const [wanted, of, to] of cases) {
    const answer = await send(lake, listing, (headers) => ({
      ...headers,
      authorization: headers.authorization!.replace(of, to),
    }))
    const text = await answer.text()
    assert.equal(answer.headers.get('x-amzn-errortype'), wanted, `${of} ${to.slice(0, 80)} ${text}`)
  }
})

test('a request lives for a quarter of an hour, either way, and a presigned one as long as it says', async () => {
  const at = (ms: number) => send(lake, { ...listing, signingDate: new Date(Date.now() + ms) })
  const minute = 60_000
  for (const ms of [-14 * minute, 14 * minute]) assert.equal((await at(ms)).status, 200)
  for (const ms of [-16 * minute, 16 * minute, -24 * 60 * minute])
    assert.equal((await at(ms)).headers.get('x-amzn-errortype'), 'InvalidSignatureException')
  const address = async (expires: string) => {
    const answer = await fetch(`${lake.endpoint}/kept?${forgedAddress('s3').replace('Expires=900', expires)}`)
    return codeOf(await answer.text())
  }
  assert.equal(await address('Expires=604801'), 'AuthorizationQueryParametersError')
  assert.equal(await address('Expires=-1'), 'AuthorizationQueryParametersError')
  assert.equal(await address('Expires=1e9'), 'AuthorizationQueryParametersError')
  assert.equal(await address('Expires=NaN'), 'AuthorizationQueryParametersError')
})

test('what was signed for one address is good for no other', async () => {
  const parts = { method: 'GET', path: '/kept?list-type=2', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }
  const { host: _, ...headers } = await signed(lake, parts)
  const outcome = async (method: string, path: string, more: Record<string, string> = {}) =>
    (await fetch(`${lake.endpoint}${path}`, { method, headers: { ...headers, ...more } })).status
  assert.equal(await outcome('GET', '/kept?list-type=2'), 200)
  for (const [method, path] of [
    ['DELETE', '/kept?list-type=2'],
    ['GET', '/kept'],
    ['GET', '/kept?acl'],
    ['GET', '/kept?list-type=2&policy'],
    ['GET', '/kept?list-type=2&list-type=3'],
    ['GET', '/kept/?list-type=2'],
    ['GET', '/kepT?list-type=2'],
    ['GET', '/%6bept/x?list-type=2'],
  ] as const)
    assert.equal(await outcome(method, path), 403, `${method} ${path}`)
  assert.equal(await outcome('GET', '/kept?list-type=2', { 'x-amz-acl': 'public-read' }), 403)
  assert.equal(await outcome('GET', `/kept?list-type=2&${forgedAddress('s3')}`), 400)
  assert.equal(await outcome('GET', '/kept?list-type=2&AWSAccessKeyId=test&Signature=x&Expires=9999999999'), 400)
})

test('a path whose dots lead elsewhere than it says is refused', async () => {
  const parts = { service: 's3tables', method: 'DELETE', path: '/buckets/x', headers: {} }
  const headers = await signed(lake, parts)
  for (const path of ['/tables/../buckets/x', '/./buckets/x', '/buckets/y/../x', '/buckets/x/.']) {
    const connection = new RawConnection(lake)
    connection.head('DELETE', path, { ...headers, connection: 'close' })
    assert.match(await connection.untilClosed(), /^HTTP\/1\.1 400 .*InvalidURI/s)
  }
})

test('who says wrongly who they are is not taken for nobody', async () => {
  for (const authorization of [
    'AWS test:signature',
    'Bearer x',
    'Basic dGVzdDp0ZXN0',
    'AWS4-ECDSA-P256-SHA256 x',
    'x',
  ]) {
    const answer = await fetch(`${lake.endpoint}/kept`, { headers: { authorization } })
    assert.ok(answer.status === 400 || answer.status === 403, authorization)
    assert.match(codeOf(await answer.text()), /^(?:InvalidRequest|AuthorizationHeaderMalformed)$/)
  }
})

test('session tokens open with their own key alone, and as they were given', async () => {
  const sts = new STS(lake.client)
  const one = (await sts.getSessionToken({})).Credentials!
  const two = (await sts.getSessionToken({})).Credentials!
  const ask = async (accessKeyId: string, secretAccessKey: string, sessionToken?: string) =>
    codeOf(
      await new STS({ ...lake.client, credentials: { accessKeyId, secretAccessKey, sessionToken } })
        .getCallerIdentity({})
        .then(
          () => 'let in',
          (error: Error) => error.name,
        ),
    )
  const [key, secret, token] = [one.AccessKeyId!, one.SecretAccessKey!, one.SessionToken!]
  assert.equal(await ask(key, secret, token), 'let in')
  assert.equal(await ask(key, secret, two.SessionToken), 'InvalidClientTokenId')
  assert.equal(await ask(two.AccessKeyId!, secret, token), 'InvalidClientTokenId')
  assert.equal(await ask(key, two.SecretAccessKey!, token), 'SignatureDoesNotMatch')
  assert.equal(await ask(key, secret), 'InvalidClientTokenId')
  assert.equal(await ask(lake.credentials.accessKeyId, lake.credentials.secretAccessKey, token), 'InvalidClientTokenId')
  const bytes = Buffer.from(token, 'base64')
  for (const at of [0, 11, 12, bytes.length >> 1, bytes.length - 17, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    assert.equal(await ask(key, secret, changed.toString('base64')), 'InvalidClientTokenId')
  }
  for (const cut of [token.slice(0, -4), token.slice(4), '', 'A'.repeat(8000)])
    assert.notEqual(await ask(key, secret, cut), 'let in')
  const bearer = await fetch(`${lake.endpoint}/`, { headers: { authorization: `Bearer ${token}` } })
  assert.ok(bearer.status >= 400)
})
