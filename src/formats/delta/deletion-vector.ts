/**
 * Where a deletion vector lies and how its bytes are framed.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#deletion-vector-format
 */
import { crc32 } from 'node:zlib'
import type { DeletionVectorDescriptor } from './actions.ts'
import { badData } from './log-error.ts'
import { z85Bytes } from './z85.ts'

export type VectorPlace =
  /** Bytes `start` to `end`, both inclusive, of a file: `path` is relative to the table, or absolute. */
  | { readonly kind: 'file'; readonly path: string; readonly start: number; readonly end: number }
  | { readonly kind: 'inline'; readonly bitmap: Uint8Array }

/** The last characters of `u` are a UUID of 16 bytes; what is before them is a folder. */
const UUID_CHARACTERS = 20
const MAGIC = 1_681_511_377
/** Before a vector in a file stands its size, after it its checksum. */
const FRAME_BYTES = 4

export function vectorPlace(vector: DeletionVectorDescriptor): VectorPlace {
  const { storageType, pathOrInlineDv, sizeInBytes, offset = 1 } = vector
  for (const number of [sizeInBytes, offset])
    if (!Number.isSafeInteger(number) || number < 0) throw badData(`it can not be of size or at ${number}`)
  // Padding may follow: z85 comes in groups.
  if (storageType === 'i')
    return { kind: 'inline', bitmap: bitmapOf(z85Bytes(pathOrInlineDv).subarray(0, sizeInBytes)) }
  const end = offset + FRAME_BYTES + sizeInBytes + FRAME_BYTES - 1
  return { kind: 'file', path: storageType === 'p' ? pathOrInlineDv : uuidPath(pathOrInlineDv), start: offset, end }
}

function uuidPath(text: string): string {
  const folder = text.slice(0, -UUID_CHARACTERS)
  const hex = Buffer.from(z85Bytes(text.slice(-UUID_CHARACTERS))).toString('hex')
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return `${folder ? `${folder}/` : ''}deletion_vector_${uuid}.bin`
}

/** The bitmap in `bytes`, which are those of the place. Throws DeltaLogError where they are not what the log says. */
export function framedBitmap(bytes: Uint8Array, { sizeInBytes }: DeletionVectorDescriptor): Uint8Array {
  if (bytes.length !== sizeInBytes + 2 * FRAME_BYTES) throw badData('the file ends before the deletion vector does')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getInt32(0) !== sizeInBytes)
    throw badData(`it is of ${view.getInt32(0)} bytes, of which the log says ${sizeInBytes}`)
  const data = bytes.subarray(FRAME_BYTES, FRAME_BYTES + sizeInBytes)
  if (view.getUint32(FRAME_BYTES + sizeInBytes) !== crc32(data)) throw badData('its checksum is wrong')
  return bitmapOf(data)
}

function bitmapOf(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (data.length < 4 || view.getUint32(0, true) !== MAGIC) throw badData('it does not start as one')
  return data.subarray(4)
}
