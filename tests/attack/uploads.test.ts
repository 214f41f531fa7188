/** Uploads in signed chunks that were tampered with on their way, and forms past what was signed: nothing of them is stored. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { S3 } from '@aws-sdk/client-s3'
import { allow, policyCaller } from '../acceptance/athena/policy-callers.ts'
import { startLake, type TestLake } from '../acceptance/server.ts'
import { signed } from '../acceptance/wire/signed-request.ts'

let lake: TestLake
let s3: S3
before(async () => {
  lake = await startLake()
  s3 = new S3(lake.client)
  for (const Bucket of ['kept', 'other']) await s3.createBucket({ Bucket })
  await s3.putObject({ Bucket: 'kept', Key: 'known', Body: 'as it was' })
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const sha256 = (of: string | Uint8Array) => createHash('sha256').update(of).digest('hex')
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()
const keyOf = (scope: readonly string[], secret = lake.credentials.secretAccessKey) =>
  scope.reduce<Buffer | string>(hmac, `AWS4${secret}`)

/** Reckoned here, by https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html. */
interface Chunk {
  readonly data: Buffer
  readonly signature: string
}
interface Streamed {
  readonly headers: Record<string, string>
  readonly chunks: readonly Chunk[]
  readonly trailer: string
  readonly trailerSignature: string
}

const PARTS = [Buffer.alloc(40_000, 'a'), Buffer.alloc(40_000, 'b'), Buffer.alloc(5000, 'c')]
const WHOLE = Buffer.concat(PARTS)
const SHA256 = createHash('sha256').update(WHOLE).digest('base64')
const TRAILER = 'x-amz-checksum-sha256'

interface Wanted {
  readonly path: string
  readonly length?: number
  readonly trailer?: string
  /** Without one: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`. */
  readonly trailed?: boolean
  readonly signingDate?: Date
  readonly secret?: string
}

async function streamed({ path, length = WHOLE.length, trailed = true, ...more }: Wanted): Promise<Streamed> {
  const { host: _, ...headers } = await signed(lake, {
    method: 'PUT',
    path,
    signingDate: more.signingDate,
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': String(length),
      'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailed ? '-TRAILER' : ''}`,
      ...(trailed && { 'x-amz-trailer': TRAILER }),
    },
  })
  const [, scope = ''] = /Credential=[^/]+\/([^,]+),/.exec(headers.authorization!) ?? []
  const key = keyOf(scope.split('/'), more.secret)
  let previous = /Signature=(\w+)/.exec(headers.authorization!)![1]!
  const sign = (kind: string, what: string) => {
    previous = hmac(key as Buffer, [kind, headers['x-amz-date'], scope, previous, what].join('\n')).toString('hex')
    return previous
  }
  const chunks = [...PARTS, Buffer.alloc(0)].map((data) => ({
    data,
    signature: sign('AWS4-HMAC-SHA256-PAYLOAD', `${sha256('')}\n${sha256(data)}`),
  }))
  const trailer = `${TRAILER}:${more.trailer ?? SHA256}`
  return { headers, chunks, trailer, trailerSignature: sign('AWS4-HMAC-SHA256-TRAILER', sha256(`${trailer}\n`)) }
}

const framed = ({ data, signature }: Chunk): Buffer =>
  Buffer.concat([
    Buffer.from(`${data.length.toString(16)};chunk-signature=${signature}\r\n`),
    data,
    Buffer.from('\r\n'),
  ])

/** The last chunk has no data, so no line end after it, but the trailers'. */
function bodyOf({ chunks, trailer, trailerSignature }: Streamed, trailed = true): Buffer {
  const last = `0;chunk-signature=${chunks.at(-1)!.signature}\r\n`
  const end = trailed ? `${trailer}\r\nx-amz-trailer-signature:${trailerSignature}\r\n\r\n` : '\r\n'
  return Buffer.concat([...chunks.slice(0, -1).map(framed), Buffer.from(`${last}${end}`)])
}

async function put(path: string, headers: Record<string, string>, body: Buffer): Promise<string> {
  const answer = await fetch(`${lake.endpoint}${path}`, { method: 'PUT', headers, body: new Uint8Array(body) })
  const text = await answer.text()
  return answer.ok ? 'stored' : (/<Code>(\w+)</.exec(text)?.[1] ?? text)
}

const replaced = (one: Streamed, at: number, more: Partial<Chunk>): Streamed => ({
  ...one,
  chunks: one.chunks.map((chunk, index) => (index === at ? { ...chunk, ...more } : chunk)),
})
const inOrder = (one: Streamed, ...order: number[]): Streamed => ({
  ...one,
  chunks: order.map((at) => one.chunks[at]!),
})

