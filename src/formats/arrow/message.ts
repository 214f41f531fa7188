/** One message of Arrow's inter-process format: its length, its metadata as a FlatBuffer, its body. */
import { CorruptData } from '../corrupt-data.ts'
import { FlatTable } from './flatbuffer-reader.ts'
import { type FlatFields, flatBuffer } from './flatbuffer-writer.ts'

/** Until version 0.15 a message began with its length; now a marker comes first. Both are read, whichever it is. */
export type Framing = 'legacy' | 'current'

const MARKER = 0xffffffff
/** MetadataVersion.V4 and V5: what the framings go with. */
const VERSIONS = { legacy: 3, current: 4 } as const
const ALIGNMENT = 8

export const HEADER = { schema: 1, dictionary: 2, recordBatch: 3 } as const

export interface Message {
  readonly kind: number
  readonly header: FlatTable
  readonly body: Uint8Array
}

/** Throws CorruptData. What comes after the message is not looked at. */
export function readMessage(bytes: Uint8Array): Message {
  return readSoundly(() => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const marked = view.getUint32(0, true) === MARKER
    const start = marked ? 8 : 4
    const length = view.getInt32(start - 4, true)
    if (length < 0 || start + length > bytes.length)
      throw new CorruptData('an Arrow message ends before its metadata does')
    const message = FlatTable.root(bytes.subarray(start, start + length))
    const bodyLength = message.long(3)
    const header = message.table(2)
    const body = bytes.subarray(start + length, start + length + bodyLength)
    if (!header || bodyLength < 0 || body.length < bodyLength)
      throw new CorruptData('an Arrow message ends before its body does')
    return { kind: message.byte(1), header, body }
  })
}

/** What lies about its offsets makes reads run out of its bytes. */
export function readSoundly<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) throw new CorruptData('an Arrow message refers to bytes that it does not have')
    throw error
  }
}

export function writeMessage(
  framing: Framing,
  kind: number,
  header: FlatFields,
  body: readonly Uint8Array[],
): Uint8Array {
  const bodyLength = body.reduce((sum, piece) => sum + padded(piece.length), 0)
  const metadata = flatBuffer([
    { kind: 'short', value: VERSIONS[framing] },
    { kind: 'byte', value: kind },
    { kind: 'table', value: header },
    { kind: 'long', value: bodyLength },
  ])
  const start = framing === 'legacy' ? 4 : 8
  const bodyStart = padded(start + metadata.length)
  const bytes = new Uint8Array(bodyStart + bodyLength)
  const view = new DataView(bytes.buffer)
  if (framing === 'current') view.setUint32(0, MARKER, true)
  view.setInt32(start - 4, bodyStart - start, true)
  bytes.set(metadata, start)
  let at = bodyStart
  for (const piece of body) {
    bytes.set(piece, at)
    at += padded(piece.length)
  }
  return bytes
}

export const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT
