/** The key that digests of a region are signed with: made when the first is, kept sealed, its public half told to all. */
import { createHash, createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Scope } from '../catalog/catalog.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { Sealing } from '../secrets/sealing.ts'

export interface PublicKey {
  /** DER of PKCS #1, as validators read it. */
  readonly value: Uint8Array
  readonly fingerprint: string
  readonly validFrom: string
  readonly validUntil: string
}

export interface SigningKeys {
  /** SHA-256 with RSA, in hexadecimal. */
  sign(scope: Scope, text: string): Promise<string>
  fingerprint(scope: Scope): Promise<string>
  /** None before the first digest. */
  published(scope: Scope): readonly PublicKey[]
}

interface StoredKey {
  readonly sealed: string
  /** Base64. */
  readonly publicKey: string
  readonly fingerprint: string
  readonly validFrom: string
}

const SPACE = 'cloudtrail/signing-keys'
const MODULUS_BITS = 2048
/** AWS changes its keys without a word; ours stay, and are told to be good for long. */
const VALID_MS = 10 * 365 * 86_400_000

const makePair = promisify(generateKeyPair)

export function signingKeys(state: StateStore, clock: Clock, seal: Sealing): SigningKeys {
  const keyOf = ({ account, region }: Scope): string => `${account}/${region}`
  const contextOf = (scope: Scope): string => `${SPACE}/${keyOf(scope)}`
  const find = (scope: Scope): StoredKey | undefined => state.get<StoredKey>(SPACE, keyOf(scope))?.doc
  const ensure = async (scope: Scope): Promise<StoredKey> => {
    const known = find(scope)
    if (known) return known
    const { publicKey, privateKey } = await makePair('rsa', { modulusLength: MODULUS_BITS })
    const value = publicKey.export({ type: 'pkcs1', format: 'der' })
    const made: StoredKey = {
      sealed: seal.seal(privateKey.export({ type: 'pkcs8', format: 'der' }), contextOf(scope)),
      publicKey: value.toString('base64'),
      fingerprint: createHash('md5').update(value).digest('hex'),
      validFrom: clock.now().toISOString(),
    }
    return state.transaction((tx) => {
      const other = tx.get<StoredKey>(SPACE, keyOf(scope))?.doc
      if (!other) tx.put(SPACE, keyOf(scope), made)
      return other ?? made
    })
  }
  return {
    async sign(scope, text) {
      const { sealed } = await ensure(scope)
      return sign('sha256', Buffer.from(text), privateKeyOf(seal.open(sealed, contextOf(scope)))).toString('hex')
    },
    fingerprint: async (scope) => (await ensure(scope)).fingerprint,
    published(scope) {
      const key = find(scope)
      if (!key) return []
      const validUntil = new Date(Date.parse(key.validFrom) + VALID_MS).toISOString()
      const { fingerprint, validFrom } = key
      return [{ value: Buffer.from(key.publicKey, 'base64'), fingerprint, validFrom, validUntil }]
    },
  }
}

const privateKeyOf = (der: Buffer): KeyObject => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
