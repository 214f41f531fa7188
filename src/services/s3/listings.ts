import { bucketIn } from '../../core/objects/buckets.ts'
import { type Listed, type ListPage, listObjects, listUploads, listVersions } from '../../core/objects/listing.ts'
import type { StoredObject } from '../../core/objects/object.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { findVersion } from '../../core/objects/versions.ts'
import { cursorIn, tokenOf } from '../../core/resources/page-tokens.ts'
import { ownerOf } from './acls.ts'
import { quoted, wholeSeconds } from './attributes.ts'
import { invalidArgument } from './faults.ts'
import type { S3Handlers } from './handlers.ts'

const maxPage = 1000

export const listingHandlers = (store: ObjectStore): S3Handlers => ({
  async ListObjects({ Bucket, Prefix, Delimiter, Marker, MaxKeys, EncodingType }) {
    const { account } = bucketIn(store.state, Bucket)
    const limit = limitOf(MaxKeys, 'maxKeys')
    const page = listObjects(store.state, Bucket, { prefix: Prefix, delimiter: Delimiter, after: Marker, limit })
    const encode = encoder(EncodingType)
    return {
      Name: Bucket,
      Prefix: encode(Prefix ?? ''),
      Delimiter: encode(Delimiter),
      Marker: encode(Marker ?? ''),
      // "This element is returned only if you have the delimiter request parameter specified" (API_ListObjects).
      NextMarker: page.truncated && Delimiter ? encode(page.next?.key) : undefined,
      MaxKeys: MaxKeys ?? maxPage,
      EncodingType,
      IsTruncated: page.truncated,
      Contents: page.entries.map((entry) => ({ ...describe(entry, encode), Owner: ownerOf(account) })),
      CommonPrefixes: prefixesOf(page, encode),
    }
  },

  async ListObjectsV2(input, call) {
    const { Bucket, Prefix, Delimiter, StartAfter, ContinuationToken, MaxKeys, EncodingType, FetchOwner } = input
    const { account, region } = bucketIn(store.state, Bucket)
    const limit = limitOf(MaxKeys, 'maxKeys')
    const after = ContinuationToken === undefined ? StartAfter : keyOf(ContinuationToken)
    const page = listObjects(store.state, Bucket, { prefix: Prefix, delimiter: Delimiter, after, limit })
    const encode = encoder(EncodingType)
    const owner = FetchOwner ? { Owner: ownerOf(account) } : {}
    call.reply.headers['x-amz-bucket-region'] = region
    return {
      Name: Bucket,
      Prefix: encode(Prefix ?? ''),
      Delimiter: encode(Delimiter),
      StartAfter: encode(StartAfter),
      ContinuationToken,
      NextContinuationToken: page.truncated && page.next ? tokenOf(page.next.key) : undefined,
      KeyCount: page.entries.length + page.prefixes.length,
      MaxKeys: MaxKeys ?? maxPage,
      EncodingType,
      IsTruncated: page.truncated,
      Contents: page.entries.map((entry) => ({ ...describe(entry, encode), ...owner })),
      CommonPrefixes: prefixesOf(page, encode),
    }
  },

  async ListObjectVersions(input) {
    const { Bucket, Prefix, Delimiter, KeyMarker, VersionIdMarker, MaxKeys, EncodingType } = input
    const Owner = ownerOf(bucketIn(store.state, Bucket).account)
    const limit = limitOf(MaxKeys, 'maxKeys')
    const afterId = VersionIdMarker && versionAfter(store, Bucket, KeyMarker, VersionIdMarker)
    const options = { prefix: Prefix, delimiter: Delimiter, after: KeyMarker, afterId: afterId || undefined, limit }
    const page = listVersions(store.state, Bucket, options)
    const encode = encoder(EncodingType)
    const last = page.truncated && page.next?.id ? page.entries.at(-1) : undefined
    return {
      Name: Bucket,
      Prefix: encode(Prefix ?? ''),
      Delimiter: encode(Delimiter),
      KeyMarker: encode(KeyMarker ?? ''),
      VersionIdMarker: VersionIdMarker ?? '',
      NextKeyMarker: page.truncated ? encode(page.next?.key) : undefined,
      NextVersionIdMarker: last?.doc.version.versionId,
      MaxKeys: MaxKeys ?? maxPage,
      EncodingType,
      IsTruncated: page.truncated,
      Versions: page.entries.flatMap(({ key, id, doc: { version, latest } }) => {
        if (version.marker) return []
        const described = describe({ key, id, doc: version }, encode)
        return [{ ...described, VersionId: version.versionId, IsLatest: latest, Owner }]
      }),
      DeleteMarkers: page.entries.flatMap(({ key, doc: { version, latest } }) => {
        if (!version.marker) return []
        const LastModified = wholeSeconds(version.modifiedAtMs)
        return [{ Key: encode(key), VersionId: version.versionId, IsLatest: latest, LastModified, Owner }]
      }),
      CommonPrefixes: prefixesOf(page, encode),
    }
  },

  async ListMultipartUploads(input) {
    const { Bucket, Prefix, Delimiter, KeyMarker, UploadIdMarker, MaxUploads, EncodingType } = input
    const Owner = ownerOf(bucketIn(store.state, Bucket).account)
    const limit = limitOf(MaxUploads, 'max-uploads')
    const afterId = KeyMarker ? UploadIdMarker || undefined : undefined
    const options = { prefix: Prefix, delimiter: Delimiter, after: KeyMarker || undefined, afterId, limit }
    const page = listUploads(store.state, Bucket, options)
    const encode = encoder(EncodingType)
    return {
      Bucket,
      Prefix: encode(Prefix),
      Delimiter: encode(Delimiter),
      KeyMarker: encode(KeyMarker ?? ''),
      UploadIdMarker: UploadIdMarker ?? '',
      NextKeyMarker: page.truncated ? encode(page.next?.key) : undefined,
      NextUploadIdMarker: page.truncated ? page.next?.id : undefined,
      MaxUploads: MaxUploads ?? maxPage,
      EncodingType,
      IsTruncated: page.truncated,
      Uploads: page.entries.map(({ key, doc }) => ({
        Key: encode(key),
        UploadId: doc.id,
        Initiated: wholeSeconds(doc.startedAtMs),
        StorageClass: doc.attributes.storageClass as 'STANDARD',
        Owner,
        Initiator: { ID: doc.initiator },
        ChecksumAlgorithm: doc.checksum?.algorithm,
        ChecksumType: doc.checksum?.type,
      })),
      CommonPrefixes: prefixesOf(page, encode),
    }
  },
})

