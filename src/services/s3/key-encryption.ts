/** Encryption by keys of KMS: which key, and whether it can be used. Bytes themselves lie as all others do. */
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import { type Key, requireUsable } from '../../core/keys/key.ts'
import type { Keys } from '../../core/keys/keys.ts'
import { scopeOfKey } from '../../core/keys/reference-scope.ts'
import type { ObjectAttributes } from '../../core/objects/object.ts'
import { AwsError } from '../../protocol/service.ts'

type Encryption = ObjectAttributes['encryption']

/** AWS's own, where none is named. */
const OWN_KEY = 'alias/aws/s3'

/** With the ARN of the key that objects are written under. Throws as S3 tells what KMS refuses. */
export async function keyedEncryption(encryption: Encryption, keys: Keys, caller: Scope): Promise<Encryption> {
  if (!encryption || !byKey(encryption)) return encryption
  const { keyId = OWN_KEY } = encryption
  const key = await told(() => keys.need(scopeOfKey(keyId, caller), keyId).then(usable))
  return { ...encryption, keyId: key.arn }
}

/** Throws as S3 does for an object whose key can not be used. */
export async function checkReadable(
  { encryption }: Pick<ObjectAttributes, 'encryption'>,
  keys: Keys,
  caller: Scope,
): Promise<void> {
  if (!encryption?.keyId?.startsWith('arn:') || !byKey(encryption)) return
  const { keyId } = encryption
  await told(async () => usable(keys.get(scopeOfKey(keyId, caller), keyId)))
}

const byKey = ({ algorithm }: NonNullable<Encryption>): boolean => algorithm.startsWith('aws:kms')

function usable(key: Key): Key {
  requireUsable(key)
  if (key.spec === 'SYMMETRIC_DEFAULT') return key
  throw new AwsError('KMS.InvalidKeyUsageException', `${key.arn} is not a symmetric encryption key.`)
}

const CODES: Partial<Record<Fault['kind'], string>> = {
  'not-found': 'KMS.NotFoundException',
  'not-ready': 'KMS.DisabledException',
  conflict: 'KMS.KMSInvalidStateException',
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof Fault ? CODES[error.kind] : undefined
    throw code === undefined ? error : new AwsError(code, (error as Fault).message)
  }
}
