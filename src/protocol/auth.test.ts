import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { keyring, openKeyring } from '../core/access/credentials.ts'
import { sealedSessions } from '../core/access/sessions.ts'
import { Fault } from '../core/faults.ts'
import { createAuthenticator } from './auth.ts'
import { authError } from './auth-faults.ts'
import type { HttpRequest } from './http.ts'

/** The example key of AWS's documentation. */
const root = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const account = '000000000000'

function authenticator(now: string) {
  const clock = { now: () => new Date(now), sleep: async () => {} }
  const credentials = keyring(account, root, sealedSessions(root.secretAccessKey), clock)
  return createAuthenticator({ credentials, clock, account, region: 'us-east-1' })
}

function request(method: string, target: string, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  const [rawPath = '/', rawQuery = ''] = target.split('?')
  const signal = AbortSignal.timeout(60_000)
  const rawHeaders = Object.entries(headers).flat()
  const body = Readable.from([])
  return { method, rawPath, rawQuery, headers, rawHeaders, body, hasBody: false, origin: '', signal, admitBody() {} }
}

const s3 = (rawPath: string) => ({ service: 's3', signingName: 's3', rawPath })
const refused = (noun: string) => (error: unknown) => error instanceof Fault && error.noun === noun

function authenticate(at: string, sent: HttpRequest, rawPath = sent.rawPath) {
  const auth = authenticator(at)
  const query = new URLSearchParams(sent.rawQuery)
  return auth.authenticate(auth.readClaim(sent, query), sent, query, s3(rawPath))
}

test('an address signed with V2 (RESTAuthentication.html)', () => {
  // The page has since renamed its bucket, and kept the signature that was made for `johnsmith`.
  const address = (signature: string) =>
    `/photos/puppy.jpg?AWSAccessKeyId=${root.accessKeyId}&Signature=${encodeURIComponent(signature)}&Expires=1175139620`
  const good = request('GET', address('NpgCjnDzrM+WFzoENXmpNDUsSn8='), {
    host: 'johnsmith.s3.amazonaws.com',
  })
  const path = '/johnsmith/photos/puppy.jpg'
  assert.equal(authenticate('2007-03-29T03:00:00Z', good, path).principal.kind, 'root')
  assert.throws(() => authenticate('2007-03-29T04:00:00Z', good, path), refused('expired'))
  assert.throws(() => authenticate('2007-03-29T03:00:00Z', { ...good, method: 'PUT' }, path), refused('mismatch'))
  assert.throws(() => authenticate('2007-03-29T03:00:00Z', good, '/other/photos/puppy.jpg'), refused('mismatch'))
  const bad = request('GET', address('NpgCjnDzrM+WFzoENXmpNDUsSn8=').replace('1175139620', '1999999999'))
  assert.throws(() => authenticate('2007-03-29T03:00:00Z', bad, path), refused('mismatch'))
})

test('a browser’s form (sigv4-post-example.html)', () => {
  const policy =
    'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9'
  const fields = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': 'AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request',
    'x-amz-date': '20151229T000000Z',
    'x-amz-signature': '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e',
  }
  const auth = authenticator('2015-12-29T00:00:00Z')
  assert.equal(auth.authenticateForm(policy, fields).kind, 'root')
  assert.throws(() => auth.authenticateForm(`${policy.slice(0, -1)}A`, fields), refused('mismatch'))
  assert.throws(() => auth.authenticateForm(policy, { ...fields, 'x-amz-signature': '' }), refused('malformed-query'))
  const stranger = { ...fields, 'x-amz-credential': 'AKIA/20151229/us-east-1/s3/aws4_request' }
  assert.throws(() => auth.authenticateForm(policy, stranger), refused('unknown-key'))
})

test('a browser’s form signed with Version 2, against openssl dgst -sha1 -hmac', () => {
  const auth = authenticator('2015-12-29T00:00:00Z')
  const fields = { awsaccesskeyid: root.accessKeyId, signature: 'JmDJn/ckh3mKMueTGKJCOvijbIs=' }
  assert.equal(auth.authenticateForm('eyJ4IjoxfQ==', fields).kind, 'root')
  assert.throws(() => auth.authenticateForm('eyJ4IjoyfQ==', fields), refused('mismatch'))
  assert.throws(
    () => auth.authenticateForm('eyJ4IjoxfQ==', { ...fields, awsaccesskeyid: 'AKIA' }),
    refused('unknown-key'),
  )
})

const signature = 'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'
const headers = {
  host: 'examplebucket.s3.amazonaws.com',
  range: 'bytes=0-9',
  'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'x-amz-date': '20130524T000000Z',
  authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,${signature}`,
}

test('S3 wants every x-amz- header signed, and the hash of the body told', () => {
  const at = '2013-05-24T00:01:00Z'
  assert.equal(authenticate(at, request('GET', '/test.txt', headers)).payloadHash, headers['x-amz-content-sha256'])
  const extra = { ...headers, 'x-amz-acl': 'public-read' }
  assert.throws(() => authenticate(at, request('GET', '/test.txt', extra)), refused('unsigned-headers'))
  const { 'x-amz-content-sha256': _, ...untold } = headers
  assert.throws(() => authenticate(at, request('GET', '/test.txt', untold)), refused('missing-hash'))
  const odd = { ...headers, 'x-amz-content-sha256': 'STREAMING-SOMETHING' }
  assert.throws(() => authenticate(at, request('GET', '/test.txt', odd)), refused('bad-hash'))
  assert.throws(() => authenticate('2013-05-24T00:16:00Z', request('GET', '/test.txt', headers)), refused('skewed'))
})

test('nobody, and anybody', () => {
  assert.equal(authenticate('2013-05-24T00:00:00Z', request('GET', '/test.txt')).principal.kind, 'anonymous')
  assert.equal(openKeyring(account, sealedSessions('')).find('x', 'y')?.principal.kind, 'root')
})

test('every refusal has a name in every kind of API', () => {
  const nouns = [
    'missing',
    'incomplete',
    'malformed-query',
    'wrong-service',
    'bad-hash',
    'bad-date',
    'skewed',
    'expired',
  ]
  for (const noun of [...nouns, 'not-yet-valid', 'mismatch', 'unknown-key', 'token', 'expired-token'])
    for (const wire of ['rest-xml', 'query', 'aws-json-1.1', 'rest-json', 'cbor'] as const) {
      const error = authError(new Fault('denied', noun, 'why'), wire)
      assert.ok(error.status === 400 || error.status === 403)
      assert.notEqual(error.code, 'AccessDeniedException', `${noun} ${wire}`)
      assert.ok(error.message.length > 0)
    }
})
