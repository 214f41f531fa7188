import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CborTag, decodeCbor, encodeCbor } from '../cbor.ts'
import { loadModel } from '../model.ts'
import type { WireName } from '../schema.ts'
import { AwsError } from '../service.ts'
import { wires } from '../wire.ts'

function read(service: string, operation: string, body: string | Uint8Array, wire?: WireName): unknown {
  const model = loadModel(service)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const request = { method: 'POST', rawPath: '/', query: new URLSearchParams(), headers: {}, body: bytes }
  return wires[wire ?? model.wire].readInput(model.operations.get(operation)!, request, {})
}

function write(service: string, operation: string, output: unknown, wire?: WireName) {
  const model = loadModel(service)
  return wires[wire ?? model.wire].writeOutput(model.operations.get(operation)!, output, 'R1')
}

function writeError(service: string, error: AwsError, wire?: WireName) {
  const model = loadModel(service)
  return wires[wire ?? model.wire].writeError(model, undefined, error, 'R1')
}

const json = (body: unknown) => JSON.parse(String(body))

/** Observed at Athena with raw requests. */
const refusals: readonly [operation: string, body: string, message: string][] = [
  ['ListWorkGroups', '{"MaxResults":"1"}', 'STRING_VALUE can not be converted to an Integer'],
  ['ListWorkGroups', '{"MaxResults":true}', 'TRUE_VALUE can not be converted to an Integer'],
  ['ListWorkGroups', '{"MaxResults":[]}', 'Start of list found where not expected'],
  ['ListWorkGroups', '{"MaxResults":{}}', 'Start of structure or map found where not expected.'],
  ['StartQueryExecution', '{"QueryString":1}', 'NUMBER_VALUE can not be converted to a String'],
  ['StartQueryExecution', '{"QueryString":true}', 'TRUE_VALUE can not be converted to a String'],
  ['StartQueryExecution', '{"QueryString":[]}', 'Start of list found where not expected'],
  ['StartQueryExecution', '{"QueryString":{}}', 'Start of structure or map found where not expected.'],
  ['StartQueryExecution', '{"ExecutionParameters":"x"}', 'Expected list or null'],
  ['StartQueryExecution', '{"ExecutionParameters":[1]}', 'NUMBER_VALUE can not be converted to a String'],
  ['StartQueryExecution', '{"ResultConfiguration":"x"}', 'Expected null'],
  ['StartQueryExecution', '{"ResultConfiguration":[]}', 'Start of list found where not expected'],
  ['ListWorkGroups', '[]', 'Start of list found where not expected'],
  ['ListWorkGroups', '{', ''],
  ['ListWorkGroups', '', ''],
  ['ListWorkGroups', 'null', ''],
  ['ListWorkGroups', '"x"', ''],
  ['ListWorkGroups', '{"MaxResults":1,}', ''],
]

test('JSON of the wrong kind is refused in the words of Athena', () => {
  for (const [operation, body, message] of refusals) {
    const isRefusal = (error: unknown) =>
      error instanceof AwsError && error.code === 'SerializationException' && error.message === message
    assert.throws(() => read('athena', operation, body), isRefusal, body)
  }
})

test('an error without a message says only what it is', () => {
  const answer = writeError('athena', new AwsError('SerializationException', ''))
  assert.equal(answer.status, 400)
  assert.equal(answer.body, '{"__type":"SerializationException"}')
  const worded = writeError('athena', new AwsError('SerializationException', 'Expected null'))
  assert.deepEqual(json(worded.body), { __type: 'SerializationException', Message: 'Expected null' })
})

test('nulls and unknown members are as if not there, fractions are cut', () => {
  assert.deepEqual(read('athena', 'ListWorkGroups', '{"MaxResults":1.5,"NextToken":null,"Other":[1]}'), {
    MaxResults: 1,
  })
})

test('only what was sent is read: no inherited names', () => {
  assert.deepEqual(read('athena', 'ListWorkGroups', '{"__proto__":{"MaxResults":1}}'), {})
})

