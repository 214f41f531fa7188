import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeMessage } from './event-message.ts'

/** The published vectors of the format: awslabs/aws-c-event-stream, `empty_message`, `payload_no_headers`. */
test('messages without headers', () => {
  assert.equal(Buffer.from(encodeMessage({}, new Uint8Array())).toString('hex'), '000000100000000005c248eb7d98c8ff')
  const payload = Buffer.from("{'foo':'bar'}")
  assert.equal(
    Buffer.from(encodeMessage({}, payload)).toString('hex'),
    `0000001d00000000fd528c5a${payload.toString('hex')}c3653936`,
  )
})

test('headers are names and strings with their lengths', () => {
  const message = Buffer.from(encodeMessage({ a: 'bc' }, Buffer.from('x')))
  assert.equal(message.readUInt32BE(0), message.length)
  assert.equal(message.readUInt32BE(4), 7)
  assert.equal(message.subarray(12, 19).toString('hex'), '01610700026263')
  assert.equal(message.subarray(19, 20).toString(), 'x')
})
