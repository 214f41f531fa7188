/** The files of a lake, of which those that are written are encrypted by their writer: what S3 keeps, nobody reads without the key. */
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { newEnvelope } from '../keys/envelope.ts'
import type { Key } from '../keys/key.ts'
import type { Keys } from '../keys/keys.ts'
import type { StagedBlob } from '../ports.ts'
import type { FileAttributes, Files, NewFile } from './files.ts'

/** `key` is symmetric and in use. */
export function sealingFiles(files: Files, keys: Keys, key: Key): Files {
  const sealedBytes = (body: Uint8Array, attributes: FileAttributes) => {
    const { metadata, cipher } = newEnvelope(keys, key, body.length)
    const sealed = Buffer.concat([cipher.update(body), cipher.final(), cipher.getAuthTag()])
    return { body: sealed, attributes: { ...attributes, metadata: { ...attributes.metadata, ...metadata } } }
  }
  const sealedFile = async (localPath: string, attributes: FileAttributes) => {
    const { size } = await stat(localPath)
    const { metadata, cipher } = newEnvelope(keys, key, size)
    const body = await files.stage()
    try {
      const withTag = async function* (sealed: AsyncIterable<Uint8Array>) {
        yield* sealed
        yield cipher.getAuthTag()
      }
      const plain = createReadStream(localPath, { highWaterMark: CHUNK_BYTES })
      await pipeline(plain, cipher, withTag, createWriteStream(body.localPath!))
    } catch (error) {
      await body.discard()
      throw error
    }
    return { body, attributes: { ...attributes, metadata: { ...attributes.metadata, ...metadata } } }
  }
  const sealed = async ({ uri, body, attributes }: NewFile): Promise<NewFile> => {
    if (body instanceof Uint8Array) return { uri, ...sealedBytes(body, attributes) }
    const file = await sealedFile(body.localPath!, attributes)
    await body.discard()
    return { uri, ...file }
  }

  return {
    ...files,
    seals: true,
    arrive: async (newFiles) => files.arrive(await oneByOne(newFiles, sealed)),
    async put(uri, body, attributes) {
      const file = sealedBytes(body, attributes)
      return files.put(uri, file.body, file.attributes)
    },
    async adopt(written, attributes) {
      const newFiles = await oneByOne(written, async ({ uri, localPath }) => ({
        uri,
        ...(await sealedFile(localPath, attributes)),
      }))
      return files.arrive(newFiles)
    },
  }
}

const CHUNK_BYTES = 1024 * 1024

/** Where one fails, those before it go. */
async function oneByOne<T>(items: readonly T[], seal: (item: T) => Promise<NewFile>): Promise<NewFile[]> {
  const done: NewFile[] = []
  try {
    for (const item of items) done.push(await seal(item))
    return done
  } catch (error) {
    for (const { body } of done) if (!(body instanceof Uint8Array)) await (body as StagedBlob).discard()
    throw error
  }
}
