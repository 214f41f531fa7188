/** New material, as it is sealed: bytes, or a private key as PKCS #8. */
import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { factsOf, type KeySpec } from './key-specs.ts'

const generate = promisify(generateKeyPair)

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** Undefined for keys that are bytes. Made elsewhere than on the server's thread. */
export function newKeyPair(spec: KeySpec): Promise<KeyPair> | undefined {
  const { made } = factsOf(spec)!
  switch (made.kind) {
    case 'bytes':
      return undefined
    case 'rsa':
      return generate('rsa', { modulusLength: made.bits })
    case 'ec':
      return generate('ec', { namedCurve: made.curve })
    case 'ed25519':
      return generate('ed25519')
  }
}

export async function newMaterial(spec: KeySpec): Promise<Buffer> {
  const { made } = factsOf(spec)!
  if (made.kind === 'bytes') return randomBytes(made.length)
  const { privateKey } = (await newKeyPair(spec))!
  return privateKey.export({ format: 'der', type: 'pkcs8' })
}
