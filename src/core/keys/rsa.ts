/** Encryption by keys of RSA, with OAEP. Their material is a private key as PKCS #8. */
import { constants, createPrivateKey, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto'

const padded = (algorithm: string) => ({
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: algorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256',
})

export const privateKeyOf = (material: Uint8Array) =>
  createPrivateKey({ key: Buffer.from(material), format: 'der', type: 'pkcs8' })

/** Undefined for a text that is too long for the key. */
export function rsaEncrypt(material: Uint8Array, algorithm: string, plaintext: Uint8Array): Buffer | undefined {
  try {
    return publicEncrypt({ key: createPublicKey(privateKeyOf(material)), ...padded(algorithm) }, plaintext)
  } catch {
    return undefined
  }
}

/** Undefined for what the key has not encrypted in that way. */
export function rsaDecrypt(material: Uint8Array, algorithm: string, encrypted: Uint8Array): Buffer | undefined {
  try {
    return privateDecrypt({ key: privateKeyOf(material), ...padded(algorithm) }, encrypted)
  } catch {
    return undefined
  }
}