test('keys of a map may be called anything', () => {
  const input = read(
    'glue',
    'CreateDatabase',
    '{"DatabaseInput":{"Name":"d","Parameters":{"__proto__":"x","a":"b"}}}',
  ) as {
    DatabaseInput: { Parameters: Record<string, string> }
  }
  const { Parameters } = input.DatabaseInput
  assert.deepEqual(Object.entries(Parameters), [
    ['__proto__', 'x'],
    ['a', 'b'],
  ])
  assert.equal(Object.getPrototypeOf(Parameters), Object.prototype)
})

test('JSON: times, bytes and numbers that JSON has no word for', () => {
  const input = read('kinesis', 'PutRecord', '{"Data":"AAEC/w==","PartitionKey":"p"}') as { Data: Uint8Array }
  assert.deepEqual(Buffer.from(input.Data), Buffer.from([0, 1, 2, 255]))
  assert.throws(() => read('kinesis', 'PutRecord', '{"Data":"not base64!","PartitionKey":"p"}'), AwsError)
  const body = '{"ShardId":"s","StreamName":"n","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1459799926.48}'
  const iterator = read('kinesis', 'GetShardIterator', body) as { Timestamp: Date }
  assert.equal(iterator.Timestamp.toISOString(), '2016-04-04T19:58:46.480Z')
  const times = write('kinesis', 'GetRecords', {
    Records: [
      { Data: Buffer.from([0, 255]), ApproximateArrivalTimestamp: new Date(1459799926480), SequenceNumber: '1' },
    ],
    MillisBehindLatest: 0,
  })
  assert.deepEqual(json(times.body), {
    Records: [{ SequenceNumber: '1', ApproximateArrivalTimestamp: 1459799926.48, Data: 'AP8=' }],
    MillisBehindLatest: 0,
  })
  const nan = write('cloudwatch', 'GetMetricData', { MetricDataResults: [{ Values: [Number.NaN, 1] }] }, 'aws-json-1.0')
  assert.deepEqual(json(nan.body), { MetricDataResults: [{ Values: ['NaN', 1] }] })
})

test('nesting is bounded in every wire', () => {
  const deep = `{"Expression":${'{"And":[{"Not":'.repeat(500)}{}${'}]}'.repeat(500)}}`
  const item = `${'{"L":['.repeat(5000)}{"S":"x"}${']}'.repeat(5000)}`
  const put = () => read('dynamodb', 'PutItem', `{"TableName":"t","Item":{"a":${item}}}`)
  assert.throws(put, (error) => error instanceof AwsError && error.code === 'SerializationException')
  assert.throws(() => read('emr', 'RunJobFlow', deep.replace('"Expression"', '"Name"')), AwsError)
  const segments = Array.from({ length: 100 }, () => 'x').join('.')
  assert.throws(() => read('iam', 'CreateUser', `Action=CreateUser&${segments}=1`), AwsError)
})

