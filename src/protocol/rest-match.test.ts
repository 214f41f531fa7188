import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadModel } from './model.ts'
import { matchRest } from './rest-match.ts'
import { AwsError } from './service.ts'

function match(service: string, method: string, address: string, headers: Record<string, string> = {}) {
  const [rawPath = '', query = ''] = address.split('?')
  const found = matchRest(loadModel(service), method, rawPath, new URLSearchParams(query), headers)
  return found && [found.operation.name, found.labels]
}

const bucket = { Bucket: 'b' }
const object = { Bucket: 'b', Key: 'k' }

test('S3 operations share addresses and are told apart by query and headers', () => {
  assert.deepEqual(match('s3', 'GET', '/'), ['ListBuckets', {}])
  assert.deepEqual(match('s3', 'GET', '/b'), ['ListObjects', bucket])
  assert.deepEqual(match('s3', 'GET', '/b/'), ['ListObjects', bucket])
  assert.deepEqual(match('s3', 'GET', '/b?list-type=2'), ['ListObjectsV2', bucket])
  assert.deepEqual(match('s3', 'GET', '/b?list-type=3'), ['ListObjects', bucket])
  assert.deepEqual(match('s3', 'GET', '/b?acl'), ['GetBucketAcl', bucket])
  assert.deepEqual(match('s3', 'GET', '/b?acl='), ['GetBucketAcl', bucket])
  assert.deepEqual(match('s3', 'GET', '/b?analytics'), ['ListBucketAnalyticsConfigurations', bucket])
  assert.deepEqual(match('s3', 'GET', '/b?analytics&id=1'), ['GetBucketAnalyticsConfiguration', bucket])
  assert.deepEqual(match('s3', 'PUT', '/b/k'), ['PutObject', object])
  assert.deepEqual(match('s3', 'PUT', '/b/k', { 'x-amz-copy-source': 'a/b' }), ['CopyObject', object])
  assert.deepEqual(match('s3', 'PUT', '/b/k?partNumber=1&uploadId=u'), ['UploadPart', object])
  const copied = match('s3', 'PUT', '/b/k?partNumber=1&uploadId=u', { 'x-amz-copy-source': 'a/b' })
  assert.deepEqual(copied, ['UploadPartCopy', object])
  assert.deepEqual(match('s3', 'POST', '/b/k?uploads'), ['CreateMultipartUpload', object])
  assert.deepEqual(match('s3', 'POST', '/b/k?uploadId=u'), ['CompleteMultipartUpload', object])
  assert.deepEqual(match('s3', 'DELETE', '/b/k?uploadId=u'), ['AbortMultipartUpload', object])
  assert.deepEqual(match('s3', 'POST', '/b?delete'), ['DeleteObjects', bucket])
})

test('an upload that misses its part number is still one, not a new object', () => {
  assert.deepEqual(match('s3', 'PUT', '/b/k?uploadId=u'), ['UploadPart', object])
})

test('superseded operations never win their address', () => {
  assert.equal(match('s3', 'GET', '/b?lifecycle')?.[0], 'GetBucketLifecycleConfiguration')
  assert.equal(match('s3', 'PUT', '/b?notification')?.[0], 'PutBucketNotificationConfiguration')
})

test('x-id names the operation, and is ignored where there is no such one', () => {
  assert.equal(match('s3', 'GET', '/?x-id=ListDirectoryBuckets')?.[0], 'ListDirectoryBuckets')
  assert.equal(match('s3', 'GET', '/b/k?x-id=GetObject')?.[0], 'GetObject')
  assert.equal(match('s3', 'GET', '/b/k?x-id=Nonsense')?.[0], 'GetObject')
})

test('a key keeps its slashes and is decoded once', () => {
  assert.deepEqual(match('s3', 'GET', '/b//a//c/'), ['GetObject', { Bucket: 'b', Key: '/a//c/' }])
  assert.deepEqual(match('s3', 'GET', '/b/a%2520%2Fb+c'), ['GetObject', { Bucket: 'b', Key: 'a%20/b+c' }])
  assert.deepEqual(match('s3', 'GET', '/b/%E6%B0%B4'), ['GetObject', { Bucket: 'b', Key: '水' }])
})

test('a label holds an encoded ARN', () => {
  const found = match('databrew', 'GET', '/tags/arn%3Aaws%3Adatabrew%3Aus-east-1%3A000000000000%3Adataset%2Fd')
  assert.deepEqual(found, ['ListTagsForResource', { ResourceArn: 'arn:aws:databrew:us-east-1:000000000000:dataset/d' }])
})

test('literal segments come before labels, and a final slash is free', () => {
  assert.equal(match('lambda', 'GET', '/2015-03-31/functions')?.[0], 'ListFunctions')
  assert.equal(match('lambda', 'GET', '/2015-03-31/functions/')?.[0], 'ListFunctions')
  assert.equal(match('opensearch', 'GET', '/2021-01-01/tags?arn=x')?.[0], 'ListTags')
})

test('no operation is no match, broken encoding is an error', () => {
  assert.equal(match('s3', 'PATCH', '/b/k'), undefined)
  assert.equal(match('databrew', 'GET', '/nothing/here/at/all'), undefined)
  assert.throws(
    () => match('s3', 'GET', '/b/%zz'),
    (error) => error instanceof AwsError && error.code === 'InvalidURI',
  )
  assert.throws(
    () => match('s3', 'GET', '/b/%FF'),
    (error) => error instanceof AwsError && error.code === 'InvalidURI',
  )
})

test('every address of every REST service leads to an operation of that address', () => {
  for (const name of ['s3', 's3control', 's3tables', 'lambda', 'quicksight', 'lakeformation', 'opensearch', 'es']) {
    for (const operation of loadModel(name).operations.values()) {
      const path = operation.http.path.replace(/{\w+\+?}/g, 'x')
      const query = new URLSearchParams(Object.fromEntries(operation.http.literals))
      const found = matchRest(loadModel(name), operation.http.method, path, query, {})
      assert.equal(found?.operation.http.path, operation.http.path, `${name} ${operation.name}`)
    }
  }
})
