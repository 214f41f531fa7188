/**
 * Blocks that a function has left in S3 because they were too large for its answer: one record batch each, encrypted with
 * the split's key where it has one. Their framing is the earlier one in all versions, as the SDK's `RecordBatchSerDe` is.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { RecordBatch } from '../arrow/record-batch-reader.ts'
import { writeRecordBatch } from '../arrow/record-batch-writer.ts'
import type { ArrowSchema } from '../arrow/types.ts'
import { CorruptData } from '../corrupt-data.ts'
import type { Vector } from '../vectors.ts'
import { readRecords } from './blocks.ts'
import type { EncryptionKey } from './messages.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Throws CorruptData, also where the key is not the one that the block was encrypted with. */
export function readSpilledBlock(schema: ArrowSchema, stored: Uint8Array, key: EncryptionKey | undefined): RecordBatch {
  return readRecords(schema, key ? decrypted(stored, key) : stored)
}

export function writeSpilledBlock(
  schema: ArrowSchema,
  columns: readonly Vector[],
  rows: number,
  key: EncryptionKey | undefined,
): Uint8Array {
  const batch = writeRecordBatch(schema, columns, rows, 'legacy')
  if (!key) return batch
  const cipher = createCipheriv(...cipherOf(key))
  return Buffer.concat([cipher.update(batch), cipher.final(), cipher.getAuthTag()])
}

function decrypted(stored: Uint8Array, key: EncryptionKey): Uint8Array {
  if (stored.length < TAG_BYTES) throw new CorruptData('a spilled block is shorter than the tag of its encryption')
  const decipher = createDecipheriv(...cipherOf(key))
  decipher.setAuthTag(stored.subarray(stored.length - TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(stored.subarray(0, stored.length - TAG_BYTES)), decipher.final()])
  } catch {
    throw new CorruptData("a spilled block is not encrypted with its split's key")
  }
}

const CIPHERS = { 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' } as const

function cipherOf({ key, nonce }: EncryptionKey): ['aes-256-gcm', Buffer, Buffer] {
  const secret = Buffer.from(key, 'base64')
  const once = Buffer.from(nonce, 'base64')
  const cipher = CIPHERS[secret.length as keyof typeof CIPHERS]
  if (!cipher || once.length !== NONCE_BYTES)
    throw new CorruptData(`a split's key has ${secret.length} bytes and its nonce ${once.length}`)
  return [cipher as 'aes-256-gcm', secret, once]
}