test('AWS JSON 1.0 names errors in full and SQS tells the old code', () => {
  const answer = writeError('sqs', new AwsError('QueueDoesNotExist', 'gone'), 'aws-json-1.0')
  assert.equal(json(answer.body).__type, 'com.amazonaws.sqs#QueueDoesNotExist')
  assert.equal(answer.headers['x-amzn-query-error'], 'AWS.SimpleQueueService.NonExistentQueue;Sender')
  const table = writeError('dynamodb', new AwsError('ResourceNotFoundException', 'gone'))
  assert.equal(json(table.body).__type, 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException')
})

test('members of an error go beside its message', () => {
  const members = { AthenaErrorCode: 'MALFORMED_QUERY', ErrorCode: 'MALFORMED_QUERY' }
  const answer = writeError('athena', new AwsError('InvalidRequestException', 'line 1:1', { members }))
  assert.deepEqual(json(answer.body), { __type: 'InvalidRequestException', ...members, Message: 'line 1:1' })
})

test('query: members, lists, maps and flattened lists by their names', () => {
  const tagged =
    'Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%7D&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.10.Key=j&Tags.member.10.Value=k&Tags.member.2.Key=c&Tags.member.2.Value=d'
  assert.deepEqual(read('iam', 'CreateRole', tagged), {
    RoleName: 'r',
    AssumeRolePolicyDocument: '{}',
    Tags: [
      { Key: 'a', Value: 'b' },
      { Key: 'c', Value: 'd' },
      { Key: 'j', Value: 'k' },
    ],
  })
  const topic = 'Action=CreateTopic&Name=t&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=My+Topic'
  assert.deepEqual(read('sns', 'CreateTopic', topic), { Name: 't', Attributes: { DisplayName: 'My Topic' } })
  const cluster =
    'Action=CreateCluster&ClusterIdentifier=c&NumberOfNodes=2&ClusterSecurityGroups.ClusterSecurityGroupName.1=g&Encrypted=true'
  assert.deepEqual(read('redshift', 'CreateCluster', cluster), {
    ClusterIdentifier: 'c',
    NumberOfNodes: 2,
    ClusterSecurityGroups: ['g'],
    Encrypted: true,
  })
})

test('query: a huge index costs nothing, too many parameters are refused', () => {
  const far = read(
    'iam',
    'TagRole',
    'Action=TagRole&RoleName=r&Tags.member.999999999.Key=a&Tags.member.999999999.Value=b',
  )
  assert.deepEqual(far, { RoleName: 'r', Tags: [{ Key: 'a', Value: 'b' }] })
  const flood = Array.from({ length: 100_001 }, (_, index) => `Tags.member.${index}.Key=a`).join('&')
  assert.throws(() => read('iam', 'TagRole', flood), AwsError)
  assert.throws(() => read('redshift', 'CreateCluster', 'Action=CreateCluster&NumberOfNodes=two'), AwsError)
})

test('query: an answer and an error, as the STS reference shows them', () => {
  const answer = write('sts', 'GetCallerIdentity', {
    Arn: 'arn:aws:iam::123456789012:user/Alice',
    UserId: 'A',
    Account: '123456789012',
  })
  assert.equal(answer.headers['content-type'], 'text/xml')
  assert.equal(
    answer.body,
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      '<UserId>A</UserId><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/Alice</Arn>' +
      '</GetCallerIdentityResult><ResponseMetadata><RequestId>R1</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
  )
  const error = writeError('iam', new AwsError('NoSuchEntityException', 'No role <r>'))
  assert.equal(error.status, 404)
  assert.equal(
    error.body,
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>' +
      '<Message>No role &lt;r&gt;</Message></Error><RequestId>R1</RequestId></ErrorResponse>',
  )
})

test('CBOR: times in seconds for Smithy, in milliseconds for Kinesis', () => {
  const time = new Date('2016-04-04T19:58:46.480Z')
  const fields = { StreamName: 'n', ShardId: 's', ShardIteratorType: 'AT_TIMESTAMP' }
  const body = encodeCbor(
    new Map<string, unknown>([...Object.entries(fields), ['Timestamp', new CborTag(1, time.getTime())]]),
  )
  assert.deepEqual(read('kinesis', 'GetShardIterator', body, 'aws-cbor-1.1'), { ...fields, Timestamp: time })
  const smithy = encodeCbor(new Map([['StartTime', new CborTag(1, time.getTime() / 1000)]]))
  assert.deepEqual(read('cloudwatch', 'GetMetricData', smithy, 'cbor'), { StartTime: time })
  const answer = write('kinesis', 'GetRecords', { Records: [{ ApproximateArrivalTimestamp: time }] }, 'aws-cbor-1.1')
  const records = (decodeCbor(answer.body as Uint8Array) as Map<string, Map<string, unknown>[]>).get('Records')!
  assert.deepEqual(records[0]?.get('ApproximateArrivalTimestamp'), new CborTag(1, time.getTime()))
  assert.equal(answer.headers['content-type'], 'application/x-amz-cbor-1.1')
})

test('CBOR: what is cut short or of the wrong kind is refused', () => {
  const good = encodeCbor(new Map([['Namespace', 'n']]))
  assert.deepEqual(read('cloudwatch', 'ListMetrics', good, 'cbor'), { Namespace: 'n' })
  const bad = [good.subarray(0, 5), encodeCbor([1]), encodeCbor(new Map([['Namespace', 1]])), encodeCbor('x')]
  for (const body of bad) {
    const refused = (error: unknown) => error instanceof AwsError && error.code === 'SerializationException'
    assert.throws(() => read('cloudwatch', 'ListMetrics', body, 'cbor'), refused)
  }
  assert.deepEqual(read('cloudwatch', 'ListMetrics', new Uint8Array(), 'cbor'), {})
})
