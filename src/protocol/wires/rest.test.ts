import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { loadModel } from '../model.ts'
import { matchRest } from '../rest-match.ts'
import { AwsError } from '../service.ts'
import { type WireRequest, wires } from '../wire.ts'

interface Sent {
  readonly headers?: Record<string, string>
  readonly body?: string | Readable
}

function read(service: string, method: string, address: string, { headers = {}, body = '' }: Sent = {}): unknown {
  const [rawPath = '', query = ''] = address.split('?')
  const model = loadModel(service)
  const search = new URLSearchParams(query)
  const found = matchRest(model, method, rawPath, search, headers)
  assert.ok(found)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const request: WireRequest = { method, rawPath, query: search, headers, body: bytes }
  return wires[model.wire].readInput(found.operation, request, found.labels)
}

function write(service: string, operation: string, output: unknown) {
  const model = loadModel(service)
  return wires[model.wire].writeOutput(model.operations.get(operation)!, output, 'R1')
}

function writeError(service: string, operation: string | undefined, error: AwsError) {
  const model = loadModel(service)
  return wires[model.wire].writeError(model, operation ? model.operations.get(operation) : undefined, error, 'R1')
}

const code = (expected: string) => (error: unknown) => error instanceof AwsError && error.code === expected

test('S3: the address, the query and the headers of a request', () => {
  assert.deepEqual(read('s3', 'GET', '/b?list-type=2&max-keys=7&prefix=a%2Fb&fetch-owner=true'), {
    Bucket: 'b',
    MaxKeys: 7,
    Prefix: 'a/b',
    FetchOwner: true,
  })
})

test('S3: empty numbers are as if not sent, and wrong ones are refused', () => {
  assert.deepEqual(read('s3', 'GET', '/b?list-type=2&max-keys='), { Bucket: 'b' })
  assert.throws(() => read('s3', 'GET', '/b?list-type=2&max-keys=abc'), code('InvalidArgument'))
  assert.throws(() => read('s3', 'GET', '/b?list-type=2&max-keys=1.5'), code('InvalidArgument'))
})

test('S3: a stream is handed on untouched, metadata becomes a map', async () => {
  const headers = { 'x-amz-meta-owner': 'me', 'x-amz-meta-title': '=?UTF-8?B?w7xtbGF1dA==?=', 'content-length': '3' }
  const body = Readable.from([Buffer.from('abc')])
  const input = read('s3', 'PUT', '/b/k', { headers, body }) as Record<string, unknown>
  assert.equal(input.Body, body)
  assert.deepEqual(input.Metadata, { owner: 'me', title: 'ümlaut' })
  assert.equal(input.ContentLength, 3)
})

test('S3: Expires may be any text', () => {
  const expires = (value: string) =>
    (read('s3', 'PUT', '/b/k', { headers: { expires: value } }) as { Expires?: Date }).Expires
  assert.equal(expires('tomorrow'), undefined)
  assert.equal(expires('Wed, 21 Oct 2015 07:28:00 GMT')?.toISOString(), '2015-10-21T07:28:00.000Z')
  assert.equal(write('s3', 'HeadObject', { ExpiresString: 'tomorrow' }).headers.expires, 'tomorrow')
})