type Attack = (good: Streamed, stranger: Streamed) => Streamed | Buffer
const zeros = '0'.repeat(64)
const ATTACKS: Record<string, Attack> = {
  'a chunk whose signature is forged': (good) => replaced(good, 1, { signature: zeros }),
  'a chunk whose bytes are not those signed': (good) => replaced(good, 1, { data: Buffer.alloc(40_000, 'x') }),
  'a byte more, within the length that is said': (good) => replaced(good, 2, { data: Buffer.alloc(5001, 'c') }),
  'chunks in another order': (good) => inOrder(good, 1, 0, 2, 3),
  'a chunk twice': (good) => inOrder(good, 0, 0, 2, 3),
  'a chunk left out': (good) => inOrder(good, 0, 2, 3),
  'a chunk of another upload': (good, stranger) => replaced(good, 1, stranger.chunks[1]!),
  'all chunks of another upload': (_good, stranger) => stranger,
  'the end of another upload': (good, stranger) => replaced(good, 3, stranger.chunks[3]!),
  'no last chunk': (good) => Buffer.concat(good.chunks.slice(0, -1).map(framed)),
  'an end before the end': (good) => inOrder(good, 0, 1, 3),
  'a chunk cut in its middle': (good) => bodyOf(good).subarray(0, 60_000),
  'a chunk without a signature': (good) =>
    Buffer.from(
      bodyOf(good)
        .toString('latin1')
        .replace(/;chunk-signature=\w+/, ''),
    ),
  'no signature at all': (good) =>
    Buffer.from(
      bodyOf(good)
        .toString('latin1')
        .replaceAll(/;chunk-signature=\w+/g, ''),
    ),
  'a forged end': (good) => replaced(good, 3, { signature: zeros }),
}
const TRAILER_ATTACKS: Record<string, Attack> = {
  'a trailer whose signature is forged': (good) => ({ ...good, trailerSignature: zeros }),
  'another trailer': (good) => ({ ...good, trailer: good.trailer.replace(SHA256, 'A'.repeat(43)) }),
  'a trailer of another upload': (good, { trailer, trailerSignature }) => ({ ...good, trailer, trailerSignature }),
  'no trailer': (good) => bodyOf(good, false),
  'a trailer without its signature': (good) =>
    Buffer.from(
      bodyOf(good)
        .toString('latin1')
        .replace(/x-amz-trailer-signature.*\r\n/, ''),
      'latin1',
    ),
  'a trailer more': (good) => ({ ...good, trailer: `x-amz-meta-admin:yes\r\n${good.trailer}` }),
  'two trailers, one of them right': (good) => ({ ...good, trailer: `${TRAILER}:AAAA\r\n${good.trailer}` }),
}

