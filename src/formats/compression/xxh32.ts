/** The 32-bit hash of xxHash, piece by piece. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
const [P1, P2, P3, P4, P5] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const

const rotated = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

export class Xxh32 {
  readonly #lanes = Int32Array.from([P1 + P2, P2, 0, -P1])
  #held: Uint8Array = new Uint8Array(0)
  #length = 0

  add(bytes: Uint8Array): this {
    this.#length += bytes.length
    const all = this.#held.length ? Buffer.concat([this.#held, bytes]) : bytes
    const view = new DataView(all.buffer, all.byteOffset, all.length)
    const whole = all.length - (all.length % 16)
    for (let at = 0; at < whole; at += 16)
      for (let lane = 0; lane < 4; lane++) {
        const sum = this.#lanes[lane]! + Math.imul(view.getInt32(at + 4 * lane, true), P2)
        this.#lanes[lane] = Math.imul(rotated(sum | 0, 13), P1)
      }
    this.#held = all.slice(whole)
    return this
  }

  digest(): number {
    const [a, b, c, d] = this.#lanes as unknown as [number, number, number, number]
    let hash = this.#length >= 16 ? rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18) : P5
    hash = (hash + this.#length) | 0
    const view = new DataView(this.#held.buffer, this.#held.byteOffset, this.#held.length)
    let at = 0
    for (; at + 4 <= this.#held.length; at += 4)
      hash = Math.imul(rotated((hash + Math.imul(view.getInt32(at, true), P3)) | 0, 17), P4)
    for (; at < this.#held.length; at++) hash = Math.imul(rotated((hash + Math.imul(this.#held[at]!, P5)) | 0, 11), P1)
    hash = Math.imul(hash ^ (hash >>> 15), P2)
    hash = Math.imul(hash ^ (hash >>> 13), P3)
    return (hash ^ (hash >>> 16)) >>> 0
  }
}
