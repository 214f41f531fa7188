/**
 * Files of a table that are encrypted by who wrote them: opened before an engine reads them, where the table says so.
 * https://docs.aws.amazon.com/athena/latest/ug/creating-tables-based-on-encrypted-datasets-in-s3.html
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SqlError } from '../../sql/position.ts'
import type { Table } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import { envelopePermit } from '../forwarding/forwarded-keys.ts'
import { openEnvelope, TAG_BYTES, wholeDecipher } from '../keys/envelope.ts'
import { type Key, requireUsable } from '../keys/key.ts'
import { scopeOfKey } from '../keys/reference-scope.ts'
import type { QueryContext, WrittenEncryption } from './context.ts'
import type { DataFile } from './relation.ts'
import type { NamedRelation } from './scan-planning.ts'

/** What a table says of the encryption of its files. */
export interface FileEncryption {
  /** The one key; any that is told by an object where none is named. */
  readonly keyId?: string
}

/** "encryption_option and kms_key take precedence, and has_encrypted_data is ignored". Undefined where files are read as they lie. */
export function fileEncryption({ descriptor }: Table): FileEncryption | undefined {
  const { encryption_option: option, kms_key: keyId, has_encrypted_data: sealed } = descriptor.Parameters ?? {}
  if (option !== undefined && keyId !== undefined) return option.toUpperCase() === 'CSE_KMS' ? { keyId } : undefined
  return sealed?.toLowerCase() === 'true' ? {} : undefined
}

/** As which the table wants its new files, where it wants them otherwise than the statement's results. */
export function writtenEncryption({ descriptor }: Table): WrittenEncryption | undefined {
  const { encryption_option: text, kms_key: keyId } = descriptor.Parameters ?? {}
  const option = OPTIONS.find((one) => one === text?.toUpperCase())
  return option && (keyId !== undefined || option === 'SSE_S3') ? { option, ...(keyId && { keyId }) } : undefined
}

const OPTIONS = ['SSE_S3', 'SSE_KMS', 'CSE_KMS'] as const

export interface OpenedRelations {
  readonly relations: readonly NamedRelation[]
  /** The query has been run. */
  discard(): Promise<void>
}

/** Files that no client has encrypted are read as they lie: "Athena can still read SSE-S3 and SSE-KMS encrypted objects". */
export async function openSealed(relations: readonly NamedRelation[], context: QueryContext): Promise<OpenedRelations> {
  if (!relations.some(({ encryption, files }) => encryption && files.some(({ envelope }) => envelope)))
    return { relations, discard: async () => undefined }
  const workspace = await context.rooms.files.workspace()
  const discard = () => workspace.remove()
  try {
    const opened: NamedRelation[] = []
    for (const [i, relation] of relations.entries())
      opened.push(await withOpenFiles(relation, join(workspace.directory, String(i)), context))
    return { relations: opened, discard }
  } catch (error) {
    await discard()
    throw error
  }
}

async function withOpenFiles(relation: NamedRelation, path: string, context: QueryContext): Promise<NamedRelation> {
  const { encryption } = relation
  if (!encryption) return relation
  const only = encryption.keyId === undefined ? undefined : keyOf(encryption.keyId, relation, context)
  const files: DataFile[] = []
  for (const [i, file] of relation.files.entries()) {
    context.signal.throwIfAborted()
    files.push(file.envelope ? await openFile(file, `${path}-${i}`, context, only) : file)
  }
  return { ...relation, files }
}

function keyOf(keyId: string, { name }: NamedRelation, { rooms, scope }: QueryContext): Key {
  try {
    const key = rooms.keys.get(scopeOfKey(keyId, scope), keyId)
    requireUsable(key)
    return key
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new SqlError('HIVE_CANNOT_OPEN_SPLIT', `Error opening the files of ${name}: ${error.message}`)
  }
}

/** The whole of it is checked before an engine sees a byte, unless a client wrote it that knew no tags. */
async function openFile(
  file: DataFile,
  localPath: string,
  { rooms, scope, signal }: QueryContext,
  only: Key | undefined,
): Promise<DataFile> {
  try {
    const envelope = openEnvelope(rooms.keys, scope, file.envelope!, {
      only,
      permit: envelopePermit(rooms.forwarded),
    })
    const tagBytes = envelope.isAuthenticated ? TAG_BYTES : 0
    const end = file.sizeBytes - tagBytes
    if (end < 0) throw new Fault('invalid', 'envelope', 'it is too short')
    const decipher = wholeDecipher(envelope, await bytesAt(file.localPath, end, tagBytes))
    const written = createWriteStream(localPath)
    await pipeline(end === 0 ? [] : createReadStream(file.localPath, { end: end - 1 }), decipher, written, { signal })
    return { ...file, localPath, sizeBytes: written.bytesWritten }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const isTampered = (error as NodeJS.ErrnoException).code?.startsWith('ERR_OSSL') || UNAUTHENTIC.test(String(error))
    if (!isTampered && !(error instanceof Fault)) throw error
    const reason = isTampered
      ? 'it has been changed since it was encrypted'
      : (error as Fault).message || 'its key is gone'
    const place = `${file.uri} (offset=0, length=${file.sizeBytes})`
    throw new SqlError('HIVE_CANNOT_OPEN_SPLIT', `Error opening Hive split ${place}: ${reason}`)
  }
}

/** As Node says it of GCM; what OpenSSL says of bad padding has a code. */
const UNAUTHENTIC = /unable to authenticate data/

async function bytesAt(path: string, position: number, length: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(length), position })
    return buffer
  } finally {
    await file.close()
  }
}
