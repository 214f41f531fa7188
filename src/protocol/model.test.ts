import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadModel, modelMetadata, modelNames } from './model.ts'

test('every model links', () => {
  assert.equal(modelNames.length, 35)
  for (const name of modelNames) {
    const model = loadModel(name)
    assert.equal(model.name, name)
    assert.ok(model.operations.size > 0)
    assert.equal(loadModel(name), model)
  }
})

test('a name that is no model is refused, also one that is a path', () => {
  assert.throws(() => loadModel('nothing'))
  assert.throws(() => loadModel('../package'))
})

test('metadata tells services apart without loading them', () => {
  const athena = modelMetadata('athena')
  assert.equal(athena.targetPrefix, 'AmazonAthena')
  assert.equal(athena.wire, 'aws-json-1.1')
  assert.deepEqual(modelMetadata('cloudwatch').wires, ['cbor', 'aws-json-1.0', 'query'])
  assert.equal(modelMetadata('cloudwatch').wire, 'query')
  assert.deepEqual(modelMetadata('kinesis').wires, ['aws-json-1.1', 'aws-cbor-1.1'])
  assert.equal(modelMetadata('opensearchserverless').signingName, 'aoss')
  assert.equal(modelMetadata('emr').signingName, 'elasticmapreduce')
})

test('errors are found by shape and by code', () => {
  const { errors } = loadModel('iam')
  assert.equal(errors.get('NoSuchEntity'), errors.get('NoSuchEntityException'))
  assert.equal(errors.get('NoSuchEntity')?.error?.status, 404)
  assert.equal(loadModel('s3').errors.get('NoSuchKey')?.error?.status, 404)
})

test('streams and unsigned operations are known', () => {
  const s3 = loadModel('s3').operations
  assert.equal(s3.get('PutObject')?.streamsInput, true)
  assert.equal(s3.get('GetObject')?.streamsOutput, true)
  assert.equal(s3.get('PutBucketPolicy')?.streamsInput, false)
  assert.equal(s3.get('SelectObjectContent')?.eventStream, true)
  assert.equal(s3.get('PutBucketPolicy')?.http.status, 204)
  assert.equal(loadModel('sts').operations.get('AssumeRoleWithWebIdentity')?.unsigned, true)
})

test('plain is what JSON says as it is, all the way down', () => {
  const glue = loadModel('glue')
  const plain = (operation: string) => glue.operations.get(operation)?.output?.plain
  assert.equal(plain('GetTags'), true)
  // Tables have timestamps.
  assert.equal(plain('GetTables'), false)
  // A shape that contains itself.
  assert.equal(loadModel('dynamodb').operations.get('GetItem')?.output?.plain, false)
})
