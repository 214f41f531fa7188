/** Signatures of digests against Node's own of messages: each is checked by the other. */
import assert from 'node:assert/strict'
import { constants, createHash, createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { newMaterial } from './key-material.ts'
import type { KeySpec } from './key-specs.ts'
import { privateKeyOf } from './rsa.ts'
import { isSigned, signature } from './signing.ts'

const CASES: readonly (readonly [KeySpec, string, string])[] = [
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256'],
  ['RSA_2048', 'RSASSA_PSS_SHA_256', 'sha256'],
  ['RSA_3072', 'RSASSA_PSS_SHA_512', 'sha512'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_384', 'sha384'],
]

for (const [spec, algorithm, hash] of CASES)
  test(`${algorithm} by ${spec}`, async () => {
    const material = await newMaterial(spec)
    const key = createPublicKey(privateKeyOf(material))
    const isPss = algorithm.includes('PSS')
    const options = isPss
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { key }
    for (let i = 0; i < 20; i++) {
      const message = Buffer.from(`message ${i}`)
      const digest = createHash(hash).update(message).digest()
      const ofDigest = { algorithm, message: digest, isDigest: true }
      const byDigest = signature(material, ofDigest)
      assert.ok(verify(hash, message, options, byDigest), `${i}`)
      const byMessage = signature(material, { algorithm, message, isDigest: false })
      for (const signed of [byDigest, byMessage]) {
        assert.ok(isSigned(material, ofDigest, signed), `${i}`)
        const touched = Buffer.from(signed)
        touched[touched.length - 5]! ^= 1
        assert.equal(isSigned(material, ofDigest, touched), false)
      }
      const other = createHash(hash).update('other').digest()
      assert.equal(isSigned(material, { ...ofDigest, message: other }, byDigest), false)
    }
    for (const nothing of [Buffer.alloc(0), Buffer.from('3006020101020101', 'hex'), Buffer.from('30', 'hex')])
      assert.equal(isSigned(material, { algorithm, message: Buffer.alloc(32), isDigest: true }, nothing), false)
  })
