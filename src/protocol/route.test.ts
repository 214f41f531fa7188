import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modelMetadata, modelNames } from './model.ts'
import { createRouter } from './route.ts'
import { AwsError } from './service.ts'

const router = createRouter(modelNames.map(modelMetadata), ['localhost', 'lake.example'])

interface Case {
  readonly method?: string
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly scope?: string
}

function route({ method = 'POST', target = '/', headers = {}, scope }: Case): string {
  const [rawPath = '/', query = ''] = target.split('?')
  const found = router.route({ method, rawPath, query: new URLSearchParams(query), headers }, scope)
  if (found === 'form') return found
  const { service, wire, operation, rawPath: path } = found
  return [service, wire, operation, path === rawPath ? undefined : path].filter((part) => part !== undefined).join(' ')
}

const cbor = { 'smithy-protocol': 'rpc-v2-cbor' }
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
const json = (target: string, version = '1.1') => ({
  'x-amz-target': target,
  'content-type': `application/x-amz-json-${version}`,
})

test('targets of the JSON protocols', () => {
  const target = (name: string, version?: string) => route({ headers: json(name, version) })
  assert.equal(target('AmazonAthena.StartQueryExecution'), 'athena aws-json-1.1 StartQueryExecution')
  assert.equal(target('DynamoDB_20120810.ListTables', '1.0'), 'dynamodb aws-json-1.0 ListTables')
  assert.equal(target('GraniteServiceVersion20100801.ListMetrics', '1.0'), 'cloudwatch aws-json-1.0 ListMetrics')
  // The CLI sends the first, the JavaScript client the second.
  const trail = 'cloudtrail aws-json-1.1 ListTrails'
  assert.equal(target('com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListTrails'), trail)
  assert.equal(target('CloudTrail_20131101.ListTrails'), trail)
  assert.throws(() => target('NoSuchService.Do'), AwsError)
  assert.throws(() => target('Do'), AwsError)
})

test('CBOR: Smithy’s, and that of the Kinesis libraries', () => {
  const target = '/service/GraniteServiceVersion20100801/operation/PutMetricData'
  assert.equal(route({ headers: cbor, target }), 'cloudwatch cbor PutMetricData')
  assert.throws(() => route({ headers: cbor, target: '/service/Nothing/operation/Do' }), AwsError)
  assert.throws(() => route({ headers: cbor }), AwsError)
  const kinesis = { 'x-amz-target': 'Kinesis_20131202.PutRecords', 'content-type': 'application/x-amz-cbor-1.1' }
  assert.equal(route({ headers: kinesis }), 'kinesis aws-cbor-1.1 PutRecords')
})

test('the service in the credential scope', () => {
  assert.equal(route({ scope: 'lakeformation', target: '/GrantPermissions' }), 'lakeformation rest-json')
  assert.equal(route({ scope: 'elasticmapreduce' }), 'emr aws-json-1.1')
  assert.equal(route({ scope: 'monitoring', headers: form }), 'cloudwatch query')
  assert.equal(route({ scope: 'redshift', headers: form }), 'redshift query')
  assert.equal(route({ scope: 'es', target: '/2021-01-01/domain' }), 'opensearch rest-json')
  assert.equal(route({ scope: 'es', target: '/2015-01-01/domain' }), 'es rest-json')
  assert.throws(() => route({ scope: 'polly' }), /polly/)
})

test('S3 and S3 Control share a signing name', () => {
  const headers = { 'x-amz-account-id': '000000000000' }
  assert.equal(route({ scope: 's3', target: '/v20180820/accesspoint', headers }), 's3control rest-xml')
  assert.equal(route({ scope: 's3', target: '/v20180820/key' }), 's3 rest-xml')
})

test('requests without a signature', () => {
  assert.equal(route({ method: 'GET', target: '/bucket/key' }), 's3 rest-xml')
  assert.equal(route({ headers: form }), 'form')
  assert.equal(route({ headers: form, target: '/bucket' }), 's3 rest-xml')
  assert.equal(
    route({ method: 'GET', target: '/?Action=GetCallerIdentity&Version=2011-06-15' }),
    'sts query GetCallerIdentity',
  )
  assert.equal(route({ target: '/2015-03-31/functions/f/invocations' }), 'lambda rest-json')
})

test('a form names its API by version', () => {
  const request = { method: 'POST', rawPath: '/', query: new URLSearchParams(), headers: form }
  const of = (body: string) => router.routeForm(new URLSearchParams(body), request).service
  assert.equal(of('Action=ListUsers&Version=2010-05-08'), 'iam')
  assert.equal(of('Action=Publish&Version=2010-03-31'), 'sns')
  assert.equal(of('Action=DescribeClusters&Version=2012-12-01'), 'redshift')
  assert.equal(of('nothing=here'), 's3')
  assert.throws(() => of('Action=Do&Version=1999-09-09'), AwsError)
})

test('a bucket that the host names comes first in the path', () => {
  const on = (host: string, scope?: string) => route({ method: 'GET', target: '/key', headers: { host }, scope })
  for (const host of [
    'bucket.localhost:4566',
    'bucket.lake.example',
    'bucket.s3.localhost',
    'bucket.s3.amazonaws.com',
    'bucket.s3.eu-west-1.amazonaws.com',
    'bucket.s3-eu-west-1.amazonaws.com',
  ])
    assert.equal(on(host), 's3 rest-xml /bucket/key', host)
  assert.equal(on('my.dotted.bucket.localhost', 's3'), 's3 rest-xml /my.dotted.bucket/key')
  for (const host of [
    'localhost:4566',
    '127.0.0.1:4566',
    '[::1]:4566',
    's3.us-east-1.amazonaws.com',
    'lake.example',
    '',
  ])
    assert.equal(on(host), 's3 rest-xml', host)
  assert.equal(on('athena.localhost', 'athena'), 'athena aws-json-1.1')
})
