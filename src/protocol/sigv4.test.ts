/** AWS's published vectors. `sigv4-vectors.json` holds the requests of the Signature Version 4 Test Suite, (c) 2019 Amazon.com, Apache-2.0. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { Fault } from '../core/faults.ts'
import { checkTime, createSigningKeys, readSignature, type SignedParts, verifySignature } from './sigv4.ts'
import vectors from './sigv4-vectors.json' with { type: 'json' }

const suiteSecret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const s3Secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

function partsOf(method: string, target: string, headers: readonly (readonly string[])[]): SignedParts {
  const [rawPath = '', rawQuery = ''] = target.split(/\?(.*)/s)
  const joined: Record<string, string> = {}
  for (const [name = '', value = ''] of headers) {
    const key = name.toLowerCase()
    joined[key] = joined[key] === undefined ? value.trim() : `${joined[key]}, ${value.trim()}`
  }
  return { method, rawPath, rawQuery, headers: joined, rawHeaders: headers.flat() }
}

function verify(parts: SignedParts, payloadHash: string, secret: string): void {
  const signature = readSignature(parts, new URLSearchParams(parts.rawQuery))
  assert.ok(signature)
  verifySignature(signature, parts, payloadHash, secret, createSigningKeys())
}

const refused = (noun: string) => (error: unknown) => error instanceof Fault && error.noun === noun

test('the Signature Version 4 Test Suite', async (suite) => {
  for (const { name, method, target, headers, body, authorization } of vectors)
    await suite.test(name, () => {
      const parts = partsOf(method, target, [...headers, ['Authorization', authorization]])
      verify(parts, hash('sha256', body, 'hex'), suiteSecret)
      assert.throws(() => verify(parts, hash('sha256', `${body}.`, 'hex'), suiteSecret), refused('mismatch'))
      assert.throws(() => verify({ ...parts, method: 'PATCH' }, hash('sha256', body, 'hex'), suiteSecret))
    })
})

test("S3's header examples (sig-v4-header-based-auth.html)", () => {
  const empty = hash('sha256', '', 'hex')
  const welcome = hash('sha256', 'Welcome to Amazon S3.', 'hex')
  const host = ['Host', 'examplebucket.s3.amazonaws.com']
  const date = ['x-amz-date', '20130524T000000Z']
  const authorization = (names: string, signature: string) => [
    'Authorization',
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names},Signature=${signature}`,
  ]
  const get = partsOf('GET', '/test.txt', [
    host,
    ['Range', 'bytes=0-9'],
    ['x-amz-content-sha256', empty],
    date,
    authorization(
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
  ])
  verify(get, empty, s3Secret)
  const put = partsOf('PUT', '/test$file.text', [
    host,
    ['Date', 'Fri, 24 May 2013 00:00:00 GMT'],
    date,
    ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    ['x-amz-content-sha256', welcome],
    authorization(
      'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ),
  ])
  verify(put, welcome, s3Secret)
  const signed = 'host;x-amz-content-sha256;x-amz-date'
  const lifecycle = 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'
  const list = '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'
  for (const [target, signature] of [
    ['/?lifecycle', lifecycle],
    ['/?max-keys=2&prefix=J', list],
  ] as const)
    verify(
      partsOf('GET', target, [host, date, ['x-amz-content-sha256', empty], authorization(signed, signature)]),
      empty,
      s3Secret,
    )
})

const presigned =
  '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'

test("S3's presigned example (sigv4-query-string-auth.html)", () => {
  const parts = partsOf('GET', presigned, [['Host', 'examplebucket.s3.amazonaws.com']])
  verify(parts, 'UNSIGNED-PAYLOAD', s3Secret)
  const signature = readSignature(parts, new URLSearchParams(parts.rawQuery))!
  checkTime(signature, new Date('2013-05-24T23:59:59Z'))
  assert.throws(() => checkTime(signature, new Date('2013-05-25T00:00:01Z')), refused('expired'))
  assert.throws(() => checkTime(signature, new Date('2013-05-23T23:00:00Z')), refused('not-yet-valid'))
})

test('a presigned address must be complete and may last a week', () => {
  const read = (target: string) => {
    const parts = partsOf('GET', target, [])
    return readSignature(parts, new URLSearchParams(parts.rawQuery))
  }
  assert.throws(() => read(presigned.replace('=86400', '=604801')), refused('malformed-query'))
  assert.throws(() => read(presigned.replace('=86400', '=-1')), refused('malformed-query'))
  assert.throws(() => read(presigned.replace('=86400', '=soon')), refused('malformed-query'))
  assert.throws(() => read(presigned.replace(/&X-Amz-Date=\w+/, '')), refused('malformed-query'))
  assert.throws(() => read(presigned.replace('aws4_request', 'aws5')), refused('malformed-query'))
  assert.equal(read('/plain?x=1'), undefined)
})

test('a header signature must be complete, current and cover the host', () => {
  const vector = vectors.find(({ name }) => name === 'get-vanilla')!
  const with_ = (authorization: string) =>
    partsOf(vector.method, vector.target, [...vector.headers, ['Authorization', authorization]])
  const read = (authorization: string) => readSignature(with_(authorization), new URLSearchParams())
  assert.throws(() => read(vector.authorization.replace(/, Signature=.*/, '')), refused('incomplete'))
  assert.throws(() => read(vector.authorization.replace('AWS4-HMAC-SHA256', 'AWS4-OTHER')), refused('incomplete'))
  assert.throws(() => read(vector.authorization.replace('/aws4_request', '')), refused('incomplete'))
  assert.equal(read('Basic dGVzdDp0ZXN0'), undefined)
  const signature = read(vector.authorization)!
  checkTime(signature, new Date('2015-08-30T12:50:59Z'))
  for (const now of ['2015-08-30T12:51:01Z', '2015-08-30T12:20:59Z'])
    assert.throws(() => checkTime(signature, new Date(now)), refused('skewed'))
  const blind = vector.authorization.replace('host;', '')
  assert.throws(() => verify(with_(blind), hash('sha256', '', 'hex'), suiteSecret), refused('mismatch'))
})

test('the access key may contain slashes', () => {
  const vector = vectors.find(({ name }) => name === 'get-vanilla')!
  const headers = [...vector.headers, ['Authorization', vector.authorization.replace('AKIDEXAMPLE', 'a/b/c')]]
  assert.equal(readSignature(partsOf('GET', '/', headers), new URLSearchParams())!.accessKeyId, 'a/b/c')
})
