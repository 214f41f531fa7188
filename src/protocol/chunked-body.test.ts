/** Vectors of sigv4-streaming.html and sigv4-streaming-trailers.html: 65 KiB of the letter a. */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { ChunkedBody, type ChunkedBodyOptions } from './chunked-body.ts'
import { AwsError } from './service.ts'
import { createSigningKeys, type Signature } from './sigv4.ts'

const scope = { date: '20130524', region: 'us-east-1', service: 's3' } as Signature
const signingKey = createSigningKeys().get('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope)
const seeded = (signature: string) => ({
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  signingKey,
  scope: '20130524/us-east-1/s3/aws4_request',
  timestamp: '20130524T000000Z',
  signature,
})

const plain = Buffer.alloc(66_560, 'a')
const signedBody = Buffer.from(
  `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${'a'.repeat(65_536)}\r\n` +
    `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n` +
    '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
)
const trailedBody = Buffer.from(
  `10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n${'a'.repeat(65_536)}\r\n` +
    `400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n${'a'.repeat(1024)}\r\n` +
    '0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n' +
    'x-amz-checksum-crc32c:sOO8/Q==\r\n' +
    'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
)
const signing = seeded('4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9')
const trailedSigning = seeded('106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e')

function* pieces(body: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

async function decode(body: Buffer, options: Partial<ChunkedBodyOptions>, size = body.length) {
  const trailers: Record<string, string> = {}
  const decoder = new ChunkedBody({ decodedLength: plain.length, announced: [], trailers, ...options })
  const decoded = await buffer(Readable.from(pieces(body, size)).pipe(decoder))
  return { decoded, trailers }
}

const code = (expected: string) => (error: unknown) => error instanceof AwsError && error.code === expected

test('signed chunks, however the network cuts them', async () => {
  for (const size of [signedBody.length, 1, 7, 85, 86, 87, 8192])
    assert.ok(plain.equals((await decode(signedBody, { signing }, size)).decoded), `${size}`)
})

test('signed trailers', async () => {
  const options = { signing: trailedSigning, announced: ['x-amz-checksum-crc32c'] }
  for (const size of [trailedBody.length, 13]) {
    const { decoded, trailers } = await decode(trailedBody, options, size)
    assert.ok(plain.equals(decoded))
    assert.deepEqual(trailers, { 'x-amz-checksum-crc32c': 'sOO8/Q==' })
  }
  const other = Buffer.from(trailedBody.toString().replace('sOO8', 'sOO9'))
  await assert.rejects(decode(other, options), code('SignatureDoesNotMatch'))
  const unsigned = Buffer.from(trailedBody.toString().replace(/x-amz-trailer-signature.*\r\n/, ''))
  await assert.rejects(decode(unsigned, options), code('MalformedTrailerError'))
})

test('a changed byte, a changed order or a missing signature is refused', async () => {
  const changed = Buffer.from(signedBody)
  changed[1000] = 98
  await assert.rejects(decode(changed, { signing }), code('SignatureDoesNotMatch'))
  const bare = Buffer.from(signedBody.toString().replace(/;chunk-signature=\w+/, ''))
  await assert.rejects(decode(bare, { signing }), code('SignatureDoesNotMatch'))
})

test('truncated bodies are incomplete, wherever they end', async () => {
  for (const length of [0, 10, 90, 50_000, 65_700, 66_700, signedBody.length - 90])
    await assert.rejects(decode(signedBody.subarray(0, length), { signing }, 1000), code('IncompleteBody'), `${length}`)
  await assert.rejects(decode(signedBody, { signing, decodedLength: 5 }), code('IncompleteBody'))
  await assert.rejects(decode(signedBody, { signing, decodedLength: 66_561 }), code('IncompleteBody'))
})

test('unsigned chunks with a trailer', async () => {
  const announced = ['x-amz-checksum-crc32']
  const body = (end: string) => Buffer.from(`3\r\nabc\r\n0\r\n${end}`)
  for (const end of [
    'x-amz-checksum-crc32:NSRBwg==\r\n\r\n',
    'x-amz-checksum-crc32:NSRBwg==\n\r\n\r\n',
    'x-amz-checksum-crc32: NSRBwg==',
  ]) {
    const { decoded, trailers } = await decode(body(end), { decodedLength: 3, announced }, 4)
    assert.equal(decoded.toString(), 'abc')
    assert.equal(trailers['x-amz-checksum-crc32'], 'NSRBwg==')
  }
  for (const end of ['\r\n', 'x-amz-checksum-sha1:x\r\n\r\n', 'nonsense\r\n\r\n'])
    await assert.rejects(decode(body(end), { decodedLength: 3, announced }), code('MalformedTrailerError'), end)
})

test('malformed framing', async () => {
  for (const body of ['xyz\r\nabc\r\n0\r\n\r\n', '2\r\nabc\r\n0\r\n\r\n', '-3\r\nabc', `${'1'.repeat(20_000)}`])
    await assert.rejects(decode(Buffer.from(body), { decodedLength: 3 }), code('InvalidRequest'), body.slice(0, 20))
  const small = Buffer.from('3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n')
  await assert.rejects(decode(small, { decodedLength: 6 }), code('InvalidChunkSizeError'))
})
