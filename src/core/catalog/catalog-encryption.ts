/**
 * Encryption of the catalog at rest: under which key its settings put what is written, and how it is opened again,
 * whatever they say by then. https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html
 */
import { exactJsonText, parseExactJson } from '../exact-json.ts'
import { Fault } from '../faults.ts'
import type { EncryptionContext } from '../keys/encryption-context.ts'
import { requireUsable } from '../keys/key.ts'
import type { Keys } from '../keys/keys.ts'
import type { StateReader } from '../ports.ts'
import { sdkNote } from '../sdk-note.ts'
import type { Scope } from './catalog.ts'

/** As Glue spells them, beside what they say of passwords. */
export interface EncryptionSettings {
  readonly EncryptionAtRest?: {
    readonly CatalogEncryptionMode?: string
    readonly SseAwsKmsKeyId?: string
    /** Who uses the key, where the caller does not. */
    readonly CatalogEncryptionServiceRole?: string
  }
}

/** One use of a key. Its `key` is an ARN. */
export interface CatalogKeyUse {
  readonly action: 'Decrypt' | 'GenerateDataKey'
  readonly key: string
  readonly context: EncryptionContext
}

/** Asked before each use. Throws `Fault('denied')` where whoever it is for may not, and otherwise what `check` throws. */
export type CatalogKeyPermit = (scope: Scope, use: CatalogKeyUse, check: () => void) => void

/** Whose work is nobody's is not asked. */
export const ofTheHouse: CatalogKeyPermit = (_scope, _use, check) => check()

/** The noun of its faults: keys that cannot be used. */
export const CATALOG_ENCRYPTION = 'catalog encryption'

export interface CatalogEncryption {
  /** How what is written now is sealed; undefined where it lies open. What it gives throws where the key is not usable. */
  sealer(state: StateReader, scope: Scope): ((value: unknown) => string) | undefined
  /** For what is read in one turn; what it gives throws `Fault('not-ready', CATALOG_ENCRYPTION)` where the key is not usable. */
  opener(scope: Scope): (sealed: string) => unknown
}

const SPACE = 'glue/encryption-settings'
const ids = ({ account, region }: Scope): string => `${account}/${region}`
/** The key where none is named. */
export const GLUE_KEY = 'alias/aws/glue'

/** Whether any catalog of the server is or was encrypted. */
export const mayBeSealed = (state: Pick<StateReader, 'keys'>): boolean => state.keys(SPACE, { limit: 1 }).length > 0

/** Undefined of a catalog that nobody has ever set up. */
export const encryptionSettings = <T extends EncryptionSettings>(
  state: Pick<StateReader, 'get'>,
  scope: Scope,
): T | undefined => state.get<T>(SPACE, ids(scope))?.doc

export const putEncryptionSettings = (
  tx: { put(space: string, key: string, doc: unknown): number },
  scope: Scope,
  settings: EncryptionSettings,
): void => void tx.put(SPACE, ids(scope), settings)

/** Catalogs below an account's use its keys. */
export const keyScope = ({ account, region }: Scope): Scope => ({ account: account.slice(0, ACCOUNT_DIGITS), region })
const ACCOUNT_DIGITS = 12

export function catalogEncryption(keys: Keys, permit: CatalogKeyPermit = ofTheHouse): CatalogEncryption {
  return {
    sealer(state, scope) {
      const { CatalogEncryptionMode = 'DISABLED', SseAwsKmsKeyId = GLUE_KEY } =
        encryptionSettings(state, scope)?.EncryptionAtRest ?? {}
      if (CatalogEncryptionMode === 'DISABLED') return undefined
      return (value) =>
        byKey(() => {
          const key = keys.get(keyScope(scope), SseAwsKmsKeyId)
          const context = contextOf(scope)
          permit(scope, { action: 'GenerateDataKey', key: key.arn, context }, () => requireUsable(key))
          return keys.encrypt(key, Buffer.from(exactJsonText(value)!), context).toString('base64')
        })
    },

    opener(scope) {
      const decrypt = keys.decrypter(keyScope(scope))
      return (sealed) =>
        byKey(() => {
          const context = contextOf(scope)
          const { key, plaintext } = decrypt(Buffer.from(sealed, 'base64'), context)
          permit(scope, { action: 'Decrypt', key: key.arn, context }, () => undefined)
          return parseExactJson(plaintext.toString())
        })
    },
  }
}

const contextOf = ({ account }: Scope) => ({ glue_catalog_id: account })

/** What KMS calls what is wrong with a key, by the kind of fault. */
const KMS_CODES: Partial<Readonly<Record<Fault['kind'], string>>> = {
  'not-ready': 'DisabledException',
  conflict: 'KMSInvalidStateException',
  'not-found': 'NotFoundException',
  denied: 'AccessDeniedException',
}
/** Of a key that is gone KMS says no more (observed of Athena, with a key that had been deleted). */
const GONE =
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.'

/** Glue tells what KMS has told it, with the note that the Java SDK puts behind. */
function byKey<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const isTold = error.noun === 'key' || error.kind === 'denied'
    const [text, code] = isTold ? [error.message, KMS_CODES[error.kind]] : [GONE, 'AccessDeniedException']
    throw new Fault('not-ready', CATALOG_ENCRYPTION, `${text} ${sdkNote('AWSKMS', code!)}`)
  }
}

/** Behind what Glue says, where another service passes it on. */
export const glueNote = (code = 'GlueEncryptionException'): string => sdkNote('AmazonDataCatalog', code)
