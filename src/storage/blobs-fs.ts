import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { mkdir, readdir, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { BlobInfo, BlobStore, ByteRange, StagedBlob } from '../core/ports.ts'
import { blobMissing, checkBlobKey, compareBlobKeys } from './blob-key.ts'
import { blobFailure, type DiskRoom, diskRoom, requireRoom } from './disk-room.ts'
import { FolderSync } from './folder-sync.ts'
import { FileCopies } from './local-copies.ts'
import { ReadingRoom } from './reading-room.ts'

/*
 * What the kernel answers from memory in microseconds (open, stat, rename, close, a small write) is called in place; what
 * waits for the disk goes to a thread. A thread for each would cost a small object more than its disk does.
 */
const datasync = promisify(fs.fdatasync)
const readAt = promisify(fs.read)
const append = promisify(fs.write)

/** What is gathered before it is written: long enough that a disk streams. */
const CHUNK_BYTES = 512 * 1024
/** So much of a file may wait to be flushed: a tenth of a second's work for a disk. */
const SYNC_BYTES = 16 * 1024 * 1024
/** Up to here a write is a copy in memory that takes less than handing it to a thread. */
const SMALL_BYTES = 64 * 1024
const SHARDS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))
const DELETES_AT_ONCE = 16

/**
 * Blobs as files below `directory`, which is created: `blobs/<shard>/<key with ~ for />`, and `staged/` beside it for what
 * is not yet there, with `copies/` of what is kept elsewhere. The shard is a hash of the key: no folder grows huge, and none is ever made while serving, so a
 * commit costs two flushes. Sweeps what a crash left in `staged/`: a directory belongs to one process at a time.
 * Refuses to stage and to commit when the disk is nearly full; reading and deleting go on.
 */
export async function openFileBlobs(directory: string, room: DiskRoom = diskRoom): Promise<BlobStore> {
  const root = resolve(directory)
  const staged = join(root, 'staged')
  const copies = join(root, 'copies')
  const blobs = join(root, 'blobs')
  const folders = new FolderSync()
  for (const folder of [staged, copies, blobs]) await mkdir(folder, { recursive: true })
  // The folder stays: to make one anew takes room, and a start must succeed on a full disk.
  for (const left of await readdir(staged)) await rm(join(staged, left), { recursive: true, force: true })
  const present = new Set(await readdir(blobs))
  const missing = SHARDS.filter((shard) => !present.has(shard))
  for (const shard of missing) fs.mkdirSync(join(blobs, shard))
  if (missing.length > 0) for (const folder of [blobs, root, dirname(root)]) await folders.sync(folder)
  return new FileBlobs(staged, blobs, new FileCopies(copies), { folders, room })
}

interface Disk {
  readonly folders: FolderSync
  readonly room: DiskRoom
}

class FileBlobs implements BlobStore {
  readonly #staged: string
  readonly #blobs: string
  readonly copies: FileCopies
  readonly #disk: Disk
  readonly #room = new ReadingRoom()

  constructor(staged: string, blobs: string, copies: FileCopies, disk: Disk) {
    this.#staged = staged
    this.#blobs = blobs
    this.copies = copies
    this.#disk = disk
  }