function limitOf(asked: number | undefined, name: string): number {
  if (asked === undefined) return maxPage
  if (asked >= 0) return Math.min(asked, maxPage)
  const message = `Argument ${name} must be an integer between 0 and 2147483647`
  throw invalidArgument(message, name, String(asked))
}

/** `null` and ids that are gone are told apart here; an id sorts where its version was. */
function versionAfter(store: ObjectStore, bucket: string, key: string | undefined, versionId: string): string {
  if (!key) {
    const message = 'A version-id marker cannot be specified without a key marker.'
    throw invalidArgument(message, 'version-id-marker', versionId)
  }
  return findVersion(store.state, bucket, key, versionId)?.id ?? versionId
}

const describe = <E extends string | undefined>(
  { key, doc }: Listed<StoredObject>,
  encode: (key: string) => E | string,
) => ({
  Key: encode(key),
  LastModified: wholeSeconds(doc.modifiedAtMs),
  ETag: quoted(doc.etag),
  Size: doc.sizeBytes,
  StorageClass: doc.storageClass as 'STANDARD',
  ChecksumAlgorithm: doc.checksum ? [doc.checksum.algorithm] : undefined,
  ChecksumType: doc.checksum?.type,
})

const prefixesOf = (page: ListPage<unknown>, encode: (key: string) => string | undefined) =>
  page.prefixes.map((prefix) => ({ Prefix: encode(prefix) }))

/** Clients ask for `url` because XML cannot hold every character that a key can. */
function encoder(encodingType: string | undefined) {
  function encode(text: string): string
  function encode(text: string | undefined): string | undefined
  function encode(text: string | undefined): string | undefined {
    return encodingType === 'url' && text !== undefined ? encodeKey(text) : text
  }
  return encode
}

const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** Throws InvalidArgument. Also of lists of buckets. */
export function keyOf(token: string): string {
  const key = cursorIn(token)
  if (key !== undefined) return key
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
}
