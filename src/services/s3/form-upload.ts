/** A browser's upload by a form: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
import { discard, receive } from '../../core/objects/bodies.ts'
import type { StoredObject } from '../../core/objects/object.ts'
import { putObject } from '../../core/objects/objects.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { AwsError, type RawReply, type RawRequest, type ServiceCall } from '../../protocol/service.ts'
import { admit } from './access.ts'
import { attributesOf, quoted } from './attributes.ts'
import { invalidArgument } from './faults.ts'
import { boundaryOf, type FormPart, formParts } from './form-parts.ts'
import { checkPolicy } from './form-policy.ts'
import type { KeyRooms } from './key-encryption.ts'
import { shownVersion } from './versioning.ts'

/** "The POST request's form fields together must not exceed 20 KB" (MaxPostPreDataLengthExceededError). */
const maxFieldBytes = 20 * 1024
const maxFileBytes = 5 * 1024 ** 3

/** `${filename}` in a key stands for the name of the file that was chosen. */
const filenamePlace = /\$\{filename\}/g

const ENCRYPTION = 'x-amz-server-side-encryption'

type Fields = Record<string, string>

interface FormRooms extends KeyRooms {
  readonly store: ObjectStore
}

/** Undefined where the request is no form for a bucket. */
export async function formUpload(rooms: FormRooms, request: RawRequest): Promise<RawReply | undefined> {
  const { http } = request.call
  const boundary = boundaryOf(http.headers['content-type'] ?? '')
  const [, bucket, key] = http.rawPath.split('/')
  if (http.method !== 'POST' || boundary === undefined || !bucket || key) return undefined
  request.admitBody()
  const fields: Fields = { bucket }
  let room = maxFieldBytes
  for await (const part of formParts(request.body, boundary)) {
    if (part.name.toLowerCase() === 'file') return await storeFile(rooms, request, fields, part)
    const value = await readField(part, room)
    room -= value.length
    // Whose bucket it is said the address; conditions that name one are held against that.
    if (part.name.toLowerCase() !== 'bucket') fields[part.name.toLowerCase()] = value.toString()
  }
  throw new AwsError('InvalidArgument', 'POST requires exactly one file upload per request.')
}

async function readField(part: FormPart, room: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of part.bytes) {
    length += piece.length
    if (length > room) {
      throw new AwsError(
        'MaxPostPreDataLengthExceededError',
        'Your POST request fields preceding the upload file were too large.',
      )
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Fields after the file are not read: "the file or content must be the last field in the form". */
async function storeFile(
  { store, ...rooms }: FormRooms,
  request: RawRequest,
  fields: Fields,
  file: FormPart,
): Promise<RawReply> {
  const Bucket = fields.bucket ?? ''
  const Key = (fields.key ?? '').replaceAll(filenamePlace, () => file.filename ?? '')
  if (Key === '')
    throw invalidArgument(
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      'key',
      '',
    )
  const call = {
    ...request.call,
    operation: 'PutObject',
    ...(fields.policy !== undefined && { principal: request.authenticateForm(fields.policy, fields) }),
  }
  const input = inputOf(Bucket, Key, fields, file)
  admit(store, rooms.access, 'PutObject', input, call)
  const limits =
    fields.policy === undefined ? undefined : checkPolicy(fields.policy, { ...fields, key: Key }, store.clock.now())
  const attributes = await attributesOf(store, rooms, input, withExpires(call, fields.expires))
  const received = await receive(store, file.bytes, {
    maxBytes: Math.min(limits?.maxBytes ?? maxFileBytes, maxFileBytes),
  })
  if (received.sizeBytes < (limits?.minBytes ?? 0)) {
    await discard(received)
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      members: { ProposedSize: received.sizeBytes, MinSizeAllowed: limits?.minBytes },
    })
  }
  const object = await putObject(store, { bucket: Bucket, key: Key, attributes }, received)
  return answer(store, call, fields, Bucket, Key, object)
}

function inputOf(Bucket: string, Key: string, fields: Fields, file: FormPart) {
  const prefix = 'x-amz-meta-'
  const metadata = Object.entries(fields).filter(([name]) => name.startsWith(prefix))
  if (fields.tagging !== undefined) {
    throw new AwsError('NotImplemented', 'Tags in a form are not implemented.', { status: 501 })
  }
  const bucketKey = fields[`${ENCRYPTION}-bucket-key-enabled`]
  return {
    Bucket,
    Key,
    ContentType: fields['content-type'] ?? file.contentType,
    CacheControl: fields['cache-control'],
    ContentDisposition: fields['content-disposition'],
    ContentEncoding: fields['content-encoding'],
    Metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(prefix.length), value])),
    StorageClass: fields['x-amz-storage-class'],
    ACL: fields.acl,
    WebsiteRedirectLocation: fields['x-amz-website-redirect-location'],
    ServerSideEncryption: fields[ENCRYPTION],
    SSEKMSKeyId: fields[`${ENCRYPTION}-aws-kms-key-id`],
    SSEKMSEncryptionContext: fields[`${ENCRYPTION}-context`],
    ...(bucketKey !== undefined && { BucketKeyEnabled: bucketKey === 'true' }),
  }
}

const withExpires = (call: ServiceCall, expires: string | undefined): ServiceCall => ({
  ...call,
  http: { ...call.http, headers: expires === undefined ? {} : { expires } },
})

function answer(
  store: ObjectStore,
  call: ServiceCall,
  fields: Fields,
  bucket: string,
  key: string,
  object: StoredObject,
): RawReply {
  const location = `${call.http.origin}/${bucket}/${encodeURIComponent(key)}`
  const version = shownVersion(store, bucket, object.versionId)
  const headers = { etag: quoted(object.etag), location, ...(version && { 'x-amz-version-id': version }) }
  const redirect = fields.success_action_redirect ?? fields.redirect
  if (redirect !== undefined && URL.canParse(redirect)) {
    const to = new URL(redirect)
    for (const [name, value] of Object.entries({ bucket, key, etag: quoted(object.etag) }))
      to.searchParams.set(name, value)
    return { status: 303, headers: { ...headers, location: to.href } }
  }
  const status = fields.success_action_status
  if (status === '200') return { status: 200, headers }
  if (status !== '201') return { status: 204, headers }
  const members = { Location: location, Bucket: bucket, Key: key, ETag: quoted(object.etag) }
  const body = Object.entries(members).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${body.join('')}</PostResponse>`,
  }
}

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
