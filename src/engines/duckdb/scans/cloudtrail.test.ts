import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { array, row, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

test('cloudtrail: records of documents, objects in text columns as JSON', async () => {
  const document = {
    Records: [
      {
        eventVersion: '1.08',
        eventTime: '2024-01-01T00:00:01Z',
        userIdentity: { type: 'AssumedRole', sessionContext: { attributes: { mfaAuthenticated: 'false' } } },
        requestParameters: { bucketName: 'b', keys: [1, 2] },
        resources: [{ ARN: 'arn:aws:s3:::b', accountId: '1' }],
      },
      { eventVersion: '1.08', requestParameters: null },
    ],
  }
  const identity = row([
    { name: 'type', type: VARCHAR },
    {
      name: 'sessioncontext',
      type: row([{ name: 'attributes', type: row([{ name: 'mfaauthenticated', type: VARCHAR }]) }]),
    },
  ])
  const resource = row([
    { name: 'arn', type: VARCHAR },
    { name: 'accountid', type: VARCHAR },
  ])
  const columns = dataColumns(
    ['eventversion', VARCHAR],
    ['eventtime', VARCHAR],
    ['useridentity', identity],
    ['requestparameters', VARCHAR],
    ['resources', array(resource)],
  )
  const relation = relationOf({ kind: 'cloudtrail' }, columns, [
    shelf.file('log.json.gz', gzipSync(JSON.stringify(document))),
  ])
  assert.deepEqual(await shelf.read(relation), [
    [
      '1.08',
      '2024-01-01T00:00:01Z',
      { type: 'AssumedRole', sessioncontext: { attributes: { mfaauthenticated: 'false' } } },
      '{"bucketName":"b","keys":[1,2]}',
      [{ arn: 'arn:aws:s3:::b', accountid: '1' }],
    ],
    ['1.08', null, null, null, null],
  ])
  assert.equal((await shelf.read(relation, [])).length, 2)
})