test('S3: an XML body, with and without namespace, as the API reference shows it', () => {
  const tagging =
    '<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>'
  const expected = { Bucket: 'b', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }
  assert.deepEqual(read('s3', 'PUT', '/b?tagging', { body: tagging }), expected)
  assert.deepEqual(read('s3', 'PUT', '/b?tagging', { body: tagging.replace(/ xmlns="[^"]*"/, '') }), expected)
})

test('S3: lists without a wrapper', () => {
  const body = '<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object><Quiet>true</Quiet></Delete>'
  assert.deepEqual(read('s3', 'POST', '/b?delete', { body }), {
    Bucket: 'b',
    Delete: { Objects: [{ Key: 'a' }, { Key: 'b' }], Quiet: true },
  })
})

test('S3: XML that is none, of another root, cut short or with a DOCTYPE is MalformedXML', () => {
  const bodies = ['{"a":1}', '<Tags/>', '<Tagging><TagSet>', '<!DOCTYPE a><Tagging/>', '<Tagging>\ud800</Tagging>&']
  for (const body of bodies) assert.throws(() => read('s3', 'PUT', '/b?tagging', { body }), code('MalformedXML'), body)
})

test('S3: lists in headers', () => {
  const input = read('s3', 'GET', '/b/k?attributes', { headers: { 'x-amz-object-attributes': 'ETag, ObjectSize' } })
  assert.deepEqual(input, { Bucket: 'b', Key: 'k', ObjectAttributes: ['ETag', 'ObjectSize'] })
})

test('S3: a listing, as the API reference shows it', () => {
  const modified = new Date('2009-10-12T17:50:30Z')
  const answer = write('s3', 'ListObjectsV2', {
    Name: 'quotes',
    Prefix: 'a&b',
    KeyCount: 1,
    MaxKeys: 1000,
    IsTruncated: false,
    Contents: [{ Key: 'a&b/<1>', LastModified: modified, ETag: '"fba9dede5f27731c9771645a39863328"', Size: 434234 }],
  })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['content-type'], 'application/xml')
  assert.equal(answer.headers['x-amz-request-id'], 'R1')
  assert.equal(
    answer.body,
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      '<IsTruncated>false</IsTruncated><Contents><Key>a&amp;b/&lt;1&gt;</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>' +
      '<ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>434234</Size></Contents><Name>quotes</Name>' +
      '<Prefix>a&amp;b</Prefix><MaxKeys>1000</MaxKeys><KeyCount>1</KeyCount></ListBucketResult>',
  )
})

test('S3: where a bucket is, is the root itself', () => {
  const body = (output: object) => String(write('s3', 'GetBucketLocation', output).body).split('\n')[1]
  const open = '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
  assert.equal(body({ LocationConstraint: 'eu-west-1' }), `${open}eu-west-1</LocationConstraint>`)
  assert.equal(body({}), `${open}</LocationConstraint>`)
})

test('S3: statuses and bodies that are none', () => {
  assert.deepEqual(write('s3', 'PutBucketPolicy', undefined), { status: 204, headers: { 'x-amz-request-id': 'R1' } })
  assert.deepEqual(write('s3', 'PutObject', { ETag: '"e"' }), {
    status: 200,
    headers: { 'x-amz-request-id': 'R1', etag: '"e"' },
  })
  assert.equal(write('s3', 'HeadObject', { ContentLength: 5, ContentType: 'a/b' }).body, undefined)
})

test('S3: metadata that is not ASCII travels encoded, and no header can be smuggled in', () => {
  const { headers } = write('s3', 'HeadObject', {
    Metadata: { Title: 'ümlaut', plain: 'x' },
    CacheControl: 'a\r\nset-cookie: b',
  })
  assert.equal(headers['x-amz-meta-title'], '=?UTF-8?B?w7xtbGF1dA==?=')
  assert.equal(headers['x-amz-meta-plain'], 'x')
  assert.equal(headers['cache-control'], 'a  set-cookie: b')
})

test('S3: an error has no wrapper and carries its members', () => {
  const answer = writeError(
    's3',
    'GetObject',
    new AwsError('NoSuchKey', 'The specified key does not exist.', { members: { Key: 'a<b' } }),
  )
  assert.equal(answer.status, 404)
  assert.equal(
    answer.body,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&lt;b</Key><RequestId>R1</RequestId></Error>',
  )
  assert.equal(writeError('s3', 'HeadObject', new AwsError('NoSuchKey', '')).body, undefined)
  assert.equal(writeError('s3', undefined, new AwsError('PreconditionFailed', 'm', { status: 412 })).status, 412)
})

test('REST-JSON: labels, queries and a body', () => {
  const body = '{"RoleArn":"r","Timeout":5,"Unknown":1,"LogSubscription":null}'
  const input = read('databrew', 'PUT', '/recipeJobs/a%20b', { body })
  assert.deepEqual(input, { Name: 'a b', RoleArn: 'r', Timeout: 5 })
})

test('REST-JSON: bodies that can not be read', () => {
  const put = (body: string) => () => read('databrew', 'PUT', '/recipes/r', { body })
  for (const body of ['{', '[]', '"x"', '{"Steps":{}}', '{"Steps":[1]}', '{"Description":1}', '\xff\xfe']) {
    assert.throws(put(body), code('SerializationException'), body)
  }
  assert.deepEqual(put('')(), { Name: 'r' })
})

test('REST-JSON: an answer and its headers', () => {
  const answer = write('lakeformation', 'GrantPermissions', {})
  assert.deepEqual(answer, {
    status: 200,
    headers: { 'x-amzn-requestid': 'R1', 'content-type': 'application/json' },
    body: '{}',
  })
})

test('REST-JSON: an error names itself in a header', () => {
  const answer = writeError('lakeformation', undefined, new AwsError('EntityNotFoundException', 'No such database'))
  assert.equal(answer.status, 400)
  assert.equal(answer.headers['x-amzn-errortype'], 'EntityNotFoundException')
  assert.deepEqual(JSON.parse(String(answer.body)), { Message: 'No such database' })
  const throttled = writeError(
    'lambda',
    undefined,
    new AwsError('TooManyRequestsException', 'slow', { members: { retryAfterSeconds: '3' } }),
  )
  assert.equal(throttled.status, 429)
  assert.equal(throttled.headers['retry-after'], '3')
})
