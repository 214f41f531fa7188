/** The framing of event streams, `application/vnd.amazon.eventstream`: length-prefixed messages with two checksums. */
import { crc32 } from 'node:zlib'

/** Headers of type string, which is all that AWS's services send. */
export type EventHeaders = Readonly<Record<string, string>>

const stringType = 7
const preludeBytes = 12
const checksumBytes = 4

/** One message: total length, header length, checksum of both, headers, payload, checksum of everything before. */
export function encodeMessage(headers: EventHeaders, payload: Uint8Array): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)))
  const message = Buffer.alloc(preludeBytes + head.length + payload.length + checksumBytes)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(head.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  head.copy(message, preludeBytes)
  message.set(payload, preludeBytes + head.length)
  const end = message.length - checksumBytes
  message.writeUInt32BE(crc32(message.subarray(0, end)), end)
  return message
}

function encodeHeader(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)]
  const sizes = Buffer.alloc(3)
  sizes.writeUInt8(stringType, 0)
  sizes.writeUInt16BE(text.length, 1)
  return Buffer.concat([Buffer.from([key.length]), key, sizes, text])
}
