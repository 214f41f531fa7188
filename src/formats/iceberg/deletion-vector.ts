/** The bitmap of a deletion vector, which lies in a Puffin file as a blob. https://iceberg.apache.org/puffin-spec/#deletion-vector-v1-blob-type */
import { crc32 } from 'node:zlib'
import { badData } from './iceberg-error.ts'

const MAGIC = 0x6439d3d1
const LENGTH_BYTES = 4
const FRAME_BYTES = LENGTH_BYTES + 4

/** `blob`: the bytes that a manifest's entry points to. Answers a portable roaring bitmap. */
export function vectorBitmap(blob: Uint8Array): Uint8Array {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  if (blob.length < FRAME_BYTES + 4) throw badData('the deletion vector breaks off')
  const length = view.getUint32(0)
  if (length !== blob.length - FRAME_BYTES)
    throw badData(`the deletion vector is of ${length} bytes, of which the manifest says ${blob.length - FRAME_BYTES}`)
  const content = blob.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
  if (view.getUint32(LENGTH_BYTES, true) !== MAGIC) throw badData('the deletion vector does not start as one')
  if (view.getUint32(LENGTH_BYTES + length) !== crc32(content)) throw badData("the deletion vector's checksum is wrong")
  return content.subarray(4)
}
