/** How values of secrets are sealed: by the key that their secret names, or else under the house's own. */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { KeyUse } from '../forwarding/forwarded-keys.ts'
import type { EncryptionContext } from '../keys/encryption-context.ts'
import { requireUsable } from '../keys/key.ts'
import type { Keys } from '../keys/keys.ts'
import type { Sealing } from './sealing.ts'
import type { Secret, SecretVersion } from './secret.ts'

export type Sealed = Pick<SecretVersion, 'sealed' | 'byKey'>

/** Throws `Fault('denied')` where whoever it is done for may not use the key so, and otherwise what `check` throws. */
export type KeyPermit = (use: Pick<KeyUse, 'action' | 'key' | 'context'>, check: () => void) => void

const ofNobody: KeyPermit = (_use, check) => check()

export interface SecretSeal {
  /** Throws `Fault('precondition', 'secret')` where the key can not be used. `again`: of what has been sealed before. */
  seal(secret: Keyed, version: string, bytes: Uint8Array, again?: boolean): Sealed
  /** Throws `Fault('not-ready', 'secret')` where the key can not be used. */
  open(secret: Pick<Secret, 'arn'>, version: SecretVersion): Buffer
  /** Whether a secret may have the key that it names: throws as `seal` does. */
  checkKey(secret: Keyed): void
  /** The same for somebody, who is asked at each use of a key. */
  as(permit: KeyPermit): SecretSeal
}

type Keyed = Pick<Secret, 'arn' | 'kmsKeyId'>

export const secretSeal = (sealing: Sealing, keys: Keys, permit: KeyPermit = ofNobody): SecretSeal => ({
  as: (other) => secretSeal(sealing, keys, other),
  checkKey({ arn, kmsKeyId }) {
    if (kmsKeyId === undefined) return
    byKey('precondition', 'encrypt', () => {
      const key = keys.get(scopeOf(arn), kmsKeyId)
      const context = contextOf(arn, VALIDATING)
      for (const action of ['GenerateDataKey', 'Decrypt'] as const)
        permit({ action, key: key.arn, context }, () => requireUsable(key))
    })
  },
  seal(secret, version, bytes, again = false) {
    if (secret.kmsKeyId === undefined) return { sealed: sealing.seal(bytes, `${secret.arn} ${version}`) }
    const { arn, kmsKeyId } = secret
    return byKey('precondition', 'encrypt', () => {
      const key = keys.get(scopeOf(arn), kmsKeyId)
      const context = contextOf(arn, version)
      permit({ action: again ? 'Encrypt' : 'GenerateDataKey', key: key.arn, context }, () => requireUsable(key))
      return { sealed: keys.encrypt(key, bytes, context).toString('base64'), byKey: true }
    })
  },
  open({ arn }, { id, sealed, byKey: isByKey }) {
    if (!isByKey) return sealing.open(sealed, `${arn} ${id}`)
    return byKey('not-ready', 'decrypt', () => {
      const context = contextOf(arn, id)
      const { plaintext, key } = keys.decrypt(scopeOf(arn), Buffer.from(sealed, 'base64'), context)
      permit({ action: 'Decrypt', key: key.arn, context }, () => requireUsable(key))
      return plaintext
    })
  },
})

/** As AWS binds it: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
const contextOf = (arn: string, version: string): EncryptionContext => ({ SecretARN: arn, SecretVersionId: version })

/** "The value of the SecretVersionId is RequestToValidateKeyAccess" (the page above). */
const VALIDATING = 'RequestToValidateKeyAccess'

function scopeOf(arn: string): Scope {
  const [, , , region = '', account = ''] = arn.split(':')
  return { account, region }
}

/** What is wrong with the key is told in the words of Secrets Manager. */
function byKey<T>(kind: 'precondition' | 'not-ready', verb: 'encrypt' | 'decrypt', work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    // Observed: it says no more.
    if (error.kind === 'denied') throw new Fault('denied', 'secret', 'Access to KMS is not allowed')
    throw new Fault(
      kind,
      'secret',
      `Secrets Manager can't ${verb} the protected secret text using the provided KMS key. ${error.message}`,
    )
  }
}
