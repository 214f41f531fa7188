/** The files of a lake, of which those under keys of KMS are read and written as long as their keys can be used. */
import { Fault } from '../faults.ts'
import { requireUsable } from '../keys/key.ts'
import type { Keys } from '../keys/keys.ts'
import { neededKey, scopeOfKey } from '../keys/reference-scope.ts'
import { sdkNote } from '../sdk-note.ts'
import { findBucket, TABLE_STORE } from './buckets.ts'
import { defaultEncryption } from './default-encryption.ts'
import { isByKey, type ObjectEncryption, OWN_KEY } from './encryption.ts'
import type { FileAttributes, Files, NewFile } from './files.ts'
import { lakeFiles, parseUri } from './lake-files.ts'
import type { ObjectStore } from './store.ts'

/** The noun of its faults. */
const FILE_KEY = 'key of a file'

export function keyedFiles(store: ObjectStore, keys: Keys): Files {
  const files = lakeFiles(store)
  const usual = (bucket: string) => defaultEncryption(store, bucket)
  const encryptionOf: Files['encryptionOf'] = async (uri, given) => {
    const { bucket } = parseUri(uri)
    // Objects of a table are encrypted as the table is, whatever a statement asks for its results.
    const encryption = bucket.endsWith(TABLE_STORE) ? usual(bucket) : (given ?? usual(bucket))
    if (!isByKey(encryption) || encryption.keyId?.startsWith(KEY_ARN)) return encryption
    const owner = findBucket(store, bucket)
    if (!owner) return encryption
    const { keyId = OWN_KEY } = encryption
    try {
      const key = await neededKey(keys, keyId, owner)
      return { ...encryption, keyId: key.arn }
    } catch (error) {
      throw asTold(error)
    }
  }
  const requireKeys = (all: Iterable<{ readonly encryption?: ObjectEncryption } | undefined>): void => {
    const known = new Set<string>()
    for (const one of all) {
      const { keyId } = one?.encryption ?? {}
      if (!keyId?.startsWith(KEY_ARN) || known.has(keyId)) continue
      known.add(keyId)
      try {
        requireUsable(keys.get(scopeOfKey(keyId, NOBODY), keyId))
      } catch (error) {
        throw asTold(error)
      }
    }
  }
  const guarded = async (uri: string, attributes: FileAttributes): Promise<FileAttributes> => {
    const encryption = await encryptionOf(uri, attributes.encryption)
    requireKeys([{ encryption }])
    return encryption === attributes.encryption ? attributes : { ...attributes, encryption }
  }
  return {
    ...files,
    encryptionOf,
    requireReadable: (file) => requireKeys([file]),
    read(uri, range) {
      requireKeys([files.stat(uri)])
      return files.read(uri, range)
    },
    async arrive(newFiles) {
      const all: NewFile[] = []
      for (const file of newFiles) all.push({ ...file, attributes: await guarded(file.uri, file.attributes) })
      return files.arrive(all)
    },
    put: async (uri, body, attributes) => files.put(uri, body, await guarded(uri, attributes)),
    /** What an engine has written for one statement lies in one bucket. */
    async adopt(written, attributes) {
      const [first] = written
      return files.adopt(written, first ? await guarded(first.uri, attributes) : attributes)
    },
    async copy(from, to) {
      requireKeys([files.stat(from)])
      await files.copy(from, to)
    },
    pin(found) {
      requireKeys(found)
      return files.pin(found)
    },
  }
}

const KEY_ARN = 'arn:'
/** An ARN tells itself whose it is. */
const NOBODY = { account: '', region: '' }

const CODES: Partial<Record<Fault['kind'], string>> = {
  'not-found': 'KMS.NotFoundException',
  'not-ready': 'KMS.DisabledException',
  conflict: 'KMS.KMSInvalidStateException',
}

/** As those hear it who have S3 read and write for them. */
function asTold(error: unknown): unknown {
  if (!(error instanceof Fault && error.noun === 'key')) return error
  const code = CODES[error.kind]
  return code === undefined
    ? error
    : new Fault('denied', FILE_KEY, `${error.message} ${sdkNote('AmazonS3', code)}`, { code })
}
