/** Requests that bring no token of their own, or one that will not do: AWS's clients send neither. Messages as recorded. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const start = (ClientRequestToken: string | undefined, more: object = {}) =>
  a.call('StartQueryExecution', {
    QueryString: 'SELECT 1',
    ResultConfiguration: { OutputLocation: 's3://results/' },
    ClientRequestToken,
    ...more,
  })
const shorter =
  "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length greater than or equal to 32"

test('a query needs a token', async () => {
  assert.deepEqual(await start(undefined), {
    status: 400,
    answer: {
      __type: 'InvalidRequestException',
      AthenaErrorCode: 'INVALID_INPUT',
      ErrorCode: 'INVALID_INPUT',
      Message: 'clientRequestToken is null or empty',
    },
  })
  for (const token of ['', 'x'.repeat(31), 'あ'.repeat(20)])
    assert.equal((await start(token)).answer.Message, shorter, token)
  assert.equal(
    (await start('x'.repeat(129))).answer.Message,
    "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 128",
  )
  assert.equal((await start('あ'.repeat(50))).answer.Message, 'clientRequestToken exceeds maximum allowed length 128')
  for (const token of ['x'.repeat(32), 'y'.repeat(128)]) assert.equal((await start(token)).status, 200, token)
})

test('tokens are told apart by every character', async () => {
  const token = 'f00dfeed'.repeat(5)
  const ids = new Set<string>()
  for (const one of [token, ` ${token} `, token.replace('d', '"'), token.replace('d', '\\'), token.toUpperCase()])
    ids.add((await start(one)).answer.QueryExecutionId!)
  assert.equal(ids.size, 5)
  assert.ok(ids.has((await start(token)).answer.QueryExecutionId!))
})

test('the token is looked at first, then the place, then the text', async () => {
  const nowhere = { ResultConfiguration: { OutputLocation: 's3://' } }
  const token = 'order-of-the-checks-0123456789-0123456789'
  assert.equal((await start('short', { ...nowhere, QueryString: 'SELEC 1' })).answer.Message, shorter)
  assert.equal(
    (await start(undefined, { ...nowhere, QueryString: 'SELEC 1' })).answer.Message,
    'clientRequestToken is null or empty',
  )
  assert.equal(
    (await start(token, { ...nowhere, QueryString: 'SELEC 1' })).answer.Message,
    'outputLocation is not a valid S3 path.',
  )
  assert.equal((await start(token, { QueryString: 'SELEC 1' })).answer.AthenaErrorCode, 'MALFORMED_QUERY')
  assert.equal((await start(token)).status, 200)
})

test('where the work group insists on its place, none that is asked for is compared', async () => {
  const made = await a.call('CreateWorkGroup', {
    Name: 'strict',
    Configuration: { ResultConfiguration: { OutputLocation: 's3://results/strict/' } },
  })
  assert.equal(made.status, 200)
  const token = 'the-same-in-a-strict-work-group-0123456789'
  const first = await start(token, { WorkGroup: 'strict', ResultConfiguration: undefined })
  const second = await start(token, {
    WorkGroup: 'strict',
    ResultConfiguration: { OutputLocation: 's3://results/strict/' },
  })
  assert.equal(second.answer.QueryExecutionId, first.answer.QueryExecutionId)
  const other = await start(token, { WorkGroup: 'strict', QueryExecutionContext: { Database: 'default' } })
  assert.equal(other.answer.AthenaErrorCode, 'IDEMPOTENT_PARAMETER_MISMATCH')
})

test('a named query needs a token', async () => {
  const named = { Name: 'n', Database: 'db', QueryString: 'SELECT 1' }
  assert.equal((await a.call('CreateNamedQuery', named)).answer.Message, 'clientRequestToken is null or empty')
  assert.equal((await a.call('CreateNamedQuery', { ...named, ClientRequestToken: 'x'.repeat(32) })).status, 200)
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
