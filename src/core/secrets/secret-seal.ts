/** How values of secrets are sealed: by the key that their secret names, or else under the house's own. */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { Keys } from '../keys/keys.ts'
import type { Sealing } from './sealing.ts'
import type { Secret, SecretVersion } from './secret.ts'

export type Sealed = Pick<SecretVersion, 'sealed' | 'byKey'>

export interface SecretSeal {
  /** Throws `Fault('precondition', 'secret')` where the key can not be used. */
  seal(secret: Pick<Secret, 'arn' | 'kmsKeyId'>, version: string, bytes: Uint8Array): Sealed
  /** Throws `Fault('not-ready', 'secret')` where the key can not be used. */
  open(secret: Pick<Secret, 'arn'>, version: SecretVersion): Buffer
}

export const secretSeal = (sealing: Sealing, keys: Keys): SecretSeal => ({
  seal(secret, version, bytes) {
    if (secret.kmsKeyId === undefined) return { sealed: sealing.seal(bytes, `${secret.arn} ${version}`) }
    const { arn, kmsKeyId } = secret
    return byKey('precondition', 'encrypt', () => {
      const key = keys.get(scopeOf(arn), kmsKeyId)
      return { sealed: keys.encrypt(key, bytes, contextOf(arn, version)).toString('base64'), byKey: true }
    })
  },
  open({ arn }, { id, sealed, byKey: isByKey }) {
    if (!isByKey) return sealing.open(sealed, `${arn} ${id}`)
    return byKey('not-ready', 'decrypt', () => {
      const { plaintext } = keys.decrypt(scopeOf(arn), Buffer.from(sealed, 'base64'), contextOf(arn, id))
      return plaintext
    })
  },
})

/** As AWS binds it: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
const contextOf = (arn: string, version: string) => ({ SecretARN: arn, SecretVersionId: version })

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
    throw new Fault(
      kind,
      'secret',
      `Secrets Manager can't ${verb} the protected secret text using the provided KMS key. ${error.message}`,
    )
  }
}
