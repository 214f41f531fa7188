/** What keys of a kind are made of and good for: https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */

export type KeyUsage = 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC' | 'KEY_AGREEMENT'

export type KeySpec = keyof typeof SPECS

type Made =
  | { readonly kind: 'bytes'; readonly length: number }
  | { readonly kind: 'rsa'; readonly bits: number }
  | { readonly kind: 'ec'; readonly curve: string }
  | { readonly kind: 'ed25519' }

interface SpecFacts {
  readonly made: Made
  /** The names of algorithms by what a key may be used for; whoever makes one with several of these must say which. */
  readonly algorithms: Partial<Record<KeyUsage, readonly string[]>>
}

const RSA = {
  ENCRYPT_DECRYPT: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
  SIGN_VERIFY: [
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
  ],
} as const

const rsa = (bits: number) => ({ made: { kind: 'rsa', bits }, algorithms: RSA }) as const
const nist = (curve: string, sha: number) =>
  ({
    made: { kind: 'ec', curve },
    algorithms: { SIGN_VERIFY: [`ECDSA_SHA_${sha}`], KEY_AGREEMENT: ['ECDH'] },
  }) as const
const hmac = (sha: number) =>
  ({
    made: { kind: 'bytes', length: sha / 8 },
    algorithms: { GENERATE_VERIFY_MAC: [`HMAC_SHA_${sha}`] },
  }) as const

const SPECS = {
  SYMMETRIC_DEFAULT: { made: { kind: 'bytes', length: 32 }, algorithms: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] } },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: nist('prime256v1', 256),
  ECC_NIST_P384: nist('secp384r1', 384),
  ECC_NIST_P521: nist('secp521r1', 512),
  ECC_SECG_P256K1: { made: { kind: 'ec', curve: 'secp256k1' }, algorithms: { SIGN_VERIFY: ['ECDSA_SHA_256'] } },
  ECC_NIST_EDWARDS25519: { made: { kind: 'ed25519' }, algorithms: { SIGN_VERIFY: ['ED25519_SHA_512'] } },
  HMAC_224: hmac(224),
  HMAC_256: hmac(256),
  HMAC_384: hmac(384),
  HMAC_512: hmac(512),
} as const satisfies Readonly<Record<string, SpecFacts>>

/** Undefined for those that are not made here. */
export const factsOf = (spec: string): SpecFacts | undefined =>
  Object.hasOwn(SPECS, spec) ? SPECS[spec as KeySpec] : undefined

export const isKeySpec = (spec: string): spec is KeySpec => factsOf(spec) !== undefined

export const algorithmsOf = (spec: KeySpec, usage: KeyUsage): readonly string[] =>
  (SPECS[spec] as SpecFacts).algorithms[usage] ?? []
