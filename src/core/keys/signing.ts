/** Signatures by private keys, of messages or of their digests. */
import {
  constants,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  type SignKeyObjectInput,
  sign,
  verify,
} from 'node:crypto'
import { ecdsaSignature, isEcdsaSigned } from './ecdsa-digest.ts'
import { isPssSigned, pssSignature } from './pss-digest.ts'
import { privateKeyOf } from './rsa.ts'

/** How an algorithm signs. */
interface Scheme {
  readonly kind: 'pkcs1' | 'pss' | 'ecdsa' | 'ed25519'
  readonly hash?: string
}

export interface SignedMessage {
  readonly algorithm: string
  readonly message: Uint8Array
  /** The message is not told, but its digest. */
  readonly isDigest: boolean
}

function schemeOf(algorithm: string): Scheme {
  if (algorithm === 'ED25519_SHA_512') return { kind: 'ed25519' }
  const hash = `sha${/SHA_(\d+)$/.exec(algorithm)![1]}`
  const kind = algorithm.startsWith('ECDSA') ? 'ecdsa' : algorithm.includes('PSS') ? 'pss' : 'pkcs1'
  return { kind, hash }
}

/** What a digest of the algorithm's measures; undefined where digests are not signed here. */
export function digestBytes(algorithm: string): number | undefined {
  const { kind, hash } = schemeOf(algorithm)
  return kind === 'ed25519' ? undefined : Number(hash!.slice(3)) / 8
}

export function signature(material: Uint8Array, { algorithm, message, isDigest }: SignedMessage): Buffer {
  const key = privateKeyOf(material)
  const { kind, hash } = schemeOf(algorithm)
  if (!isDigest) return sign(hash, message, optionsOf(key, algorithm))
  if (kind === 'ecdsa') return ecdsaSignature(key, message)
  if (kind === 'pss') return pssSignature(key, hash!, message)
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash!, message))
}

export function isSigned(
  material: Uint8Array,
  { algorithm, message, isDigest }: SignedMessage,
  signed: Uint8Array,
): boolean {
  const key = createPublicKey(privateKeyOf(material))
  const { kind, hash } = schemeOf(algorithm)
  try {
    if (!isDigest) return verify(hash, message, optionsOf(key, algorithm), signed)
    if (kind === 'ecdsa') return isEcdsaSigned(key, message, signed)
    if (kind === 'pss') return isPssSigned(key, hash!, message, signed)
    const told = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signed)
    return Buffer.compare(told, digestInfo(hash!, message)) === 0
  } catch {
    // What is no signature at all.
    return false
  }
}

export const publicKeyBytes = (material: Uint8Array): Buffer =>
  createPublicKey(privateKeyOf(material)).export({ format: 'der', type: 'spki' })

/** Salt as long as the digest (docs: kms developerguide, symm-asymm-choose-key-spec). */
const optionsOf = (key: KeyObject, algorithm: string): SignKeyObjectInput =>
  schemeOf(algorithm).kind === 'pss'
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key }

/** RFC 8017, 9.2, note 1: what stands before the digest. */
const DIGEST_INFO: Readonly<Record<string, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

const digestInfo = (hash: string, digest: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(DIGEST_INFO[hash]!, 'hex'), digest])
