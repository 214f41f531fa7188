import type { BlobInfo, BlobStore, ByteRange, StagedBlob } from '../core/ports.ts'
import { blobMissing, checkBlobKey, compareBlobKeys } from './blob-key.ts'

const CHUNK_BYTES = 512 * 1024

export function openMemoryBlobs(): BlobStore {
  return new MemoryBlobs()
}

class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>()

  async stage(): Promise<StagedBlob> {
    return new StagedBytes(this.#blobs)
  }

  async *read(key: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    checkBlobKey(key)
    const bytes = this.#blobs.get(key)
    if (!bytes) throw blobMissing(key)
    const end = Math.min(range ? range.end + 1 : bytes.length, bytes.length)
    // Copies: what a consumer does to a chunk must not change the blob.
    for (let at = range?.start ?? 0; at < end; at += CHUNK_BYTES)
      yield Uint8Array.from(bytes.subarray(at, Math.min(at + CHUNK_BYTES, end)))
  }

  async stat(key: string): Promise<BlobInfo | undefined> {
    checkBlobKey(key)
    const bytes = this.#blobs.get(key)
    return bytes && { key, sizeBytes: bytes.length }
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) checkBlobKey(key)
    for (const key of keys) this.#blobs.delete(key)
  }

  async *list(prefix: string): AsyncGenerator<BlobInfo> {
    const keys = [...this.#blobs.keys()].filter((key) => key.startsWith(prefix)).sort(compareBlobKeys)
    for (const key of keys) {
      const bytes = this.#blobs.get(key)
      if (bytes) yield { key, sizeBytes: bytes.length }
    }
  }
}

class StagedBytes implements StagedBlob {
  readonly #blobs: Map<string, Uint8Array>
  #chunks: Uint8Array[] | undefined = []

  constructor(blobs: Map<string, Uint8Array>) {
    this.#blobs = blobs
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (!this.#chunks) throw new Error('The staged blob is committed or discarded')
    this.#chunks.push(Uint8Array.from(chunk))
  }

  async commit(key: string): Promise<BlobInfo> {
    if (!this.#chunks) throw new Error('The staged blob is committed or discarded')
    checkBlobKey(key)
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = undefined
    this.#blobs.set(key, bytes)
    return { key, sizeBytes: bytes.length }
  }

  async discard(): Promise<void> {
    this.#chunks = undefined
  }
}
