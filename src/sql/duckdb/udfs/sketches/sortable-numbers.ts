/** Floating-point numbers as integers of the same order, the form in which quantile digests hold them. */

export type Float = 'real' | 'double'

export function toSortable(value: number, kind: Float): bigint {
  const view = new DataView(new ArrayBuffer(8))
  if (kind === 'real') {
    view.setFloat32(0, value)
    const bits = view.getInt32(0)
    return BigInt(bits ^ ((bits >> 31) & 0x7fffffff))
  }
  view.setFloat64(0, value)
  return turned(view.getBigInt64(0))
}

export function fromSortable(bits: bigint, kind: Float): number {
  const view = new DataView(new ArrayBuffer(8))
  if (kind === 'real') {
    const turnedBack = Number(BigInt.asIntN(32, bits))
    view.setInt32(0, turnedBack ^ ((turnedBack >> 31) & 0x7fffffff))
    return view.getFloat32(0)
  }
  view.setBigInt64(0, turned(bits))
  return view.getFloat64(0)
}

/** Its own inverse: of negative numbers all bits but the sign are turned over. */
const turned = (bits: bigint): bigint => (bits < 0n ? bits ^ (2n ** 63n - 1n) : bits)
