/**
 * ECDSA of a digest that others have made (FIPS 186-5, 6.4). Node's own signing hashes what it is told; here its
 * Diffie-Hellman multiplies points, and what is left is arithmetic modulo the order.
 */
import { createECDH, ECDH, type KeyObject, randomBytes } from 'node:crypto'

interface Curve {
  readonly name: string
  /** Of the field, and the order of the generator: SEC 2. */
  readonly prime: bigint
  readonly order: bigint
}

const CURVES: Readonly<Record<string, Curve>> = {
  prime256v1: {
    name: 'prime256v1',
    prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  secp256k1: {
    name: 'secp256k1',
    prime: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn,
    order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  },
  secp384r1: {
    name: 'secp384r1',
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  secp521r1: {
    name: 'secp521r1',
    prime: 2n ** 521n - 1n,
    order:
      0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
}

/** In DER, as OpenSSL writes it. */
export function ecdsaSignature(key: KeyObject, digest: Uint8Array): Buffer {
  const curve = curveOf(key)
  const { order } = curve
  const d = number(Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url'))
  for (;;) {
    const k = randomBelow(order)
    const r = multiplied(curve, k).x % order
    const s = (inverse(k, order) * (numberOf(digest, order) + r * d)) % order
    if (r !== 0n && s !== 0n) return sequence([r, s])
  }
}

/** Throws for what is no signature at all. */
export function isEcdsaSigned(publicKey: KeyObject, digest: Uint8Array, signed: Uint8Array): boolean {
  const curve = curveOf(publicKey)
  const { order } = curve
  const [r, s] = integers(signed)
  if (r <= 0n || s <= 0n || r >= order || s >= order) return false
  const w = inverse(s, order)
  const u1 = (numberOf(digest, order) * w) % order
  const u2 = (r * w) % order
  const other = pointMultiplied(curve, pointOf(publicKey), u2)
  if (u1 === 0n) return other.x % order === r
  const mine = multiplied(curve, u1)
  // Of two points with one x, whose sum is nowhere or a double, no signer ever hits.
  return mine.x !== other.x && added(curve, mine, other).x % order === r
}

interface Point {
  readonly x: bigint
  readonly y: bigint
}

function pointOf(publicKey: KeyObject): Point {
  const { x, y } = publicKey.export({ format: 'jwk' })
  return { x: number(Buffer.from(x!, 'base64url')), y: number(Buffer.from(y!, 'base64url')) }
}

/** Of the generator. */
function multiplied(curve: Curve, scalar: bigint): Point {
  const ecdh = createECDH(curve.name)
  ecdh.setPrivateKey(bytes(scalar, sizeOf(curve)))
  return pointIn(ecdh.getPublicKey(), curve)
}

/** Diffie-Hellman tells x alone: which of the two points it is follows from the one behind it. */
function pointMultiplied(curve: Curve, point: Point, scalar: bigint): Point {
  const { prime, order } = curve
  if (scalar === order - 1n) return { x: point.x, y: prime - point.y }
  const x = sharedX(curve, point, scalar)
  const compressed = Buffer.concat([Buffer.of(2), bytes(x, sizeOf(curve))])
  const one = pointIn(ECDH.convertKey(compressed, curve.name, undefined, undefined, 'uncompressed') as Buffer, curve)
  if (x === point.x) return point
  return added(curve, one, point).x === sharedX(curve, point, scalar + 1n) ? one : { x, y: prime - one.y }
}

function sharedX(curve: Curve, point: Point, scalar: bigint): bigint {
  const size = sizeOf(curve)
  const ecdh = createECDH(curve.name)
  ecdh.setPrivateKey(bytes(scalar, size))
  return number(ecdh.computeSecret(Buffer.concat([Buffer.of(4), bytes(point.x, size), bytes(point.y, size)])))
}

/** Of two points with different x. */
function added({ prime }: Curve, a: Point, b: Point): Point {
  const slope = modulo((b.y - a.y) * inverse(modulo(b.x - a.x, prime), prime), prime)
  const x = modulo(slope * slope - a.x - b.x, prime)
  return { x, y: modulo(slope * (a.x - x) - a.y, prime) }
}

function pointIn(uncompressed: Buffer, curve: Curve): Point {
  const size = sizeOf(curve)
  return { x: number(uncompressed.subarray(1, 1 + size)), y: number(uncompressed.subarray(1 + size)) }
}

const curveOf = (key: KeyObject): Curve => CURVES[key.asymmetricKeyDetails!.namedCurve!]!
const sizeOf = ({ prime }: Curve): number => Math.ceil(prime.toString(2).length / 8)
const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by
const number = (some: Uint8Array): bigint => BigInt(`0x${Buffer.from(some).toString('hex') || '0'}`)
const bytes = (value: bigint, size: number): Buffer => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex')

/** As many of its first bits as the order has. */
function numberOf(digest: Uint8Array, order: bigint): bigint {
  const surplus = digest.length * 8 - order.toString(2).length
  return surplus > 0 ? number(digest) >> BigInt(surplus) : number(digest)
}

function randomBelow(order: bigint): bigint {
  const size = Math.ceil(order.toString(2).length / 8)
  for (;;) {
    // With eight bytes more than needed, no value is likelier than another.
    const value = number(randomBytes(size + 8)) % order
    if (value !== 0n) return value
  }
}

function inverse(value: bigint, by: bigint): bigint {
  let [a, b, x, y] = [modulo(value, by), by, 1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b, x, y] = [b, a - quotient * b, y, x - quotient * y]
  }
  return modulo(x, by)
}

function sequence(values: readonly bigint[]): Buffer {
  const inner = Buffer.concat(values.map((value) => tagged(2, unsigned(value))))
  return tagged(0x30, inner)
}

function unsigned(value: bigint): Buffer {
  const hex = value.toString(16)
  const plain = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return plain[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), plain]) : plain
}

const tagged = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(content.length < 0x80 ? [tag, content.length] : [tag, 0x81, content.length]), content])

/** The two of a signature. */
function integers(signed: Uint8Array): [bigint, bigint] {
  const [, rest] = content(signed, 0x30, true)
  const [r, behind] = content(rest, 2)
  const [s, end] = content(behind, 2)
  if (end.length > 0) throw new RangeError('There is more than a signature')
  return [number(r), number(s)]
}

/** What is in the first element, and what follows it; `opens`: what follows is what is in it. */
function content(some: Uint8Array, tag: number, opens = false): [Uint8Array, Uint8Array] {
  const isLong = some[1] === 0x81
  const start = isLong ? 3 : 2
  const length = isLong ? some[2]! : some[1]!
  const end = start + length
  if (some[0] !== tag || !(end <= some.length)) throw new RangeError('The signature is not in DER')
  const inside = some.subarray(start, end)
  if (!opens) return [inside, some.subarray(end)]
  if (end !== some.length) throw new RangeError('There is more than a signature')
  return [inside, inside]
}