const blobs = async () =>
  (await readdir(lake.dataDirectory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/sqlite|lentic\.db/.test(entry.name))
    .map(({ parentPath, name }) => `${parentPath}/${name}`)

async function refusesAll(path: (name: string) => string, isStored: (name: string) => Promise<boolean>): Promise<void> {
  const before = await blobs()
  let index = 0
  for (const trailed of [true, false])
    for (const [what, attack] of Object.entries({ ...ATTACKS, ...(trailed && TRAILER_ATTACKS) })) {
      const name = `attack-${index++}`
      const good = await streamed({ path: path(name), trailed })
      const stranger = await streamed({ path: path('stranger'), trailed, signingDate: new Date(Date.now() - 60_000) })
      const sent = attack(good, stranger)
      const body = Buffer.isBuffer(sent) ? sent : bodyOf(sent, trailed)
      const outcome = await put(path(name), good.headers, body)
      assert.match(
        outcome,
        /^(?:SignatureDoesNotMatch|IncompleteBody|InvalidRequest|InvalidChunkSizeError|MalformedTrailerError|BadDigest)$/,
        what,
      )
      assert.equal(await isStored(name), false, what)
    }
  assert.deepEqual(await blobs(), before, 'nothing is left of them')
}

test('chunks are stored as they were signed, or not at all', async () => {
  const path = (name: string) => `/kept/${name}`
  for (const trailed of [true, false]) {
    const good = await streamed({ path: path('good'), trailed })
    assert.equal(await put(path('good'), good.headers, bodyOf(good, trailed)), 'stored')
    const { Body } = await s3.getObject({ Bucket: 'kept', Key: 'good' })
    assert.ok(WHOLE.equals(await Body!.transformToByteArray()))
  }
  const isStored = (Key: string) =>
    s3.headObject({ Bucket: 'kept', Key }).then(
      () => true,
      () => false,
    )
  await refusesAll(path, isStored)
})

test('so are parts of an upload, and an object that was there stays', async () => {
  const { UploadId } = await s3.createMultipartUpload({ Bucket: 'kept', Key: 'parts' })
  let number = 0
  const listed = async () => ((await s3.listParts({ Bucket: 'kept', Key: 'parts', UploadId })).Parts?.length ?? 0) > 0
  const path = (name: string) => {
    number = Number(/\d+$/.exec(name)?.[0] ?? 0) + 1
    return `/kept/parts?partNumber=${number}&uploadId=${UploadId}`
  }
  await refusesAll(path, listed)
  await s3.abortMultipartUpload({ Bucket: 'kept', Key: 'parts', UploadId })
  await refusesAll(
    () => '/kept/known',
    async () =>
      (await (await s3.getObject({ Bucket: 'kept', Key: 'known' })).Body!.transformToString()) !== 'as it was',
  )
})

test('a length that lies, and a checksum that is signed and wrong', async () => {
  for (const length of [0, 1, WHOLE.length - 1, WHOLE.length + 1, 2 ** 32]) {
    const lying = await streamed({ path: '/kept/lying', length })
    assert.equal(await put('/kept/lying', lying.headers, bodyOf(lying)), 'IncompleteBody', `${length}`)
  }
  for (const said of ['-1', '1e9', '0x5', '5, 6', '', 'NaN', '99999999999999999999']) {
    const lying = await streamed({ path: '/kept/lying' })
    const outcome = await put('/kept/lying', { ...lying.headers, 'x-amz-decoded-content-length': said }, bodyOf(lying))
    assert.match(outcome, /^(?:SignatureDoesNotMatch|MissingContentLength)$/, said)
  }
  const wrong = await streamed({ path: '/kept/lying', trailer: createHash('sha256').digest('base64') })
  assert.equal(await put('/kept/lying', wrong.headers, bodyOf(wrong)), 'BadDigest')
  const short = await streamed({ path: '/kept/lying', trailer: 'AAAA' })
  assert.match(await put('/kept/lying', short.headers, bodyOf(short)), /^(?:BadDigest|InvalidRequest)$/)
  const stolen = await streamed({ path: '/kept/lying', secret: 'not-the-secret' })
  assert.equal(await put('/kept/lying', stolen.headers, bodyOf(stolen)), 'SignatureDoesNotMatch')
  await assert.rejects(s3.headObject({ Bucket: 'kept', Key: 'lying' }), { name: 'NotFound' })
})

test('an upload that was sent is not sent again with other bytes, nor to another place', async () => {
  const good = await streamed({ path: '/kept/once' })
  assert.equal(await put('/kept/once', good.headers, bodyOf(good)), 'stored')
  for (const path of ['/kept/twice', '/other/once', '/kept/once?versionId=x', '/kept/once?acl'])
    assert.equal(await put(path, good.headers, bodyOf(good)), 'SignatureDoesNotMatch', path)
  const unsigned = { ...good.headers, 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
  assert.equal(await put('/kept/once', unsigned, Buffer.from('3\r\nabc\r\n0\r\n\r\n')), 'SignatureDoesNotMatch')
  const plain = { ...good.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  assert.equal(await put('/kept/once', plain, Buffer.from('abc')), 'SignatureDoesNotMatch')
})

/** Signed as https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html says. */
interface Form {
  readonly fields?: Record<string, string>
  readonly conditions: unknown
  readonly lifetimeMs?: number
  readonly expiration?: unknown
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

function signedForm({ fields = {}, conditions, lifetimeMs = 60_000, ...more }: Form): Record<string, string> {
  const { accessKeyId, secretAccessKey } = more.keys ?? lake.credentials
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = [date.slice(0, 8), lake.region, 's3', 'aws4_request']
  const own = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': [accessKeyId, ...scope].join('/'),
    'x-amz-date': date,
  }
  const expiration = 'expiration' in more ? more.expiration : new Date(Date.now() + lifetimeMs).toISOString()
  const named = Object.entries(own).map(([name, value]) => ({ [name]: value }))
  const all = Array.isArray(conditions) ? [...named, ...conditions] : conditions
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: all })).toString('base64')
  return { ...fields, ...own, policy, 'x-amz-signature': hmac(keyOf(scope, secretAccessKey), policy).toString('hex') }
}

