import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { s3Lake } from './s3-lake.ts'

const Bucket = 'lake'

const { lake, s3 } = await s3Lake([Bucket])

describe('S3 form uploads', () => {
  /** Signed as https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html says. */
  function signed(fields: Record<string, string>, conditions: unknown[], lifetimeMs = 60_000): Record<string, string> {
    const { accessKeyId, secretAccessKey } = lake.credentials
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
    const scope = [date.slice(0, 8), lake.region, 's3', 'aws4_request']
    const form = {
      ...fields,
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': [accessKeyId, ...scope].join('/'),
      'x-amz-date': date,
    }
    const named = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date'] as const
    const document = {
      expiration: new Date(Date.now() + lifetimeMs).toISOString(),
      conditions: [{ bucket: Bucket }, ...named.map((name) => ({ [name]: form[name] })), ...conditions],
    }
    const policy = Buffer.from(JSON.stringify(document)).toString('base64')
    const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()
    const key = scope.reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`)
    return { ...form, policy, 'x-amz-signature': hmac(key, policy).toString('hex') }
  }

  async function post(fields: Record<string, string>, content: string, filename = 'report.txt') {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('file', new File([content], filename, { type: 'text/plain' }))
    const answer = await fetch(`${lake.endpoint}/${Bucket}`, { method: 'POST', body: form, redirect: 'manual' })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, code: /<Code>(\w+)</.exec(text)?.[1] }
  }

  it('store the file under the name that the policy allows', async () => {
    const content = `line\r\n--boundary\r\n${'x'.repeat(200_000)}\r\n`
    const fields = { key: 'in/$' + '{filename}', 'x-amz-meta-who': 'me' }
    const conditions = [
      ['starts-with', '$key', 'in/'],
      { 'x-amz-meta-who': 'me' },
      ['content-length-range', 1, 1_000_000],
    ]
    assert.equal((await post(signed(fields, conditions), content)).status, 204)
    const got = await s3.getObject({ Bucket, Key: 'in/report.txt' })
    assert.equal(await got.Body?.transformToString(), content)
    assert.deepEqual([got.ContentType, got.Metadata], ['text/plain', { who: 'me' }])
  })

  it('answer as the form asks', async () => {
    const status = { key: 'a', success_action_status: '201' }
    const created = await post(signed(status, [{ key: 'a' }, { success_action_status: '201' }]), 'x')
    assert.equal(created.status, 201)
    assert.match(created.text, /<PostResponse><Location>.*<Key>a<\/Key><ETag>/)
    const to = { key: 'a', success_action_redirect: 'http://localhost/done' }
    const sent = await post(signed(to, [{ key: 'a' }, { success_action_redirect: 'http://localhost/done' }]), 'x')
    assert.equal(sent.status, 303)
    assert.match(sent.headers.get('location') ?? '', /^http:\/\/localhost\/done\?bucket=lake&key=a&etag=/)
  })

  it('are refused where they do not keep to their policy', async () => {
    const key = { key: 'b' }
    const refused = async (form: Record<string, string>, content = 'x') => {
      const { status, code } = await post(form, content)
      return `${code} ${status}`
    }
    assert.equal(await refused(key), 'AccessDenied 403')
    assert.equal(await refused(signed(key, [{ key: 'other' }])), 'AccessDenied 403')
    assert.equal(await refused(signed({ ...key, acl: 'private' }, [{ key: 'b' }])), 'AccessDenied 403')
    assert.equal(await refused(signed(key, [{ key: 'b' }], -1000)), 'AccessDenied 403')
    const forged = { ...signed(key, [{ key: 'b' }]), 'x-amz-signature': '0'.repeat(64) }
    assert.equal(await refused(forged), 'SignatureDoesNotMatch 403')
    const sized = signed(key, [{ key: 'b' }, ['content-length-range', 2, 4]])
    assert.equal(await refused(sized, 'x'), 'EntityTooSmall 400')
    assert.equal(await refused(sized, 'xxxxx'), 'EntityTooLarge 400')
    assert.equal((await s3.listObjectsV2({ Bucket, Prefix: 'b' })).KeyCount, 0)
  })
})