  async stage(): Promise<StagedBlob> {
    return new StagedFile(join(this.#staged, randomUUID()), (key) => this.localPath(key), this.#disk)
  }

  localPath(key: string): string {
    checkBlobKey(key)
    return `${this.#blobs}/${shardOf(key)}/${key.replaceAll('/', '~')}`
  }

  async *read(key: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const file = this.#open(key)
    const reader = this.#room.reader()
    let ahead: Promise<Uint8Array> | undefined
    try {
      const { size } = fs.fstatSync(file)
      const end = Math.min(range ? range.end + 1 : size, size)
      const piece = (at: number) => readFully(file, at, reader.take(end - at), key)
      for (let at = range?.start ?? 0; at < end; ) {
        const chunk = await (ahead ?? piece(at))
        // Asked before the chunk is handed out: who is done with it may take its memory away.
        const { length } = chunk
        at += length
        // The disk works on the next chunk while the consumer works on this one; never on more than one.
        ahead = at < end && reader.mayReadAhead ? piece(at) : undefined
        ahead?.catch(() => {})
        yield chunk
        reader.giveBack(length)
      }
    } finally {
      await ahead?.catch(() => {})
      reader.leave()
      fs.closeSync(file)
    }
  }

  async stat(key: string): Promise<BlobInfo | undefined> {
    const found = await stat(this.localPath(key)).catch(unlessMissing)
    return found && { key, sizeBytes: found.size }
  }

  /**
   * Not flushed to the folder: the state that named the blob is gone already, so one that a power cut brings back is an
   * orphan like any other.
   */
  async delete(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.localPath(key)).values()
    const worker = async () => {
      for (const path of paths) await unlink(path).catch(unlessMissing)
    }
    await Promise.all(Array.from({ length: Math.min(DELETES_AT_ONCE, keys.length) }, worker))
  }

  async *list(prefix: string): AsyncGenerator<BlobInfo> {
    const flatPrefix = prefix.replaceAll('/', '~')
    const keys: string[] = []
    for (const shard of SHARDS)
      for (const name of await readdir(join(this.#blobs, shard)))
        if (name.startsWith(flatPrefix)) keys.push(name.replaceAll('~', '/'))
    keys.sort(compareBlobKeys)
    for (const key of keys) {
      const info = await this.stat(key)
      if (info) yield info
    }
  }

  #open(key: string): number {
    try {
      return fs.openSync(this.localPath(key), 'r')
    } catch (error) {
      unlessMissing(error as NodeJS.ErrnoException)
      throw blobMissing(key)
    }
  }
}

/** Spreads keys evenly (FNV-1a, its bits folded into eight). */
function shardOf(key: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return SHARDS[(hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & 0xff]!
}

async function readFully(file: number, start: number, sizeBytes: number, key: string): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(sizeBytes)
  for (let filled = 0; filled < sizeBytes; ) {
    const { bytesRead } = await readAt(file, buffer, filled, sizeBytes - filled, start + filled)
    if (bytesRead === 0) throw new Error(`Blob ${key} ends at byte ${start + filled}, before byte ${start + sizeBytes}`)
    filled += bytesRead
  }
  return buffer
}

/**
 * A file on its way. Bytes gather in one buffer while the one before is written, so that a sender and the disk work at
 * the same time and memory stays at two buffers. Nothing touches the disk before a buffer is full or the commit comes.
 */
class StagedFile implements StagedBlob {
  readonly localPath: string
  readonly #pathOf: (key: string) => string
  readonly #disk: Disk
  #file: number | undefined
  #gathering: Buffer[] = []
  #gatheredBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #unsyncedBytes = 0
  #syncing: Promise<void> | undefined
  #settled = false

  constructor(localPath: string, pathOf: (key: string) => string, disk: Disk) {
    this.localPath = localPath
    this.#pathOf = pathOf
    this.#disk = disk
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#settled) throw new Error('The staged blob is committed or discarded')
    if (chunk.length >= CHUNK_BYTES && this.#gatheredBytes === 0) return await this.#hand([chunk], 'wait')
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + CHUNK_BYTES - this.#gatheredBytes)
      this.#gathering.push(Buffer.from(part))
      this.#gatheredBytes += part.length
      at += part.length
      if (this.#gatheredBytes >= CHUNK_BYTES) await this.#flush()
    }
  }

  async commit(key: string): Promise<BlobInfo> {
    if (this.#settled) throw new Error('The staged blob is committed or discarded')
    const target = this.#pathOf(key)
    this.#settled = true
    let path = this.localPath
    try {
      requireRoom(this.#disk.room, dirname(this.localPath))
      const file = await this.#written()
      fs.renameSync(this.localPath, target)
      path = target
      // Nobody knows the name yet, so it may reach the disk before the bytes do: waiting for both at once is half as long.
      await all([datasync(file), this.#disk.folders.sync(dirname(target))])
      const { size: sizeBytes } = fs.fstatSync(file)
      this.#close()
      return { key, sizeBytes }
    } catch (error) {
      await this.#drop(path)
      throw blobFailure(error)
    }
  }

  async discard(): Promise<void> {
    if (this.#settled) return
    this.#settled = true
    await this.#drop(this.localPath)
  }

  async #flush(): Promise<void> {
    const parts = this.#gathering
    this.#gathering = []
    this.#gatheredBytes = 0
    await this.#hand(parts, 'go on')
  }

  /** Hands bytes to the disk once it is done with those before, and waits for them if they are not ours to keep. */
  async #hand(parts: readonly Uint8Array[], then: 'wait' | 'go on'): Promise<void> {
    try {
      await this.#writing
      requireRoom(this.#disk.room, dirname(this.localPath))
      this.#file ??= fs.openSync(this.localPath, 'wx')
      this.#writing = writeFully(this.#file, parts)
      this.#syncAhead(this.#file, parts)
      // A failure of what is not waited for is reported by the next write or the commit, which wait for it.
      this.#writing.catch(() => {})
      if (then === 'wait') await this.#writing
    } catch (error) {
      throw blobFailure(error)
    }
  }

  /** Of a long file most is on the disk when the commit comes to wait for it. One at a time: the next takes more along. */
  #syncAhead(file: number, parts: readonly Uint8Array[]): void {
    for (const { length } of parts) this.#unsyncedBytes += length
    if (this.#syncing || this.#unsyncedBytes < SYNC_BYTES) return
    this.#unsyncedBytes = 0
    this.#syncing = datasync(file).then(() => {
      this.#syncing = undefined
    })
    // A failure stays for the commit: the kernel would not tell it of it again.
    this.#syncing.catch(() => {})
  }

  /** The file with everything in it. An engine may have written, or replaced, it itself. */
  async #written(): Promise<number> {
    if (this.#gatheredBytes > 0) await this.#flush()
    await this.#writing
    await this.#syncing
    this.#file ??= fs.openSync(this.localPath, fs.constants.O_RDWR | fs.constants.O_CREAT)
    return this.#file
  }

  #close(): void {
    if (this.#file !== undefined) fs.closeSync(this.#file)
    this.#file = undefined
  }

  async #drop(path: string): Promise<void> {
    this.#gathering = []
    await Promise.allSettled([this.#writing, this.#syncing])
    this.#close()
    const found = fs.statSync(path, { throwIfNoEntry: false })
    if (!found) return
    if (found.size <= SMALL_BYTES) fs.unlinkSync(path)
    else await unlink(path)
  }
}

/** As `Promise.all`, but none is under way any more when it rejects. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

async function writeFully(file: number, parts: readonly Uint8Array[]): Promise<void> {
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  for (let at = 0; at < bytes.length; )
    at +=
      bytes.length <= SMALL_BYTES
        ? fs.writeSync(file, bytes, at)
        : (await append(file, bytes, at, bytes.length - at)).bytesWritten
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