async function post(fields: Record<string, string>, { content = 'x', filename = 'f', bucket = 'kept' } = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new File([content], filename))
  const answer = await fetch(`${lake.endpoint}/${bucket}`, { method: 'POST', body: form, redirect: 'manual' })
  const text = await answer.text()
  return answer.ok ? 'stored' : (/<Code>(\w+)</.exec(text)?.[1] ?? text)
}

test('a form does what its policy says, and no more', async () => {
  const inFolder = [{ bucket: 'kept' }, ['starts-with', '$key', 'in/']]
  const form = (more: Partial<Form> = {}) =>
    signedForm({ conditions: inFolder, ...more, fields: { key: 'in/a', ...more.fields } })
  const refused = async (...of: Parameters<typeof post>) =>
    assert.notEqual(await post(...of), 'stored', JSON.stringify(of))
  for (const key of ['out', '../in/a', 'IN/a', 'in', ' in/a', '', 'i\u006e\u0338/a']) await refused({ ...form(), key })
  await refused({ ...form(), key: '$' + '{filename}' }, { filename: 'out' })
  await refused(form(), { bucket: 'other' })
  await refused({ ...form(), bucket: 'kept' }, { bucket: 'other' })
  for (const [name, value] of Object.entries({
    acl: 'public-read',
    'x-amz-meta-admin': 'yes',
    'content-type': 'text/html',
    'x-amz-website-redirect-location': 'https://elsewhere.example',
    'x-amz-storage-class': 'GLACIER',
    success_action_redirect: 'https://elsewhere.example',
    constructor: 'x',
    'x-amz-security-token': 'x',
  }))
    await refused({ ...form(), [name]: value })
  for (const expiration of [undefined, null, 0, '', 'never', '1970-01-01T00:00:00Z', 4e12, {}])
    await refused(form({ expiration }))
  for (const conditions of [undefined, {}, [[]], [null], ['key'], [['eq', '$key']], [{ key: 'in/a', bucket: 'kept' }]])
    await refused(form({ conditions }))
  for (const condition of [
    ['ends-with', '$key', 'a'],
    ['starts-with', '$constructor', 'a'],
    ['eq', '$__proto__', ''],
  ])
    await refused(form({ conditions: [condition] }))
  for (const [least, most] of [
    ['a', 'b'],
    [0, 'Infinity'],
    [0, '1e9'],
    [-5, 5],
    [null, null],
    [2, 1],
    [2, 9],
  ])
    await refused(form({ conditions: [...inFolder, ['content-length-range', least, most]] }))
  await refused(form({ conditions: [...inFolder, ['content-length-range', 0, 4]] }), { content: 'xxxxx' })
  const good = form()
  const other = Buffer.from(Buffer.from(good.policy!, 'base64').toString().replace('in/', '')).toString('base64')
  await refused({ ...good, policy: other, key: 'out' })
  await refused({ ...good, policy: '' })
  await refused({ ...good, 'x-amz-signature': good['x-amz-signature']!.replace(/^./, 'f0') })
  await refused({ ...good, 'x-amz-date': '20200101T000000Z' })
  const { policy: _, ...unsigned } = good
  await refused(unsigned)
  assert.equal((await s3.listObjectsV2({ Bucket: 'other' })).KeyCount, 0)
  assert.equal((await s3.listObjectsV2({ Bucket: 'kept', Prefix: 'in/' })).KeyCount, 0)
  assert.equal(await post(good), 'stored')
})

test('a form asks for what it sets, of who has signed it', async () => {
  const bob = await policyCaller(lake, 'bob')
  bob.close()
  await s3.putBucketOwnershipControls({
    Bucket: 'other',
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
  })
  const conditions = [{ bucket: 'other' }, ['starts-with', '$key', ''], ['starts-with', '$acl', '']]
  const form = (fields: Record<string, string>) =>
    post(signedForm({ fields, conditions, keys: bob.client.credentials }), { bucket: 'other' })
  await bob.may(allow('s3:PutObject', 'arn:aws:s3:::other/own/*'))
  assert.equal(await form({ key: 'theirs/a' }), 'AccessDenied')
  assert.equal(await form({ key: 'own/a' }), 'stored')
  assert.equal(await form({ key: 'own/b', acl: 'bucket-owner-full-control' }), 'AccessDenied')
  await bob.may(allow(['s3:PutObject', 's3:PutObjectAcl'], 'arn:aws:s3:::other/own/*'))
  assert.equal(await form({ key: 'own/b', acl: 'bucket-owner-full-control' }), 'stored')
  await bob.may(allow('s3:GetObject'))
  assert.equal(await form({ key: 'own/c' }), 'AccessDenied')
})
