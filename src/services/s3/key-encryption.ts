/**
 * Encryption by keys of KMS: which key, whether it can be used, and whether by who asks. Bytes themselves lie as all others do.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
import { Fault } from '../../core/faults.ts'
import { type KeyUse, type KeyUseRooms, useKey } from '../../core/forwarding/forwarded-keys.ts'
import { type Key, requireUsable } from '../../core/keys/key.ts'
import type { Keys } from '../../core/keys/keys.ts'
import { neededKey, scopeOfKey } from '../../core/keys/reference-scope.ts'
import { isByKey, type ObjectEncryption, OWN_KEY, objectContext } from '../../core/objects/encryption.ts'
import type { ObjectAttributes } from '../../core/objects/object.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { invalidArgument } from './faults.ts'

export interface KeyRooms extends KeyUseRooms {
  readonly keys: Keys
}

interface Place {
  readonly bucket: string
  readonly key: string
}

/** With the ARN of the key that an object is written under. Throws as S3 tells what KMS refuses. */
export async function keyedEncryption(
  encryption: ObjectEncryption | undefined,
  rooms: KeyRooms,
  place: Place,
  call: ServiceCall,
): Promise<ObjectEncryption | undefined> {
  if (!isByKey(encryption)) return encryption
  requireSigned(call)
  const { keyId = OWN_KEY } = encryption
  try {
    const key = await neededKey(rooms.keys, keyId, call)
    const keyed = { ...encryption, keyId: key.arn }
    use(rooms, call, 'GenerateDataKey', place, { encryption: keyed, key })
    return keyed
  } catch (error) {
    throw asTold(error)
  }
}

/** Throws as S3 does for an object, or a part of one, whose key its caller can not use. */
export function checkReadable(
  { encryption }: Pick<ObjectAttributes, 'encryption'>,
  rooms: KeyRooms,
  place: Place,
  call: ServiceCall,
): void {
  const { keyId } = encryption ?? {}
  if (!keyId?.startsWith('arn:')) return
  requireSigned(call)
  try {
    const key = rooms.keys.get(scopeOfKey(keyId, call), keyId)
    use(rooms, call, 'Decrypt', place, { encryption: encryption!, key })
  } catch (error) {
    throw asTold(error)
  }
}

/** A key that was given out for some folders is itself the leave to enter them. */
function use(
  rooms: KeyRooms,
  call: ServiceCall,
  action: KeyUse['action'],
  place: Place,
  { encryption, key }: { readonly encryption: ObjectEncryption; readonly key: Key },
): void {
  const check = () => requireUsableHere(key)
  if (call.principal.confinedTo) check()
  else useKey(rooms, call, { action, key: key.arn, context: objectContext(place, encryption), service: 's3' }, check)
}

/** KMS is asked in somebody's name. */
function requireSigned({ principal }: ServiceCall): void {
  if (principal.kind !== 'anonymous') return
  throw invalidArgument(
    'Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.',
    'Authorization',
    'null',
  )
}

function requireUsableHere(key: Key): void {
  requireUsable(key)
  if (key.spec === 'SYMMETRIC_DEFAULT') return
  throw new AwsError('KMS.InvalidKeyUsageException', `${key.arn} is not a symmetric encryption key.`)
}

const CODES: Partial<Record<Fault['kind'], string>> = {
  'not-found': 'KMS.NotFoundException',
  'not-ready': 'KMS.DisabledException',
  conflict: 'KMS.KMSInvalidStateException',
}

function asTold(error: unknown): unknown {
  const code = error instanceof Fault ? CODES[error.kind] : undefined
  return code === undefined ? error : new AwsError(code, (error as Fault).message)
}

const MOST_CONTEXT_CHARACTERS = 8192

/** `x-amz-server-side-encryption-context`: JSON of texts by names, in base64. */
export function encryptionContextIn(header: string | undefined): ObjectEncryption['context'] {
  if (header === undefined) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64').toString())
    const isContext =
      typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
    if (isContext && header.length <= MOST_CONTEXT_CHARACTERS) return value as ObjectEncryption['context']
  } catch {}
  throw invalidArgument(
    'The header x-amz-server-side-encryption-context shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map',
    'x-amz-server-side-encryption-context',
    header,
  )
}

/** As PutObject and those beside it answer it: what S3 itself puts there is not told. */
export const contextHeader = ({ encryption }: Pick<ObjectAttributes, 'encryption'>) =>
  encryption?.context && Buffer.from(JSON.stringify(encryption.context)).toString('base64')
