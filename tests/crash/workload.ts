/** What the writer does and the verifier knows: names, and the bytes that belong to a name. */
import { createHash } from 'node:crypto'
import type { Scope, TableDescriptor } from '../../src/core/catalog/catalog.ts'
import type { ObjectAttributes } from '../../src/core/objects/object.ts'

export const SCOPE: Scope = { account: '000000000000', region: 'us-east-1' }
export const BUCKET = 'crash'
export const DATABASE = 'crash'
export const TABLE = 'counted'
/** Partitions that are created together. */
export const TOGETHER = 3

/**
 * The journal: a line before an act begins and one after it was acknowledged. Each cell is written by one lane, one act
 * after another, so a crash leaves it at the last value that was done or the one that had begun.
 */
export interface Entry {
  readonly event: 'begin' | 'done'
  readonly cell: string
  /** null: deleted. */
  readonly value: string | null
}

export const paths = (directory: string) => ({ state: `${directory}/state/lentic.db`, blobs: `${directory}/blobs` })

/** Two copies of the number: a table that is half written has two. */
export function countedTable(count: string): TableDescriptor {
  const Columns = [{ Name: 'c', Type: 'string', Comment: count }]
  const PartitionKeys = [
    { Name: 'batch', Type: 'int' },
    { Name: 'n', Type: 'int' },
  ]
  return { Name: TABLE, Parameters: { count }, StorageDescriptor: { Columns }, PartitionKeys }
}

export function attributesOf(value: string): ObjectAttributes {
  return { contentType: 'application/octet-stream', metadata: { value }, storageClass: 'STANDARD' }
}

/** From nothing to more than the store gathers in memory; the name decides size and bytes. */
export function bytesOf(name: string): Buffer {
  const digest = createHash('sha256').update(name).digest()
  const scale = [0, 100, 4096, 30_000, 200_000, 700_000, 1_300_000][digest[0]! % 7]!
  return Buffer.alloc(Math.floor((scale * (128 + (digest[1]! >> 1))) / 256), digest)
}

export function chunksOf(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 65_536) chunks.push(bytes.subarray(at, at + 65_536))
  return chunks
}
