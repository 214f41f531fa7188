/**
 * Objects: buckets, object versions, multipart uploads and their listings, on a blob store and a state store.
 * Knows no HTTP, no XML and no AWS shapes, and never decides who may do what.
 *
 * A version is a document that names one immutable body. What is current and readable lives in `s3/objects/<bucket>`;
 * everything else of a key (older versions, delete markers) in `s3/versions/<bucket>`, newest first. So an
 * unversioned bucket costs one document per object, and a listing touches only what it answers.
 */
import type { ObjectEncryption } from './encryption.ts'

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256'

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  /** Base64; a composite one ends in `-<parts>`. */
  readonly value: string
  readonly type: 'FULL_OBJECT' | 'COMPOSITE'
}

/** What a client says of an object beside its bytes. All of it is stored and answered as given. */
export interface ObjectAttributes {
  readonly contentType: string
  readonly cacheControl?: string
  readonly contentDisposition?: string
  readonly contentEncoding?: string
  readonly contentLanguage?: string
  /** The header as sent: it need not be a date. */
  readonly expires?: string
  readonly metadata: Readonly<Record<string, string>>
  readonly storageClass: string
  readonly tags?: Readonly<Record<string, string>>
  readonly acl?: string
  readonly redirect?: string
  readonly encryption?: ObjectEncryption
}

interface ObjectPart {
  readonly number: number
  readonly sizeBytes: number
  readonly checksum?: Checksum
}

interface Version {
  /** Orders the versions of a key: the newest has the lowest. */
  readonly id: string
  /** What clients call it: the id, or `null` for what was written while versioning was off. */
  readonly versionId: string
  readonly modifiedAtMs: number
}

export interface StoredObject extends Version, ObjectAttributes {
  readonly marker?: false
  readonly blob: string
  readonly sizeBytes: number
  /** Without quotes. */
  readonly etag: string
  readonly checksum?: Checksum
  /** Of a multipart object, in order. */
  readonly parts?: readonly ObjectPart[]
  /** The upload that made it, so that a repeated completion is answered with the same object. */
  readonly uploadId?: string
}

/** What a client said of an object, but its tags, and what guards and places this one object alone. */
export function attributesIn(source: StoredObject): ObjectAttributes {
  const { contentType, cacheControl, contentDisposition, contentEncoding, contentLanguage, expires } = source
  const { metadata, storageClass } = source
  const headers = { contentType, cacheControl, contentDisposition, contentEncoding, contentLanguage, expires }
  return { ...headers, metadata, storageClass }
}

export interface DeleteMarker extends Version {
  readonly marker: true
}

export type ObjectVersion = StoredObject | DeleteMarker

export interface Upload {
  readonly id: string
  readonly key: string
  readonly startedAtMs: number
  readonly attributes: ObjectAttributes
  readonly checksum?: Pick<Checksum, 'algorithm' | 'type'>
  readonly initiator: string
}

export interface Part {
  readonly number: number
  readonly blob: string
  readonly sizeBytes: number
  readonly etag: string
  readonly modifiedAtMs: number
  readonly checksum?: Checksum
}

export const spaces = {
  buckets: 's3/buckets',
  settings: 's3/settings',
  objects: (bucket: string) => `s3/objects/${bucket}`,
  versions: (bucket: string) => `s3/versions/${bucket}`,
  uploads: (bucket: string) => `s3/uploads/${bucket}`,
  parts: (uploadId: string) => `s3/parts/${uploadId}`,
  /** How many documents name a blob. */
  blobs: 's3/blobs',
  /** Blobs that no document names any more and that are still on disk. */
  trash: 's3/trash',
  epoch: 's3/epoch',
} as const

/** Sorts before every character a key may hold, so that the versions of `a` come before those of `a0`. */
const separator = '\u0000'

export const compoundKey = (key: string, id: string): string => `${key}${separator}${id}`

export function splitCompoundKey(compound: string): { readonly key: string; readonly id: string } {
  const at = compound.lastIndexOf(separator)
  return { key: compound.slice(0, at), id: compound.slice(at + 1) }
}
