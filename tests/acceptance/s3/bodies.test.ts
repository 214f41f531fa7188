import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { PutObjectCommand, S3 } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { failureCode } from './failure.ts'
import { s3Lake } from './s3-lake.ts'

const Bucket = 'lake'

interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly text: string
}

/** What no client library would send. `write` sends the body, or less or more than was said. */
function send(url: string, method: string, headers: Record<string, string>, body: string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, code: /<Code>(\w+)</.exec(text)?.[1], text }))
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.flushHeaders()
    for (const chunk of body) asked.write(chunk)
    asked.end()
  })
}

const { lake, s3 } = await s3Lake([Bucket])
const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a' }))

describe('S3 request bodies', () => {
  it('have a length', async () => {
    const { status, code } = await send(put, 'PUT', { 'transfer-encoding': 'chunked' }, ['body'])
    assert.deepEqual([status, code], [411, 'MissingContentLength'])
  })

  it('are at most 5 GiB at once, which is said before they are sent', async () => {
    const { status, code, text } = await send(put, 'PUT', { 'content-length': String(5 * 1024 ** 3 + 1) }, [
      'start',
    ]).catch((error) => ({ status: 0, code: String(error), text: '' }))
    assert.deepEqual([status, code], [400, 'EntityTooLarge'])
    assert.match(text, /<MaxSizeAllowed>5368709120</)
  })

  it('may be empty', async () => {
    assert.equal((await send(put, 'PUT', { 'content-length': '0' }, [])).status, 200)
  })

  it('that stop half-way leave nothing behind', async () => {
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'half' }))
    const staged = join(lake.dataDirectory, 'blobs', 'staged')
    const until = async (begun: boolean) => {
      for (let attempt = 0; attempt < 1000 && (await readdir(staged)).length > 0 !== begun; attempt++)
        await setTimeout(10)
    }
    const asked = request(url, { method: 'PUT', headers: { 'content-length': '4000000' } })
    asked.on('error', () => {})
    asked.write(Buffer.alloc(2_000_000))
    await until(true)
    asked.destroy()
    await until(false)
    assert.deepEqual(await readdir(staged), [])
    assert.equal(await failureCode(s3.headObject({ Bucket, Key: 'half' })), 'NotFound 404')
  })

  it('are well-formed XML of the right kind', async () => {
    const sending = (body: string) => {
      const client = new S3(lake.client)
      const replace = (next: (args: { request: unknown }) => unknown) => (args: { request: unknown }) =>
        next({ ...args, request: Object.assign(args.request as object, { body }) })
      client.middlewareStack.add(replace as never, { step: 'build', priority: 'high' })
      return client
    }
    for (const body of ['<Tagging><TagSet>', 'no xml', '<!DOCTYPE x [<!ENTITY e "e">]><Tagging>&e;</Tagging>']) {
      const client = sending(body)
      const call = client.putBucketTagging({ Bucket, Tagging: { TagSet: [] } })
      assert.equal(await failureCode(call), 'MalformedXML 400', body)
      client.destroy()
    }
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'a' })
    const text = '<CompleteMultipartUpload><Part><PartNumber>x</PartNumber></Part></CompleteMultipartUpload>'
    const client = sending(text)
    const call = client.completeMultipartUpload({ Bucket, Key: 'a', UploadId })
    assert.equal(await failureCode(call), 'MalformedXML 400')
    client.destroy()
  })
})
