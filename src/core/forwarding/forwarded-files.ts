/** The files of the lake as a caller's policies let them be used: each operation asks for S3's action on the object. */
import { asFolder } from '../catalog/folder-names.ts'
import { Fault } from '../faults.ts'
import { type Address, splitAddress } from '../objects/addresses.ts'
import { type ObjectEncryption, objectContext } from '../objects/encryption.ts'
import type { FileAttributes, Files, LakeFile, NewFile } from '../objects/files.ts'
import { tableDataQuestion } from '../table-buckets/table-data.ts'
import type { KeyUse } from './forwarded-keys.ts'
import { FORWARDED, type Forwarding } from './forwarding.ts'
import type { Opening, Openings } from './openings.ts'

/** The noun of its faults. */
export const S3_PATH = 's3 path'

/** In Athena's words, as its users have met them. */
const refused = (uri: string): Fault => new Fault('denied', S3_PATH, `Permission denied on S3 path: ${uri}`)

export interface FilePermits {
  /** Throws `Fault('denied', S3_PATH)`. */
  require(action: ObjectAction, uri: string): void
  /** Of everything in a folder `s3://bucket/folder/`. */
  allowsFolder(action: ObjectAction, folder: string): boolean
}

type ObjectAction = 'GetObject' | 'PutObject' | 'DeleteObject'

export function filePermits(forwarding: Forwarding, openings: Pick<Openings, 'of'>): FilePermits & Listing {
  const openingOf = openingFor(openings)
  const byOther = (opening: Exclude<Opening, { readonly by: 's3' }>, writes: boolean): boolean => {
    if (opening.by === 'lake-formation')
      return forwarding.allows({ action: 'lakeformation:GetDataAccess', resource: '*' })
    return forwarding.allows(tableDataQuestion(writes ? 'PutTableData' : 'GetTableData', opening.table))
  }
  return {
    require(action, uri) {
      const { bucket, key } = partsOf(uri)
      const opening = openingOf(action, `s3://${bucket}/${key}`)
      const may =
        opening.by === 's3'
          ? forwarding.allowsObject(`s3:${action}`, bucket, key)
          : byOther(opening, action !== 'GetObject')
      if (!may) throw refused(uri)
    },
    allowsFolder(action, folder) {
      const { bucket, key } = partsOf(folder)
      const opening = openingOf(action, folder)
      return opening.by === 's3'
        ? forwarding.allowsFolder(`s3:${action}`, bucket, key)
        : byOther(opening, action !== 'GetObject')
    },
    requireList(folder, delimiter) {
      const { bucket, key } = partsOf(asFolder(folder))
      const opening = openings.of(`s3://${bucket}/${key}`)
      const resource = `arn:aws:s3:::${bucket}`
      const context = { 's3:prefix': key, ...(delimiter && { 's3:delimiter': delimiter }) }
      const may =
        opening.by === 's3'
          ? forwarding.allows({ action: 's3:ListBucket', resource, context })
          : byOther(opening, false)
      if (!may) throw refused(folder)
    },
  }
}

/** What may only be read is written by the caller's own leave, as if it were open to nobody. */
const openingFor =
  (openings: Pick<Openings, 'of'>) =>
  (action: ObjectAction, uri: string): Opening => {
    const opening = openings.of(uri)
    const refuses = opening.by === 'lake-formation' && opening.readsOnly && action !== 'GetObject'
    return refuses ? opening.own : opening
  }

interface Listing {
  requireList(folder: string, delimiter?: string): void
}

/** What is no address of S3's fails where it is used. */
export const partsOf = (uri: string): Address => splitAddress(uri) ?? { bucket: '', key: '' }

/** `made`: what the work has put where nothing was, which it may look at, and take away again if nothing comes of it. */
export function forwardedFiles(
  files: Files,
  forwarding: Forwarding,
  openings: Pick<Openings, 'of'>,
  made = new Set<string>(),
): Files {
  const permits = filePermits(forwarding, openings)
  const openingOf = openingFor(openings)
  /** Lake Formation's credentials bring the key with them. */
  const usesKey = (action: KeyUse['action'], uri: string, encryption: ObjectEncryption | undefined): void => {
    if (!encryption?.keyId?.startsWith('arn:')) return
    const { bucket, key } = partsOf(uri)
    const isRead = action === 'Decrypt'
    if (openingOf(isRead ? 'GetObject' : 'PutObject', `s3://${bucket}/${key}`).by === 'lake-formation') return
    const context = objectContext({ bucket, key }, encryption)
    try {
      forwarding.requireKey({ action, key: encryption.keyId, context, service: 's3' })
    } catch (error) {
      throw error instanceof Fault && error.noun === FORWARDED ? refused(uri) : error
    }
  }
  const read = (file: Pick<LakeFile, 'uri' | 'encryption'>): void => {
    permits.require('GetObject', file.uri)
    usesKey('Decrypt', file.uri, file.encryption)
  }
  const write = async (uri: string, attributes: FileAttributes): Promise<FileAttributes> => {
    permits.require('PutObject', uri)
    const encryption = await files.encryptionOf(uri, attributes.encryption)
    usesKey('GenerateDataKey', uri, encryption)
    if (!files.stat(uri)) made.add(uri)
    return { ...attributes, encryption }
  }
  return {
    ...files,
    bucketOwner: (bucket) =>
      forwarding.allows({ action: 's3:GetBucketLocation', resource: `arn:aws:s3:::${bucket}` })
        ? files.bucketOwner(bucket)
        : undefined,
    list(folder) {
      permits.requireList(folder)
      return files.list(folder)
    },
    folders(folder) {
      permits.requireList(folder, '/')
      return files.folders(folder)
    },
    stat(uri) {
      if (!made.has(uri)) permits.require('GetObject', uri)
      return files.stat(uri)
    },
    requireReadable(file) {
      if (!made.has(file.uri)) read(file)
      files.requireReadable(file)
    },
    read(uri, range) {
      const found = files.stat(uri)
      read(found ?? { uri })
      return files.read(uri, range)
    },
    async arrive(newFiles) {
      const all: NewFile[] = []
      for (const file of newFiles) all.push({ ...file, attributes: await write(file.uri, file.attributes) })
      return files.arrive(all)
    },
    put: async (uri, body, attributes) => files.put(uri, body, await write(uri, attributes)),
    async adopt(written, attributes) {
      for (const { uri } of written) await write(uri, attributes)
      return files.adopt(written, attributes)
    },
    async copy(from, to) {
      const source = files.stat(from)
      read(source ?? { uri: from })
      permits.require('PutObject', to)
      usesKey('GenerateDataKey', to, source?.encryption)
      await files.copy(from, to)
    },
    async delete(uris) {
      for (const uri of uris) if (!made.has(uri)) permits.require('DeleteObject', uri)
      await files.delete(uris)
    },
    pin(found) {
      for (const file of found) read(file)
      return files.pin(found)
    },
  }
}
