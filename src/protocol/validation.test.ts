import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadModel } from './model.ts'
import { AwsError } from './service.ts'
import { validateInput } from './validation.ts'

function violation(service: string, operation: string, input: unknown): AwsError {
  try {
    validateInput(loadModel(service).operations.get(operation)!, input)
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
  return assert.fail('The input was accepted')
}

const message = (service: string, operation: string, input: unknown) => violation(service, operation, input).message

test('a missing member, as Athena was observed to say it', () => {
  const error = violation('athena', 'StartQueryExecution', {})
  assert.equal(error.code, 'InvalidRequestException')
  assert.equal(error.members.AthenaErrorCode, 'INVALID_INPUT')
  assert.equal(
    error.message,
    "1 validation error detected: Value null at 'queryString' failed to satisfy constraint: Member must not be null",
  )
})

test('lengths and ranges', () => {
  assert.equal(
    message('glue', 'GetTables', { DatabaseName: '' }),
    "1 validation error detected: Value '' at 'databaseName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  )
  // Observed at Athena, whose messages name no values.
  assert.equal(
    message('athena', 'ListWorkGroups', { MaxResults: 51 }),
    "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
  )
  // Observed at IAM.
  const name = 'x'.repeat(65)
  const error = violation('iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: '{}' })
  assert.equal(error.code, 'ValidationError')
  assert.equal(
    error.message,
    `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  )
})

test('enumerations and nested paths', () => {
  const input = { QueryString: 'x', ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'none' } } }
  assert.equal(
    message('athena', 'StartQueryExecution', input),
    "1 validation error detected: Value at 'resultConfiguration.encryptionConfiguration.encryptionOption' failed to satisfy constraint: Member must satisfy enum value set: [SSE_S3, SSE_KMS, CSE_KMS]",
  )
})

test('members of a list are counted from one; several violations are joined', () => {
  const error = violation('glue', 'CreateTable', {
    DatabaseName: 'd',
    TableInput: {
      Name: 't',
      StorageDescriptor: {
        Columns: [
          { Name: 'a', Comment: 'x' },
          { Name: '', Comment: 'a\u0000b' },
        ],
      },
    },
  })
  assert.equal(error.code, 'ValidationException')
  assert.match(
    error.message,
    /^2 validation errors detected: Value '' at 'tableInput.storageDescriptor.columns.2.member.name'/,
  )
  assert.match(
    error.message,
    /; Value 'a.b' at 'tableInput.storageDescriptor.columns.2.member.comment' .* regular expression pattern: /,
  )
})

test('scalars in lists are described by all constraints', () => {
  assert.match(
    message('athena', 'StartQueryExecution', { QueryString: 'x', ExecutionParameters: ['a', ''] }),
    /Value at 'executionParameters' failed to satisfy constraint: Member must satisfy constraint: \[Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must not be null\]$/,
  )
})

test('map keys, as QuickSight was observed to say it', () => {
  const error = violation('quicksight', 'CreateDataSet', {
    AwsAccountId: '123456789012',
    DataSetId: 'd',
    Name: 'n',
    ImportMode: 'SPICE',
    PhysicalTableMap: { table_map1: {} },
  })
  assert.equal(error.code, 'ValidationException')
  assert.match(
    error.message,
    /at 'physicalTableMap' failed to satisfy constraint: Map keys must satisfy constraint: \[Member must have length less than or equal to 64, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: \[0-9a-zA-Z-\]\*/,
  )
})

test('bytes are shown as Java shows a buffer, as Firehose was observed to', () => {
  const records = [{ Data: Buffer.from('x') }, { Data: Buffer.alloc(1_024_001) }]
  assert.match(
    message('firehose', 'PutRecordBatch', { DeliveryStreamName: 's', Records: records }),
    /Value 'java.nio.HeapByteBuffer\[pos=0 lim=1024001 cap=1024001\]' at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 1024000$/,
  )
})

test('secrets are not repeated', () => {
  const error = violation('secretsmanager', 'CreateSecret', { Name: 'n', SecretString: '' })
  assert.match(error.message, /Value at 'secretString' failed/)
})

test('a hostile text costs no more than its length', () => {
  const value = `${'a '.repeat(400)}\u0000`
  const parameters = { HeaderParameters: [{ Key: 'k', Value: `${value.slice(0, 500)}\u0000` }] }
  const input = { Name: 'c', AuthorizationType: 'API_KEY', AuthParameters: { InvocationHttpParameters: parameters } }
  assert.match(message('events', 'CreateConnection', input), /invocationHttpParameters.headerParameters.1.member.value/)
})

test("Java's classes are understood", () => {
  const purchase = (id: string) => ({ ReservedInstanceOfferingId: id, ReservationName: 'reservation' })
  const operation = loadModel('opensearch').operations.get('PurchaseReservedInstanceOffering')!
  assert.doesNotThrow(() => validateInput(operation, purchase('1a2B3c4d-0000-1111-2222-333344445555')))
  assert.match(
    violation('opensearch', operation.name, purchase('1a2b3c4g-0000-1111-2222-333344445555')).message,
    /pattern/,
  )
})

test('a message does not grow with the input', () => {
  const values = Array.from({ length: 100_000 }, () => '')
  const text = message('athena', 'StartQueryExecution', { QueryString: 'x', ExecutionParameters: values })
  assert.ok(text.length < 5000)
})

test('nulls in lists are refused', () => {
  const error = violation('glue', 'BatchGetPartition', { DatabaseName: 'd', TableName: 't', PartitionsToGet: [null] })
  assert.match(
    error.message,
    /Value null at 'partitionsToGet.1.member' failed to satisfy constraint: Member must not be null/,
  )
})

test('a union has exactly one member', () => {
  const input = (jobDriver: object) => ({
    applicationId: '00abc',
    clientToken: 't',
    executionRoleArn: 'arn:aws:iam::000000000000:role/r',
    jobDriver,
  })
  assert.equal(violation('emr-serverless', 'StartJobRun', input({})).code, 'ValidationException')
  const both = { sparkSubmit: { entryPoint: 'e' }, hive: { query: 'q' } }
  assert.match(message('emr-serverless', 'StartJobRun', input(both)), /at 'jobDriver' /)
})

test('S3 answers by what is wrong', () => {
  const code = (operation: string, input: unknown) => violation('s3', operation, input).code
  assert.equal(
    code('CreateBucket', { Bucket: 'b', CreateBucketConfiguration: { LocationConstraint: 'nowhere' } }),
    'MalformedXML',
  )
  assert.equal(code('PutObject', { Bucket: 'b', Key: 'k', StorageClass: 'COLD' }), 'InvalidStorageClass')
  assert.equal(code('ListObjectsV2', { Bucket: 'b', EncodingType: 'x' }), 'InvalidArgument')
  assert.equal(code('PutBucketTagging', { Bucket: 'b' }), 'MissingRequestBodyError')
})
