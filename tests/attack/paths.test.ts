/** Addresses that say one object and might be taken for another: who may read a part of a bucket reads nothing else of it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { S3 } from '@aws-sdk/client-s3'
import { allow, type PolicyCaller, policyCaller } from '../acceptance/athena/policy-callers.ts'
import { startLake, type TestLake } from '../acceptance/server.ts'
import { RawConnection, send, signed } from '../acceptance/wire/signed-request.ts'

let lake: TestLake
let s3: S3
let bob: PolicyCaller
let version: string
let upload: string
before(async () => {
  lake = await startLake()
  s3 = new S3(lake.client)
  for (const Bucket of ['kept', 'own']) await s3.createBucket({ Bucket })
  await s3.putBucketVersioning({ Bucket: 'kept', VersioningConfiguration: { Status: 'Enabled' } })
  version = (await s3.putObject({ Bucket: 'kept', Key: 'secret', Body: SECRET })).VersionId!
  await s3.putObject({ Bucket: 'kept', Key: 'open/a', Body: 'open' })
  upload = (await s3.createMultipartUpload({ Bucket: 'own', Key: 'parts' })).UploadId!
  bob = await policyCaller(lake, 'bob')
  await bob.may(allow('s3:*', ['arn:aws:s3:::own', 'arn:aws:s3:::own/*', 'arn:aws:s3:::kept/open/*']))
})
after(async () => {
  bob.close()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

const SECRET = 'not for bob'
const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
const asBob = (parts: Parameters<typeof send>[1]) => send(lake, { ...parts, credentials: bob.client.credentials })

test('sources of copies, of whole objects and of parts', async () => {
  for (const path of ['/own/copy', `/own/parts?partNumber=1&uploadId=${upload}`]) {
    const copied = async (source: string) => {
      const headers = { ...UNSIGNED, 'x-amz-copy-source': source }
      const answer = await asBob({ method: 'PUT', path, headers })
      await answer.arrayBuffer()
      return answer.status
    }
    assert.equal(await copied('kept/open/a'), 200)
    for (const source of [
      'kept/secret',
      '//kept/secret',
      'own/../kept/secret',
      'own/%2e%2e/kept/secret',
      'own%2f..%2fkept%2fsecret',
      'kept%252fsecret',
      'kept/open/../secret',
      'kept/open/%2e%2e/secret',
      'kept/open%2f..%2fsecret',
      'kept/%73ecret',
      'kept/secret%00',
      'kept/open/a%00/../../secret',
      `kept/secret?versionId=${version}`,
      `kept/open/a?versionId=${version}`,
      'kept/secret?versionId=null',
      'arn:aws:s3:::kept/secret',
      ' kept/secret',
    ])
      assert.ok((await copied(source)) >= 400, source)
  }
})

test('paths and hosts', async () => {
  for (const path of [
    '/own/%2e%2e/kept/secret',
    '/own/..%2fkept%2fsecret',
    '/own%2f..%2fkept/secret',
    '/kept/open/..%2fsecret',
    '/kept/open/%2e%2e/secret',
    '//kept/secret',
    '/kept/open/a%00/../../secret',
  ]) {
    const answer = await asBob({ method: 'GET', path, headers: UNSIGNED })
    assert.ok(!(await answer.text()).includes(SECRET) && answer.status >= 400, path)
  }
  const parts = { method: 'GET', path: '/own/secret', headers: UNSIGNED, credentials: bob.client.credentials }
  const { host = '', ...good } = await signed(lake, parts)
  for (const [target, named] of [
    ['/own/secret', 'kept.localhost'],
    ['/secret', 'kept.localhost'],
    ['/own/../kept/secret', host],
    ['/own/%2e%2e/kept/secret', host],
    ['/own/secret', `kept.s3.${host}`],
  ] as const) {
    const connection = new RawConnection(lake)
    connection.head('GET', target, { ...good, host: named, connection: 'close' })
    assert.match(await connection.untilClosed(), /^HTTP\/1\.1 4\d\d /, `${target} ${named}`)
  }
})
